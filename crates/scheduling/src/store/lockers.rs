//! Boxes: which compartment holds what, each PIN that was typed, and what the doors did.

use database::{DatabaseError, Row, Unit};
use domain::identifier::{AccountId, Key, PickupId};
use domain::pickup::DoorEventKind;
use domain::time::Timestamp;
use uuid::Uuid;

use crate::store::pickups::Reader;

/// Puts something into the first of these compartments that is empty, in one statement. `None` when somebody took that one
/// at the same moment, or none is empty: [`is_any_empty`] tells.
pub(crate) async fn take(
    unit: &Unit,
    (office, locker): (&Key, &Key),
    candidates: &[u16],
    pickup: PickupId,
) -> Result<Option<u16>, DatabaseError> {
    let sql = unit.engine().choose(
        "INSERT INTO locker_compartment (office, box, number, pickup)
         SELECT $1, $2, value, $4 FROM json_each($3) WHERE NOT EXISTS (
             SELECT 1 FROM locker_compartment AS taken
             WHERE taken.office = $1 AND taken.box = $2 AND taken.number = json_each.value)
         ORDER BY json_each.key LIMIT 1 ON CONFLICT DO NOTHING RETURNING number",
        "INSERT INTO locker_compartment (office, box, number, pickup)
         SELECT $1::text, $2::text, candidate.number::bigint, $4::uuid
         FROM json_array_elements_text($3::json) WITH ORDINALITY AS candidate(number, place) WHERE NOT EXISTS (
             SELECT 1 FROM locker_compartment AS taken
             WHERE taken.office = $1 AND taken.box = $2 AND taken.number = candidate.number::bigint)
         ORDER BY candidate.place LIMIT 1 ON CONFLICT DO NOTHING RETURNING number",
    );
    let values = vec![office.as_str().into(), locker.as_str().into(), text(candidates).into(), pickup.0.into()];
    let row = unit.row(sql, values).await?;
    Ok(row.map(|row| row.at::<i64>(0)).transpose()?.and_then(|number| u16::try_from(number).ok()))
}

/// Whether one of these compartments is empty.
pub(crate) async fn is_any_empty(
    unit: &Unit,
    (office, locker): (&Key, &Key),
    candidates: &[u16],
) -> Result<bool, DatabaseError> {
    let sql = unit.engine().choose(
        "SELECT count(*) FROM locker_compartment WHERE office = $1 AND box = $2 AND number IN (SELECT value FROM json_each($3))",
        "SELECT count(*) FROM locker_compartment WHERE office = $1 AND box = $2 \
         AND number IN (SELECT value::bigint FROM json_array_elements_text($3::json))",
    );
    let values = vec![office.as_str().into(), locker.as_str().into(), text(candidates).into()];
    let taken: i64 = unit.row(sql, values).await?.map_or(Ok(0), |row| row.at(0))?;
    Ok(taken.unsigned_abs() < candidates.len() as u64)
}

/// Empties the compartment of a pick-up.
pub(crate) async fn leave(unit: &Unit, pickup: PickupId) -> Result<(), DatabaseError> {
    unit.execute("DELETE FROM locker_compartment WHERE pickup = $1", vec![pickup.0.into()]).await.map(drop)
}

/// What lies in a compartment.
pub(crate) async fn inside(
    unit: &Unit,
    (office, locker): (&Key, &Key),
    compartment: u16,
) -> Result<Option<PickupId>, DatabaseError> {
    let sql = "SELECT pickup FROM locker_compartment WHERE office = $1 AND box = $2 AND number = $3";
    let values = vec![office.as_str().into(), locker.as_str().into(), i64::from(compartment).into()];
    unit.row(sql, values).await?.map(|row| row.at(0).map(PickupId)).transpose()
}

/// What became of a PIN that was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Granted,
    WrongPin,
    Locked,
}

impl Outcome {
    const ALL: [Self; 3] = [Self::Granted, Self::WrongPin, Self::Locked];

    const fn word(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::WrongPin => "wrong_pin",
            Self::Locked => "locked",
        }
    }
}

/// A PIN that was typed, and the answer.
#[derive(Debug, Clone)]
pub(crate) struct Opening {
    pub(crate) id: Uuid,
    pub(crate) pickup: PickupId,
    pub(crate) device: AccountId,
    pub(crate) outcome: Outcome,
    pub(crate) tries_left: i64,
    pub(crate) compartment: u16,
    pub(crate) order_until: Timestamp,
    pub(crate) used_at: Option<Timestamp>,
}

/// Keeps a PIN that was typed; never the PIN itself.
pub(crate) async fn insert_opening(unit: &Unit, opening: &Opening, at: Timestamp) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO locker_opening (id, pickup, device, outcome, tries_left, compartment, order_until, at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = vec![
        opening.id.into(),
        opening.pickup.0.into(),
        opening.device.0.into(),
        opening.outcome.word().into(),
        opening.tries_left.into(),
        i64::from(opening.compartment).into(),
        opening.order_until.millis().into(),
        at.millis().into(),
    ];
    unit.execute(sql, values).await.map(drop)
}

/// The opening of this id.
pub(crate) async fn opening(reader: Reader<'_>, id: Uuid) -> Result<Option<Opening>, DatabaseError> {
    let sql = "SELECT pickup, device, outcome, tries_left, compartment, order_until, used_at FROM locker_opening WHERE id = $1";
    let read = |row: Row| {
        let word: String = row.at(2)?;
        let outcome = Outcome::ALL.into_iter().find(|outcome| outcome.word() == word);
        Ok(Opening {
            id,
            pickup: PickupId(row.at(0)?),
            device: AccountId(row.at(1)?),
            outcome: outcome.ok_or_else(|| DatabaseError::Internal("an opening has no outcome".to_owned()))?,
            tries_left: row.at(3)?,
            compartment: u16::try_from(row.at::<i64>(4)?).unwrap_or_default(),
            order_until: Timestamp::from_millis(row.at(5)?),
            used_at: row.at::<Option<i64>>(6)?.map(Timestamp::from_millis),
        })
    };
    reader.row(sql, vec![id.into()]).await?.map(read).transpose()
}

/// Marks an order as carried out. `false` when it was already.
pub(crate) async fn use_order(unit: &Unit, id: Uuid, at: Timestamp) -> Result<bool, DatabaseError> {
    let sql = "UPDATE locker_opening SET used_at = $1 WHERE id = $2 AND used_at IS NULL";
    Ok(unit.execute(sql, vec![at.millis().into(), id.into()]).await? == 1)
}

/// What a door did, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeptEvent {
    pub(crate) device: AccountId,
    pub(crate) sequence: i64,
    pub(crate) office: Key,
    pub(crate) locker: Key,
    pub(crate) compartment: u16,
    pub(crate) kind: DoorEventKind,
    pub(crate) opening: Option<Uuid>,
    pub(crate) at: Timestamp,
}

/// The number of the last report of a box; 0 before the first.
pub(crate) async fn last_sequence(reader: Reader<'_>, device: AccountId) -> Result<i64, DatabaseError> {
    let sql = "SELECT coalesce(max(sequence), 0) FROM locker_event WHERE device = $1";
    reader.row(sql, vec![device.0.into()]).await?.map_or(Ok(0), |row| row.at(0))
}

/// Keeps a report, with what it was about.
pub(crate) async fn insert_event(
    unit: &Unit,
    event: &KeptEvent,
    pickup: Option<PickupId>,
    received_at: Timestamp,
) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO locker_event (device, sequence, office, box, compartment, kind, opening, pickup, at, received_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let values = vec![
        event.device.0.into(),
        event.sequence.into(),
        event.office.as_str().into(),
        event.locker.as_str().into(),
        i64::from(event.compartment).into(),
        event.kind.as_str().into(),
        event.opening.into(),
        pickup.map(|pickup| pickup.0).into(),
        event.at.millis().into(),
        received_at.millis().into(),
    ];
    unit.execute(sql, values).await.map(drop)
}

/// Whether this very report is kept under its number.
pub(crate) async fn is_kept(unit: &Unit, event: &KeptEvent) -> Result<bool, DatabaseError> {
    let sql = "SELECT 1 AS one FROM locker_event WHERE device = $1 AND sequence = $2 AND office = $3 AND box = $4 \
               AND compartment = $5 AND kind = $6 AND at = $7";
    let values = vec![
        event.device.0.into(),
        event.sequence.into(),
        event.office.as_str().into(),
        event.locker.as_str().into(),
        i64::from(event.compartment).into(),
        event.kind.as_str().into(),
        event.at.millis().into(),
    ];
    Ok(unit.row(sql, values).await?.is_some())
}

fn text(candidates: &[u16]) -> String {
    serde_json::to_string(candidates).unwrap_or_default()
}
