//! What the doors of a box did: kept one by one under the box's own numbers, none lost, none twice.

use database::{AuditEntry, DatabaseError, Rule, Unit};
use domain::identifier::{AccountId, EventId, Key, PickupId};
use domain::permission::Actor;
use domain::pickup::{DoorEventKind, PickupStep};
use domain::time::Timestamp;

use crate::Scheduling;
use crate::pickup::failure::{Failure, Problem};
use crate::pickup::once::retried;
use crate::pickup::open_locker::operates;
use crate::pickup::secret::read_order;
use crate::store::lockers::{self, KeptEvent, Opening, Outcome};
use crate::store::pickups::{self, Reader};

/// How many reports are taken at once.
pub const MOST_EVENTS: usize = 100;
/// How many statements one report may take of them, tries included.
const STATEMENTS_EACH: u32 = 60;

/// What a door did.
#[derive(Debug, Clone)]
pub struct DoorEvent {
    /// The number that the box gave it: 1, 2, 3, … over the whole life of the device.
    pub sequence: i64,
    /// Which door.
    pub compartment: u16,
    /// What it did.
    pub kind: DoorEventKind,
    /// The order that was carried out or could not be.
    pub order: Option<String>,
    /// When, by the clock of the box, UTC.
    pub at: Timestamp,
}

/// Reports of a box, in order.
#[derive(Debug, Clone)]
pub struct ReportDoorEvents {
    /// The box.
    pub locker: Key,
    /// At most [`MOST_EVENTS`]. None: only the last number is asked for.
    pub events: Vec<DoorEvent>,
}

impl Scheduling {
    /// Keeps reports and draws what follows from them, each in a unit of its own. Gives the number of the last report that
    /// is kept: whatever comes after it has to be sent again. A report that comes twice has one effect.
    ///
    /// # Errors
    /// [`Failure::Forbidden`] for anybody but a device; [`Problem::UnknownLocker`], [`Problem::TooManyEvents`],
    /// [`Problem::SequenceGap`], [`Problem::SequenceReused`]. What came before the report in question is kept.
    pub async fn report_door_events(&self, actor: &Actor, command: &ReportDoorEvents) -> Result<i64, Failure> {
        let (device, office) = operates(actor)?;
        self.locker(office, &command.locker)?;
        if command.events.len() > MOST_EVENTS {
            return Err(Problem::TooManyEvents { most: MOST_EVENTS }.into());
        }
        for event in &command.events {
            let opening = event.order.as_deref().and_then(|given| read_order(&self.secret, given, event.compartment));
            let kept = KeptEvent {
                device,
                sequence: event.sequence,
                office: office.clone(),
                locker: command.locker.clone(),
                compartment: event.compartment,
                kind: event.kind,
                opening,
                at: event.at,
            };
            database::within_statements(STATEMENTS_EACH, retried(|| self.keep(&kept))).await?;
        }
        Ok(lockers::last_sequence(Reader::Database(&self.database), device).await?)
    }

    async fn keep(&self, event: &KeptEvent) -> Result<(), Failure> {
        let now = self.now();
        let unit = self.database.begin().await?;
        let last = lockers::last_sequence(Reader::Unit(&unit), event.device).await?;
        if event.sequence <= last {
            let is_same = lockers::is_kept(&unit, event).await?;
            let reused = Problem::SequenceReused { sequence: event.sequence };
            return if is_same { Ok(()) } else { Err(reused.into()) };
        }
        if event.sequence > last + 1 {
            return Err(Problem::SequenceGap { expected: last + 1 }.into());
        }
        let pickup = self.follow_door(&unit, event, now).await?;
        match lockers::insert_event(&unit, event, pickup, now).await {
            // The same report came at the same moment.
            Err(error) if error.breaks(Rule::LockerEventNumber) => return Err(DatabaseError::Contended.into()),
            kept => kept?,
        }
        let id = EventId(self.entropy.id(now));
        let subject = pickup.map_or(event.device.0, |pickup| pickup.0);
        let actor: Option<AccountId> = Some(event.device);
        unit.audit(&AuditEntry { id, actor, action: action(event.kind), subject, at: now }).await?;
        unit.commit().await?;
        Ok(())
    }

    /// Draws what follows from a report for whatever lies behind the door. A report is a fact: where the life cycle has no
    /// such step it is kept all the same, and changes nothing.
    async fn follow_door(&self, unit: &Unit, event: &KeptEvent, now: Timestamp) -> Result<Option<PickupId>, Failure> {
        let order = ordered(unit, event).await?;
        let inside = lockers::inside(unit, (&event.office, &event.locker), event.compartment).await?;
        let step = match event.kind {
            // An order is good once.
            DoorEventKind::Opened => match &order {
                Some(order) if lockers::use_order(unit, order.id, now).await? => Some(PickupStep::OpenDoor),
                Some(_) | None => Some(PickupStep::ForceDoor),
            },
            DoorEventKind::Closed => Some(PickupStep::CloseDoor),
            DoorEventKind::Failed => order.is_some().then_some(PickupStep::FailDoor),
            DoorEventKind::Forced => Some(PickupStep::ForceDoor),
            DoorEventKind::Serviced => None,
        };
        let concerned = match step {
            Some(PickupStep::OpenDoor | PickupStep::FailDoor) => order.map(|order| order.pickup),
            _ => inside,
        };
        let (Some(id), Some(step)) = (concerned, step) else { return Ok(concerned) };
        let Some(row) = pickups::by_id(Reader::Unit(unit), id).await? else { return Ok(None) };
        let Ok(state) = row.pickup.state.after(step) else { return Ok(Some(id)) };
        let mut after = row.clone();
        after.pickup.state = state;
        after.order_until = None;
        self.write_pickup(unit, after, row.rev, now).await?;
        self.leave_pickup_traces(unit, happening(step), id, Some(event.device), now).await?;
        Ok(Some(id))
    }
}

/// The order that a report names, if we gave it to this device for this door.
async fn ordered(unit: &Unit, event: &KeptEvent) -> Result<Option<Opening>, DatabaseError> {
    let Some(id) = event.opening else { return Ok(None) };
    let opening = lockers::opening(Reader::Unit(unit), id).await?;
    let is_theirs = |opening: &Opening| {
        opening.device == event.device
            && opening.compartment == event.compartment
            && opening.outcome == Outcome::Granted
    };
    Ok(opening.filter(is_theirs))
}

/// The word in the audit log of what a door did.
const fn action(kind: DoorEventKind) -> &'static str {
    match kind {
        DoorEventKind::Opened => "locker.door_opened",
        DoorEventKind::Closed => "locker.door_closed",
        DoorEventKind::Failed => "locker.door_failed",
        DoorEventKind::Forced => "locker.door_forced",
        DoorEventKind::Serviced => "locker.door_serviced",
    }
}

/// The word of what follows for the document.
const fn happening(step: PickupStep) -> &'static str {
    match step {
        PickupStep::OpenDoor => "pickup.opened",
        PickupStep::CloseDoor => "pickup.collected",
        PickupStep::FailDoor => "pickup.not_opened",
        PickupStep::ForceDoor => "pickup.forced",
        PickupStep::AcceptPin
        | PickupStep::RefusePin
        | PickupStep::Lock
        | PickupStep::Expire
        | PickupStep::RenewPin
        | PickupStep::TakeOut
        | PickupStep::HandOut
        | PickupStep::Withdraw => "pickup.changed",
    }
}
