//! What was said.

use database::{DatabaseError, Row, Unit};
use domain::identifier::ConversationId;
use domain::time::Timestamp;
use uuid::Uuid;

use crate::event::{Speaker, Verdict};
use crate::store::{Reader, optional_word, word};

/// Most events of one answer. Whoever has more reads on after the last one.
const MOST: i64 = 500;

/// An event as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct EventRow {
    pub(crate) id: Uuid,
    pub(crate) sequence: i64,
    pub(crate) at: Timestamp,
    pub(crate) speaker: Speaker,
    pub(crate) content_sealed: Vec<u8>,
    pub(crate) verdict: Option<Verdict>,
}

fn read(row: &Row) -> Result<EventRow, DatabaseError> {
    Ok(EventRow {
        id: row.get("id")?,
        sequence: row.get("sequence")?,
        at: Timestamp::from_millis(row.get("at")?),
        speaker: word(row, "speaker", Speaker::of_word)?,
        content_sealed: row.get("content_sealed")?,
        verdict: optional_word(row, "verdict", Verdict::of_word)?,
    })
}

const SELECT: &str = "SELECT id, sequence, at, speaker, content_sealed, verdict FROM conversation_event";

/// The events after a number, in order.
pub(crate) async fn after(
    reader: Reader<'_>,
    conversation: ConversationId,
    after: i64,
) -> Result<Vec<EventRow>, DatabaseError> {
    let sql = format!("{SELECT} WHERE conversation = $1 AND sequence > $2 ORDER BY sequence LIMIT $3");
    let values = vec![conversation.0.into(), after.into(), MOST.into()];
    reader.rows(&sql, values).await?.iter().map(read).collect()
}

/// The event `first` and those after it, in order.
pub(crate) async fn since(
    reader: Reader<'_>,
    conversation: ConversationId,
    first: Uuid,
) -> Result<Vec<EventRow>, DatabaseError> {
    let sql = format!(
        "{SELECT} WHERE conversation = $1 AND sequence >= \
         (SELECT e.sequence FROM conversation_event e WHERE e.conversation = $1 AND e.id = $2) ORDER BY sequence LIMIT $3"
    );
    let values = vec![conversation.0.into(), first.into(), MOST.into()];
    reader.rows(&sql, values).await?.iter().map(read).collect()
}

/// Appends an event.
pub(crate) async fn insert(unit: &Unit, conversation: ConversationId, event: &EventRow) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO conversation_event (conversation, sequence, id, at, speaker, content_sealed) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    let values = vec![
        conversation.0.into(),
        event.sequence.into(),
        event.id.into(),
        event.at.millis().into(),
        event.speaker.word().into(),
        event.content_sealed.clone().into(),
    ];
    unit.execute(sql, values).await.map(drop)
}

/// Notes what somebody thinks of what the chatbot said under this number. `false` when it said nothing there.
pub(crate) async fn judge(
    unit: &Unit,
    conversation: ConversationId,
    sequence: i64,
    verdict: Verdict,
) -> Result<bool, DatabaseError> {
    let sql =
        "UPDATE conversation_event SET verdict = $3 WHERE conversation = $1 AND sequence = $2 AND speaker = 'bot'";
    let values = vec![conversation.0.into(), sequence.into(), verdict.word().into()];
    Ok(unit.execute(sql, values).await? == 1)
}
