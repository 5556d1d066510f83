//! Requests that may arrive twice, and work that the database asks to try again.

use std::time::Duration;

use database::{DatabaseError, IdempotencyKey};
use domain::permission::Actor;
use sha2::{Digest, Sha256};

use crate::Scheduling;
use crate::book_appointment::Booked;
use crate::failure::{Failure, Problem};

/// How often contended work is tried in all.
const TRIES: u32 = 6;

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
    if !(16..=128).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Problem::IdempotencyKey);
    }
    let asker = actor.account().map_or_else(String::new, |account| account.to_string());
    Ok(IdempotencyKey { key: digest(&[&asker, key]), request: digest(&[operation, input]) })
}

fn digest(parts: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}

/// Tries work again while the database asks for it. Only for work that carries an idempotency key in its unit, or that
/// is harmless to repeat.
pub(crate) async fn retried<T, F>(mut work: impl FnMut() -> F) -> Result<T, Failure>
where
    F: Future<Output = Result<T, Failure>>,
{
    let mut tries = 0;
    loop {
        tries += 1;
        match work().await {
            Err(Failure::Database(DatabaseError::Contended)) if tries < TRIES => {
                tokio::time::sleep(Duration::from_millis(u64::from(4 * tries * tries))).await;
            }
            outcome => return outcome,
        }
    }
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
