//! Reminding holders before their permit ends.

use database::Event;
use domain::identifier::EventId;

use crate::Applications;
use crate::failure::Failure;
use crate::store::{Reader, permits};

/// How many in one round.
const PORTION: i64 = 200;
/// The event that messages follow.
const EXPIRES_SOON: &str = "case.permit_expires_soon";

impl Applications {
    /// Tells of permits that end soon, each once. Gives how many.
    pub(crate) async fn remind_of_permits(&self) -> Result<u64, Failure> {
        let Some(calendar) = self.town.calendar() else { return Ok(0) };
        let now = self.now();
        let today = now.local_date(calendar.time_zone);
        let mut reminded = 0;
        for permit in permits::to_remind(Reader::Database(&self.database), today, PORTION).await? {
            let unit = self.database.begin().await?;
            // Of several workers one tells.
            if permits::mark_reminded(&unit, permit.id, now).await? {
                let id = EventId(self.entropy.id(now));
                let subject = permit.case.0;
                let (kind, payload) = (EXPIRES_SOON, "{}".to_owned());
                unit.record(&Event { id, kind, subject, payload, at: now, origin: self.origin }).await?;
                unit.commit().await?;
                reminded += 1;
            }
        }
        Ok(reminded)
    }
}
