//! No case is forgotten: whatever was handed in is announced, or an open task of a named team.

use database::DatabaseError;

use crate::Applications;
use crate::store::{Reader, tasks};

/// How long the machine may take before a case counts as forgotten, in minutes.
const SILENT_MINUTES: i64 = 10;

impl Applications {
    /// How many cases that were handed in more than ten minutes ago are neither announced nor an open task. Must be 0.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn silent_cases(&self) -> Result<i64, DatabaseError> {
        tasks::silent(Reader::Database(&self.database), self.now().plus_minutes(-SILENT_MINUTES)).await
    }
}
