//! Remembering requests, so that the same one twice has one effect and one answer.

use std::time::Duration;

use domain::identifier::AccountId;
use domain::time::Timestamp;
use sha2::{Digest, Sha256};
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

/// How often contended work is tried in all.
const TRIES: u32 = 6;
/// For all tries together: shorter than a request may take, so that people are told to try again.
const PATIENCE: Duration = Duration::from_secs(8);

impl IdempotencyKey {
    /// Binds the key that a client chose to the asker and to what is asked: `operation` with its `input` as text. `None`
    /// when the key is not of 16 to 128 printable ASCII signs.
    pub fn bound(asker: Option<AccountId>, key: &str, operation: &str, input: &str) -> Option<Self> {
        if !(16..=128).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        let asker = asker.map_or_else(String::new, |account| account.to_string());
        Some(Self { key: digest(&[&asker, key]), request: digest(&[operation, input]) })
    }
}

fn digest(parts: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}

/// Tries work again while the database asks for it. Only for work that carries an idempotency key in its unit, or that
/// is harmless to repeat.
///
/// # Errors
/// What the last try failed with, or [`DatabaseError::Unavailable`] when the time is up; what was under way may have been
/// kept.
pub async fn retried<T, E, F>(work: impl FnMut() -> F, is_contended: fn(&E) -> bool) -> Result<T, E>
where
    E: From<DatabaseError>,
    F: Future<Output = Result<T, E>>,
{
    let busy = || DatabaseError::Unavailable("the database does not get through".into());
    tokio::time::timeout(PATIENCE, until_uncontended(work, is_contended)).await.map_err(|_| busy())?
}

async fn until_uncontended<T, E, F>(mut work: impl FnMut() -> F, is_contended: fn(&E) -> bool) -> Result<T, E>
where
    F: Future<Output = Result<T, E>>,
{
    let mut tries = 0;
    loop {
        tries += 1;
        match work().await {
            Err(error) if tries < TRIES && is_contended(&error) => {
                tokio::time::sleep(Duration::from_millis(u64::from(4 * tries * tries))).await;
            }
            outcome => return outcome,
        }
    }
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
