//! The devices of an office: seeing them, and taking one away.

use std::collections::HashMap;

use domain::identifier::{AccountId, Key};
use domain::permission::{Actor, Permission, Role};
use domain::time::Timestamp;

use crate::accounts::Account;
use crate::failure::{Failure, Problem};
use crate::{Identity, store};

/// A display, kiosk or locker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its account.
    pub account: Account,
    /// When it last drew tokens; devices do every few minutes while they run.
    pub seen_at: Option<Timestamp>,
}

impl Identity {
    /// The devices of an office, newest first, without those that were revoked, for somebody who manages them.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn devices(&self, actor: &Actor, office: &Key) -> Result<Vec<Device>, Failure> {
        actor.may_in(Permission::ManageDevices, office)?;
        let found = store::device::of_office(&self.database, office).await?;
        let mut seen: HashMap<AccountId, Option<Timestamp>> =
            found.iter().map(|(kept, seen_at)| (kept.account.id, *seen_at)).collect();
        let kept = found.into_iter().map(|(kept, _)| kept).collect();
        let device = |account: Account| Device { seen_at: seen.remove(&account.id).flatten(), account };
        Ok(self.opened(kept).await?.into_iter().map(device).collect())
    }

    /// Takes a device away for somebody who manages the devices of its office: its account is disabled, its tokens end.
    /// Revoking it twice is no error.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn revoke_device(&self, actor: &Actor, device: AccountId) -> Result<(), Failure> {
        actor.may(Permission::ManageDevices)?;
        let found = self.accounts(&[device]).await?.remove(&device);
        let found = found.filter(|account| account.role == Role::Device).ok_or(Problem::NotFound)?;
        let office = found.office.ok_or(Problem::NotFound)?;
        // A stranger's device is not found, rather than forbidden: nobody learns what other offices have.
        actor.may_in(Permission::ManageDevices, &office).map_err(|_| Problem::NotFound)?;
        let unit = self.database.begin().await?;
        let Some(generation) = store::account::disable(&unit, device, self.clock.now()).await? else { return Ok(()) };
        let ended = self.end_everything(&unit, device, generation).await?;
        self.audit(&unit, actor, "device.revoke", device.0).await?;
        unit.commit().await?;
        self.hear_now(ended);
        Ok(())
    }
}
