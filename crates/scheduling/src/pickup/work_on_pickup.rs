//! What staff do with a document that lies ready: a new PIN, back to the counter, into somebody's hands, off the list.

use database::{AuditEntry, Event, IdempotencyKey, Unit};
use domain::identifier::{AccountId, EventId, PickupId};
use domain::permission::{Actor, Permission};
use domain::pickup::PickupStep;
use domain::time::Timestamp;
use uuid::Uuid;

use crate::Scheduling;
use crate::pickup::Pickup;
use crate::pickup::failure::{Failure, Problem};
use crate::pickup::once::idempotency_key;
use crate::store::lockers;
use crate::store::pickups::{self, PickupRow, Reader};

/// What happened to a pick-up: the word of its event and of its entry in the audit log.
pub(crate) const LOADED: &str = "pickup.loaded";

/// A step of staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffStep {
    /// A new PIN goes out by mail and the tries begin anew: for whoever lost it or typed it wrong too often.
    RenewPin,
    /// It was taken out of its compartment and is at the counter now.
    ReturnToCounter,
    /// It was handed out at the counter.
    HandOut,
    /// It is not to be handed out any more; whoever holds it deals with it elsewhere.
    Withdraw,
}

impl StaffStep {
    const fn step(self) -> PickupStep {
        match self {
            Self::RenewPin => PickupStep::RenewPin,
            Self::ReturnToCounter => PickupStep::TakeOut,
            Self::HandOut => PickupStep::HandOut,
            Self::Withdraw => PickupStep::Withdraw,
        }
    }

    const fn happening(self) -> &'static str {
        match self {
            Self::RenewPin => "pickup.pin_renewed",
            Self::ReturnToCounter => "pickup.returned",
            Self::HandOut => "pickup.handed_out",
            Self::Withdraw => "pickup.withdrawn",
        }
    }
}

/// Does one step.
#[derive(Debug, Clone)]
pub struct WorkOnPickup {
    /// With which.
    pub pickup: PickupId,
    /// What.
    pub step: StaffStep,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Scheduling {
    /// Does a step with a document of one's own office.
    ///
    /// # Errors
    /// [`Failure::Forbidden`], [`Problem::NotFound`] also for what is another office's, [`Problem::WrongState`].
    pub async fn work_on_pickup(&self, actor: &Actor, command: &WorkOnPickup) -> Result<Pickup, Failure> {
        actor.may(Permission::HandOutDocuments)?;
        let id = command.pickup;
        self.pickup_of_office(actor, Reader::Database(&self.database), id).await?;
        let key = idempotency_key(actor, &command.idempotency_key, command.step.happening(), &id.to_string())?;
        self.once_with_pickup(&key, || self.work(actor, command, &key)).await?;
        let row = self.pickup_of_office(actor, Reader::Database(&self.database), id).await?;
        Ok(row.shown_at(self.now()))
    }

    async fn work(&self, actor: &Actor, command: &WorkOnPickup, key: &IdempotencyKey) -> Result<Uuid, Failure> {
        let now = self.now();
        let unit = self.database.begin().await?;
        let row = self.pickup_of_office(actor, Reader::Unit(&unit), command.pickup).await?;
        let state = row.state_at(now).after(command.step.step()).map_err(Problem::from)?;
        let mut after = row.clone();
        after.pickup.state = state;
        after.order_until = None;
        if command.step == StaffStep::RenewPin {
            after.pins += 1;
            after.pickup.wrong_pins = 0;
        }
        self.write_pickup(&unit, after, row.rev, now).await?;
        self.leave_pickup_traces(&unit, command.step.happening(), row.pickup.id, actor.account(), now).await?;
        unit.remember(key, row.pickup.id.0, now).await?;
        unit.commit().await?;
        Ok(row.pickup.id.0)
    }

    /// The one of this id, for the staff of its office; what is elsewhere is not there.
    async fn pickup_of_office(&self, actor: &Actor, reader: Reader<'_>, id: PickupId) -> Result<PickupRow, Failure> {
        let row = pickups::by_id(reader, id).await?.ok_or(Problem::NotFound)?;
        let is_theirs = actor.may_in(Permission::HandOutDocuments, &row.pickup.office).is_ok();
        if is_theirs { Ok(row) } else { Err(Problem::NotFound.into()) }
    }

    /// Writes a changed pick-up, unless somebody changed it since it was read, and empties its compartment if it left.
    pub(crate) async fn write_pickup(
        &self,
        unit: &Unit,
        mut row: PickupRow,
        seen: i64,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let leaves = !row.pickup.state.is_in_the_box() && row.pickup.compartment.is_some();
        if leaves {
            row.pickup.compartment = None;
        }
        row.pickup.changed_at = now;
        row.rev = seen + 1;
        if !pickups::update(unit, &row, seen).await? {
            return Err(Problem::ChangedMeanwhile.into());
        }
        if leaves {
            lockers::leave(unit, row.pickup.id).await?;
        }
        Ok(())
    }

    /// The pair of traces of one happening: an event for letters, an entry for those who ask later.
    pub(crate) async fn leave_pickup_traces(
        &self,
        unit: &Unit,
        happening: &'static str,
        pickup: PickupId,
        actor: Option<AccountId>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let (id, payload) = (EventId(self.entropy.id(now)), "{}".to_owned());
        let event = Event { id, kind: happening, subject: pickup.0, payload, at: now, origin: self.origin };
        unit.record(&event).await?;
        let id = EventId(self.entropy.id(now));
        unit.audit(&AuditEntry { id, actor, action: happening, subject: pickup.0, at: now }).await?;
        Ok(())
    }
}
