//! The tables of second factors: sealed secrets, used steps, and hashed recovery codes.

use database::{Database, DatabaseError, Unit};
use domain::identifier::AccountId;
use domain::time::Timestamp;

use crate::former_seal::FormerSeal;
use crate::second_factor::SECRET_LENGTH;

/// Keeps a new secret that waits for its first code. `false` when there is a confirmed one already.
pub(crate) async fn begin(
    unit: &Unit,
    account: AccountId,
    sealed: &[u8],
    now: Timestamp,
) -> Result<bool, DatabaseError> {
    let sql = "INSERT INTO second_factor (account, secret, created_at) VALUES ($1, $2, $3) \
               ON CONFLICT (account) DO UPDATE SET secret = excluded.secret, created_at = excluded.created_at \
               WHERE second_factor.confirmed_at IS NULL";
    Ok(unit.execute(sql, vec![account.0.into(), sealed.to_vec().into(), now.millis().into()]).await? == 1)
}

/// The secret that waits for its first code.
pub(crate) async fn waiting_secret(unit: &Unit, account: AccountId) -> Result<Option<Vec<u8>>, DatabaseError> {
    let sql = "SELECT secret FROM second_factor WHERE account = $1 AND confirmed_at IS NULL";
    unit.row(sql, vec![account.0.into()]).await?.map(|row| row.get("secret")).transpose()
}

/// The secret that sign-in asks for.
pub(crate) async fn confirmed_secret(unit: &Unit, account: AccountId) -> Result<Option<Vec<u8>>, DatabaseError> {
    let sql = "SELECT secret FROM second_factor WHERE account = $1 AND confirmed_at IS NOT NULL";
    unit.row(sql, vec![account.0.into()]).await?.map(|row| row.get("secret")).transpose()
}

/// The secret of an account, whether it waits or counts.
pub(crate) async fn secret(unit: &Unit, account: AccountId) -> Result<Option<Vec<u8>>, DatabaseError> {
    let sql = "SELECT secret FROM second_factor WHERE account = $1";
    unit.row(sql, vec![account.0.into()]).await?.map(|row| row.get("secret")).transpose()
}

/// The accounts whose secrets have the form of the first program: one byte shorter.
pub(crate) async fn sealed_otherwise(database: &Database) -> Result<Vec<AccountId>, DatabaseError> {
    let sql = "SELECT account FROM second_factor WHERE length(secret) = $1";
    let length = i64::try_from(FormerSeal::length(SECRET_LENGTH)).unwrap_or(i64::MAX);
    let rows = database.rows(sql, vec![length.into()]).await?;
    rows.iter().map(|row| row.get("account").map(AccountId)).collect()
}

/// Puts a secret that is sealed anew into the place of the `former` one, and says whether that was still there.
pub(crate) async fn reseal(
    unit: &Unit,
    account: AccountId,
    former: &[u8],
    sealed: &[u8],
) -> Result<bool, DatabaseError> {
    let sql = "UPDATE second_factor SET secret = $3 WHERE account = $1 AND secret = $2";
    let values = vec![account.0.into(), former.to_vec().into(), sealed.to_vec().into()];
    Ok(unit.execute(sql, values).await? == 1)
}

/// Whether sign-in asks for a second factor.
pub(crate) async fn is_confirmed(database: &Database, account: AccountId) -> Result<bool, DatabaseError> {
    let sql = "SELECT account FROM second_factor WHERE account = $1 AND confirmed_at IS NOT NULL";
    Ok(database.row(sql, vec![account.0.into()]).await?.is_some())
}

/// Turns a waiting second factor on, and says whether one waited.
pub(crate) async fn confirm(unit: &Unit, account: AccountId, now: Timestamp) -> Result<bool, DatabaseError> {
    let sql = "UPDATE second_factor SET confirmed_at = $2 WHERE account = $1 AND confirmed_at IS NULL";
    Ok(unit.execute(sql, vec![account.0.into(), now.millis().into()]).await? == 1)
}

/// Takes a second factor away with its recovery codes, and says whether there was one.
pub(crate) async fn remove(unit: &Unit, account: AccountId) -> Result<bool, DatabaseError> {
    delete_recovery_codes(unit, account).await?;
    Ok(unit.execute("DELETE FROM second_factor WHERE account = $1", vec![account.0.into()]).await? == 1)
}

/// Remembers that the code of `step` was used, and says whether this was the first time.
pub(crate) async fn use_step(
    unit: &Unit,
    account: AccountId,
    step: i64,
    now: Timestamp,
) -> Result<bool, DatabaseError> {
    let sql =
        "INSERT INTO second_factor_use (account, step, at) VALUES ($1, $2, $3) ON CONFLICT (account, step) DO NOTHING";
    Ok(unit.execute(sql, vec![account.0.into(), step.into(), now.millis().into()]).await? == 1)
}

/// Forgets the steps used before `before`; their codes have ended long ago.
pub(crate) async fn forget_steps(unit: &Unit, before: Timestamp) -> Result<u64, DatabaseError> {
    unit.execute("DELETE FROM second_factor_use WHERE at < $1", vec![before.millis().into()]).await
}

/// Adds a recovery code.
pub(crate) async fn add_recovery_code(unit: &Unit, account: AccountId, hash: &[u8; 32]) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO recovery_code (account, code_hash) VALUES ($1, $2)";
    unit.execute(sql, vec![account.0.into(), hash.to_vec().into()]).await.map(drop)
}

/// Uses a recovery code up, and says whether it was there.
pub(crate) async fn use_recovery_code(unit: &Unit, account: AccountId, hash: &[u8; 32]) -> Result<bool, DatabaseError> {
    let sql = "DELETE FROM recovery_code WHERE account = $1 AND code_hash = $2";
    Ok(unit.execute(sql, vec![account.0.into(), hash.to_vec().into()]).await? == 1)
}

/// Deletes all recovery codes of an account.
pub(crate) async fn delete_recovery_codes(unit: &Unit, account: AccountId) -> Result<(), DatabaseError> {
    unit.execute("DELETE FROM recovery_code WHERE account = $1", vec![account.0.into()]).await.map(drop)
}

/// How many recovery codes an account has left.
pub(crate) async fn recovery_codes_left(database: &Database, account: AccountId) -> Result<u16, DatabaseError> {
    let sql = "SELECT count(*) AS count FROM recovery_code WHERE account = $1";
    let row = database.row(sql, vec![account.0.into()]).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.get("count"))?;
    Ok(u16::try_from(count).unwrap_or(u16::MAX))
}

/// Forgets the used codes of an account.
pub(crate) async fn forget_steps_of(unit: &Unit, account: AccountId) -> Result<(), DatabaseError> {
    unit.execute("DELETE FROM second_factor_use WHERE account = $1", vec![account.0.into()]).await.map(drop)
}
