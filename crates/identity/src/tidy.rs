//! Deleting what has ended, done by the worker now and then.

use database::DatabaseError;
use domain::time::Timestamp;

use crate::{Identity, store};

impl Identity {
    /// Deletes the sessions that have ended by `now`, and says how many there were.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn tidy(&self, now: Timestamp) -> Result<u64, DatabaseError> {
        let unit = self.database.begin().await?;
        let deleted = store::session::delete_expired(&unit, now).await?;
        store::openid::forget_attempts(&unit, now).await?;
        unit.commit().await?;
        Ok(deleted)
    }
}
