//! The outbox as it is read: which events nobody has looked at, and the deliveries that follow from them.

use database::{Database, DatabaseError, Engine, Unit};
use domain::identifier::EventId;
use domain::time::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::store::listed;

/// An event in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Happened {
    pub(crate) id: EventId,
    pub(crate) kind: String,
    pub(crate) subject: Uuid,
    pub(crate) at: Timestamp,
}

/// A delivery to be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Planned {
    pub(crate) id: String,
    #[serde(skip)]
    pub(crate) of: EventId,
    pub(crate) event: String,
    pub(crate) consumer: String,
    pub(crate) lead_minutes: i64,
    pub(crate) kind: String,
    pub(crate) subject: String,
    pub(crate) office: Option<String>,
    pub(crate) at: i64,
    pub(crate) starts_at: Option<i64>,
    pub(crate) body: Option<String>,
    pub(crate) next_at: i64,
}

/// Events that nobody has looked at, oldest first. Reads without writing: an empty outbox costs no turn at the writer.
pub(crate) async fn fresh(database: &Database, limit: i64) -> Result<Vec<Happened>, DatabaseError> {
    let sql = "SELECT id, kind, subject, at FROM outbox WHERE done_at IS NULL ORDER BY id LIMIT $1";
    let rows = database.rows(sql, vec![limit.into()]).await?;
    let happened = |row: &database::Row| {
        let at = Timestamp::from_millis(row.at(3)?);
        Ok(Happened { id: EventId(row.at(0)?), kind: row.at(1)?, subject: row.at(2)?, at })
    };
    rows.iter().map(happened).collect()
}

/// Takes these events out of the outbox for good and gives those that are really ours: what another worker is taking at the
/// same moment is left to it.
pub(crate) async fn take(unit: &Unit, events: &[Happened], now: Timestamp) -> Result<Vec<EventId>, DatabaseError> {
    let (ids, list) = listed(unit.engine(), 2, events.iter().map(|event| event.id.0));
    let selection = format!("SELECT id FROM outbox WHERE done_at IS NULL AND id IN ({ids})");
    let update = "UPDATE outbox SET done_at = $1, lease_until = NULL";
    let sql = unit.engine().choose(
        format!("{update} WHERE id IN ({selection}) RETURNING id"),
        // MATERIALIZED: as a plain subquery the selection may be evaluated again for every row.
        format!(
            "WITH found AS MATERIALIZED ({selection} FOR UPDATE SKIP LOCKED) {update} FROM found \
             WHERE outbox.id = found.id RETURNING outbox.id"
        ),
    );
    let rows = unit.rows(&sql, vec![now.millis().into(), list]).await?;
    rows.iter().map(|row| Ok(EventId(row.at(0)?))).collect()
}

/// Drops the reminders of these appointments that have not left yet.
pub(crate) async fn drop_reminders(
    unit: &Unit,
    subjects: impl Iterator<Item = Uuid>,
    now: Timestamp,
) -> Result<u64, DatabaseError> {
    let (ids, list) = listed(unit.engine(), 2, subjects);
    let sql = format!(
        "UPDATE delivery SET state = 'skipped', changed_at = $1, lease_until = NULL \
         WHERE state = 'waiting' AND lead_minutes > 0 AND subject IN ({ids})"
    );
    unit.execute(&sql, vec![now.millis().into(), list]).await
}

/// Writes deliveries. One that is there already stays as it is.
pub(crate) async fn plan(unit: &Unit, planned: &[Planned], now: Timestamp) -> Result<u64, DatabaseError> {
    if planned.is_empty() {
        return Ok(0);
    }
    let list = serde_json::to_string(planned).unwrap_or_default();
    let sql = match unit.engine() {
        Engine::Sqlite => PLAN_SQLITE,
        Engine::Postgres => PLAN_POSTGRES,
    };
    unit.execute(sql, vec![now.millis().into(), list.into()]).await
}

// `WHERE true`: without it SQLite reads ON CONFLICT as the condition of a join.
const PLAN_SQLITE: &str = "
INSERT INTO delivery (id, event, consumer, lead_minutes, kind, subject, office, at, starts_at, body, state, next_at, changed_at)
SELECT unhex(value ->> 'id'), unhex(value ->> 'event'), value ->> 'consumer', value ->> 'lead_minutes', value ->> 'kind',
    unhex(value ->> 'subject'), value ->> 'office', value ->> 'at', value ->> 'starts_at', value ->> 'body', 'waiting',
    value ->> 'next_at', $1
FROM json_each($2) WHERE true ON CONFLICT DO NOTHING";

const PLAN_POSTGRES: &str = "
INSERT INTO delivery (id, event, consumer, lead_minutes, kind, subject, office, at, starts_at, body, state, next_at, changed_at)
SELECT p.id, p.event, p.consumer, p.lead_minutes, p.kind, p.subject, p.office, p.at, p.starts_at, p.body, 'waiting', p.next_at, $1
FROM json_to_recordset($2::json) AS p(id uuid, event uuid, consumer text, lead_minutes bigint, kind text, subject uuid,
    office text, at bigint, starts_at bigint, body text, next_at bigint)
ON CONFLICT DO NOTHING";
