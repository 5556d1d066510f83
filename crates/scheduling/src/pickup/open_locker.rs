//! Number and PIN at a box: the right one gives an order to open one door once, the third wrong one locks.

use database::IdempotencyKey;
use domain::identifier::{AccountId, Key};
use domain::permission::{Actor, Permission};
use domain::personal::Pii;
use domain::pickup::{PIN_TRIES, PickupState, PickupStep};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::Scheduling;
use crate::pickup::failure::{Failure, Problem};
use crate::pickup::once::idempotency_key;
use crate::pickup::secret::{is_pin, order, read_number};
use crate::store::lockers::{self, Opening, Outcome};
use crate::store::pickups::{self, Reader};

/// How long an order to open a door is good, in seconds.
pub const ORDER_SECONDS: i64 = 60;

/// What somebody typed at a box.
#[derive(Debug, Clone)]
pub struct OpenLocker {
    /// The box.
    pub locker: Key,
    /// The eight signs of the number.
    pub number: String,
    /// The PIN.
    pub pin: Pii<String>,
    /// The box's key of this request: the same for its repetitions.
    pub idempotency_key: String,
}

/// The order to open one door, once.
#[derive(Clone, PartialEq, Eq)]
pub struct DoorOrder {
    /// What the report names.
    pub token: String,
    /// Which door.
    pub compartment: u16,
    /// Until when it may be carried out, UTC.
    pub valid_until: Timestamp,
}

impl std::fmt::Debug for DoorOrder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DoorOrder").field("compartment", &self.compartment).finish_non_exhaustive()
    }
}

impl Scheduling {
    /// Judges number and PIN for the box that asks. A repeated request gets the answer of the first time, so an answer that
    /// was lost costs no try.
    ///
    /// # Errors
    /// [`Failure::Forbidden`] for anybody but a device; [`Problem::NotFound`] for what does not lie in this box,
    /// [`Problem::WrongPin`], [`Problem::Locked`], [`Problem::Expired`], [`Problem::OrderVoid`] for the repetition of a
    /// request whose order was carried out already.
    pub async fn open_locker(&self, actor: &Actor, command: &OpenLocker) -> Result<DoorOrder, Failure> {
        let (device, office) = operates(actor)?;
        let number = read_number(&command.number).ok_or(Problem::NotFound)?;
        // Keyed: six digits are found again in a plain hash.
        let input = self.secret.fingerprint(&[command.locker.as_str(), &number, command.pin.expose()]);
        let key = idempotency_key(actor, &command.idempotency_key, "open_locker", &input)?;
        let typed = Typed { device, office, locker: &command.locker, number: &number, pin: command.pin.expose() };
        let id = self.once_with_pickup(&key, || self.judge_pin(actor, &typed, &key)).await?;
        let reader = Reader::Database(&self.database);
        let opening = lockers::opening(reader, id).await?.ok_or(Problem::NotFound)?;
        match opening.outcome {
            Outcome::WrongPin => Err(Problem::WrongPin { tries_left: opening.tries_left }.into()),
            Outcome::Locked => Err(Problem::Locked.into()),
            Outcome::Granted if opening.used_at.is_some() => Err(Problem::OrderVoid.into()),
            Outcome::Granted => Ok(DoorOrder {
                token: order(&self.secret, opening.id, opening.compartment),
                compartment: opening.compartment,
                valid_until: opening.order_until,
            }),
        }
    }

    async fn judge_pin(&self, actor: &Actor, typed: &Typed<'_>, key: &IdempotencyKey) -> Result<Uuid, Failure> {
        let now = self.now();
        let unit = self.database.begin().await?;
        let found = pickups::by_number(Reader::Unit(&unit), typed.number).await?;
        let row = found.filter(|row| row.pickup.office == *typed.office && row.pickup.locker == *typed.locker);
        let row = row.ok_or(Problem::NotFound)?;
        let state = row.state_at(now);
        match state {
            PickupState::Loaded | PickupState::Opening => {}
            PickupState::Locked => return Err(Problem::Locked.into()),
            PickupState::Expired | PickupState::Forced | PickupState::AtCounter => {
                return Err(Problem::Expired.into());
            }
            PickupState::Open | PickupState::Collected | PickupState::HandedOut | PickupState::Withdrawn => {
                return Err(Problem::NotFound.into());
            }
        }
        let compartment = row.pickup.compartment.ok_or(Problem::NotFound)?;
        let mut after = row.clone();
        let is_right = is_pin(&self.secret, row.pickup.id, row.pins, typed.pin);
        after.pickup.wrong_pins = if is_right { 0 } else { row.pickup.wrong_pins + 1 };
        let tries_left = (PIN_TRIES - after.pickup.wrong_pins).max(0);
        let (step, outcome, happening) = match (is_right, tries_left) {
            (true, _) => (PickupStep::AcceptPin, Outcome::Granted, "pickup.pin_accepted"),
            (false, 0) => (PickupStep::Lock, Outcome::Locked, "pickup.locked"),
            (false, _) => (PickupStep::RefusePin, Outcome::WrongPin, "pickup.pin_refused"),
        };
        after.pickup.state = state.after(step).map_err(Problem::from)?;
        let opening = Opening {
            id: self.entropy.id(now),
            pickup: row.pickup.id,
            device: typed.device,
            outcome,
            tries_left,
            compartment,
            order_until: now.plus_seconds(ORDER_SECONDS),
            used_at: None,
        };
        if is_right {
            after.opening = Some(opening.id);
            after.order_until = Some(opening.order_until);
        }
        // The database decides races: of many who guess at once three are heard.
        self.write_pickup(&unit, after, row.rev, now).await?;
        lockers::insert_opening(&unit, &opening, now).await?;
        self.leave_pickup_traces(&unit, happening, row.pickup.id, actor.account(), now).await?;
        unit.remember(key, opening.id, now).await?;
        unit.commit().await?;
        Ok(opening.id)
    }
}

/// What was typed, and where.
struct Typed<'a> {
    device: AccountId,
    office: &'a Key,
    locker: &'a Key,
    number: &'a str,
    pin: &'a str,
}

/// The device that asks, and its office.
///
/// # Errors
/// [`Failure::Forbidden`] for anybody else.
pub(crate) fn operates(actor: &Actor) -> Result<(AccountId, &Key), Failure> {
    actor.may(Permission::OperateLocker)?;
    let device = actor.account().zip(actor.bound_to());
    Ok(device.ok_or(Problem::NotFound)?)
}
