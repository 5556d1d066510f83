//! How long conversations are kept: they end by themselves, and go some days after the last message.

use domain::permission::{Actor, Permission};
use domain::time::Timestamp;

use crate::Conversations;
use crate::conversation::IDLE_HOURS;
use crate::failure::Failure;
use crate::requests::retried;
use crate::store::{Reader, conversations};

/// How many are handled in one unit.
const PORTION: i64 = 200;

impl Conversations {
    /// Ends open conversations a day after their last message. Those in which somebody waits stay in the queue. Gives how
    /// many ended.
    ///
    /// # Errors
    /// [`Failure::Database`].
    pub async fn end_idle(&self) -> Result<u64, Failure> {
        let now = self.now();
        let before = now.plus_minutes(-IDLE_HOURS * 60);
        retried(async || {
            let unit = self.database.begin().await?;
            let ended = conversations::end_idle(&unit, before, now).await?;
            unit.commit().await?;
            Ok(ended)
        })
        .await
    }

    /// Counts the conversations whose last message is as old as `before` or older, and changes nothing.
    ///
    /// # Errors
    /// [`Failure::Forbidden`], [`Failure::Database`].
    pub async fn count_due(&self, actor: &Actor, before: Timestamp) -> Result<u64, Failure> {
        actor.may(Permission::HandlePersonalData)?;
        Ok(conversations::count_older(Reader::Database(&self.database), before).await?)
    }

    /// Erases those conversations with their keys, in small units. Gives how many went.
    ///
    /// # Errors
    /// As [`Conversations::count_due`]; what was done stays done.
    pub async fn erase_due(&self, actor: &Actor, before: Timestamp) -> Result<u64, Failure> {
        actor.may(Permission::HandlePersonalData)?;
        let mut gone = 0;
        loop {
            let portion = retried(|| self.erase_portion(before)).await?;
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

    async fn erase_portion(&self, before: Timestamp) -> Result<u64, Failure> {
        let unit = self.database.begin().await?;
        let due = conversations::older(&unit, before, PORTION).await?;
        for id in &due {
            conversations::delete(&unit, *id).await?;
        }
        unit.destroy_keys(&due).await?;
        unit.commit().await?;
        Ok(due.len() as u64)
    }
}
