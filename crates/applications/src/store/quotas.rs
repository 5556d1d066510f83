//! How many of a service are taken.

use database::{DatabaseError, Unit};
use domain::identifier::Key;
use domain::time::Timestamp;

/// Sets how many there are of a service from one instant until another. Gives whether nothing stood there otherwise.
///
/// # Errors
/// `Rule::QuotaNotExceeded` when more are taken already.
pub(crate) async fn set(
    unit: &Unit,
    service: &Key,
    period: (Timestamp, Timestamp),
    most: i64,
) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO quota_ledger (service, valid_from, valid_until, most, used) VALUES ($1, $2, $3, $4, 0) \
               ON CONFLICT (service, valid_from) DO UPDATE SET valid_until = excluded.valid_until, most = excluded.most";
    let values = vec![service.as_str().into(), period.0.millis().into(), period.1.millis().into(), most.into()];
    unit.execute(sql, values).await.map(drop)
}

/// Takes one of each quota that holds now.
///
/// # Errors
/// `Rule::QuotaNotExceeded` when none is left.
pub(crate) async fn take(unit: &Unit, service: &Key, now: Timestamp) -> Result<(), DatabaseError> {
    let sql = "UPDATE quota_ledger SET used = used + 1 WHERE service = $1 AND valid_from <= $2 AND valid_until > $2";
    unit.execute(sql, vec![service.as_str().into(), now.millis().into()]).await.map(drop)
}

/// Gives back what was taken at `taken_at`.
pub(crate) async fn give_back(unit: &Unit, service: &Key, taken_at: Timestamp) -> Result<(), DatabaseError> {
    let sql = "UPDATE quota_ledger SET used = used - 1 WHERE service = $1 AND valid_from <= $2 AND valid_until > $2 \
               AND used > 0";
    unit.execute(sql, vec![service.as_str().into(), taken_at.millis().into()]).await.map(drop)
}
