//! The deliveries of one consumer: what is due, who has taken it, what is done.
//!
//! A row is taken by a lease. Taking counts as an attempt, so a message that brings the worker down is given up like any
//! other. Whoever holds the lease may give the row back or postpone it; whoever sent the message may mark it done, even
//! when the lease has meanwhile gone to somebody else.

use database::{Database, DatabaseError};
use domain::identifier::DeliveryId;
use domain::time::Timestamp;
use uuid::Uuid;

use crate::consumer::Consumer;
use crate::delivery::State;
use crate::store::listed;

/// A row that this worker has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) id: DeliveryId,
    /// The event it follows from.
    pub(crate) event: Uuid,
    pub(crate) kind: String,
    pub(crate) subject: Uuid,
    /// When it happened.
    pub(crate) at: Timestamp,
    /// For reminders: minutes before the start; else 0.
    pub(crate) lead_minutes: i64,
    /// For reminders: the start they speak of.
    pub(crate) starts_at: Option<Timestamp>,
    /// For webhooks: what is sent.
    pub(crate) body: Option<String>,
    /// This one included.
    pub(crate) attempts: i64,
    pub(crate) lease: Timestamp,
}

/// How many deliveries wait or were given up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Messages that will be sent, reminders of the coming weeks not counted.
    pub waiting: u64,
    /// Messages that were given up and wait for somebody to decide.
    pub dead: u64,
}

/// Whether anything is due, without writing.
pub(crate) async fn is_due(database: &Database, consumer: &Consumer, now: Timestamp) -> Result<bool, DatabaseError> {
    let sql = format!("SELECT 1 FROM delivery WHERE {DUE} LIMIT 1");
    Ok(database.row(&sql, vec![consumer.to_string().into(), now.millis().into()]).await?.is_some())
}

/// Gives up what has used all its attempts without anybody hearing how the last one ended, and says how many.
pub(crate) async fn bury(
    database: &Database,
    consumer: &Consumer,
    most_attempts: i64,
    now: Timestamp,
) -> Result<u64, DatabaseError> {
    let update = "UPDATE delivery SET state = 'dead', reason = 'WORKER_LOST', changed_at = $2, lease_until = NULL";
    let sql = locked(database, &format!("SELECT id FROM delivery WHERE {DUE} AND attempts >= $3"), update, "id");
    let values = vec![consumer.to_string().into(), now.millis().into(), most_attempts.into()];
    Ok(database.write(&sql, values).await?.len() as u64)
}

/// Takes up to `limit` due rows until `lease`: letters before reminders, oldest first. Two workers never take the same row.
pub(crate) async fn take(
    database: &Database,
    consumer: &Consumer,
    now: Timestamp,
    lease: Timestamp,
    limit: i64,
) -> Result<Vec<Taken>, DatabaseError> {
    let sql = locked(
        database,
        &format!("SELECT id FROM delivery WHERE {DUE} ORDER BY {URGENCY}, next_at, id LIMIT $4"),
        "UPDATE delivery SET attempts = attempts + 1, lease_until = $3, changed_at = $2",
        "id, event, kind, subject, at, lead_minutes, starts_at, body, attempts",
    );
    let values = vec![consumer.to_string().into(), now.millis().into(), lease.millis().into(), limit.into()];
    let mut taken = Vec::new();
    for row in database.write(&sql, values).await? {
        taken.push(Taken {
            id: DeliveryId(row.get("id")?),
            event: row.get("event")?,
            kind: row.get("kind")?,
            subject: row.get("subject")?,
            at: Timestamp::from_millis(row.get("at")?),
            lead_minutes: row.get("lead_minutes")?,
            starts_at: row.get::<Option<i64>>("starts_at")?.map(Timestamp::from_millis),
            body: row.get("body")?,
            attempts: row.get("attempts")?,
            lease,
        });
    }
    // Neither engine promises an order of what an update returns.
    taken.sort_unstable_by_key(|row| (row.lead_minutes > 0, row.id));
    Ok(taken)
}

/// Marks rows done or skipped.
pub(crate) async fn finish(
    database: &Database,
    rows: &[Taken],
    state: State,
    now: Timestamp,
) -> Result<(), DatabaseError> {
    if rows.is_empty() {
        return Ok(());
    }
    let (ids, list) = listed(database.engine(), 3, rows.iter().map(|row| row.id.0));
    let sql = format!(
        "UPDATE delivery SET state = $1, changed_at = $2, lease_until = NULL, reason = NULL, body = NULL \
         WHERE id IN ({ids}) AND state IN ('waiting', 'dead')"
    );
    database.write(&sql, vec![state.as_str().into(), now.millis().into(), list]).await.map(drop)
}

/// Notes why a row failed and leaves it alone until `until`, unless somebody else has it by now.
pub(crate) async fn postpone(
    database: &Database,
    row: &Taken,
    attempts: i64,
    until: Timestamp,
    reason: &str,
    now: Timestamp,
) -> Result<(), DatabaseError> {
    let sql = "UPDATE delivery SET attempts = $1, next_at = $2, reason = $3, changed_at = $4, lease_until = NULL \
               WHERE id = $5 AND lease_until = $6 AND state = 'waiting'";
    let values = vec![
        attempts.into(),
        until.millis().into(),
        reason.into(),
        now.millis().into(),
        row.id.0.into(),
        row.lease.millis().into(),
    ];
    database.write(sql, values).await.map(drop)
}

/// Gives a row up, unless somebody else has it by now.
pub(crate) async fn give_up(
    database: &Database,
    row: &Taken,
    reason: &str,
    now: Timestamp,
) -> Result<(), DatabaseError> {
    let sql = "UPDATE delivery SET state = 'dead', reason = $1, changed_at = $2, lease_until = NULL \
               WHERE id = $3 AND lease_until = $4 AND state = 'waiting'";
    let values = vec![reason.into(), now.millis().into(), row.id.0.into(), row.lease.millis().into()];
    database.write(sql, values).await.map(drop)
}

/// Gives rows back as if they had never been taken, unless somebody else has them by now.
pub(crate) async fn give_back(database: &Database, rows: &[Taken]) -> Result<(), DatabaseError> {
    let Some(first) = rows.first() else { return Ok(()) };
    let (ids, list) = listed(database.engine(), 2, rows.iter().map(|row| row.id.0));
    let sql = format!(
        "UPDATE delivery SET attempts = attempts - 1, lease_until = NULL \
         WHERE id IN ({ids}) AND lease_until = $1 AND state = 'waiting'"
    );
    database.write(&sql, vec![first.lease.millis().into(), list]).await.map(drop)
}

/// Counts what waits at `now` and what was given up. Events that nobody has looked at yet count as one message each.
pub(crate) async fn backlog(database: &Database, now: Timestamp) -> Result<Backlog, DatabaseError> {
    let sql = "SELECT (SELECT COUNT(*) FROM outbox WHERE done_at IS NULL) \
               + (SELECT COUNT(*) FROM delivery WHERE state = 'waiting' AND (lead_minutes = 0 OR next_at <= $1)), \
               (SELECT COUNT(*) FROM delivery WHERE state = 'dead')";
    let Some(row) = database.row(sql, vec![now.millis().into()]).await? else { return Ok(Backlog::default()) };
    Ok(Backlog { waiting: row.at::<i64>(0)? as u64, dead: row.at::<i64>(1)? as u64 })
}

/// Since when the first message that could leave has been waiting for a worker; `None` when none does. A message that is
/// tried again counts from the moment of the next attempt: its receiver is slow, not we.
pub(crate) async fn overdue_since(database: &Database, now: Timestamp) -> Result<Option<Timestamp>, DatabaseError> {
    let sql = "SELECT MIN(since) FROM (SELECT MIN(at) AS since FROM outbox WHERE done_at IS NULL UNION ALL \
               SELECT MIN(next_at) FROM delivery WHERE state = 'waiting' AND next_at <= $1 \
               AND (lease_until IS NULL OR lease_until <= $1)) AS waiting";
    let Some(row) = database.row(sql, vec![now.millis().into()]).await? else { return Ok(None) };
    Ok(row.at::<Option<i64>>(0)?.map(Timestamp::from_millis))
}

/// `$1` is the consumer, `$2` the time.
const DUE: &str =
    "state = 'waiting' AND consumer = $1 AND next_at <= $2 AND (lease_until IS NULL OR lease_until <= $2)";
/// Somebody waits in front of the screen for a letter; nobody waits for a reminder.
const URGENCY: &str = "CASE WHEN lead_minutes > 0 THEN 1 ELSE 0 END";

/// An update of the rows that a selection finds. On PostgreSQL rows that another worker is taking at the same moment are
/// left to it; on SQLite writers come one after the other.
fn locked(database: &Database, selection: &str, update: &str, returning: &str) -> String {
    let named: Vec<String> = returning.split(", ").map(|column| format!("delivery.{column}")).collect();
    database.engine().choose(
        format!("{update} WHERE id IN ({selection}) RETURNING {returning}"),
        // MATERIALIZED: as a plain subquery the selection may be evaluated again for every row.
        format!(
            "WITH found AS MATERIALIZED ({selection} FOR UPDATE SKIP LOCKED) {update} FROM found \
             WHERE delivery.id = found.id RETURNING {}",
            named.join(", ")
        ),
    )
}
