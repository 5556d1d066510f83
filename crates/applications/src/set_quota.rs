//! How many of a service there are in a period.

use database::{AuditEntry, DatabaseError, Rule};
use domain::identifier::{EventId, Key};
use domain::permission::{Actor, Permission};
use domain::time::Timestamp;

use crate::Applications;
use crate::failure::{Failure, Problem};
use crate::store::quotas;

/// Sets a quota.
#[derive(Debug, Clone)]
pub struct SetQuota {
    /// Of which service.
    pub service: Key,
    /// From when.
    pub from: Timestamp,
    /// Until when, exclusive.
    pub until: Timestamp,
    /// How many there are.
    pub most: i64,
}

impl Applications {
    /// Sets how many of a service can be handed in from one instant until another. Doing it again changes it; below what is
    /// taken already it cannot go.
    ///
    /// # Errors
    /// [`Failure::Forbidden`] for services of other offices; [`Problem::QuotaInvalid`], [`Problem::QuotaExhausted`],
    /// [`Problem::UnknownService`].
    pub async fn set_quota(&self, actor: &Actor, command: &SetQuota) -> Result<(), Failure> {
        actor.may(Permission::SteerAutomation)?;
        let pinned = self.newest(&command.service).await?;
        actor.may_in(Permission::SteerAutomation, &self.service(&command.service).await?.team)?;
        if command.from >= command.until || command.most < 0 {
            return Err(Problem::QuotaInvalid.into());
        }
        let now = self.now();
        let id = EventId(self.entropy.id(now));
        let entry = AuditEntry { id, actor: actor.account(), action: "quota.set", subject: pinned.id.0, at: now };
        let unit = self.database.begin().await?;
        let period = (command.from, command.until);
        quotas::set(&unit, &command.service, period, command.most).await.map_err(|error: DatabaseError| {
            if error.breaks(Rule::QuotaNotExceeded) { Failure::from(Problem::QuotaExhausted) } else { error.into() }
        })?;
        unit.audit(&entry).await?;
        unit.commit().await?;
        Ok(())
    }
}
