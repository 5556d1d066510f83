//! Reading and changing appointments.

use database::{Database, DatabaseError, Row, SubjectKey, Unit, Value};
use domain::appointment::Status;
use domain::identifier::{AccountId, AppointmentId, Key};
use domain::opening::{QuotaClass, VisitChannel};
use domain::time::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::appointment::{Appointment, Conflict};
use crate::store::contacts::Kept;

const COLUMNS: &str = "id, number, status, office, team, starts_at, ends_at, quota, channel, visit, takes, expires_at, extended, \
                       account, booked_by, person, contact, generation, overbooked, conflict, city_version, created_at, changed_at, \
                       links, variant";

/// The contact and the key that opens it, read with the appointment.
const CONTACT: &str = "contact_sealed, key_generation, key_wrapped";
const WITH_KEY: &str = "LEFT JOIN (SELECT subject AS key_subject, generation AS key_generation, wrapped AS key_wrapped \
                        FROM subject_key) AS subject_keys ON key_subject = id";

/// An appointment as it was read, its contact still sealed.
pub(crate) struct Found {
    pub(crate) appointment: Appointment,
    pub(crate) contact: Option<Kept>,
}

/// Which appointments to read.
pub(crate) enum Which<'a> {
    Ids(&'a [AppointmentId]),
    Number(&'a str),
    /// Newest start first, before `before`.
    OfAccount {
        account: AccountId,
        before: Option<(Timestamp, Uuid)>,
        limit: i64,
    },
    /// Live ones by start, `[from, to)`, after `after`.
    OfOffice {
        office: &'a Key,
        from: Timestamp,
        to: Timestamp,
        now: Timestamp,
        after: Option<(Timestamp, Uuid)>,
        limit: i64,
    },
    /// Live ones of a person.
    OfPerson(i64),
    /// All of a person, found by a blind number of their mail address or telephone number; earliest start first.
    OfToken(i64),
    /// Holds, unconfirmed bookings and resting places whose time ran out.
    Lapsed {
        now: Timestamp,
        limit: i64,
    },
    /// Whatever will lapse by itself.
    Lapsing,
    /// Live ones that end after `from`, for the recount.
    Future {
        from: Timestamp,
    },
    Conflicts {
        office: Option<&'a Key>,
        from: Timestamp,
        limit: i64,
    },
}

const LIVE: &str = "status IN ('held', 'pending_confirmation', 'confirmed', 'checked_in', 'called', 'serving')";
const MAY_LAPSE: &str = "expires_at IS NOT NULL AND status IN ('held', 'pending_confirmation', 'cancelled')";

impl Which<'_> {
    /// Whether anybody will look at the contacts. Counting and tidying need no keys; what they write leaves the contact as
    /// it is.
    const fn needs_contacts(&self) -> bool {
        match self {
            Self::Ids(_)
            | Self::Number(_)
            | Self::OfAccount { .. }
            | Self::OfOffice { .. }
            | Self::Conflicts { .. }
            | Self::OfToken(_) => true,
            Self::OfPerson(_) | Self::Lapsed { .. } | Self::Lapsing | Self::Future { .. } => false,
        }
    }

    fn statement(&self, engine: database::Engine) -> (String, Vec<Value>) {
        let (condition, values) = self.condition(engine);
        let sql = if self.needs_contacts() {
            format!("SELECT {COLUMNS}, {CONTACT} FROM appointment {WITH_KEY} WHERE {condition}")
        } else {
            format!("SELECT {COLUMNS} FROM appointment WHERE {condition}")
        };
        (sql, values)
    }

    fn condition(&self, engine: database::Engine) -> (String, Vec<Value>) {
        match self {
            Self::Ids(ids) => {
                let hex: Vec<String> = ids.iter().map(|id| id.0.simple().to_string()).collect();
                let list = serde_json::to_string(&hex).unwrap_or_default();
                let sql = engine.choose(
                    "id IN (SELECT unhex(value) FROM json_each($1))",
                    "id IN (SELECT value::uuid FROM json_array_elements_text($1::json))",
                );
                (sql.to_owned(), vec![list.into()])
            }
            Self::Number(number) => ("number = $1".into(), vec![(*number).into()]),
            Self::OfAccount { account, before, limit } => {
                let (at, id) = before.map_or((i64::MAX, Uuid::max()), |(at, id)| (at.millis(), id));
                let sql = "account = $1 AND status <> 'held' AND (starts_at < $2 OR (starts_at = $2 AND id < $3)) \
                           ORDER BY starts_at DESC, id DESC LIMIT $4";
                (sql.into(), vec![account.0.into(), at.into(), id.into(), (*limit).into()])
            }
            Self::OfOffice { office, from, to, now, after, limit } => {
                let (at, id) = after.map_or((i64::MIN, Uuid::nil()), |(at, id)| (at.millis(), id));
                let sql = format!(
                    "office = $1 AND starts_at >= $2 AND starts_at < $3 AND {LIVE} AND \
                     (starts_at > $4 OR (starts_at = $4 AND id > $5)) AND (expires_at IS NULL OR expires_at > $6) \
                     ORDER BY starts_at, id LIMIT $7"
                );
                let values = vec![
                    office.as_str().into(),
                    from.millis().into(),
                    to.millis().into(),
                    at.into(),
                    id.into(),
                    now.millis().into(),
                    (*limit).into(),
                ];
                (sql, values)
            }
            Self::OfPerson(person) => (format!("person = $1 AND {LIVE} ORDER BY starts_at"), vec![(*person).into()]),
            Self::OfToken(token) => {
                let sql =
                    "(person = $1 OR id IN (SELECT subject FROM contact_index WHERE token = $1)) ORDER BY starts_at";
                (sql.into(), vec![(*token).into()])
            }
            Self::Lapsed { now, limit } => (
                format!("{MAY_LAPSE} AND expires_at <= $1 ORDER BY expires_at LIMIT $2"),
                vec![now.millis().into(), (*limit).into()],
            ),
            Self::Lapsing => (MAY_LAPSE.into(), vec![]),
            Self::Future { from } => (
                format!("({LIVE} OR ({MAY_LAPSE})) AND ends_at > $1 ORDER BY starts_at, id"),
                vec![from.millis().into()],
            ),
            Self::Conflicts { office, from, limit } => {
                let sql = "conflict IS NOT NULL AND conflict <> 'kept' AND ($1 = '' OR office = $1) AND starts_at >= $2 \
                           ORDER BY starts_at, id LIMIT $3";
                (sql.into(), vec![office.map_or("", Key::as_str).into(), from.millis().into(), (*limit).into()])
            }
        }
    }
}

/// Reads appointments as they stand at `now`.
pub(crate) async fn read(database: &Database, which: &Which<'_>, now: Timestamp) -> Result<Vec<Found>, DatabaseError> {
    let (sql, values) = which.statement(database.engine());
    let rows = database.rows(&sql, values).await?;
    rows.iter().map(|row| found(row, which, now)).collect()
}

/// Reads appointments inside a unit.
pub(crate) async fn read_in(unit: &Unit, which: &Which<'_>, now: Timestamp) -> Result<Vec<Found>, DatabaseError> {
    let (sql, values) = which.statement(unit.engine());
    let rows = unit.rows(&sql, values).await?;
    rows.iter().map(|row| found(row, which, now)).collect()
}

fn found(row: &Row, which: &Which<'_>, now: Timestamp) -> Result<Found, DatabaseError> {
    let appointment = from_row(row, now)?;
    if !which.needs_contacts() {
        return Ok(Found { appointment, contact: None });
    }
    let sealed: Option<Vec<u8>> = row.at(25)?;
    // A field whose key is gone was erased, even if an older copy of the data brought the field back.
    let key: Option<i64> = row.at(26)?;
    let contact = match (sealed, key) {
        (Some(field), Some(generation)) => {
            let key = SubjectKey { subject: appointment.id.0, generation, wrapped: row.at(27)? };
            Some(Kept::Sealed { key, field })
        }
        (Some(_), None) => None,
        (None, _) => row.at::<Option<String>>(16)?.map(Kept::Clear),
    };
    Ok(Found { appointment, contact })
}

/// Writes the changed fields of `appointment`, all but the contact, if nobody changed it since it was read at `generation`.
///
/// Gives whether the row was written; `false` means that somebody else was faster.
pub(crate) async fn update(unit: &Unit, appointment: &Appointment, generation: i64) -> Result<bool, DatabaseError> {
    let sql = "UPDATE appointment SET status = $1, office = $2, team = $3, starts_at = $4, ends_at = $5, takes = $6, expires_at = $7, \
               extended = $8, account = $9, booked_by = $10, person = $11, generation = $12, conflict = $13, \
               changed_at = $14, channel = $15, city_version = $16, links = $17 WHERE id = $18 AND generation = $19";
    let values: Vec<Value> = vec![
        appointment.status.as_str().into(),
        appointment.office.as_str().into(),
        appointment.team.as_str().into(),
        appointment.starts_at.millis().into(),
        appointment.ends_at.millis().into(),
        serde_json::to_string(&appointment.takes).unwrap_or_default().into(),
        appointment.expires_at.map(Timestamp::millis).into(),
        i64::from(appointment.extended).into(),
        appointment.account.map(|account| account.0).into(),
        appointment.booked_by.map(|account| account.0).into(),
        appointment.person.into(),
        appointment.generation.into(),
        appointment.conflict.map(Conflict::as_str).into(),
        appointment.changed_at.millis().into(),
        channel_word(appointment.channel).into(),
        appointment.city_version.into(),
        appointment.links.into(),
        appointment.id.0.into(),
        generation.into(),
    ];
    Ok(unit.execute(sql, values).await? == 1)
}

fn from_row(row: &Row, now: Timestamp) -> Result<Appointment, DatabaseError> {
    let expires_at = row.at::<Option<i64>>(11)?.map(Timestamp::from_millis);
    let status: String = row.at(2)?;
    let status = Status::parse(&status).ok_or_else(|| unreadable("status"))?;
    let conflict: Option<String> = row.at(19)?;
    Ok(Appointment {
        id: AppointmentId(row.at(0)?),
        number: row.at(1)?,
        status: status.at(expires_at, now),
        office: key(row, 3)?,
        team: key(row, 4)?,
        starts_at: Timestamp::from_millis(row.at(5)?),
        ends_at: Timestamp::from_millis(row.at(6)?),
        quota: parse_word(&row.at::<String>(7)?)?,
        channel: parse_word(&row.at::<String>(8)?)?,
        visit: parse_json(&row.at::<String>(9)?)?,
        takes: parse_json(&row.at::<String>(10)?)?,
        expires_at,
        extended: row.at::<i64>(12)? != 0,
        account: row.at::<Option<Uuid>>(13)?.map(AccountId),
        booked_by: row.at::<Option<Uuid>>(14)?.map(AccountId),
        person: row.at(15)?,
        contact: None,
        generation: row.at(17)?,
        overbooked: row.at::<i64>(18)? != 0,
        conflict: conflict.and_then(|word| Conflict::parse(&word)),
        city_version: row.at(20)?,
        created_at: Timestamp::from_millis(row.at(21)?),
        changed_at: Timestamp::from_millis(row.at(22)?),
        links: row.at(23)?,
        variant: row.at::<Option<String>>(24)?.map(|text| text.parse()).transpose().map_err(|_| unreadable("key"))?,
    })
}

fn key(row: &Row, index: usize) -> Result<Key, DatabaseError> {
    row.at::<String>(index)?.parse().map_err(|_| unreadable("key"))
}

fn parse_json<T: DeserializeOwned>(text: &str) -> Result<T, DatabaseError> {
    serde_json::from_str(text).map_err(|_| unreadable("JSON column"))
}

fn parse_word<T: DeserializeOwned>(word: &str) -> Result<T, DatabaseError> {
    serde_json::from_value(serde_json::Value::from(word)).map_err(|_| unreadable("word"))
}

fn unreadable(what: &str) -> DatabaseError {
    DatabaseError::Internal(format!("an appointment has an unreadable {what}"))
}

/// The stable word of a quota class.
pub(crate) const fn quota_word(quota: QuotaClass) -> &'static str {
    match quota {
        QuotaClass::Public => "public",
        QuotaClass::Internal => "internal",
        QuotaClass::Urgent => "urgent",
        QuotaClass::WalkIn => "walk_in",
    }
}

/// The stable word of a channel.
pub(crate) const fn channel_word(channel: VisitChannel) -> &'static str {
    match channel {
        VisitChannel::Counter => "counter",
        VisitChannel::Video => "video",
        VisitChannel::Mobile => "mobile",
    }
}

/// Text of a value for a JSON column.
pub(crate) fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
