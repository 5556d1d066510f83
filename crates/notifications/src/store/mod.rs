//! The outbox as letters see it: what is due, who has taken it, what is done.
//!
//! A row is taken by a lease. Taking counts as an attempt, so a letter that brings the worker down is given up like any
//! other. Whoever holds the lease may give the row back or postpone it; whoever sent the letter may mark it done, even
//! when the lease has meanwhile gone to somebody else.

use database::{Database, DatabaseError, Value};
use domain::identifier::{AppointmentId, EventId};
use domain::time::Timestamp;

use crate::kind::Kind;
use crate::message::Occasion;

/// So many attempts; then the letter waits for an operator.
pub(crate) const MOST_ATTEMPTS: i64 = 10;

/// What waits in the outbox.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Letters that will be sent.
    pub waiting: u64,
    /// Letters that were given up. They stay in the outbox: `done_at` is empty and `attempts` at its limit.
    pub dead: u64,
}

/// A row that this worker has taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) occasion: Occasion,
    pub(crate) kind: Kind,
    pub(crate) subject: AppointmentId,
    /// This one included.
    pub(crate) attempts: i64,
    pub(crate) lease: Timestamp,
}

/// What there is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) letters: bool,
    pub(crate) others: bool,
}

/// Looks without writing: an empty outbox costs no turn at the writer.
pub(crate) async fn look(database: &Database, now: Timestamp) -> Result<Look, DatabaseError> {
    let (kinds, mut values) = kinds(3);
    values.splice(0..0, [now.millis().into(), MOST_ATTEMPTS.into()]);
    let sql = format!(
        "SELECT CASE WHEN EXISTS (SELECT 1 FROM outbox WHERE {DUE} AND kind IN ({kinds})) THEN 1 ELSE 0 END AS letters, \
         CASE WHEN EXISTS (SELECT 1 FROM outbox WHERE done_at IS NULL AND kind NOT IN ({kinds})) THEN 1 ELSE 0 END AS others"
    );
    let Some(row) = database.row(&sql, values).await? else { return Ok(Look { letters: false, others: false }) };
    Ok(Look { letters: row.at::<i32>(0)? == 1, others: row.at::<i32>(1)? == 1 })
}

/// Marks all events done that lead to no letter, and says how many.
pub(crate) async fn pass_others(database: &Database, now: Timestamp) -> Result<u64, DatabaseError> {
    let (kinds, mut values) = kinds(2);
    values.insert(0, now.millis().into());
    let sql = locked(
        database,
        &format!("SELECT id FROM outbox WHERE done_at IS NULL AND kind NOT IN ({kinds})"),
        "UPDATE outbox SET done_at = $1, lease_until = NULL",
    );
    Ok(database.write(&sql, values).await?.len() as u64)
}

/// Takes up to `limit` due rows until `lease`, oldest first. Two workers never take the same row.
pub(crate) async fn take(
    database: &Database,
    now: Timestamp,
    lease: Timestamp,
    limit: i64,
) -> Result<Vec<Taken>, DatabaseError> {
    let (kinds, mut values) = kinds(5);
    values.splice(0..0, [now.millis().into(), MOST_ATTEMPTS.into(), lease.millis().into(), limit.into()]);
    let sql = locked(
        database,
        &format!("SELECT id FROM outbox WHERE {DUE} AND kind IN ({kinds}) ORDER BY id LIMIT $4"),
        "UPDATE outbox SET attempts = attempts + 1, lease_until = $3",
    );
    let mut taken = Vec::new();
    for row in database.write(&sql, values).await? {
        let event = EventId(row.get("id")?);
        let occasion = Occasion { event, at: Timestamp::from_millis(row.get("at")?) };
        let subject = AppointmentId(row.get("subject")?);
        // The statement asked for these kinds alone.
        let Some(kind) = Kind::parse(&row.get::<String>("kind")?) else { continue };
        taken.push(Taken { occasion, kind, subject, attempts: row.get("attempts")?, lease });
    }
    // Neither engine promises an order of what an update returns.
    taken.sort_unstable_by_key(|row| row.occasion.event);
    Ok(taken)
}

/// Marks rows done.
pub(crate) async fn finish(database: &Database, rows: &[Taken], now: Timestamp) -> Result<(), DatabaseError> {
    if rows.is_empty() {
        return Ok(());
    }
    let (ids, mut values) = listed(2, rows.iter().map(|row| row.occasion.event.0.into()));
    values.insert(0, now.millis().into());
    let sql = format!("UPDATE outbox SET done_at = $1, lease_until = NULL WHERE id IN ({ids}) AND done_at IS NULL");
    database.write(&sql, values).await.map(drop)
}

/// Leaves a row alone until `until` and notes its attempts, unless somebody else has it by now.
pub(crate) async fn postpone(
    database: &Database,
    row: &Taken,
    attempts: i64,
    until: Timestamp,
) -> Result<(), DatabaseError> {
    let sql =
        "UPDATE outbox SET attempts = $1, lease_until = $2 WHERE id = $3 AND lease_until = $4 AND done_at IS NULL";
    let values = vec![attempts.into(), until.millis().into(), row.occasion.event.0.into(), row.lease.millis().into()];
    database.write(sql, values).await.map(drop)
}

/// Gives rows back as if they had never been taken, unless somebody else has them by now.
pub(crate) async fn give_back(database: &Database, rows: &[Taken]) -> Result<(), DatabaseError> {
    let Some(first) = rows.first() else { return Ok(()) };
    let (ids, mut values) = listed(2, rows.iter().map(|row| row.occasion.event.0.into()));
    values.insert(0, first.lease.millis().into());
    let sql = format!(
        "UPDATE outbox SET attempts = attempts - 1, lease_until = NULL \
         WHERE id IN ({ids}) AND lease_until = $1 AND done_at IS NULL"
    );
    database.write(&sql, values).await.map(drop)
}

/// Counts what waits.
pub(crate) async fn backlog(database: &Database, now: Timestamp) -> Result<Backlog, DatabaseError> {
    let (kinds, mut values) = kinds(3);
    values.splice(0..0, [now.millis().into(), MOST_ATTEMPTS.into()]);
    let sql = format!(
        "SELECT COUNT(*) AS every, \
         COUNT(CASE WHEN attempts >= $2 AND (lease_until IS NULL OR lease_until <= $1) THEN 1 END) AS dead \
         FROM outbox WHERE done_at IS NULL AND kind IN ({kinds})"
    );
    let Some(row) = database.row(&sql, values).await? else { return Ok(Backlog::default()) };
    let (every, dead) = (row.at::<i64>(0)?, row.at::<i64>(1)?);
    Ok(Backlog { waiting: (every - dead) as u64, dead: dead as u64 })
}

/// `$1` is the time, `$2` the limit of attempts.
const DUE: &str = "done_at IS NULL AND attempts < $2 AND (lease_until IS NULL OR lease_until <= $1)";

/// An update of the rows that a selection finds. On PostgreSQL rows that another worker is taking at the same moment are
/// left to it; on SQLite writers come one after the other.
fn locked(database: &Database, selection: &str, update: &str) -> String {
    let returning = "RETURNING outbox.id, outbox.kind, outbox.subject, outbox.at, outbox.attempts";
    database.engine().choose(
        format!("{update} WHERE id IN ({selection}) RETURNING id, kind, subject, at, attempts"),
        // MATERIALIZED: as a plain subquery the selection may be evaluated again for every row.
        format!(
            "WITH found AS MATERIALIZED ({selection} FOR UPDATE SKIP LOCKED) {update} FROM found \
             WHERE outbox.id = found.id {returning}"
        ),
    )
}

/// Placeholders and values of all kinds with a letter, from the parameter `first` on.
fn kinds(first: usize) -> (String, Vec<Value>) {
    listed(first, Kind::ALL.into_iter().map(|kind| kind.as_str().into()))
}

fn listed(first: usize, values: impl Iterator<Item = Value>) -> (String, Vec<Value>) {
    let values: Vec<Value> = values.collect();
    let places: Vec<String> = (first..first + values.len()).map(|place| format!("${place}")).collect();
    (places.join(", "), values)
}
