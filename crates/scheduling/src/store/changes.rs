//! What other processes changed lately, read from the outbox in order of time.

use database::{Database, DatabaseError};
use domain::time::Timestamp;
use uuid::Uuid;

/// Ids of the events of other processes than `origin` since `since`, with their subjects and payloads, oldest first.
pub(crate) async fn since(
    database: &Database,
    since: Timestamp,
    origin: i64,
) -> Result<Vec<(Uuid, Uuid, String)>, DatabaseError> {
    // An id begins with its milliseconds, so the primary key is the index by time.
    let millis = u64::try_from(since.millis()).unwrap_or(0);
    let from = uuid::Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid();
    let sql = "SELECT id, subject, payload FROM outbox WHERE id >= $1 AND origin <> $2 AND kind LIKE 'appointment.%' ORDER BY id";
    let rows = database.rows(sql, vec![from.into(), origin.into()]).await?;
    rows.iter().map(|row| Ok((row.at(0)?, row.at(1)?, row.at(2)?))).collect()
}
