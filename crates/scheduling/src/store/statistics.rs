//! Figures over many appointments, without names.

use database::{Database, DatabaseError};
use domain::identifier::Key;
use domain::time::Timestamp;

/// Whole hours between booking and start of the bookings made in `[from, to)`, with how many bookings had that many.
pub(crate) async fn lead_hours(
    database: &Database,
    office: Option<&Key>,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<(i64, i64)>, DatabaseError> {
    let sql = "SELECT (starts_at - created_at) / 3600000, count(*) FROM appointment \
               WHERE created_at >= $1 AND created_at < $2 AND ($3 = '' OR office = $3) \
               AND status NOT IN ('held', 'pending_confirmation', 'expired') GROUP BY 1 ORDER BY 1";
    let rows = database
        .rows(sql, vec![from.millis().into(), to.millis().into(), office.map_or("", Key::as_str).into()])
        .await?;
    rows.iter().map(|row| Ok((row.at(0)?, row.at(1)?))).collect()
}
