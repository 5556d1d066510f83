//! Documents that lie ready.

use database::{Database, DatabaseError, Row, SubjectKey, Unit, Value};
use domain::identifier::{AccountId, Key, PickupId};
use domain::locker::{CompartmentSize, Reach};
use domain::pickup::PickupState;
use domain::time::Timestamp;
use uuid::Uuid;

use crate::pickup::Pickup;
use crate::store::contacts::list;

/// Where something is read: outside of units, or inside one.
#[derive(Clone, Copy)]
pub(crate) enum Reader<'a> {
    Database(&'a Database),
    Unit(&'a Unit),
}

impl Reader<'_> {
    pub(crate) async fn rows(self, sql: &str, values: Vec<Value>) -> Result<Vec<Row>, DatabaseError> {
        match self {
            Self::Database(database) => database.rows(sql, values).await,
            Self::Unit(unit) => unit.rows(sql, values).await,
        }
    }

    pub(crate) async fn row(self, sql: &str, values: Vec<Value>) -> Result<Option<Row>, DatabaseError> {
        Ok(self.rows(sql, values).await?.into_iter().next())
    }
}

/// A pick-up as it is stored: its state is that of the last write, whatever time has done since.
#[derive(Debug, Clone)]
pub(crate) struct PickupRow {
    pub(crate) pickup: Pickup,
    /// How often staff gave a new PIN.
    pub(crate) pins: i64,
    pub(crate) reminded_at: Option<Timestamp>,
    /// The opening whose order is the newest.
    pub(crate) opening: Option<Uuid>,
    pub(crate) order_until: Option<Timestamp>,
    pub(crate) rev: i64,
    pub(crate) sealed: Option<Vec<u8>>,
    pub(crate) key: Option<SubjectKey>,
}

impl PickupRow {
    /// Where it stands at `now`.
    pub(crate) fn state_at(&self, now: Timestamp) -> PickupState {
        self.pickup.state.at(self.order_until, self.pickup.expires_at, now)
    }

    /// The pick-up as it stands at `now`.
    pub(crate) fn shown_at(&self, now: Timestamp) -> Pickup {
        Pickup { state: self.state_at(now), ..self.pickup.clone() }
    }
}

const SELECT: &str = "SELECT p.id, p.number, p.office, p.box, p.compartment, p.service, p.size, p.reach, p.state, \
                      p.wrong_pins, p.pins, p.contact_sealed, p.loaded_by, p.expires_at, p.reminded_at, p.opening, \
                      p.order_until, p.rev, p.created_at, p.changed_at, k.generation AS key_generation, \
                      k.wrapped AS key_wrapped FROM pickup p LEFT JOIN subject_key k ON k.subject = p.id";

fn read(row: &Row) -> Result<PickupRow, DatabaseError> {
    let id: Uuid = row.get("id")?;
    let instant = |column| row.get::<Option<i64>>(column).map(|millis| millis.map(Timestamp::from_millis));
    let key = |column| row.get::<String>(column)?.parse::<Key>().map_err(|_| unreadable(column));
    let number = |number: i64| u16::try_from(number).map_err(|_| unreadable("compartment"));
    let generation: Option<i64> = row.get("key_generation")?;
    let wrapped: Option<Vec<u8>> = row.get("key_wrapped")?;
    let pickup = Pickup {
        id: PickupId(id),
        number: row.get("number")?,
        office: key("office")?,
        locker: key("box")?,
        compartment: row.get::<Option<i64>>("compartment")?.map(number).transpose()?,
        service: key("service")?,
        size: word(row, "size", CompartmentSize::parse)?,
        reach: word(row, "reach", Reach::parse)?,
        state: word(row, "state", PickupState::parse)?,
        wrong_pins: row.get("wrong_pins")?,
        expires_at: Timestamp::from_millis(row.get("expires_at")?),
        loaded_by: row.get::<Option<Uuid>>("loaded_by")?.map(AccountId),
        created_at: Timestamp::from_millis(row.get("created_at")?),
        changed_at: Timestamp::from_millis(row.get("changed_at")?),
    };
    Ok(PickupRow {
        pickup,
        pins: row.get("pins")?,
        reminded_at: instant("reminded_at")?,
        opening: row.get("opening")?,
        order_until: instant("order_until")?,
        rev: row.get("rev")?,
        sealed: row.get("contact_sealed")?,
        key: generation.zip(wrapped).map(|(generation, wrapped)| SubjectKey { subject: id, generation, wrapped }),
    })
}

fn word<T>(row: &Row, column: &str, parse: fn(&str) -> Option<T>) -> Result<T, DatabaseError> {
    parse(&row.get::<String>(column)?).ok_or_else(|| unreadable(column))
}

fn unreadable(what: &str) -> DatabaseError {
    DatabaseError::Internal(format!("a pick-up has an unreadable {what}"))
}

async fn some(reader: Reader<'_>, rest: &str, values: Vec<Value>) -> Result<Vec<PickupRow>, DatabaseError> {
    reader.rows(&format!("{SELECT} {rest}"), values).await?.iter().map(read).collect()
}

/// The one of this id.
pub(crate) async fn by_id(reader: Reader<'_>, id: PickupId) -> Result<Option<PickupRow>, DatabaseError> {
    Ok(some(reader, "WHERE p.id = $1", vec![id.0.into()]).await?.pop())
}

/// The one of this number.
pub(crate) async fn by_number(reader: Reader<'_>, number: &str) -> Result<Option<PickupRow>, DatabaseError> {
    Ok(some(reader, "WHERE p.number = $1", vec![number.into()]).await?.pop())
}

/// Those of an office in one of these states, those that expire first before the others, behind `after`.
pub(crate) async fn of_office(
    reader: Reader<'_>,
    office: &Key,
    states: &[PickupState],
    after: (Timestamp, Uuid),
    most: i64,
) -> Result<Vec<PickupRow>, DatabaseError> {
    let words: Vec<String> = states.iter().map(|state| format!("'{}'", state.as_str())).collect();
    let rest = format!(
        "WHERE p.office = $1 AND p.state IN ({}) AND (p.expires_at > $2 OR (p.expires_at = $2 AND p.id > $3)) \
         ORDER BY p.expires_at, p.id LIMIT $4",
        words.join(", ")
    );
    let values = vec![office.as_str().into(), after.0.millis().into(), after.1.into(), most.into()];
    some(reader, &rest, values).await
}

/// Those that a blind number leads to.
pub(crate) async fn of_token(reader: Reader<'_>, token: i64) -> Result<Vec<PickupRow>, DatabaseError> {
    let rest = "WHERE p.id IN (SELECT subject FROM contact_index WHERE token = $1) ORDER BY p.created_at, p.id";
    some(reader, rest, vec![token.into()]).await
}

/// Some that lie in a compartment and end at `before` or earlier.
pub(crate) async fn ending(reader: Reader<'_>, before: Timestamp, most: i64) -> Result<Vec<PickupRow>, DatabaseError> {
    let rest = "WHERE p.state IN ('loaded', 'opening', 'locked') AND p.expires_at <= $1 ORDER BY p.expires_at LIMIT $2";
    some(reader, rest, vec![before.millis().into(), most.into()]).await
}

/// Some that end at `before` or earlier and whose people have not been reminded.
pub(crate) async fn to_remind(
    reader: Reader<'_>,
    before: Timestamp,
    most: i64,
) -> Result<Vec<PickupRow>, DatabaseError> {
    let rest =
        "WHERE p.state = 'loaded' AND p.expires_at <= $1 AND p.reminded_at IS NULL ORDER BY p.expires_at LIMIT $2";
    some(reader, rest, vec![before.millis().into(), most.into()]).await
}

/// Those behind `after` whose person is still known, by id.
pub(crate) async fn named(reader: Reader<'_>, after: Uuid, most: i64) -> Result<Vec<PickupRow>, DatabaseError> {
    let rest = "WHERE p.contact_sealed IS NOT NULL AND p.id > $1 ORDER BY p.id LIMIT $2";
    some(reader, rest, vec![after.into(), most.into()]).await
}

const OLD: &str = "state IN ('collected', 'handed_out', 'withdrawn') AND changed_at < $1";

/// How many ended before `before`.
pub(crate) async fn count_old(reader: Reader<'_>, before: Timestamp) -> Result<u64, DatabaseError> {
    let row = reader.row(&format!("SELECT count(*) FROM pickup WHERE {OLD}"), vec![before.millis().into()]).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.at(0))?;
    Ok(count.unsigned_abs())
}

/// Some that ended before `before`.
pub(crate) async fn old(unit: &Unit, before: Timestamp, most: i64) -> Result<Vec<Uuid>, DatabaseError> {
    let sql = format!("SELECT id FROM pickup WHERE {OLD} ORDER BY changed_at LIMIT $2");
    unit.rows(&sql, vec![before.millis().into(), most.into()]).await?.iter().map(|row| row.at(0)).collect()
}

/// What changes of a pick-up, in the order of the statements below.
fn changing(row: &PickupRow) -> Vec<Value> {
    let pickup = &row.pickup;
    vec![
        pickup.id.0.into(),
        pickup.compartment.map(i64::from).into(),
        pickup.state.as_str().into(),
        pickup.wrong_pins.into(),
        row.pins.into(),
        row.reminded_at.map(Timestamp::millis).into(),
        row.opening.into(),
        row.order_until.map(Timestamp::millis).into(),
        row.rev.into(),
        pickup.changed_at.millis().into(),
    ]
}

/// Writes a new one.
pub(crate) async fn insert(unit: &Unit, row: &PickupRow) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO pickup (id, compartment, state, wrong_pins, pins, reminded_at, opening, order_until, rev, \
               changed_at, number, office, box, service, size, reach, contact_sealed, loaded_by, expires_at, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";
    let pickup = &row.pickup;
    let mut values = changing(row);
    values.extend([
        pickup.number.as_str().into(),
        pickup.office.as_str().into(),
        pickup.locker.as_str().into(),
        pickup.service.as_str().into(),
        pickup.size.as_str().into(),
        pickup.reach.as_str().into(),
        row.sealed.clone().into(),
        pickup.loaded_by.map(|account| account.0).into(),
        pickup.expires_at.millis().into(),
        pickup.created_at.millis().into(),
    ]);
    unit.execute(sql, values).await.map(drop)
}

/// Writes a changed one back, unless somebody changed it since `seen`. `false` when somebody did.
pub(crate) async fn update(unit: &Unit, row: &PickupRow, seen: i64) -> Result<bool, DatabaseError> {
    let sql = "UPDATE pickup SET compartment = $2, state = $3, wrong_pins = $4, pins = $5, reminded_at = $6, opening = $7, \
               order_until = $8, rev = $9, changed_at = $10 WHERE id = $1 AND rev = $11";
    let mut values = changing(row);
    values.push(seen.into());
    Ok(unit.execute(sql, values).await? == 1)
}

/// Enters blind numbers by which it is found.
pub(crate) async fn index(unit: &Unit, id: PickupId, tokens: &[i64]) -> Result<(), DatabaseError> {
    for token in tokens {
        let sql = "INSERT INTO contact_index (token, subject) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        unit.execute(sql, vec![(*token).into(), id.0.into()]).await?;
    }
    Ok(())
}

/// Forgets whose these are; they themselves stay.
pub(crate) async fn empty(unit: &Unit, ids: &[Uuid]) -> Result<(), DatabaseError> {
    let sql = unit.engine().choose(
        "UPDATE pickup SET contact_sealed = NULL, rev = rev + 1 WHERE id IN (SELECT unhex(value) FROM json_each($1))",
        "UPDATE pickup SET contact_sealed = NULL, rev = rev + 1 \
         WHERE id IN (SELECT value::uuid FROM json_array_elements_text($1::json))",
    );
    unit.execute(sql, vec![list(ids).into()]).await.map(drop)
}

/// Deletes these with every PIN that was typed. What the doors did stays and leads to nobody.
pub(crate) async fn delete(unit: &Unit, ids: &[Uuid]) -> Result<(), DatabaseError> {
    for (table, column) in [("locker_opening", "pickup"), ("pickup", "id")] {
        let sql = unit.engine().choose(
            format!("DELETE FROM {table} WHERE {column} IN (SELECT unhex(value) FROM json_each($1))"),
            format!(
                "DELETE FROM {table} WHERE {column} IN (SELECT value::uuid FROM json_array_elements_text($1::json))"
            ),
        );
        unit.execute(&sql, vec![list(ids).into()]).await?;
    }
    Ok(())
}
