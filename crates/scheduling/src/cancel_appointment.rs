//! Giving an appointment back.

use domain::appointment::{Status, Step};
use domain::permission::{Actor, Permission};
use domain::time::Timestamp;

use crate::Scheduling;
use crate::appointment::Appointment;
use crate::failure::{Failure, Problem};
use crate::read_appointments::Access;
use crate::requests::idempotency_key;
use crate::store::{appointments, cells};
use crate::take::Take;
use crate::traces::{Happening, leave};

/// Nearer to the start than this a freed place is shown to the public at once, in minutes.
const AT_ONCE_MINUTES: i64 = 120;

/// Cancels an appointment.
#[derive(Debug, Clone)]
pub struct CancelAppointment {
    /// Which, and by what right.
    pub access: Access,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Scheduling {
    /// Cancels an appointment until its start. The person's own pools are free at once; the place rests for a random
    /// while, so that nobody can watch for it and trade it, unless the start is near.
    ///
    /// # Errors
    /// [`Problem::NotFound`], [`Problem::WrongState`], [`Problem::InThePast`] once it has begun.
    pub async fn cancel_appointment(&self, actor: &Actor, command: &CancelAppointment) -> Result<Appointment, Failure> {
        let input = format!("{:?}", command.access);
        let key = idempotency_key(actor, &command.idempotency_key, "cancel_appointment", &input)?;
        let work = || async {
            let now = self.now();
            let unit = self.database.begin().await?;
            let booked = self.access_in(&unit, actor, &command.access, Permission::ChangeOfficeAppointments).await?;
            if booked.starts_at <= now && booked.status == Status::Confirmed {
                return Err(Problem::InThePast.into());
            }
            let status = booked.status.after(Step::Cancel).map_err(Problem::from)?;
            let generation = booked.generation;
            let rests_until = self.rests_until(booked.starts_at, now);
            let (places, people): (Vec<Take>, Vec<Take>) =
                booked.takes.iter().copied().partition(|take| take.in_time());
            let given_back: Vec<Take> = if rests_until.is_some() { people } else { booked.takes.clone() };
            let cancelled = Appointment {
                status,
                expires_at: rests_until,
                takes: if rests_until.is_some() { places } else { Vec::new() },
                conflict: None,
                changed_at: now,
                generation: generation + 1,
                ..booked
            };
            if !appointments::update(&unit, &cancelled, generation).await? {
                return Err(Problem::ChangedMeanwhile.into());
            }
            cells::release(&unit, &given_back).await?;
            unit.remember(&key, cancelled.id.0, now).await?;
            let traces = self.traces(Happening::Cancelled, cancelled.id, actor.account(), &given_back, now);
            leave(&unit, &traces).await?;
            unit.commit().await?;
            match rests_until {
                Some(_) => self.board.lapse_at(&cancelled),
                None => self.board.forget(cancelled.id, &given_back),
            }
            self.board.settled(traces.0.id);
            Ok(self.booked(cancelled))
        };
        Ok(self.once(&key, work).await?.appointment)
    }

    /// Until when a freed place rests: a random time between half and one and a half of the configured mean.
    fn rests_until(&self, starts_at: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let mean = i64::from(self.settings.return_minutes) * 60;
        if mean == 0 || starts_at < now.plus_minutes(AT_ONCE_MINUTES) {
            return None;
        }
        let mut random = [0; 4];
        self.entropy.fill(&mut random);
        let spread = i64::from(u32::from_be_bytes(random)) * mean / i64::from(u32::MAX);
        Some(now.plus_seconds(mean / 2 + spread))
    }
}
