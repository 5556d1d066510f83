//! Remembering requests, so that the same one twice has one effect and one answer.

use domain::time::Timestamp;
use uuid::Uuid;

use crate::connect::Database;
use crate::error::DatabaseError;
use crate::row::Row;
use crate::unit::Unit;

/// A client's key and what it was sent with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// SHA-256 over the asker and the key the client chose.
    pub key: [u8; 32],
    /// SHA-256 over the operation and its input.
    pub request: [u8; 32],
}

/// What an earlier request with the same key left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remembered {
    /// The same request: its subject, to answer from.
    Same(Uuid),
    /// Another request under the same key.
    Mismatch,
}

const FIND: &str = "SELECT request, subject FROM idempotency WHERE key = $1";

impl Database {
    /// Looks `key` up.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn remembered(&self, key: &IdempotencyKey) -> Result<Option<Remembered>, DatabaseError> {
        self.row(FIND, vec![key.key.to_vec().into()]).await?.map(|row| compare(&row, key)).transpose()
    }
}

impl Database {
    /// Forgets requests answered before `before`, and events delivered before it. Gives how many rows went.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn forget_requests(&self, before: Timestamp) -> Result<u64, DatabaseError> {
        let unit = self.begin().await?;
        let keys = unit.execute("DELETE FROM idempotency WHERE at < $1", vec![before.millis().into()]).await?;
        let delivered = "DELETE FROM outbox WHERE done_at IS NOT NULL AND done_at < $1";
        let events = unit.execute(delivered, vec![before.millis().into()]).await?;
        unit.commit().await?;
        Ok(keys + events)
    }
}

impl Unit {
    /// Remembers that `key` had its effect on `subject`. Rows can be dropped a day later.
    ///
    /// # Errors
    /// [`DatabaseError::Broken`] with `Rule::IdempotencyKey` when the key is already remembered.
    pub async fn remember(&self, key: &IdempotencyKey, subject: Uuid, now: Timestamp) -> Result<(), DatabaseError> {
        let sql = "INSERT INTO idempotency (key, request, subject, at) VALUES ($1, $2, $3, $4)";
        let values = vec![key.key.to_vec().into(), key.request.to_vec().into(), subject.into(), now.millis().into()];
        self.execute(sql, values).await.map(drop)
    }
}

fn compare(row: &Row, key: &IdempotencyKey) -> Result<Remembered, DatabaseError> {
    let request: Vec<u8> = row.get("request")?;
    if request == key.request { Ok(Remembered::Same(row.get("subject")?)) } else { Ok(Remembered::Mismatch) }
}
