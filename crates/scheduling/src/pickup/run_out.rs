//! Time: reminding people, and ending what nobody fetched. Reading and opening go by the clock; this tells and tidies.

use domain::pickup::PickupState;
use domain::time::Timestamp;

use crate::Scheduling;
use crate::pickup::failure::Failure;
use crate::pickup::once::retried;
use crate::store::pickups::{self, PickupRow, Reader};

/// How many days before the end people are reminded.
pub const REMINDED_DAYS: i64 = 2;
/// How many are handled in one round.
const PORTION: i64 = 200;

impl Scheduling {
    /// Ends what nobody fetched in time, and reminds those whose time ends soon. Gives how many of both.
    ///
    /// # Errors
    /// [`Failure::Database`]; what was done stays done.
    pub async fn run_out_pickups(&self) -> Result<u64, Failure> {
        let now = self.now();
        let reader = Reader::Database(&self.database);
        let mut done = 0;
        for row in pickups::ending(reader, now, PORTION).await? {
            if row.state_at(now) == PickupState::Expired {
                done += u64::from(retried(|| self.expire(&row, now)).await?);
            }
        }
        let soon = now.plus_minutes(REMINDED_DAYS * 24 * 60);
        for row in pickups::to_remind(reader, soon, PORTION).await? {
            if row.state_at(now) == PickupState::Loaded {
                done += u64::from(retried(|| self.remind(&row, now)).await?);
            }
        }
        Ok(done)
    }

    /// Ends one, unless somebody changed it since it was read: whoever opens it at this moment, or another worker.
    async fn expire(&self, row: &PickupRow, now: Timestamp) -> Result<bool, Failure> {
        let mut after = row.clone();
        after.pickup.state = PickupState::Expired;
        after.order_until = None;
        self.tell(row, after, "pickup.expired", now).await
    }

    async fn remind(&self, row: &PickupRow, now: Timestamp) -> Result<bool, Failure> {
        let after = PickupRow { reminded_at: Some(now), ..row.clone() };
        // Whoever has just been told of the PIN needs no reminder.
        let lasted = row.pickup.expires_at.seconds() - row.pickup.created_at.seconds();
        let happening = if lasted > (REMINDED_DAYS + 1) * 24 * 3600 { "pickup.expires_soon" } else { "pickup.noted" };
        self.tell(row, after, happening, now).await
    }

    async fn tell(
        &self,
        before: &PickupRow,
        mut after: PickupRow,
        happening: &'static str,
        now: Timestamp,
    ) -> Result<bool, Failure> {
        let unit = self.database.begin().await?;
        after.rev = before.rev + 1;
        after.pickup.changed_at = now;
        if !pickups::update(&unit, &after, before.rev).await? {
            return Ok(false);
        }
        self.leave_pickup_traces(&unit, happening, before.pickup.id, None, now).await?;
        unit.commit().await?;
        Ok(true)
    }
}
