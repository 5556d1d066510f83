//! How many of a service are taken, and whether its machine may decide.

use database::{DatabaseError, Unit};
use domain::identifier::{AccountId, Key};
use domain::time::Timestamp;

use crate::store::Reader;

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

/// Whether somebody stopped the machine of a service.
pub(crate) async fn is_stopped(reader: Reader<'_>, service: &Key) -> Result<bool, DatabaseError> {
    let sql = "SELECT 1 AS one FROM automation_switch WHERE service = $1 AND state = 'stopped'";
    Ok(reader.row(sql, vec![service.as_str().into()]).await?.is_some())
}

/// Stops or starts the machine of a service.
pub(crate) async fn switch(
    unit: &Unit,
    service: &Key,
    state: &str,
    by: Option<AccountId>,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO automation_switch (service, state, changed_by, changed_at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (service) DO UPDATE SET state = excluded.state, changed_by = excluded.changed_by, \
               changed_at = excluded.changed_at";
    let values =
        vec![service.as_str().into(), state.into(), by.map(|account| account.0).into(), at.millis().into()];
    unit.execute(sql, values).await.map(drop)
}
