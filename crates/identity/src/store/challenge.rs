//! The table of sign-ins that wait for a second factor.

use database::{DatabaseError, Unit};
use domain::identifier::AccountId;
use domain::time::Timestamp;

/// Opens a challenge for an account at a generation.
pub(crate) async fn open(
    unit: &Unit,
    token_hash: &[u8; 32],
    account: AccountId,
    generation: i64,
    expires_at: Timestamp,
) -> Result<(), DatabaseError> {
    let sql =
        "INSERT INTO sign_in_challenge (token_hash, account, generation, tries, expires_at) VALUES ($1, $2, $3, 0, $4)";
    let values = vec![token_hash.to_vec().into(), account.0.into(), generation.into(), expires_at.millis().into()];
    unit.execute(sql, values).await.map(drop)
}

/// Takes one of the `most` tries of a challenge, and gives whose it is; `None` when it has ended or has none left.
pub(crate) async fn take_try(
    unit: &Unit,
    token_hash: &[u8; 32],
    most: i64,
    now: Timestamp,
) -> Result<Option<(AccountId, i64)>, DatabaseError> {
    let sql = "UPDATE sign_in_challenge SET tries = tries + 1 WHERE token_hash = $1 AND tries < $2 AND expires_at > $3 \
               RETURNING account, generation";
    let row = unit.row(sql, vec![token_hash.to_vec().into(), most.into(), now.millis().into()]).await?;
    row.map(|row| Ok((AccountId(row.get("account")?), row.get("generation")?))).transpose()
}

/// Closes a challenge that was answered.
pub(crate) async fn close(unit: &Unit, token_hash: &[u8; 32]) -> Result<(), DatabaseError> {
    let sql = "DELETE FROM sign_in_challenge WHERE token_hash = $1";
    unit.execute(sql, vec![token_hash.to_vec().into()]).await.map(drop)
}

/// Deletes the challenges that have ended by `now`.
pub(crate) async fn delete_ended(unit: &Unit, now: Timestamp) -> Result<u64, DatabaseError> {
    unit.execute("DELETE FROM sign_in_challenge WHERE expires_at <= $1", vec![now.millis().into()]).await
}

/// Deletes the challenges of an account.
pub(crate) async fn delete_all(unit: &Unit, account: AccountId) -> Result<(), DatabaseError> {
    unit.execute("DELETE FROM sign_in_challenge WHERE account = $1", vec![account.0.into()]).await.map(drop)
}
