//! The rounds of the worker: cases that the machine has not looked at, clocks, drafts whose time is up.

use domain::permission::{Actor, Permission};

use crate::Applications;
use crate::failure::Failure;
use crate::store::{Reader, cases};

/// How many cases are looked at in one round.
const PORTION: i64 = 100;

/// What a round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Worked {
    /// Cases the machine looked at.
    pub checked: u64,
    /// Cases that a clock moved, and cases that became a task because they are late on their way.
    pub moved: u64,
    /// Drafts and rehearsals that were deleted.
    pub expired: u64,
    /// Payments that were asked about.
    pub payments: u64,
    /// Holders who were told that their permit ends.
    pub reminded: u64,
}

impl Applications {
    /// One round. Any number of workers may do this at the same time.
    ///
    /// # Errors
    /// [`Failure::Forbidden`], [`Failure::Database`]; what was done stays done. One case that cannot be looked at holds up
    /// no other; it stays where it is, and [`Applications::silent_cases`] counts it.
    pub async fn work_through(&self, actor: &Actor) -> Result<Worked, Failure> {
        actor.may(Permission::HandlePersonalData)?;
        let mut worked = Worked::default();
        for id in cases::received(Reader::Database(&self.database), PORTION).await? {
            match self.check_automatically(id).await {
                Ok(()) => worked.checked += 1,
                Err(failure) => tracing::error!(case.id = %id, %failure, "the machine cannot look at a case"),
            }
        }
        worked.moved = self.run_clocks().await?;
        worked.moved += self.show_late_forwards().await?;
        worked.moved += self.show_unrecorded_collections().await?;
        worked.expired = self.expire_drafts().await?;
        worked.payments = self.look_at_payments().await?;
        worked.reminded = self.remind_of_permits().await?;
        Ok(worked)
    }
}
