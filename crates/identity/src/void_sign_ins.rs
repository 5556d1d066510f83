//! Ending every sign-in there is, for a database that comes back from a backup.

use database::{DatabaseError, Unit};

use crate::store;

/// By how much. Accounts may have been raised since the backup was taken, and what was signed under those generations must
/// not count again; no account is raised so often between two restores.
const STEPS: i64 = 1_000_000;

/// The system alone: restoring calls this. Raises every account's generation, so that sessions, refresh tokens and access
/// tokens of before count no more, and deletes the sessions and the keys that signed. Gives how many accounts there are.
///
/// What a backup holds may have been stolen, and a session that was ended after the backup must not come back with it.
///
/// # Errors
/// See [`DatabaseError`].
pub async fn void_sign_ins(unit: &Unit) -> Result<u64, DatabaseError> {
    store::session::delete_every(unit).await?;
    store::signing_key::delete_every(unit).await?;
    store::account::raise_every_generation(unit, STEPS).await
}
