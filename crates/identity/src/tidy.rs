//! Deleting what has ended, done by the worker now and then.

use database::DatabaseError;
use domain::time::Timestamp;

use crate::attempts::FORGOTTEN_AFTER_SECONDS;
use crate::claims::SKEW_SECONDS;
use crate::{Identity, store};

/// How long a used code of a second factor is kept, in seconds: far longer than it is good.
const STEPS_SECONDS: i64 = 600;
/// How long a revocation is kept, in seconds: longer than any gateway goes without reading the list.
const REVOCATIONS_SECONDS: i64 = 48 * 3600;

impl Identity {
    /// Deletes what has ended by `now`: sessions, tokens, links, codes, and what is kept to tell one try from the next. Says how
    /// many rows there were.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn tidy(&self, now: Timestamp) -> Result<u64, DatabaseError> {
        let unit = self.database.begin().await?;
        let mut deleted = store::session::delete_expired(&unit, now).await?;
        deleted += store::token_family::delete_ended(&unit, now).await?;
        deleted += store::challenge::delete_ended(&unit, now).await?;
        deleted += store::password_reset::delete_ended(&unit, now).await?;
        deleted += store::device::delete_ended_enrolments(&unit, now).await?;
        deleted += store::second_factor::forget_steps(&unit, now.plus_seconds(-STEPS_SECONDS)).await?;
        deleted += store::attempt::forget_old(&unit, now.plus_seconds(-FORGOTTEN_AFTER_SECONDS)).await?;
        deleted += store::revocation::forget_old(&unit, now.plus_seconds(-REVOCATIONS_SECONDS)).await?;
        let gone = self.settings.access_token_seconds().saturating_add(SKEW_SECONDS);
        deleted += store::signing_key::delete_gone(&unit, now.plus_seconds(-gone)).await?;
        deleted += store::openid::forget_attempts(&unit, now).await?;
        unit.commit().await?;
        Ok(deleted)
    }
}
