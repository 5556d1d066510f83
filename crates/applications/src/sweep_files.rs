//! Nothing is left of what nobody needs: places that were never filled, contents that were let go, and whatever lies in the
//! store that no file knows of.

use std::time::Duration;

use domain::permission::{Actor, Permission};
use futures_util::StreamExt;
use uuid::Uuid;

use crate::Applications;
use crate::failure::Failure;
use crate::store::Reader;
use crate::store::attachments;

/// How many are handled in one step.
const PORTION: i64 = 200;
/// A half-written file that did not change for so long belongs to a process that died.
const HALF_WRITTEN_FOR: Duration = Duration::from_hours(2);

impl Applications {
    /// Deletes places whose bytes did not arrive in time, and contents that were let go. Gives how many there were.
    ///
    /// # Errors
    /// [`Failure::Forbidden`], [`Failure::Database`]; [`Failure::Files`] when the store cannot be reached: the next round
    /// tries again.
    pub async fn sweep_files(&self, actor: &Actor) -> Result<u64, Failure> {
        actor.may(Permission::HandlePersonalData)?;
        let now = self.now();
        let mut swept = 0;
        for row in attachments::overdue(Reader::Database(&self.database), now, PORTION).await? {
            let unit = self.database.begin().await?;
            swept += u64::from(attachments::delete(&unit, &row, now).await?);
            unit.commit().await?;
        }
        loop {
            let gone = self.delete_garbage().await?;
            swept += gone;
            if gone < PORTION as u64 {
                return Ok(swept);
            }
        }
    }

    /// Deletes a portion of contents that were let go.
    pub(crate) async fn delete_garbage(&self) -> Result<u64, Failure> {
        let garbage = attachments::garbage(Reader::Database(&self.database), PORTION).await?;
        for blob in &garbage {
            // First there, then here: whoever stops between both does it once more.
            self.files.delete(*blob).await?;
            let unit = self.database.begin().await?;
            attachments::forget(&unit, *blob).await?;
            unit.commit().await?;
        }
        Ok(garbage.len() as u64)
    }

    /// Deletes contents that were let go, after something was erased. What fails here the worker repeats.
    pub(crate) async fn delete_garbage_now(&self) {
        if let Err(failure) = self.delete_garbage().await {
            tracing::warn!(%failure, "contents of files are deleted later");
        }
    }

    /// Deletes what no file knows of: left by a process that died while it wrote, or newer than a backup that was restored.
    /// Gives how many there were. A database that knows of no content at all sweeps nothing.
    ///
    /// # Errors
    /// As [`Applications::sweep_files`].
    pub async fn sweep_strangers(&self, actor: &Actor) -> Result<u64, Failure> {
        actor.may(Permission::HandlePersonalData)?;
        if !attachments::any(Reader::Database(&self.database)).await? {
            // A new or empty database beside a full store: somebody is about to restore it.
            return Ok(0);
        }
        let mut gone = self.files.sweep_half_written(HALF_WRITTEN_FOR).await?;
        let now = self.now();
        let mut portions = Box::pin(self.files.contents(PORTION as usize));
        while let Some(portion) = portions.next().await {
            for blob in portion? {
                // A cleaned photo is written before a file knows of it; ids begin with their time.
                if !is_new(blob, now) && !attachments::is_known(Reader::Database(&self.database), blob).await? {
                    self.files.delete(blob).await?;
                    gone += 1;
                }
            }
        }
        Ok(gone)
    }
}

fn is_new(blob: Uuid, now: domain::time::Timestamp) -> bool {
    let Some(drawn) = blob.get_timestamp() else { return false };
    let (seconds, _) = drawn.to_unix();
    i64::try_from(seconds).is_ok_and(|seconds| now.seconds() - seconds < HALF_WRITTEN_FOR.as_secs() as i64)
}
