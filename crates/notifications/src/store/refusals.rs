//! Who wants no reminders: digests of addresses, never the addresses.

use database::{Database, DatabaseError};
use domain::time::Timestamp;

/// Notes that the address behind a digest wants no reminders.
pub(crate) async fn add(database: &Database, address: &[u8], now: Timestamp) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO reminder_refusal (address, at) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    database.write(sql, vec![address.to_vec().into(), now.millis().into()]).await.map(drop)
}

/// Forgets the refusal.
pub(crate) async fn remove(database: &Database, address: &[u8]) -> Result<(), DatabaseError> {
    database.write("DELETE FROM reminder_refusal WHERE address = $1", vec![address.to_vec().into()]).await.map(drop)
}

/// Whether the address behind a digest wants no reminders.
pub(crate) async fn holds(database: &Database, address: &[u8]) -> Result<bool, DatabaseError> {
    let sql = "SELECT 1 FROM reminder_refusal WHERE address = $1";
    Ok(database.row(sql, vec![address.to_vec().into()]).await?.is_some())
}
