//! Requests that may arrive twice, and work that the database asks to try again.

use database::{DatabaseError, IdempotencyKey};
use domain::permission::Actor;

use crate::Scheduling;
use crate::book_appointment::Booked;
use crate::failure::{Failure, Problem};

/// Binds the client's key to the asker and to what is asked: `operation` with its `input` as text.
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

/// Tries work again while the database asks for it. Only for work that carries an idempotency key in its unit, or that
/// is harmless to repeat.
///
/// # Errors
/// As `work`, or [`DatabaseError::Unavailable`] when the time is up; what was under way may have been kept.
pub(crate) async fn retried<T, F>(work: impl FnMut() -> F) -> Result<T, Failure>
where
    F: Future<Output = Result<T, Failure>>,
{
    database::retried(work, |failure| matches!(failure, Failure::Database(DatabaseError::Contended))).await
}

impl Scheduling {
    /// Does `work`, which remembers `key` in its unit, once however often it is asked for: a repetition gets the answer
    /// of the first time, as its appointment stands now, and so does a twin that came at the same moment and lost.
    ///
    /// # Errors
    /// [`Failure::IdempotencyMismatch`] when the key came with another input before; else the errors of `work`.
    pub(crate) async fn once<F>(&self, key: &IdempotencyKey, work: impl FnMut() -> F) -> Result<Booked, Failure>
    where
        F: Future<Output = Result<Booked, Failure>>,
    {
        if let Some(done) = self.replay(key).await? {
            return Ok(done);
        }
        let outcome = retried(work).await;
        if let Err(Failure::Problem(_) | Failure::Database(DatabaseError::Broken(_))) = outcome {
            // What refused us may be the effect of our own twin.
            if let Some(done) = self.replay(key).await? {
                return Ok(done);
            }
        }
        outcome
    }
}
