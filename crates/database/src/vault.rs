//! The vault: personal data is sealed with a key of its subject, so that destroying one row of keys erases a person.
//!
//! | key | made | wrapped by | kept in |
//! |---|---|---|---|
//! | master key | by the operator, or at the first start | nobody | a file or systemd credential, never in the database |
//! | root secret | at the first start | master key | `root_secret`; links, tokens and signatures are derived from it |
//! | tenant key | with each `keys rotate` | master key | `tenant_key`, one row a generation |
//! | subject key | with each appointment, account and signing key | tenant key | `subject_key` |
//! | index key | with each change of it | master key | `index_key`, one row a generation; blind numbers are made with it |
//!
//! AES-256-GCM everywhere, with a fresh 96-bit nonce from the injected entropy. What is sealed is bound to its table, column
//! and row: moved elsewhere it does not open.

mod chunks;
mod cipher;
mod erase;
mod index;
mod keyring;
mod rotate;
mod subject;
mod transfer;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use domain::environment::Entropy;
use domain::time::Timestamp;
use uuid::Uuid;

use crate::connect::Database;
use crate::error::DatabaseError;

use cipher::{Bytes, Cipher};

pub(crate) use cipher::derive;

pub use chunks::{Chunks, Order};
pub use index::IndexToken;
pub use keyring::RootOrigin;
pub use rotate::{Rewrapped, Rotation};
pub use transfer::KEY_TABLES;

/// Where a sealed field stands. A sealed text opens in its own place alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The id of the row.
    pub row: Uuid,
}

/// A row of `subject_key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectKey {
    /// Whose key it is.
    pub subject: Uuid,
    /// The tenant key that wraps it.
    pub generation: i64,
    /// The wrapped key, 61 bytes.
    pub wrapped: Vec<u8>,
}

/// A field sealed with a subject key of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The key, to be written into `subject_key` in the same transaction.
    pub key: SubjectKey,
    /// The sealed field: one byte of version, nonce, ciphertext, tag; 29 bytes more than the text.
    pub field: Vec<u8>,
}

/// Why something was not sealed or opened. Says nothing about what is inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// [`Vault::unlock`] has not been called yet.
    #[error("the vault is locked")]
    Locked,
    /// No tenant key of this generation is known here. Another process may have made it: [`Vault::refresh`].
    #[error("the tenant key of generation {0} is not known")]
    UnknownGeneration(i64),
    /// A sealed text was changed or moved, or belongs to another key.
    #[error("a sealed field does not open: it was changed or moved, or the key is another one")]
    DoesNotOpen,
    /// The keys of the database are wrapped by another master key.
    #[error("the master key is not the one that wraps the keys of this database")]
    OtherMaster,
}

impl From<VaultError> for DatabaseError {
    fn from(error: VaultError) -> Self {
        Self::Internal(error.to_string())
    }
}

/// The vault. Cloning is cheap; clones share the keys in memory.
#[derive(Clone)]
pub struct Vault {
    master: Arc<MasterKey>,
    entropy: Arc<dyn Entropy>,
    ring: Arc<RwLock<Arc<Ring>>>,
}

/// The master key, ready to wrap.
pub(crate) struct MasterKey {
    /// Names the key without telling anything about it.
    id: String,
    cipher: Cipher,
    bytes: Bytes,
}

/// The tenant keys and the keys of blind numbers that are known, unwrapped.
#[derive(Default)]
struct Ring {
    tenants: BTreeMap<i64, Cipher>,
    indexes: BTreeMap<i64, index::IndexKey>,
}

impl Ring {
    fn is_empty(&self) -> bool {
        self.tenants.is_empty() || self.indexes.is_empty()
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("master", &self.master.id).finish_non_exhaustive()
    }
}

impl Vault {
    /// A vault behind the 32 bytes of the master key; locked until [`Vault::unlock`].
    pub fn new(master: &[u8; 32], entropy: Arc<dyn Entropy>) -> Self {
        Self { master: Arc::new(MasterKey::new(master)), entropy, ring: Arc::default() }
    }

    /// Names the master key: sixteen hexadecimal digits that tell nothing about it.
    pub fn master_id(&self) -> &str {
        &self.master.id
    }

    /// Loads the keys, and makes the first ones where there are none. Costs nothing once it has been done.
    ///
    /// # Errors
    /// [`VaultError::OtherMaster`] as an internal error, and those of the database.
    pub async fn unlock(&self, database: &Database, now: Timestamp) -> Result<(), DatabaseError> {
        if self.ring().is_empty() { self.load(database, now).await } else { Ok(()) }
    }

    /// Seals `text` with a fresh key for `subject`, under the newest tenant key. No query.
    ///
    /// # Errors
    /// [`VaultError::Locked`].
    pub fn seal_new(&self, subject: Uuid, place: Place, text: &[u8]) -> Result<Sealed, VaultError> {
        let ring = self.ring();
        let (generation, tenant) = ring.tenants.last_key_value().ok_or(VaultError::Locked)?;
        let mut bytes = Bytes::default();
        self.entropy.fill(&mut bytes.0);
        let wrapped = tenant.seal(self.nonce(), &cipher::key_label(subject), &bytes.0);
        let field = Cipher::new(&bytes).seal(self.nonce(), &cipher::place_label(place), text);
        Ok(Sealed { key: SubjectKey { subject, generation: *generation, wrapped }, field })
    }

    /// Seals `text` in another place of a subject that has a key already.
    ///
    /// # Errors
    /// As [`Vault::open`].
    pub fn seal_with(&self, key: &SubjectKey, place: Place, text: &[u8]) -> Result<Vec<u8>, VaultError> {
        Ok(self.subject(key)?.seal(self.nonce(), &cipher::place_label(place), text))
    }

    /// Opens a sealed field. No query.
    ///
    /// # Errors
    /// [`VaultError::UnknownGeneration`] until [`Vault::refresh`], [`VaultError::DoesNotOpen`].
    pub fn open(&self, key: &SubjectKey, place: Place, field: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.subject(key)?.open(&cipher::place_label(place), field)
    }

    fn subject(&self, key: &SubjectKey) -> Result<Cipher, VaultError> {
        let ring = self.ring();
        let unknown = VaultError::UnknownGeneration(key.generation);
        let tenant = ring.tenants.get(&key.generation).ok_or(unknown)?;
        Ok(Cipher::new(&tenant.open_key(&cipher::key_label(key.subject), &key.wrapped)?))
    }

    fn ring(&self) -> Arc<Ring> {
        // Nothing that can panic runs under the lock.
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn nonce(&self) -> [u8; cipher::NONCE] {
        let mut nonce = [0; cipher::NONCE];
        self.entropy.fill(&mut nonce);
        nonce
    }
}
