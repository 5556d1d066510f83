//! Conversations.

use chatbot::language::ChatLanguage;
use database::{DatabaseError, Row, SubjectKey, Unit, Value};
use domain::identifier::{AccountId, ConversationId, Key};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::conversation::{Bot, Conversation, Learning, State, Wish, reason_of_word, reason_word};
use crate::store::{Reader, optional_word, word};

/// A conversation as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct ConversationRow {
    pub(crate) conversation: Conversation,
    pub(crate) number: String,
    pub(crate) rev: i64,
    pub(crate) dialogue_sealed: Vec<u8>,
    pub(crate) call_back_sealed: Option<Vec<u8>>,
    pub(crate) key: Option<SubjectKey>,
}

const SELECT: &str = "SELECT c.id, c.number, c.account, c.language, c.state, c.bot, c.clerk, c.reason, c.wish, c.services, \
                      c.turns, c.rev, c.last_sequence, c.dialogue_sealed, c.call_back_sealed, c.call_at, c.waiting_since, \
                      c.created_at, c.changed_at, c.learning, k.generation AS key_generation, k.wrapped AS key_wrapped \
                      FROM conversation c LEFT JOIN subject_key k ON k.subject = c.id";

fn read(row: &Row) -> Result<ConversationRow, DatabaseError> {
    let id: Uuid = row.get("id")?;
    let instant = |column| row.get::<Option<i64>>(column).map(|millis| millis.map(Timestamp::from_millis));
    let account = |column| row.get::<Option<Uuid>>(column).map(|id| id.map(AccountId));
    let services: String = row.get("services")?;
    let generation: Option<i64> = row.get("key_generation")?;
    let wrapped: Option<Vec<u8>> = row.get("key_wrapped")?;
    let conversation = Conversation {
        id: ConversationId(id),
        account: account("account")?,
        language: word(row, "language", ChatLanguage::of_tag)?,
        state: word(row, "state", State::of_word)?,
        bot: word(row, "bot", Bot::of_word)?,
        learning: word(row, "learning", Learning::of_word)?,
        clerk: account("clerk")?,
        reason: optional_word(row, "reason", reason_of_word)?,
        wish: optional_word(row, "wish", Wish::of_word)?,
        call_at: instant("call_at")?,
        services: services.split(',').filter_map(|key| Key::new(key).ok()).collect(),
        turns: row.get("turns")?,
        last_sequence: row.get("last_sequence")?,
        waiting_since: instant("waiting_since")?,
        created_at: Timestamp::from_millis(row.get("created_at")?),
        changed_at: Timestamp::from_millis(row.get("changed_at")?),
    };
    Ok(ConversationRow {
        conversation,
        number: row.get("number")?,
        rev: row.get("rev")?,
        dialogue_sealed: row.get("dialogue_sealed")?,
        call_back_sealed: row.get("call_back_sealed")?,
        key: generation.zip(wrapped).map(|(generation, wrapped)| SubjectKey { subject: id, generation, wrapped }),
    })
}

async fn one(reader: Reader<'_>, condition: &str, value: Value) -> Result<Option<ConversationRow>, DatabaseError> {
    reader.row(&format!("{SELECT} WHERE {condition} = $1"), vec![value]).await?.as_ref().map(read).transpose()
}

/// The conversation of this number.
pub(crate) async fn by_number(reader: Reader<'_>, number: &str) -> Result<Option<ConversationRow>, DatabaseError> {
    one(reader, "c.number", number.into()).await
}

/// The conversation of this id.
pub(crate) async fn by_id(reader: Reader<'_>, id: ConversationId) -> Result<Option<ConversationRow>, DatabaseError> {
    one(reader, "c.id", id.0.into()).await
}

/// The conversations that an account began, newest first.
pub(crate) async fn of_account(
    reader: Reader<'_>,
    account: AccountId,
    most: i64,
) -> Result<Vec<ConversationRow>, DatabaseError> {
    let sql = format!("{SELECT} WHERE c.account = $1 ORDER BY c.created_at DESC, c.id LIMIT $2");
    reader.rows(&sql, vec![account.0.into(), most.into()]).await?.iter().map(read).collect()
}

/// Those in which somebody waits, and those that this clerk has taken, oldest first; none that the clerk began.
pub(crate) async fn queue(
    reader: Reader<'_>,
    clerk: AccountId,
    most: i64,
) -> Result<Vec<ConversationRow>, DatabaseError> {
    let sql = format!(
        "{SELECT} WHERE (c.state = 'waiting' OR (c.state = 'taken' AND c.clerk = $1)) \
         AND (c.account IS NULL OR c.account <> $1) ORDER BY c.waiting_since, c.id LIMIT $2"
    );
    reader.rows(&sql, vec![clerk.0.into(), most.into()]).await?.iter().map(read).collect()
}

/// What changes of a conversation, in the order of the statements below.
fn changing(row: &ConversationRow) -> Vec<Value> {
    let ConversationRow { conversation, rev, dialogue_sealed, call_back_sealed, .. } = row;
    let services: Vec<&str> = conversation.services.iter().map(Key::as_str).collect();
    let instant = |at: Option<Timestamp>| -> Value { at.map(Timestamp::millis).into() };
    vec![
        conversation.id.0.into(),
        conversation.state.word().into(),
        conversation.bot.word().into(),
        conversation.clerk.map(|clerk| clerk.0).into(),
        conversation.reason.and_then(reason_word).into(),
        conversation.wish.map(Wish::word).into(),
        services.join(",").into(),
        conversation.turns.into(),
        (*rev).into(),
        conversation.last_sequence.into(),
        dialogue_sealed.clone().into(),
        call_back_sealed.clone().into(),
        instant(conversation.call_at),
        instant(conversation.waiting_since),
        conversation.changed_at.millis().into(),
    ]
}

/// Writes a new conversation.
pub(crate) async fn insert(unit: &Unit, row: &ConversationRow) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO conversation (id, state, bot, clerk, reason, wish, services, turns, rev, last_sequence, \
               dialogue_sealed, call_back_sealed, call_at, waiting_since, changed_at, number, account, language, created_at, \
               learning) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";
    let Conversation { account, language, created_at, learning, .. } = &row.conversation;
    let mut values = changing(row);
    values.extend([
        row.number.as_str().into(),
        account.map(|account| account.0).into(),
        language.as_str().into(),
        created_at.millis().into(),
        learning.word().into(),
    ]);
    unit.execute(sql, values).await.map(drop)
}

/// Writes a changed conversation back, unless somebody changed it since `seen`. `false` when somebody did.
pub(crate) async fn update(unit: &Unit, row: &ConversationRow, seen: i64) -> Result<bool, DatabaseError> {
    let sql = "UPDATE conversation SET state = $2, bot = $3, clerk = $4, reason = $5, wish = $6, services = $7, turns = $8, \
               rev = $9, last_sequence = $10, dialogue_sealed = $11, call_back_sealed = $12, call_at = $13, \
               waiting_since = $14, changed_at = $15 WHERE id = $1 AND rev = $16";
    let mut values = changing(row);
    values.push(seen.into());
    Ok(unit.execute(sql, values).await? == 1)
}

/// Notes whether questions of a conversation may be kept. `false` when they are kept already.
pub(crate) async fn set_learning(unit: &Unit, id: Uuid, learning: Learning) -> Result<bool, DatabaseError> {
    let sql = "UPDATE conversation SET learning = $2 WHERE id = $1 AND gathered_at IS NULL";
    Ok(unit.execute(sql, vec![id.into(), learning.word().into()]).await? == 1)
}

/// Some of those that are over, whose questions may be kept and nobody has looked through.
pub(crate) async fn not_gathered(reader: Reader<'_>, most: i64) -> Result<Vec<ConversationRow>, DatabaseError> {
    let sql = format!(
        "{SELECT} WHERE c.learning = 'allowed' AND c.state = 'ended' AND c.gathered_at IS NULL ORDER BY c.id LIMIT $1"
    );
    reader.rows(&sql, vec![most.into()]).await?.iter().map(read).collect()
}

/// Notes that a conversation was looked through. `false` when somebody else did, or may not any more.
pub(crate) async fn mark_gathered(unit: &Unit, id: Uuid, now: Timestamp) -> Result<bool, DatabaseError> {
    let sql = "UPDATE conversation SET gathered_at = $2 \
               WHERE id = $1 AND learning = 'allowed' AND gathered_at IS NULL";
    Ok(unit.execute(sql, vec![id.into(), now.millis().into()]).await? == 1)
}

/// Ends those that are open and in which nobody has said anything since `before`. Gives how many.
pub(crate) async fn end_idle(unit: &Unit, before: Timestamp, now: Timestamp) -> Result<u64, DatabaseError> {
    let sql = "UPDATE conversation SET state = 'ended', rev = rev + 1, ended_at = $1 \
               WHERE state = 'open' AND changed_at <= $2";
    unit.execute(sql, vec![now.millis().into(), before.millis().into()]).await
}

/// How many nobody has said anything in since `before`.
pub(crate) async fn count_older(reader: Reader<'_>, before: Timestamp) -> Result<u64, DatabaseError> {
    let sql = "SELECT COUNT(*) FROM conversation WHERE changed_at <= $1";
    let row = reader.row(sql, vec![before.millis().into()]).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.at(0))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Some of those that nobody has said anything in since `before`.
pub(crate) async fn older(unit: &Unit, before: Timestamp, most: i64) -> Result<Vec<Uuid>, DatabaseError> {
    let sql = "SELECT id FROM conversation WHERE changed_at <= $1 ORDER BY changed_at LIMIT $2";
    unit.rows(sql, vec![before.millis().into(), most.into()]).await?.iter().map(|row| row.at(0)).collect()
}

/// Deletes a conversation with everything in it.
pub(crate) async fn delete(unit: &Unit, id: Uuid) -> Result<(), DatabaseError> {
    unit.execute("DELETE FROM conversation_event WHERE conversation = $1", vec![id.into()]).await?;
    unit.execute("DELETE FROM conversation WHERE id = $1", vec![id.into()]).await.map(drop)
}
