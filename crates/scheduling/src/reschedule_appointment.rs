//! Moving an appointment: the new place is taken before the old one is given back, or nothing changes.

use std::collections::BTreeSet;

use database::{DatabaseError, Rule};
use domain::appointment::Step;
use domain::identifier::Key;
use domain::opening::{QuotaClass, VisitChannel};
use domain::permission::{Actor, Permission};
use domain::time::Timestamp;

use crate::Scheduling;
use crate::appointment::Appointment;
use crate::book_appointment::Booked;
use crate::failure::{Failure, Problem};
use crate::place::PlaceWish;
use crate::read_appointments::Access;
use crate::requests::idempotency_key;
use crate::store::{appointments, cells};
use crate::take::{CellTake, Take};
use crate::traces::{Happening, leave};

/// Moves an appointment. Its number, its matters, its people and its contact stay.
#[derive(Debug, Clone)]
pub struct RescheduleAppointment {
    /// Which, and by what right.
    pub access: Access,
    /// The new office; absent: the same.
    pub office: Option<Key>,
    /// The new start.
    pub starts_at: Timestamp,
    /// How; absent: as the office usually works.
    pub channel: Option<VisitChannel>,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Scheduling {
    /// Moves an appointment in one transaction. Links and codes drawn before are void; the answer carries the new code.
    ///
    /// # Errors
    /// [`Problem::SlotTaken`] with alternatives (the old place stays), [`Problem::NotFound`], [`Problem::WrongState`], and the
    /// problems of a start.
    pub async fn reschedule_appointment(
        &self,
        actor: &Actor,
        command: &RescheduleAppointment,
    ) -> Result<Booked, Failure> {
        let input = format!("{:?}", (&command.access, &command.office, command.starts_at, command.channel));
        let key = idempotency_key(actor, &command.idempotency_key, "reschedule_appointment", &input)?;
        let outcome = self.once(&key, || self.move_once(actor, command, &key)).await;
        let Err(Failure::Database(DatabaseError::Broken(Rule::CapacityNotExceeded))) = outcome else { return outcome };
        // The place may be taken by a hold that has lapsed.
        if self.make_room(None).await? {
            let again = self.once(&key, || self.move_once(actor, command, &key)).await;
            if !matches!(again, Err(Failure::Database(DatabaseError::Broken(Rule::CapacityNotExceeded)))) {
                return again;
            }
        }
        let current = self.access(actor, &command.access, Permission::ChangeOfficeAppointments).await?;
        let wish = wish(&current, command);
        Err(self.refusal(&[], &[], Some(&wish), None).await?.into())
    }

    async fn move_once(
        &self,
        actor: &Actor,
        command: &RescheduleAppointment,
        key: &database::IdempotencyKey,
    ) -> Result<Booked, Failure> {
        let now = self.now();
        let picture = self.board.picture()?;
        let unit = self.database.begin().await?;
        let current = self.access_in(&unit, actor, &command.access, Permission::ChangeOfficeAppointments).await?;
        let status = current.status.after(Step::Reschedule).map_err(Problem::from)?;
        if current.starts_at <= now {
            return Err(Problem::InThePast.into());
        }
        let wish = wish(&current, command);
        // Staff move within their own quota, in their own office; to another office, and for citizens, the public one
        // counts, whatever the first booking came from.
        let is_at_home = actor.may_in(Permission::ChangeOfficeAppointments, &wish.office).is_ok();
        let class = if command.access.is_staff() && is_at_home {
            current.quota.max(QuotaClass::Internal)
        } else {
            QuotaClass::Public
        };
        let place = self.board.place(&picture, &wish, class, 0, now)?;
        let (kept, old): (Vec<Take>, Vec<Take>) = current.takes.iter().copied().partition(|take| !take.in_time());
        let old_cells: BTreeSet<(i64, i64)> = old.iter().flat_map(|take| take.each()).collect();
        let new_cells: BTreeSet<(i64, i64)> = place.cells.iter().map(|cell| (cell.pool, cell.at)).collect();
        // What both have in common stays taken all the time, so moving by one cell never competes with oneself.
        let taken: Vec<CellTake> =
            place.cells.iter().copied().filter(|cell| !old_cells.contains(&(cell.pool, cell.at))).collect();
        let given_back: Vec<(i64, i64)> = old_cells.difference(&new_cells).copied().collect();
        let generation = current.generation;
        let moved = Appointment {
            status,
            office: wish.office.clone(),
            team: place.team.clone(),
            starts_at: place.starts_at,
            ends_at: place.ends_at,
            channel: place.channel,
            takes: place.takes.iter().copied().chain(kept).collect(),
            conflict: None,
            city_version: picture.version,
            changed_at: now,
            generation: generation + 1,
            links: current.links + 1,
            ..current
        };
        if !appointments::update(&unit, &moved, generation).await? {
            return Err(Problem::ChangedMeanwhile.into());
        }
        cells::take(&unit, &taken).await?;
        cells::release_cells(&unit, &given_back).await?;
        unit.remember(key, moved.id.0, now).await?;
        let traces = self.traces(Happening::Rescheduled, moved.id, actor.account(), &old, now);
        leave(&unit, &traces).await?;
        unit.commit().await?;
        let taken: Vec<(i64, i64)> = taken.iter().map(|cell| (cell.pool, cell.at)).collect();
        self.board.shift(&moved, &taken, &given_back);
        self.board.settled(traces.0.id);
        Ok(self.booked(moved))
    }
}

fn wish(current: &Appointment, command: &RescheduleAppointment) -> PlaceWish {
    PlaceWish {
        office: command.office.clone().unwrap_or_else(|| current.office.clone()),
        team: None,
        starts_at: command.starts_at,
        visit: current.visit.clone(),
        channel: command.channel,
        variant: current.variant.clone(),
    }
}
