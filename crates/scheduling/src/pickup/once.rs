//! Requests that may arrive twice, and work that is tried again.

use database::{DatabaseError, IdempotencyKey, Remembered};
use domain::permission::Actor;
use uuid::Uuid;

use crate::Scheduling;
use crate::pickup::failure::{Failure, Problem};

/// Binds the client's key to the asker and to what is asked.
///
/// # Errors
/// [`Problem::IdempotencyKey`] when the key is not of 16 to 128 printable ASCII signs.
pub(crate) fn idempotency_key(
    actor: &Actor,
    key: &str,
    operation: &str,
    input: &str,
) -> Result<IdempotencyKey, Problem> {
    IdempotencyKey::bound(actor.account(), key, operation, input).ok_or(Problem::IdempotencyKey)
}

/// Tries work again while the database asks for it, and when somebody else changed the thing meanwhile: the work reads it
/// anew each time.
///
/// # Errors
/// As `work`, or [`DatabaseError::Unavailable`] when the time is up; what was under way may have been kept.
pub(crate) async fn retried<T, F>(work: impl FnMut() -> F) -> Result<T, Failure>
where
    F: Future<Output = Result<T, Failure>>,
{
    let is_worth_another_try = |failure: &Failure| {
        matches!(failure, Failure::Database(DatabaseError::Contended) | Failure::Problem(Problem::ChangedMeanwhile))
    };
    database::retried(work, is_worth_another_try).await
}

impl Scheduling {
    /// Does `work`, which remembers `key` in its unit, once however often it is asked for. Gives the id of what it was done
    /// to: to a repetition that of the first time, and so to a twin that came at the same moment and lost.
    ///
    /// # Errors
    /// [`Failure::IdempotencyMismatch`] when the key came with another input before; else the errors of `work`.
    pub(crate) async fn once_with_pickup<F>(
        &self,
        key: &IdempotencyKey,
        work: impl FnMut() -> F,
    ) -> Result<Uuid, Failure>
    where
        F: Future<Output = Result<Uuid, Failure>>,
    {
        if let Some(done) = self.pickup_of_request(key).await? {
            return Ok(done);
        }
        let outcome = retried(work).await;
        if let Err(Failure::Problem(_) | Failure::Database(DatabaseError::Broken(_))) = outcome {
            // What refused us may be the effect of our own twin.
            if let Some(done) = self.pickup_of_request(key).await? {
                return Ok(done);
            }
        }
        outcome
    }

    async fn pickup_of_request(&self, key: &IdempotencyKey) -> Result<Option<Uuid>, Failure> {
        match self.database.remembered(key).await? {
            None => Ok(None),
            Some(Remembered::Same(subject)) => Ok(Some(subject)),
            Some(Remembered::Mismatch) => Err(Failure::IdempotencyMismatch),
        }
    }
}
