//! Planning tours: on which days a lorry goes through a district, and how much fits on it.

use chrono::NaiveDate;
use database::{AuditEntry, DatabaseError, Rule};
use domain::identifier::{EventId, Key, TourId};
use domain::permission::{Actor, Permission};

use crate::Applications;
use crate::failure::{Failure, Problem};
use crate::requests::retried;
use crate::store::tours::{self, TourRow};

/// Days that are planned at once.
const MOST_DAYS: usize = 90;
/// More than any lorry holds, in litres.
const MOST_LITRES: i64 = 1_000_000;

/// Plans tours.
#[derive(Debug, Clone)]
pub struct PlanTours {
    /// Of which service.
    pub service: Key,
    /// Through which district, by its key in the definition.
    pub district: String,
    /// On which local days.
    pub days: Vec<NaiveDate>,
    /// How much fits on each, in litres. With 0 nobody chooses the day any more.
    pub capacity_litres: i64,
}

impl Applications {
    /// Plans tours of one's own office's service, or changes how much fits on them; all of them or none. Doing it again changes
    /// nothing.
    ///
    /// # Errors
    /// [`Problem::TourPlanInvalid`]; [`Problem::TourTaken`] when one cannot become so small; [`Problem::UnknownService`];
    /// [`Failure::Forbidden`] for services of other offices.
    pub async fn plan_tours(&self, actor: &Actor, command: &PlanTours) -> Result<(), Failure> {
        actor.may(Permission::SteerAutomation)?;
        let pinned = self.newest(&command.service).await?;
        let team = self.service(&command.service).await?.team;
        actor.may_in(Permission::SteerAutomation, &team)?;
        let calendar = self.calendar()?;
        let today = self.now().local_date(calendar.time_zone);
        let rule = pinned.form.service().tour.as_ref();
        let knows_district =
            rule.is_some_and(|rule| rule.districts.iter().any(|district| district.key == command.district));
        let days_are_good =
            (1..=MOST_DAYS).contains(&command.days.len()) && command.days.iter().all(|day| *day > today);
        if !knows_district || !days_are_good || !(0..=MOST_LITRES).contains(&command.capacity_litres) {
            return Err(Problem::TourPlanInvalid { most_days: MOST_DAYS, most_litres: MOST_LITRES }.into());
        }
        let work = async || {
            let now = self.now();
            let unit = self.database.begin().await?;
            for day in &command.days {
                let row = TourRow {
                    id: TourId(self.entropy.id(now)),
                    service: command.service.clone(),
                    team: team.clone(),
                    district: command.district.clone(),
                    day: *day,
                    capacity: command.capacity_litres,
                    taken: 0,
                };
                tours::plan(&unit, &row, now).await.map_err(taken)?;
            }
            let id = EventId(self.entropy.id(now));
            let entry =
                AuditEntry { id, actor: actor.account(), action: "tour.planned", subject: pinned.id.0, at: now };
            unit.audit(&entry).await?;
            Ok(unit.commit().await?)
        };
        retried(work).await
    }
}

fn taken(error: DatabaseError) -> Failure {
    if error.breaks(Rule::TourNotExceeded) { Problem::TourTaken.into() } else { error.into() }
}
