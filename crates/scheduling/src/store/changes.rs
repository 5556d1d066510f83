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
    read(database, sql, vec![from.into(), origin.into()]).await
}

/// Those of these events that were written, whoever wrote them.
pub(crate) async fn named(database: &Database, events: &[Uuid]) -> Result<Vec<(Uuid, Uuid, String)>, DatabaseError> {
    let hex: Vec<String> = events.iter().map(|id| id.simple().to_string()).collect();
    let list = serde_json::to_string(&hex).unwrap_or_default();
    let sql = database.engine().choose(
        "SELECT id, subject, payload FROM outbox WHERE id IN (SELECT unhex(value) FROM json_each($1))",
        "SELECT id, subject, payload FROM outbox WHERE id IN (SELECT value::uuid FROM json_array_elements_text($1::json))",
    );
    read(database, sql, vec![list.into()]).await
}

async fn read(
    database: &Database,
    sql: &str,
    values: Vec<database::Value>,
) -> Result<Vec<(Uuid, Uuid, String)>, DatabaseError> {
    let rows = database.rows(sql, values).await?;
    rows.iter().map(|row| Ok((row.at(0)?, row.at(1)?, row.at(2)?))).collect()
}
