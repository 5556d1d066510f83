//! The click on the link in the mail: a booking becomes firm.

use domain::appointment::{Status, Step};
use domain::permission::Actor;

use crate::Scheduling;
use crate::appointment::Appointment;
use crate::book_appointment::Booked;
use crate::failure::{Failure, Problem};
use crate::requests::retried;
use crate::secret::Scope;
use crate::store::appointments;
use crate::traces::{Happening, leave};

/// Confirms a booking.
#[derive(Debug, Clone)]
pub struct ConfirmAppointment {
    /// The code from the mail.
    pub code: String,
}

impl Scheduling {
    /// The code with which an appointment can be read, moved and cancelled. For the sender of its mail alone.
    pub fn manage_code(&self, appointment: &Appointment) -> String {
        self.secret.code(Scope::Manage, &appointment.number, appointment.id, appointment.links)
    }

    /// The code that goes into the mail of a booking which waits for it. For the sender of that mail alone.
    pub fn confirmation_code(&self, pending: &Appointment) -> String {
        self.secret.code(Scope::Confirm, &pending.number, pending.id, pending.links)
    }

    /// Confirms a booking that waits for it. Confirming again gives the same answer: mail programs open links twice.
    ///
    /// # Errors
    /// [`Problem::NotFound`] when the code opens nothing or its time ran out.
    pub async fn confirm_appointment(&self, actor: &Actor, command: &ConfirmAppointment) -> Result<Booked, Failure> {
        let work = || async {
            let now = self.now();
            let unit = self.database.begin().await?;
            let pending = self.open_in(&unit, Scope::Confirm, &command.code).await?;
            if pending.status == Status::Confirmed {
                return Ok(self.booked(pending));
            }
            if pending.status == Status::Expired {
                return Err(Problem::NotFound.into());
            }
            let status = pending.status.after(Step::Confirm).map_err(Problem::from)?;
            let generation = pending.generation;
            let confirmed =
                Appointment { status, expires_at: None, changed_at: now, generation: generation + 1, ..pending };
            if !appointments::update(&unit, &confirmed, generation).await? {
                return Err(Problem::ChangedMeanwhile.into());
            }
            let traces = self.traces(Happening::Booked, confirmed.id, actor.account(), &[], now);
            leave(&unit, &traces).await?;
            unit.commit().await?;
            self.board.lapse_at(&confirmed);
            self.board.settled(traces.0.id);
            Ok(self.booked(confirmed))
        };
        match retried(work).await {
            // A mail program opened the link at the same moment: the second look finds it confirmed.
            Err(Failure::Problem(Problem::ChangedMeanwhile)) => retried(work).await,
            outcome => outcome,
        }
    }
}
