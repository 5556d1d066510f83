//! Blind numbers: what somebody is looked up by, without the database knowing what it is.
//!
//! The key of these numbers changes like every key. While it does there are two generations: what is written carries
//! numbers of both, and what is looked up is looked up by both, so that processes which know only one of them agree
//! with those that know two.

use domain::keyed;
use domain::time::Timestamp;

use super::cipher::Bytes;
use super::generations::Generations;
use super::rotate::GRACE_MINUTES;
use super::{Vault, VaultError};
use crate::connect::Database;
use crate::error::DatabaseError;

/// A number that stands for a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct IndexToken {
    /// The key it was made with.
    pub generation: i64,
    /// The number: HMAC-SHA256.
    pub token: [u8; 32],
}

/// A key of numbers, and since when it is known to somebody.
pub(super) struct IndexKey {
    pub(super) bytes: Bytes,
    pub(super) created_at: Timestamp,
}

impl IndexKey {
    fn token(&self, kind: &str, text: &str) -> [u8; 32] {
        keyed::digest(&self.bytes.0, &[b"index", kind.as_bytes(), text.as_bytes()])
    }
}

impl Vault {
    /// The numbers that stand for `text` among others of its `kind`, newest first; one for each key that is known, so one
    /// or, while the key changes, two. No query.
    ///
    /// # Errors
    /// [`VaultError::Locked`].
    pub fn index(&self, kind: &str, text: &str) -> Result<Vec<IndexToken>, VaultError> {
        let ring = self.ring();
        let token =
            |(generation, key): (&i64, &IndexKey)| IndexToken { generation: *generation, token: key.token(kind, text) };
        let tokens: Vec<IndexToken> = ring.indexes.iter().rev().map(token).collect();
        if tokens.is_empty() { Err(VaultError::Locked) } else { Ok(tokens) }
    }

    /// The generations of the index key that are known here, newest first.
    pub fn index_generations(&self) -> Vec<i64> {
        self.ring().indexes.keys().rev().copied().collect()
    }

    /// Makes a new index key, unless a change is under way already: then that one goes on. Gives its generation.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn begin_index_rotation(&self, database: &Database, now: Timestamp) -> Result<i64, DatabaseError> {
        self.unlock(database, now).await?;
        self.refresh(database).await?;
        if let [newest] = *self.index_generations() {
            self.add_generation(database, Generations::Index, newest + 1, now).await?;
            self.refresh(database).await?;
        }
        self.index_generations().first().copied().ok_or_else(|| VaultError::Locked.into())
    }

    /// Destroys the index keys that were superseded so long ago that nobody writes their numbers any more. To be called when
    /// everything carries numbers of the newest key. Gives how many.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn retire_index(&self, database: &Database, now: Timestamp) -> Result<u64, DatabaseError> {
        let sql = "DELETE FROM index_key WHERE generation < (SELECT max(generation) FROM index_key) \
                   AND $1 >= (SELECT created_at FROM index_key ORDER BY generation DESC LIMIT 1)";
        let unit = database.begin().await?;
        // Once for everybody to know the new key, and once for what was begun before it came into force.
        let gone = unit.execute(sql, vec![now.plus_minutes(-2 * GRACE_MINUTES).millis().into()]).await?;
        unit.commit().await?;
        self.refresh(database).await?;
        Ok(gone)
    }

    /// The number that stands for `text` by the key of one generation.
    ///
    /// # Errors
    /// [`VaultError::UnknownGeneration`].
    pub fn index_with(&self, generation: i64, kind: &str, text: &str) -> Result<[u8; 32], VaultError> {
        let ring = self.ring();
        let key = ring.indexes.get(&generation).ok_or(VaultError::UnknownGeneration(generation))?;
        Ok(key.token(kind, text))
    }

    /// The generation in force for what must have one number at each moment, and the other one while the key changes. A new
    /// key comes into force when every process knows it.
    ///
    /// # Errors
    /// [`VaultError::Locked`].
    pub fn index_in_force(&self, now: Timestamp) -> Result<(i64, Option<i64>), VaultError> {
        let ring = self.ring();
        let mut keys = ring.indexes.iter().rev();
        let (newest, key) = keys.next().ok_or(VaultError::Locked)?;
        Ok(match keys.next() {
            Some((before, _)) if now < key.created_at.plus_minutes(GRACE_MINUTES) => (*before, Some(*newest)),
            before => (*newest, before.map(|(before, _)| *before)),
        })
    }
}
