//! The audit log: who did what to which thing, append-only, sealed in signed batches.
//!
//! Entries are written in the transaction of what they tell of, and nothing else is touched: no counter, no chain, no hot
//! row. The worker seals what is new every minute ([`crate::Database::seal_audit`]): a seal lists its members one by one with
//! their fingerprints, is chained to the seal before it and signed. So an entry whose transaction ended late, under an
//! id that is older than the last seal, simply becomes a member of the next one.

mod fingerprint;
mod seal;
mod store;
mod verify;

use domain::identifier::{AccountId, EventId};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::connect::Database;
use crate::error::DatabaseError;
use crate::unit::Unit;

pub use fingerprint::AuditRow;
pub use seal::{Anchor, AuditKey, AuditPublicKey, NotAnAnchor, Seal};
pub use store::{Pruned, SealedNow};
pub use verify::{Finding, Flaw, Report, Verifier};

/// One entry. It names accounts and things by id, never people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its id, in order of time.
    pub id: EventId,
    /// The account that acted; absent for citizens without account and for the system itself.
    pub actor: Option<AccountId>,
    /// A dotted verb: `appointment.book`.
    pub action: &'static str,
    /// What it was done to.
    pub subject: Uuid,
    /// When.
    pub at: Timestamp,
}

const INSERT: &str = "INSERT INTO audit (id, actor, action, subject, at) VALUES ($1, $2, $3, $4, $5)";
const INSERT_MANY: &str = "INSERT INTO audit (id, actor, action, subject, at, more) VALUES ($1, $2, $3, $4, $5, $6)";

impl AuditEntry {
    fn values(&self) -> Vec<sea_orm::Value> {
        vec![
            self.id.0.into(),
            self.actor.map(|account| account.0).into(),
            self.action.into(),
            self.subject.into(),
            self.at.millis().into(),
        ]
    }

    /// The statement of an entry about several things: `subject` and `more`.
    fn with_more(&self, more: &[Uuid]) -> (&'static str, Vec<sea_orm::Value>) {
        let mut values = self.values();
        if more.is_empty() {
            return (INSERT, values);
        }
        values.push(serde_json::to_string(more).unwrap_or_default().into());
        (INSERT_MANY, values)
    }
}

impl Unit {
    /// Appends `entry` to the audit log.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn audit(&self, entry: &AuditEntry) -> Result<(), DatabaseError> {
        self.execute(INSERT, entry.values()).await.map(drop)
    }

    /// Appends one entry about several things: the entry's own subject, and `more`.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn audit_many(&self, entry: &AuditEntry, more: &[Uuid]) -> Result<(), DatabaseError> {
        let (sql, values) = entry.with_more(more);
        self.execute(sql, values).await.map(drop)
    }
}

impl Database {
    /// Appends one entry about one or several things in a transaction of its own: for reading, which changes nothing else.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn audit_alone(&self, entry: &AuditEntry, more: &[Uuid]) -> Result<(), DatabaseError> {
        let (sql, values) = entry.with_more(more);
        self.write(sql, values).await.map(drop)
    }
}
