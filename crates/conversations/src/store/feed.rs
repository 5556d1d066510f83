//! What other processes changed lately, read from the outbox in order of time.

use database::{Database, DatabaseError};
use domain::identifier::ConversationId;
use domain::time::Timestamp;

use crate::feed::Changed;

/// Conversations that other processes than `origin` changed since `since`, oldest first.
pub(crate) async fn since(database: &Database, since: Timestamp, origin: i64) -> Result<Vec<Changed>, DatabaseError> {
    // An id begins with its milliseconds, so the primary key is the index by time.
    let millis = u64::try_from(since.millis()).unwrap_or(0);
    let from = uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid();
    let sql = "SELECT subject FROM outbox WHERE id >= $1 AND origin <> $2 AND kind LIKE 'conversation.%' ORDER BY id";
    let rows = database.rows(sql, vec![from.into(), origin.into()]).await?;
    rows.iter().map(|row| Ok(Changed { conversation: ConversationId(row.at(0)?) })).collect()
}
