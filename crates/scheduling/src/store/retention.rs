//! What has been kept long enough.

use database::{Database, DatabaseError, Unit};
use domain::identifier::AppointmentId;
use domain::time::Timestamp;
use uuid::Uuid;

use crate::store::contacts::list;

/// What can be due to go, each with the moment its time begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiring {
    /// The contact of an appointment, from the end of the visit.
    ContactOfVisit,
    /// The contact of an appointment that was given back, from that moment.
    ContactOfCancelled,
    /// A hold or an unconfirmed booking, whole, from the moment it lapsed.
    Lapsed,
    /// The appointment, from the end of the visit: what stays names nobody.
    Appointment,
}

impl Expiring {
    const fn condition(self) -> &'static str {
        match self {
            Self::ContactOfVisit => {
                "ends_at < $1 AND status <> 'cancelled' AND (contact_sealed IS NOT NULL OR contact IS NOT NULL OR person IS NOT NULL)"
            }
            Self::ContactOfCancelled => {
                "changed_at < $1 AND status = 'cancelled' AND (contact_sealed IS NOT NULL OR contact IS NOT NULL OR person IS NOT NULL)"
            }
            // Their places have been given back before: the worker does that within seconds.
            Self::Lapsed => "changed_at < $1 AND status = 'expired' AND takes = '[]'",
            // What was reduced before has a number of 32 signs.
            Self::Appointment => "ends_at < $1 AND length(number) < 32",
        }
    }
}

/// How many are due.
pub(crate) async fn count(database: &Database, what: Expiring, before: Timestamp) -> Result<u64, DatabaseError> {
    let sql = format!("SELECT count(*) FROM appointment WHERE {}", what.condition());
    let count: i64 = database.row(&sql, vec![before.millis().into()]).await?.map_or(Ok(0), |row| row.at(0))?;
    Ok(count.unsigned_abs())
}

/// The next that are due, in order of ids, behind `after`.
pub(crate) async fn due(
    database: &Database,
    what: Expiring,
    before: Timestamp,
    after: Uuid,
    limit: i64,
) -> Result<Vec<AppointmentId>, DatabaseError> {
    let sql = format!("SELECT id FROM appointment WHERE {} AND id > $2 ORDER BY id LIMIT $3", what.condition());
    let rows = database.rows(&sql, vec![before.millis().into(), after.into(), limit.into()]).await?;
    rows.iter().map(|row| Ok(AppointmentId(row.at(0)?))).collect()
}

/// Deletes appointments that were never firm.
pub(crate) async fn delete(unit: &Unit, ids: &[Uuid]) -> Result<(), DatabaseError> {
    let sql = unit.engine().choose(
        "DELETE FROM appointment WHERE id IN (SELECT unhex(value) FROM json_each($1))",
        "DELETE FROM appointment WHERE id IN (SELECT value::uuid FROM json_array_elements_text($1::json))",
    );
    unit.execute(sql, vec![list(ids).into()]).await.map(drop)
}

/// Leaves of appointments what figures need: office, matters, times, quota, how it ended. Nothing that leads to anybody.
pub(crate) async fn reduce(unit: &Unit, ids: &[Uuid]) -> Result<(), DatabaseError> {
    let sql = unit.engine().choose(
        "UPDATE appointment SET number = lower(hex(id)), booked_by = NULL, takes = '[]'
         WHERE id IN (SELECT unhex(value) FROM json_each($1))",
        "UPDATE appointment SET number = replace(id::text, '-', ''), booked_by = NULL, takes = '[]'
         WHERE id IN (SELECT value::uuid FROM json_array_elements_text($1::json))",
    );
    unit.execute(sql, vec![list(ids).into()]).await.map(drop)
}
