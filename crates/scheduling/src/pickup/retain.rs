//! How long pick-ups are kept: some days after they were handed over, then they go with their keys.

use domain::permission::{Actor, Permission};
use domain::time::Timestamp;

use crate::Scheduling;
use crate::pickup::failure::Failure;
use crate::pickup::once::retried;
use crate::store::contacts;
use crate::store::pickups::{self, Reader};

/// How many are handled in one unit.
const PORTION: i64 = 200;

impl Scheduling {
    /// Counts the pick-ups that ended before `before`, and changes nothing.
    ///
    /// # Errors
    /// [`Failure::Forbidden`], [`Failure::Database`].
    pub async fn count_old_pickups(&self, actor: &Actor, before: Timestamp) -> Result<u64, Failure> {
        actor.may(Permission::HandlePersonalData)?;
        Ok(pickups::count_old(Reader::Database(&self.database), before).await?)
    }

    /// Deletes those pick-ups with their keys, in small units. Gives how many went.
    ///
    /// # Errors
    /// As [`Scheduling::count_old_pickups`]; what was done stays done.
    pub async fn erase_old_pickups(&self, actor: &Actor, before: Timestamp) -> Result<u64, Failure> {
        actor.may(Permission::HandlePersonalData)?;
        let mut gone = 0;
        loop {
            let portion = retried(|| self.erase_pickup_portion(before)).await?;
            gone += portion;
            if portion < PORTION as u64 {
                break;
            }
        }
        if gone > 0 {
            self.database.scrub().await?;
        }
        Ok(gone)
    }

    async fn erase_pickup_portion(&self, before: Timestamp) -> Result<u64, Failure> {
        let unit = self.database.begin().await?;
        let due = pickups::old(&unit, before, PORTION).await?;
        contacts::unindex(&unit, &due).await?;
        pickups::delete(&unit, &due).await?;
        unit.destroy_keys(&due).await?;
        unit.commit().await?;
        Ok(due.len() as u64)
    }
}
