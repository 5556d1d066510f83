//! Finding appointments for the use cases, with their contacts opened.

use database::{DatabaseError, Unit, VaultError};
use domain::time::Timestamp;

use crate::Scheduling;
use crate::appointment::Appointment;
use crate::store::appointments::{self, Found, Which};
use crate::store::contacts;

impl Scheduling {
    /// Appointments as they stand at `now`.
    pub(crate) async fn find(&self, which: &Which<'_>, now: Timestamp) -> Result<Vec<Appointment>, DatabaseError> {
        let found = appointments::read(&self.database, which, now).await?;
        self.opened_all(found, now).await
    }

    /// Appointments inside a unit.
    pub(crate) async fn find_in(
        &self,
        unit: &Unit,
        which: &Which<'_>,
        now: Timestamp,
    ) -> Result<Vec<Appointment>, DatabaseError> {
        let found = appointments::read_in(unit, which, now).await?;
        self.opened_all(found, now).await
    }

    async fn opened_all(&self, found: Vec<Found>, now: Timestamp) -> Result<Vec<Appointment>, DatabaseError> {
        if found.iter().all(|one| one.contact.is_none()) {
            return Ok(found.into_iter().map(|one| one.appointment).collect());
        }
        self.vault.unlock(&self.database, now).await?;
        match self.open_contacts(&found) {
            // Another process has made a tenant key since we looked.
            Err(VaultError::UnknownGeneration(_)) => self.vault.refresh(&self.database).await?,
            outcome => return Ok(outcome?),
        }
        Ok(self.open_contacts(&found)?)
    }

    fn open_contacts(&self, found: &[Found]) -> Result<Vec<Appointment>, VaultError> {
        let open = |one: &Found| {
            let mut appointment = one.appointment.clone();
            if let Some(kept) = &one.contact {
                appointment.contact = contacts::open(&self.vault, appointment.id, kept)?;
            }
            Ok(appointment)
        };
        found.iter().map(open).collect()
    }
}
