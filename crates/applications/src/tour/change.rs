//! Choosing another day without ever losing the one that is promised.

use domain::application::CaseStep;
use domain::identifier::TourId;
use domain::permission::Actor;
use serde_json::json;

use crate::Applications;
use crate::access::Access;
use crate::advance::Step;
use crate::case_status::CaseStatus;
use crate::failure::{Failure, Problem};
use crate::letter::Occasion;
use crate::requests::idempotency_key;
use crate::store::tours::{PlaceRow, TourRow};
use crate::store::{Reader, cases, tours};
use crate::tour::cancel::takes_nothing;
use crate::tour::hold::move_place;
use crate::tour::{PlaceState, first_day};

/// Chooses another day.
#[derive(Debug, Clone)]
pub struct ChangeTour {
    /// For which application; by the right of whoever began.
    pub access: Access,
    /// On which tour from now on.
    pub tour: TourId,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Applications {
    /// Moves the collection of a case to another tour. The new place is taken before the old one is given back, in one unit:
    /// if it does not fit, the old day stays. After a collection that went wrong, and where there is no place, any day to come
    /// can be chosen; else the old day must be far enough away.
    ///
    /// # Errors
    /// [`Problem::TourFull`], [`Problem::TourTooLate`], [`Problem::TourUnknown`], [`Problem::TourUnasked`],
    /// [`Problem::TourElsewhere`]; [`Problem::NotFound`], [`Problem::WrongState`].
    pub async fn change_tour(&self, actor: &Actor, command: &ChangeTour) -> Result<CaseStatus, Failure> {
        let input = self.secret.fingerprint(&format!("{:?}", (&command.access, command.tour)));
        let key = idempotency_key(actor, &command.idempotency_key, "change_tour", &input)?;
        self.vault.unlock(&self.database, self.now()).await?;
        let work = async || {
            let reader = Reader::Database(&self.database);
            let entry = self.enter_real(reader, actor, &command.access).await?;
            let id = entry.draft.case.filter(|_| entry.party.position == 0).ok_or(Problem::NotFound)?;
            let (pinned, need) = self.need_of(&entry).await?;
            let rule = pinned.form.service().tour.as_ref().ok_or(Problem::TourUnasked)?;
            let found = cases::by_id(reader, id).await?.ok_or(Problem::NotFound)?;
            if found.case.outcome.is_some_and(takes_nothing) {
                return Err(Problem::TourUnasked.into());
            }
            let tour = self.tour_for((&pinned, rule), &need, command.tour).await?;
            let (now, calendar) = (self.now(), self.calendar()?);
            let before = tours::place_of(reader, entry.draft.id).await?;
            let is_bound = before.as_ref().filter(|place| place.state == PlaceState::Promised);
            if let Some(place) = is_bound
                && place.tour.day < first_day(rule, &calendar, now.local_date(calendar.time_zone))?
            {
                return Err(Problem::TourTooLate.into());
            }
            let facts = facts(before.as_ref(), &tour);
            let step = Step { facts, ..Step::plain(CaseStep::ChangeTour, found.case.clone()) };
            let place = PlaceRow {
                id: before.as_ref().map_or_else(|| self.entropy.id(now), |place| place.id),
                tour,
                litres: need.litres,
                state: PlaceState::Promised,
                expires_at: None,
            };
            let unit = self.database.begin().await?;
            if let Some(before) = &before {
                move_place(&unit, before, &place, now).await?;
            } else {
                if !tours::take(&unit, place.tour.id, place.litres, now).await? {
                    return Err(Problem::TourFull.into());
                }
                if !tours::insert(&unit, entry.draft.id, &place, now).await? {
                    return Err(Problem::ChangedMeanwhile.into());
                }
            }
            let case = self.take_step(&unit, &found.case, step, actor.account(), now).await?;
            if case.delivered_at.is_some() {
                // The letter that names the old day does not hold any more.
                if let Some(occasion) = Occasion::of(CaseStep::Deliver, case.outcome) {
                    self.issue_letter(&unit, case.id, occasion, now).await?;
                }
            }
            unit.remember(&key, case.id.0, now).await?;
            unit.commit().await?;
            self.tell(&case);
            Ok(case.id.0)
        };
        self.once(&key, work).await?;
        self.case_status(actor, &command.access).await
    }
}

fn facts(before: Option<&PlaceRow>, to: &TourRow) -> serde_json::Value {
    json!({ "from": before.map(|place| place.tour.day), "to": to.day })
}
