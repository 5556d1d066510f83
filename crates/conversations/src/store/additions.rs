//! What editors added to the texts, and the number that says which of it is published.

use chatbot::content::{Addition, AdditionKind};
use chatbot::language::ChatLanguage;
use database::{Database, DatabaseError, Row, Unit, Value};
use domain::identifier::{AccountId, ChatClusterId, ChatTextId, Key};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::chat_texts::{ChatText, TextState};
use crate::store::{Reader, strange, word};

const SELECT: &str = "SELECT id, service, language, kind, text, cluster, state, proposed_at, published_at, withdrawn_at \
                      FROM chat_addition";

fn read(row: &Row) -> Result<ChatText, DatabaseError> {
    let (id, cluster): (Uuid, Option<Uuid>) = (row.get("id")?, row.get("cluster")?);
    let service: String = row.get("service")?;
    let instant = |column| row.get::<Option<i64>>(column).map(|millis| millis.map(Timestamp::from_millis));
    let addition = Addition {
        service: Key::new(&service).map_err(|_| strange("service", &service))?,
        language: word(row, "language", ChatLanguage::of_tag)?,
        kind: word(row, "kind", kind_of_word)?,
        text: row.get("text")?,
    };
    Ok(ChatText {
        id: ChatTextId(id),
        addition,
        cluster: cluster.map(ChatClusterId),
        state: word(row, "state", TextState::of_word)?,
        proposed_at: Timestamp::from_millis(row.get("proposed_at")?),
        published_at: instant("published_at")?,
        withdrawn_at: instant("withdrawn_at")?,
    })
}

const fn kind_word(kind: AdditionKind) -> &'static str {
    match kind {
        AdditionKind::Synonym => "synonym",
        AdditionKind::Question => "question",
    }
}

fn kind_of_word(word: &str) -> Option<AdditionKind> {
    [AdditionKind::Synonym, AdditionKind::Question].into_iter().find(|kind| kind_word(*kind) == word)
}

/// Keeps a proposal.
pub(crate) async fn insert(unit: &Unit, text: &ChatText, by: Option<AccountId>) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO chat_addition (id, service, language, kind, text, cluster, state, proposed_by, proposed_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let Addition { service, language, kind, text: words } = &text.addition;
    let values = vec![
        text.id.0.into(),
        service.as_str().into(),
        language.as_str().into(),
        kind_word(*kind).into(),
        words.as_str().into(),
        text.cluster.map(|cluster| cluster.0).into(),
        text.state.word().into(),
        by.map(|by| by.0).into(),
        text.proposed_at.millis().into(),
    ];
    unit.execute(sql, values).await.map(drop)
}

/// The text of this id.
pub(crate) async fn by_id(reader: Reader<'_>, id: ChatTextId) -> Result<Option<ChatText>, DatabaseError> {
    let sql = format!("{SELECT} WHERE id = $1");
    reader.row(&sql, vec![id.0.into()]).await?.as_ref().map(read).transpose()
}

/// Those of a state, or all, the newest first.
pub(crate) async fn listed(
    reader: Reader<'_>,
    state: Option<TextState>,
    most: i64,
) -> Result<Vec<ChatText>, DatabaseError> {
    let condition = if state.is_some() { "WHERE state = $2" } else { "" };
    let sql = format!("{SELECT} {condition} ORDER BY proposed_at DESC, id DESC LIMIT $1");
    let values: Vec<Value> = std::iter::once(most.into()).chain(state.map(|state| Value::from(state.word()))).collect();
    reader.rows(&sql, values).await?.iter().map(read).collect()
}

/// Everything that is published, in an order that is always the same.
pub(crate) async fn published(database: &Database) -> Result<Vec<Addition>, DatabaseError> {
    let sql = format!("{SELECT} WHERE state = 'published' ORDER BY service, language, kind, text");
    let rows = database.rows(&sql, vec![]).await?;
    rows.iter().map(|row| read(row).map(|text| text.addition)).collect()
}

/// Publishes a proposal. `false` when it is none any more.
pub(crate) async fn publish(
    unit: &Unit,
    id: ChatTextId,
    by: Option<AccountId>,
    now: Timestamp,
) -> Result<bool, DatabaseError> {
    let sql = "UPDATE chat_addition SET state = 'published', published_by = $2, published_at = $3 \
               WHERE id = $1 AND state = 'proposed'";
    let values = vec![id.0.into(), by.map(|by| by.0).into(), now.millis().into()];
    Ok(unit.execute(sql, values).await? == 1)
}

/// Withdraws a text that is in the state in which it was seen. `false` when it is not any more.
pub(crate) async fn withdraw(
    unit: &Unit,
    (id, seen): (ChatTextId, TextState),
    by: Option<AccountId>,
    now: Timestamp,
) -> Result<bool, DatabaseError> {
    let sql = "UPDATE chat_addition SET state = 'withdrawn', withdrawn_by = $2, withdrawn_at = $3 \
               WHERE id = $1 AND state = $4";
    let values = vec![id.0.into(), by.map(|by| by.0).into(), now.millis().into(), seen.word().into()];
    Ok(unit.execute(sql, values).await? == 1)
}

/// Raises the number of what is published, if it is still the one that was seen. `false` when it is not.
pub(crate) async fn raise_edition(unit: &Unit, seen: i64) -> Result<bool, DatabaseError> {
    let sql = "INSERT INTO chat_edition (id, number) VALUES (1, $2) ON CONFLICT (id) DO UPDATE \
               SET number = excluded.number WHERE chat_edition.number = $1";
    Ok(unit.execute(sql, vec![seen.into(), (seen + 1).into()]).await? == 1)
}

/// Raises it whatever it is: what is taken back needs no trial.
pub(crate) async fn raise_any_edition(unit: &Unit) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO chat_edition (id, number) VALUES (1, 1) ON CONFLICT (id) DO UPDATE \
               SET number = chat_edition.number + 1";
    unit.execute(sql, vec![]).await.map(drop)
}
