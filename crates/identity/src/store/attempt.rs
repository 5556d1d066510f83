//! The table of tries that were not right, by a hash of what was tried.

use database::{DatabaseError, Unit};
use domain::time::Timestamp;

/// Counts a try and gives how many there are; `None` while further ones are blocked. What was last tried before `forgotten`
/// counts no more.
pub(crate) async fn count(
    unit: &Unit,
    hash: &[u8; 32],
    now: Timestamp,
    forgotten: Timestamp,
) -> Result<Option<i64>, DatabaseError> {
    // One statement: of many tries at once each is counted, and none slips past a block.
    let sql = "INSERT INTO sign_in_attempt (login_hash, failures, blocked_until, last_at) VALUES ($1, 1, 0, $2) \
               ON CONFLICT (login_hash) DO UPDATE SET last_at = excluded.last_at, \
               failures = CASE WHEN sign_in_attempt.last_at < $3 THEN 1 ELSE sign_in_attempt.failures + 1 END \
               WHERE sign_in_attempt.blocked_until <= $2 RETURNING failures";
    let row = unit.row(sql, vec![hash.to_vec().into(), now.millis().into(), forgotten.millis().into()]).await?;
    row.map(|row| row.get("failures")).transpose()
}

/// Blocks further tries until `until`.
pub(crate) async fn block(unit: &Unit, hash: &[u8; 32], until: Timestamp) -> Result<(), DatabaseError> {
    let sql = "UPDATE sign_in_attempt SET blocked_until = $2 WHERE login_hash = $1";
    unit.execute(sql, vec![hash.to_vec().into(), until.millis().into()]).await.map(drop)
}

/// Forgets the tries of one hash.
pub(crate) async fn forget(unit: &Unit, hash: &[u8; 32]) -> Result<(), DatabaseError> {
    unit.execute("DELETE FROM sign_in_attempt WHERE login_hash = $1", vec![hash.to_vec().into()]).await.map(drop)
}

/// Forgets what was last tried before `before`.
pub(crate) async fn forget_old(unit: &Unit, before: Timestamp) -> Result<u64, DatabaseError> {
    unit.execute("DELETE FROM sign_in_attempt WHERE last_at < $1", vec![before.millis().into()]).await
}
