//! Requests that may arrive twice: the same one twice has one effect and one answer.

use database::{DatabaseError, IdempotencyKey, Remembered};
use domain::permission::Actor;
use uuid::Uuid;

use crate::Identity;
use crate::failure::{Failure, Problem};

/// Binds the client's key to the asker and to what is asked: `operation` with its `input` as text.
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
pub(crate) async fn retried<T, F>(work: impl FnMut() -> F) -> Result<T, Failure>
where
    F: Future<Output = Result<T, Failure>>,
{
    database::retried(work, |failure| matches!(failure, Failure::Database(DatabaseError::Contended))).await
}

impl Identity {
    /// The subject that an earlier request with the same key left behind.
    pub(crate) async fn subject_of(&self, key: &IdempotencyKey) -> Result<Option<Uuid>, Failure> {
        match self.database.remembered(key).await? {
            Some(Remembered::Same(subject)) => Ok(Some(subject)),
            Some(Remembered::Mismatch) => Err(Failure::IdempotencyMismatch),
            None => Ok(None),
        }
    }
}
