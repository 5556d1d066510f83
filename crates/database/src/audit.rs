//! The audit log: who did what to which thing, append-only.

use domain::identifier::{AccountId, EventId};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::error::DatabaseError;
use crate::unit::Unit;

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

impl Unit {
    /// Appends `entry` to the audit log.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn audit(&self, entry: &AuditEntry) -> Result<(), DatabaseError> {
        let sql = "INSERT INTO audit (id, actor, action, subject, at) VALUES ($1, $2, $3, $4, $5)";
        let values = vec![
            entry.id.0.into(),
            entry.actor.map(|account| account.0).into(),
            entry.action.into(),
            entry.subject.into(),
            entry.at.millis().into(),
        ];
        self.execute(sql, values).await.map(drop)
    }
}
