//! The worklist of a team: what is open, oldest first.

use domain::application::TaskKind;
use domain::identifier::{CaseId, Key};
use domain::permission::{Actor, Permission};
use domain::time::Timestamp;

use crate::Applications;
use crate::case::Case;
use crate::failure::Failure;
use crate::store::{Reader, inbox};

/// Which tasks.
#[derive(Debug, Clone)]
pub struct InboxFilter {
    /// Of which office.
    pub team: Key,
    /// Whether all, or those of whoever asks.
    pub whose: Whose,
    /// Behind this position.
    pub after: Option<(Timestamp, CaseId)>,
    /// At most so many.
    pub limit: i64,
}

/// Whose tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Everybody's.
    Team,
    /// Those of whoever asks.
    Mine,
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxEntry {
    /// The case.
    pub case: Case,
    /// What to do.
    pub task: TaskKind,
    /// Since when.
    pub since: Timestamp,
    /// The soonest deadline that runs.
    pub due_at: Option<Timestamp>,
}

impl Applications {
    /// What is open, oldest first.
    ///
    /// # Errors
    /// [`Failure::Forbidden`] for other offices.
    pub async fn inbox(&self, actor: &Actor, filter: &InboxFilter) -> Result<Vec<InboxEntry>, Failure> {
        actor.may_in(Permission::WorkOnCases, &filter.team)?;
        let clerk = match filter.whose {
            Whose::Team => None,
            Whose::Mine => actor.account(),
        };
        let reader = Reader::Database(&self.database);
        Ok(inbox::open(reader, &filter.team, clerk, filter.after, filter.limit).await?)
    }
}
