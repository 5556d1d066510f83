//! Promising the place that was held, in the unit that hands the application in.

use database::Unit;
use domain::identifier::ApplicationId;
use domain::time::Timestamp;
use forms::Evaluation;

use crate::Applications;
use crate::definition::Pinned;
use crate::failure::{Failure, Problem};
use crate::store::tours::PlaceRow;
use crate::store::{Reader, tours};
use crate::tour::first_day;
use crate::tour::hold::move_place;

impl Applications {
    /// Promises what the draft holds. If amounts changed since, the place changes with them; if anything is in the way,
    /// nothing is handed in and nothing of the draft is lost.
    ///
    /// # Errors
    /// [`Problem::TourMissing`], [`Problem::TourHoldExpired`], [`Problem::TourUnknown`], [`Problem::TourTooLate`],
    /// [`Problem::TourFull`], [`Problem::TourElsewhere`].
    pub(crate) async fn promise_tour(
        &self,
        unit: &Unit,
        application: ApplicationId,
        (pinned, evaluation): (&Pinned, &Evaluation),
        now: Timestamp,
    ) -> Result<(), Failure> {
        if pinned.tour_rule(evaluation).is_none() {
            // Whoever changed their mind about a tour holds none.
            if pinned.form.service().tour.is_some() {
                tours::free_place(unit, application).await?;
            }
            return Ok(());
        }
        let (rule, need) = pinned.tour_need(evaluation)?;
        let held = tours::place_of(Reader::Unit(unit), application).await?.ok_or(Problem::TourMissing)?;
        if held.has_lapsed(now) {
            return Err(Problem::TourHoldExpired.into());
        }
        if held.tour.district != need.district || held.tour.service != pinned.service {
            return Err(Problem::TourUnknown.into());
        }
        let calendar = self.calendar()?;
        if held.tour.day < first_day(rule, &calendar, now.local_date(calendar.time_zone))? {
            return Err(Problem::TourTooLate.into());
        }
        if held.litres != need.litres {
            move_place(unit, &held, &PlaceRow { litres: need.litres, ..held.clone() }, now).await?;
        }
        // Somebody who needed room may have taken a lapsed hold at this very moment; the statement knows.
        if tours::promise(unit, application, now).await? { Ok(()) } else { Err(Problem::TourHoldExpired.into()) }
    }
}
