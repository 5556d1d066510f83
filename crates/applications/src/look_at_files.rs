//! The worker looks at files that have arrived. A look that fails says nothing about a file: it is repeated.

use domain::application::AttachmentStep;
use domain::permission::{Actor, Permission};
use domain::time::Timestamp;

use crate::Applications;
use crate::failure::{Failure, Problem};
use crate::files::{Finding, scan};
use crate::store::Reader;
use crate::store::attachments::{self, AttachmentRow};

/// How many files are looked at in one round.
const PORTION: i64 = 20;
/// For how long nobody else looks at a file that somebody looks at, in minutes.
const LOOK_MINUTES: i64 = 5;
/// How long to wait after the first failed look, and the longest wait, in seconds.
const FIRST_WAIT: i64 = 10;
const LONGEST_WAIT: i64 = 900;

/// What a round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LookedAt {
    /// Files in which nothing was found.
    pub clean: u64,
    /// Files in which something was found.
    pub infected: u64,
    /// Files at which the look failed.
    pub unknown: u64,
}

impl Applications {
    /// One round. Any number of workers may do this at the same time: each file is one's.
    ///
    /// # Errors
    /// [`Failure::Forbidden`], [`Failure::Database`]; what was done stays done.
    pub async fn look_at_files(&self, actor: &Actor) -> Result<LookedAt, Failure> {
        actor.may(Permission::HandlePersonalData)?;
        let mut done = LookedAt::default();
        let now = self.now();
        self.vault.unlock(&self.database, now).await?;
        for row in attachments::due(Reader::Database(&self.database), now, PORTION).await? {
            let Some(row) = self.take(row, now).await? else { continue };
            let finding = self.look(&row).await?;
            match &finding {
                Finding::Clean => done.clean += 1,
                Finding::Infected(signature) => {
                    done.infected += 1;
                    tracing::warn!(attachment.id = %row.id, signature, "something harmful was found in a file");
                }
                Finding::Unknown(why) => {
                    done.unknown += 1;
                    tracing::warn!(attachment.id = %row.id, tries = row.tries + 1, why, "a file could not be looked at");
                }
            }
            self.settle(row, finding).await?;
        }
        Ok(done)
    }

    /// Takes a file for this worker; nothing when another was faster.
    async fn take(&self, row: AttachmentRow, now: Timestamp) -> Result<Option<AttachmentRow>, Failure> {
        let state = row.state.after(AttachmentStep::RetryScan).unwrap_or(row.state);
        let taken = AttachmentRow { state, look_at: Some(now.plus_minutes(LOOK_MINUTES)), ..row.clone() };
        match self.change(&row, taken).await {
            Ok(taken) => Ok(Some(taken)),
            Err(Failure::Problem(Problem::ChangedMeanwhile)) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    async fn look(&self, row: &AttachmentRow) -> Result<Finding, Failure> {
        let Some(scanner) = &self.uploads.scanner else { return Ok(Finding::Clean) };
        let key = attachments::key_of(Reader::Database(&self.database), row.owner).await?;
        let (Some(key), Some(blob)) = (key, row.blob) else {
            return Ok(Finding::Unknown("it was erased meanwhile".to_owned()));
        };
        match self.files.read(self.content(&key, blob)?).await {
            Ok(content) => Ok(scan(scanner, content).await),
            Err(error) => Ok(Finding::Unknown(error.to_string())),
        }
    }

    async fn settle(&self, row: AttachmentRow, finding: Finding) -> Result<(), Failure> {
        let tries = row.tries + 1;
        let settled = match finding {
            Finding::Clean => {
                AttachmentRow { state: row.state.after(AttachmentStep::FindClean)?, look_at: None, ..row.clone() }
            }
            Finding::Infected(_) => AttachmentRow {
                state: row.state.after(AttachmentStep::FindInfected)?,
                blob: None,
                look_at: None,
                ..row.clone()
            },
            Finding::Unknown(_) => AttachmentRow {
                state: row.state.after(AttachmentStep::FailScan)?,
                look_at: Some(self.now().plus_seconds(wait(tries))),
                tries,
                ..row.clone()
            },
        };
        match self.change(&row, settled).await {
            // Erased while somebody looked, or another worker took it over: theirs is the word.
            Ok(_) | Err(Failure::Problem(Problem::ChangedMeanwhile)) => Ok(()),
            Err(failure) => Err(failure),
        }
    }
}

/// Seconds until the next look: each wait is double the last.
fn wait(tries: i64) -> i64 {
    let doublings = u32::try_from(tries - 1).unwrap_or(0).min(20);
    FIRST_WAIT.saturating_mul(1 << doublings).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::wait;

    #[test]
    fn waits_grow_and_have_an_end() {
        assert_eq!([1, 2, 3, 7, 8, 1_000].map(wait), [10, 20, 40, 640, 900, 900]);
    }
}
