//! Erasing what is personal about appointments: their keys go, and with them whatever was sealed; counters and numbers too.

use database::{DatabaseError, Unit};
use domain::appointment::Status;
use domain::identifier::AppointmentId;
use domain::permission::{Actor, Permission};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::Scheduling;
use crate::appointment::Appointment;
use crate::failure::Failure;
use crate::requests::retried;
use crate::store::appointments::{self, Which, json};
use crate::store::cells;
use crate::store::contacts::{self, Account, Left};
use crate::store::retention;
use crate::take::{Take, bookings_of, matter_of};

pub use crate::store::retention::Expiring;

/// How many appointments are handled in one unit.
const PORTION: i64 = 200;

impl Scheduling {
    /// How many appointments are due: what [`Scheduling::erase_due`] would handle.
    ///
    /// # Errors
    /// [`Failure::Forbidden`], [`Failure::Database`].
    pub async fn count_due(&self, actor: &Actor, what: Expiring, before: Timestamp) -> Result<u64, Failure> {
        actor.may(Permission::HandlePersonalData)?;
        Ok(retention::count(&self.database, what, before).await?)
    }

    /// Erases what has been kept long enough, in small units, and says how many appointments that were.
    ///
    /// # Errors
    /// [`Failure::Forbidden`], [`Failure::Database`]; what was done stays done.
    pub async fn erase_due(&self, actor: &Actor, what: Expiring, before: Timestamp) -> Result<u64, Failure> {
        actor.may(Permission::HandlePersonalData)?;
        let mut erased = 0;
        let mut after = Uuid::nil();
        loop {
            let due = retention::due(&self.database, what, before, after, PORTION).await?;
            let Some(last) = due.last() else { break };
            after = last.0;
            erased += retried(|| self.erase_portion(what, &due)).await?;
        }
        if erased > 0 {
            self.database.scrub().await?;
        }
        Ok(erased)
    }

    async fn erase_portion(&self, what: Expiring, due: &[AppointmentId]) -> Result<u64, Failure> {
        let unit = self.database.begin().await?;
        let account = match what {
            Expiring::ContactOfVisit | Expiring::ContactOfCancelled => Account::Stays,
            Expiring::Lapsed | Expiring::Appointment => Account::Goes,
        };
        let erased = self.erase_in(&unit, due, account).await?;
        let ids: Vec<Uuid> = erased.iter().map(|appointment| appointment.id.0).collect();
        match what {
            Expiring::ContactOfVisit | Expiring::ContactOfCancelled => {}
            Expiring::Lapsed => retention::delete(&unit, &ids).await?,
            Expiring::Appointment => {
                // The places of years ago: what they counted is of no use to anybody.
                let places: Vec<Take> = erased.iter().flat_map(places).collect();
                cells::release(&unit, &places).await?;
                retention::reduce(&unit, &ids).await?;
            }
        }
        unit.commit().await?;
        Ok(erased.len() as u64)
    }

    /// Empties these appointments inside a unit, and gives those that nobody changed meanwhile, as they were.
    pub(crate) async fn erase_in(
        &self,
        unit: &Unit,
        ids: &[AppointmentId],
        account: Account,
    ) -> Result<Vec<Appointment>, DatabaseError> {
        let found = appointments::read_in(unit, &Which::Ids(ids), self.now()).await?;
        let mut found: Vec<Appointment> = found.into_iter().map(|one| one.appointment).collect();
        let left = |appointment: &Appointment| Left {
            id: appointment.id.0.simple().to_string(),
            generation: appointment.generation,
            takes: json(&places(appointment).collect::<Vec<Take>>()),
        };
        let left: Vec<Left> = found.iter().map(left).collect();
        let written = contacts::empty(unit, &left, account).await?;
        found.retain(|appointment| written.contains(&appointment.id));
        let people: Vec<Take> =
            found.iter().flat_map(|one| one.takes.iter().copied().filter(|take| !take.in_time())).collect();
        cells::release(unit, &people).await?;
        // Also those that a cancellation has given back already: the counter stays, and its number stands for a person.
        let pools: Vec<i64> = found.iter().flat_map(counters).chain(people.iter().map(|take| take.pool)).collect();
        contacts::forget_counters(unit, &pools).await?;
        let ids: Vec<Uuid> = found.iter().map(|appointment| appointment.id.0).collect();
        contacts::unindex(unit, &ids).await?;
        unit.destroy_keys(&ids).await?;
        Ok(found)
    }

    /// Seals contacts that an older program wrote in the clear, in small units. Gives how many.
    ///
    /// # Errors
    /// [`Failure::Forbidden`], [`Failure::Database`]; what was done stays done.
    pub async fn seal_old_contacts(&self, actor: &Actor) -> Result<u64, Failure> {
        actor.may(Permission::HandlePersonalData)?;
        let mut sealed = 0;
        while contacts::any_in_the_clear(&self.database).await? {
            let portion = retried(|| self.seal_portion()).await?;
            if portion == 0 {
                break;
            }
            sealed += portion;
        }
        if sealed > 0 {
            self.database.scrub().await?;
        }
        Ok(sealed)
    }

    async fn seal_portion(&self) -> Result<u64, Failure> {
        let now = self.now();
        self.vault.unlock(&self.database, now).await?;
        let unit = self.database.begin().await?;
        let mut sealed = 0;
        for (id, text, person) in contacts::in_the_clear(&unit, PORTION).await? {
            let Some(contact) = crate::Contact::from_text(text.as_bytes()) else {
                tracing::error!(appointment.id = %id, "a contact in the clear cannot be read");
                continue;
            };
            let new = contacts::seal(&self.vault, id, &contact).map_err(DatabaseError::from)?;
            if !unit.keep_key(&new.key, now).await? {
                return Err(DatabaseError::Contended.into());
            }
            contacts::replace(&unit, id, new.field).await?;
            contacts::index(&unit, id, &contact.further_tokens(self.numbering(now)?, person)?).await?;
            sealed += 1;
        }
        unit.commit().await?;
        Ok(sealed)
    }
}

fn places(appointment: &Appointment) -> impl Iterator<Item = Take> {
    appointment.takes.iter().copied().filter(|take| take.in_time())
}

/// The pools that count a person's bookings.
fn counters(appointment: &Appointment) -> Vec<i64> {
    let Some(person) = appointment.person else { return Vec::new() };
    let matters = appointment.visit.matters.iter().map(|matter| matter_of(person, &matter.service).pool);
    matters.chain([bookings_of(person).pool]).collect()
}

/// Whether an appointment is being served at this moment; then its clerk needs the name.
pub(crate) const fn is_being_served(status: Status) -> bool {
    matches!(status, Status::CheckedIn | Status::Called | Status::Serving)
}
