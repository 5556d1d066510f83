//! Requests that may arrive twice, and work that the database asks to try again.

use database::{DatabaseError, IdempotencyKey};
use domain::permission::Actor;

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
pub(crate) async fn retried<T, F>(work: impl FnMut() -> F) -> Result<T, Failure>
where
    F: Future<Output = Result<T, Failure>>,
{
    database::retried(work, |failure| matches!(failure, Failure::Database(DatabaseError::Contended))).await
}
