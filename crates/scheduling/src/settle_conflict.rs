//! Deciding what becomes of an appointment that no longer fits the rules.

use domain::identifier::{AppointmentId, Key};
use domain::permission::{Actor, Permission};

use crate::Scheduling;
use crate::appointment::{Appointment, Conflict};
use crate::failure::{Failure, Problem};
use crate::read_appointments::may_see;
use crate::requests::idempotency_key;
use crate::store::appointments::{self, Which};
use crate::traces::{Happening, leave};

/// A decision. Moving and cancelling are the ordinary use cases; they settle a conflict by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// It stays as it is, over capacity if need be.
    Keep,
}

/// Settles a conflict.
#[derive(Debug, Clone)]
pub struct SettleConflict {
    /// The appointment.
    pub appointment: AppointmentId,
    /// The decision.
    pub settlement: Settlement,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Scheduling {
    /// The appointments whose conflict nobody has settled yet, by start; in one office or in all.
    ///
    /// # Errors
    /// [`Failure::Forbidden`].
    pub async fn conflicts(
        &self,
        actor: &Actor,
        office: Option<&Key>,
        limit: i64,
    ) -> Result<Vec<Appointment>, Failure> {
        actor.may(Permission::SettleConflicts)?;
        // A lead asking for all offices sees the own one, however many wait in others.
        let office = office.or(actor.bound_to());
        if let Some(office) = office {
            actor.may_in(Permission::SettleConflicts, office)?;
        }
        let now = self.now();
        let mut open = self.find(&Which::Conflicts { office, from: now, limit }, now).await?;
        open.retain(|appointment| actor.may_in(Permission::SettleConflicts, &appointment.office).is_ok());
        Ok(open.into_iter().map(|appointment| without_strangers_contact(actor, appointment)).collect())
    }

    /// Settles a conflict. Settling it again in the same way gives the same answer.
    ///
    /// # Errors
    /// [`Problem::NotFound`] when there is none or it is not the asker's to settle.
    pub async fn settle_conflict(&self, actor: &Actor, command: &SettleConflict) -> Result<Appointment, Failure> {
        actor.may(Permission::SettleConflicts)?;
        let input = format!("{:?}", (command.appointment, command.settlement));
        let key = idempotency_key(actor, &command.idempotency_key, "settle_conflict", &input)?;
        let work = || async {
            let now = self.now();
            let unit = self.database.begin().await?;
            let found = self.find_in(&unit, &Which::Ids(&[command.appointment]), now).await?;
            let current = found.into_iter().next().ok_or(Problem::NotFound)?;
            if actor.may_in(Permission::SettleConflicts, &current.office).is_err() || current.conflict.is_none() {
                return Err(Problem::NotFound.into());
            }
            let settled_as = match command.settlement {
                Settlement::Keep => Conflict::Kept,
            };
            if current.conflict == Some(settled_as) {
                return Ok(self.booked(current));
            }
            let generation = current.generation;
            let settled =
                Appointment { conflict: Some(settled_as), changed_at: now, generation: generation + 1, ..current };
            if !appointments::update(&unit, &settled, generation).await? {
                return Err(Problem::ChangedMeanwhile.into());
            }
            unit.remember(&key, settled.id.0, now).await?;
            let traces = self.traces(Happening::ConflictSettled, settled.id, actor.account(), &[], now);
            leave(&unit, &traces).await?;
            unit.commit().await?;
            Ok(self.booked(settled))
        };
        Ok(without_strangers_contact(actor, self.once(&key, work).await?.appointment))
    }
}

/// Settling is about a place, not a person: whoever may not read the appointments of the office learns no name.
fn without_strangers_contact(actor: &Actor, appointment: Appointment) -> Appointment {
    if may_see(actor, &appointment) { appointment } else { Appointment { contact: None, ..appointment } }
}
