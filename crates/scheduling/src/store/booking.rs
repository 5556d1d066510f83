//! Writing new appointments: cells, rows, remembered keys, events and audit in one transaction, one or many at a time.
//!
//! PostgreSQL gets a single statement, SQLite six or seven, sent together, in one unit. Each part is guarded by the version of the city that the
//! writer computed with: after a change of rules nobody books by the old ones.

use std::sync::LazyLock;

use database::{AuditEntry, Database, DatabaseError, Engine, Event, IdempotencyKey, Row, Sealed};
use serde::Serialize;

use crate::store::cells;
use crate::take::CellTake;

/// A new appointment, ready to be written.
#[derive(Debug, Clone)]
pub(crate) struct NewAppointment {
    pub(crate) row: AppointmentRow,
    pub(crate) cells: Vec<CellTake>,
    pub(crate) idempotency: IdempotencyKey,
    pub(crate) event: Event,
    pub(crate) audit: AuditEntry,
}

/// The columns of a new appointment. Ids are 32 hexadecimal digits.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct AppointmentRow {
    pub(crate) id: String,
    pub(crate) number: String,
    pub(crate) status: &'static str,
    pub(crate) office: String,
    pub(crate) team: String,
    pub(crate) starts_at: i64,
    pub(crate) ends_at: i64,
    pub(crate) quota: &'static str,
    pub(crate) channel: &'static str,
    pub(crate) variant: Option<String>,
    pub(crate) visit: String,
    pub(crate) takes: String,
    pub(crate) expires_at: Option<i64>,
    pub(crate) account: Option<String>,
    pub(crate) booked_by: Option<String>,
    pub(crate) person: Option<i64>,
    #[serde(flatten)]
    pub(crate) contact: SealedContact,
    pub(crate) overbooked: i64,
    pub(crate) city_version: i64,
    pub(crate) created_at: i64,
}

/// The sealed contact of a new appointment, its wrapped key, and the blind numbers by which it is found. Bytes are
/// hexadecimal digits.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct SealedContact {
    contact_sealed: Option<String>,
    key_generation: Option<i64>,
    key_wrapped: Option<String>,
    tokens: Vec<i64>,
}

impl SealedContact {
    pub(crate) fn new(sealed: &Sealed, mut tokens: Vec<i64>) -> Self {
        tokens.sort_unstable();
        tokens.dedup();
        Self {
            contact_sealed: Some(hex::encode(&sealed.field)),
            key_generation: Some(sealed.key.generation),
            key_wrapped: Some(hex::encode(&sealed.key.wrapped)),
            tokens,
        }
    }
}

/// Keys, events and audit rows of a group, side by side.
#[derive(Serialize)]
struct Traces<'a> {
    key: String,
    request: String,
    subject: String,
    at: i64,
    event: String,
    kind: &'a str,
    payload: &'a str,
    origin: i64,
    entry: String,
    actor: Option<String>,
    action: &'a str,
}

/// Writes all of `group` or nothing.
///
/// Gives how many were written: all, or none when the city has another version by now, or a tenant key is gone.
///
/// # Errors
/// `Rule::CapacityNotExceeded`, `Rule::IdempotencyKey` or `Rule::AppointmentNumber` when a member of the group breaks it.
pub(crate) async fn insert(database: &Database, group: &[NewAppointment], version: i64) -> Result<u64, DatabaseError> {
    let cells = cells::takes_json(group.iter().flat_map(|new| new.cells.iter().copied()).collect());
    // Tenant keys go in the order of their generations: if the oldest is there, all are. Zero: nothing is sealed.
    let generation = group.iter().filter_map(|new| new.row.contact.key_generation).min().unwrap_or(0);
    let rows: Vec<&AppointmentRow> = group.iter().map(|new| &new.row).collect();
    let rows = serde_json::to_string(&rows).map_err(|error| DatabaseError::Internal(error.to_string()))?;
    let traces: Vec<Traces<'_>> = group.iter().map(traces).collect();
    let traces = serde_json::to_string(&traces).map_err(|error| DatabaseError::Internal(error.to_string()))?;
    match database.engine() {
        Engine::Postgres => {
            let answer = database
                .write(POSTGRES, vec![version.into(), cells.into(), rows.into(), traces.into(), generation.into()])
                .await?;
            let count: i64 = answer.first().map_or(Ok(0), |row| row.at(0))?;
            Ok(count.unsigned_abs())
        }
        Engine::Sqlite => {
            let unit = database.begin().await?;
            // One text, one way to the driver's thread and back; the last statement says which city and keys serve.
            let indexed = group.iter().any(|new| !new.row.contact.tokens.is_empty());
            let sql = if indexed { &*SQLITE_INDEXED } else { &*SQLITE };
            match unit.rows(sql, vec![cells.into(), rows.into(), traces.into()]).await {
                Ok(answer) if serves(answer.last(), version, generation)? => {}
                Ok(_) => return Ok(0),
                // What broke a rule may have been computed with old limits: then it is computed anew, not refused.
                Err(error @ DatabaseError::Broken(_)) => {
                    drop(unit);
                    let now = database.row(SQLITE_SERVING, Vec::new()).await?;
                    return if serves(now.as_ref(), version, generation)? { Err(error) } else { Ok(0) };
                }
                Err(error) => return Err(error),
            }
            unit.commit().await?;
            Ok(group.len() as u64)
        }
    }
}

/// Whether the city still has this version, and the tenant key of this generation is still there.
fn serves(row: Option<&Row>, version: i64, generation: i64) -> Result<bool, DatabaseError> {
    let Some(row) = row else { return Ok(false) };
    let (serving, oldest): (i64, Option<i64>) = (row.at(0)?, row.at(1)?);
    Ok(serving == version && (generation == 0 || oldest.is_some_and(|oldest| oldest <= generation)))
}

fn traces(new: &NewAppointment) -> Traces<'_> {
    Traces {
        key: hex::encode(new.idempotency.key),
        request: hex::encode(new.idempotency.request),
        subject: new.event.subject.simple().to_string(),
        at: new.event.at.millis(),
        event: new.event.id.0.simple().to_string(),
        kind: new.event.kind,
        payload: &new.event.payload,
        origin: new.event.origin,
        entry: new.audit.id.0.simple().to_string(),
        actor: new.audit.actor.map(|account| account.0.simple().to_string()),
        action: new.audit.action,
    }
}

const POSTGRES: &str = "
WITH serving AS (
    SELECT 1 FROM city_active WHERE version = $1 AND ($5 = 0 OR EXISTS (SELECT 1 FROM tenant_key WHERE generation = $5))
),
cells AS (
    INSERT INTO capacity_cell (pool, at, taken, capacity)
    SELECT (value ->> 0)::bigint, (value ->> 1)::bigint, (value ->> 2)::bigint, (value ->> 3)::bigint
    FROM json_array_elements($2::json), serving ORDER BY 1, 2
    ON CONFLICT (pool, at) DO UPDATE SET taken = capacity_cell.taken + excluded.taken, capacity = excluded.capacity
),
new AS MATERIALIZED (
    SELECT a.* FROM serving, json_to_recordset($3::json) AS a(id uuid, number text, status text, office text, team text,
        starts_at bigint, ends_at bigint, quota text, channel text, visit text, takes text, expires_at bigint, account uuid,
        booked_by uuid, person bigint, contact_sealed text, key_generation bigint, key_wrapped text, tokens json,
        overbooked bigint, city_version bigint, created_at bigint, variant text)
),
booked AS (
    INSERT INTO appointment (id, number, status, office, team, starts_at, ends_at, quota, channel, visit, takes, expires_at,
        account, booked_by, person, contact_sealed, overbooked, city_version, created_at, changed_at, variant)
    SELECT a.id, a.number, a.status, a.office, a.team, a.starts_at, a.ends_at, a.quota, a.channel, a.visit, a.takes, a.expires_at,
        a.account, a.booked_by, a.person, decode(a.contact_sealed, 'hex'), a.overbooked, a.city_version, a.created_at, a.created_at,
        a.variant
    FROM new AS a
    RETURNING 1
),
keyed AS (
    INSERT INTO subject_key (subject, generation, wrapped, created_at)
    SELECT id, key_generation, decode(key_wrapped, 'hex'), created_at FROM new WHERE key_wrapped IS NOT NULL
),
indexed AS (
    INSERT INTO contact_index (token, subject)
    SELECT token::bigint, id FROM new, json_array_elements_text(tokens) AS token
),
traces AS MATERIALIZED (
    SELECT t.* FROM serving, json_to_recordset($4::json) AS t(key text, request text, subject uuid, at bigint, event uuid,
        kind text, payload text, origin bigint, entry uuid, actor uuid, action text)
),
remembered AS (
    INSERT INTO idempotency (key, request, subject, at) SELECT decode(key, 'hex'), decode(request, 'hex'), subject, at FROM traces
),
recorded AS (INSERT INTO outbox (id, kind, subject, payload, at, origin) SELECT event, kind, subject, payload, at, origin FROM traces),
audited AS (INSERT INTO audit (id, actor, action, subject, at) SELECT entry, actor, action, subject, at FROM traces)
SELECT count(*) FROM booked";

/// The statements below as one text.
static SQLITE: LazyLock<String> = LazyLock::new(|| {
    let news = [cells::TAKE_SQLITE, SQLITE_APPOINTMENTS, SQLITE_SUBJECT_KEYS];
    [&news[..], &[SQLITE_KEYS, SQLITE_EVENTS, SQLITE_AUDIT, SQLITE_SERVING]].concat().join(";")
});

/// The same for a group of which somebody is found by more than one number.
static SQLITE_INDEXED: LazyLock<String> = LazyLock::new(|| format!("{SQLITE_INDEX};{}", *SQLITE));

const SQLITE_APPOINTMENTS: &str = "
INSERT INTO appointment (id, number, status, office, team, starts_at, ends_at, quota, channel, visit, takes, expires_at,
    account, booked_by, person, contact_sealed, overbooked, city_version, created_at, changed_at, variant)
SELECT unhex(value ->> 'id'), value ->> 'number', value ->> 'status', value ->> 'office', value ->> 'team', value ->> 'starts_at',
    value ->> 'ends_at', value ->> 'quota', value ->> 'channel', value ->> 'visit', value ->> 'takes', value ->> 'expires_at',
    unhex(value ->> 'account'), unhex(value ->> 'booked_by'), value ->> 'person', unhex(value ->> 'contact_sealed'),
    value ->> 'overbooked', value ->> 'city_version', value ->> 'created_at', value ->> 'created_at', value ->> 'variant'
FROM jsonb_each($2)";

const SQLITE_SUBJECT_KEYS: &str = "
INSERT INTO subject_key (subject, generation, wrapped, created_at)
SELECT unhex(value ->> 'id'), value ->> 'key_generation', unhex(value ->> 'key_wrapped'), value ->> 'created_at'
FROM jsonb_each($2) WHERE value ->> 'key_wrapped' IS NOT NULL";

const SQLITE_INDEX: &str = "
INSERT INTO contact_index (token, subject)
SELECT token.value, unhex(row.value ->> 'id') FROM jsonb_each($2) AS row, json_each(row.value -> 'tokens') AS token";

const SQLITE_KEYS: &str = "
INSERT INTO idempotency (key, request, subject, at)
SELECT unhex(value ->> 'key'), unhex(value ->> 'request'), unhex(value ->> 'subject'), value ->> 'at' FROM jsonb_each($3)";

const SQLITE_EVENTS: &str = "
INSERT INTO outbox (id, kind, subject, payload, at, origin)
SELECT unhex(value ->> 'event'), value ->> 'kind', unhex(value ->> 'subject'), value ->> 'payload', value ->> 'at',
    value ->> 'origin' FROM jsonb_each($3)";

const SQLITE_AUDIT: &str = "
INSERT INTO audit (id, actor, action, subject, at)
SELECT unhex(value ->> 'entry'), unhex(value ->> 'actor'), value ->> 'action', unhex(value ->> 'subject'), value ->> 'at'
FROM jsonb_each($3)";

const SQLITE_SERVING: &str = "SELECT version, (SELECT min(generation) FROM tenant_key) FROM city_active";
