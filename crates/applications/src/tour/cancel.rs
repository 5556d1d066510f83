//! Giving the day of a collection back, in time.

use database::Unit;
use domain::application::{CaseState, CaseStep, Outcome};
use domain::permission::Actor;
use domain::time::Timestamp;
use serde_json::json;

use crate::Applications;
use crate::access::Access;
use crate::advance::Step;
use crate::case::Case;
use crate::case_status::CaseStatus;
use crate::failure::{Failure, Problem};
use crate::requests::idempotency_key;
use crate::store::tours::PlaceRow;
use crate::store::{Reader, households, tours};
use crate::tour::{PlaceState, first_day};
use crate::withdraw::Withdraw;

/// Gives the day back.
#[derive(Debug, Clone)]
pub struct CancelTour {
    /// Of which application; by the right of whoever began.
    pub access: Access,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Applications {
    /// Cancels a collection until its cut-off: the place and what the household had taken are free again. What was not decided
    /// yet is taken back, what was granted is closed.
    ///
    /// # Errors
    /// [`Problem::TourTooLate`]; [`Problem::TourMissing`] where no day is promised; [`Problem::NotFound`],
    /// [`Problem::WrongState`].
    pub async fn cancel_tour(&self, actor: &Actor, command: &CancelTour) -> Result<CaseStatus, Failure> {
        let CancelTour { access, idempotency_key: client_key } = command;
        let input = self.secret.fingerprint(&format!("{access:?}"));
        let key = idempotency_key(actor, client_key, "cancel_tour", &input)?;
        self.vault.unlock(&self.database, self.now()).await?;
        let entry = self.enter_real(Reader::Database(&self.database), actor, access).await?;
        if entry.party.position != 0 {
            return Err(Problem::NotFound.into());
        }
        let found = self.own_case(actor, access).await?;
        let is_undecided = found.case.state.after(CaseStep::Withdraw).is_ok();
        // What was taken back already is replayed by its key.
        if is_undecided || found.case.outcome == Some(Outcome::Withdrawn) {
            if is_undecided {
                self.can_be_cancelled(&found.case).await?;
            }
            let withdraw = Withdraw { access: access.clone(), idempotency_key: client_key.clone() };
            return self.withdraw(actor, &withdraw).await;
        }
        let work = async || {
            let found = self.own_case(actor, access).await?;
            found.case.state.after(CaseStep::CancelTour)?;
            let place = self.can_be_cancelled(&found.case).await?;
            let now = self.now();
            let facts = json!({ "day": place.tour.day });
            let step = Step { facts, ..Step::plain(CaseStep::CancelTour, found.case.clone()) };
            let unit = self.database.begin().await?;
            let case = self.take_step(&unit, &found.case, step, actor.account(), now).await?;
            households::give_back(&unit, &case.service, case.id).await?;
            unit.remember(&key, case.id.0, now).await?;
            unit.commit().await?;
            self.tell(&case);
            Ok(case.id.0)
        };
        self.once(&key, work).await?;
        self.case_status(actor, access).await
    }

    /// The place of a case, as long as it can be given back. After a collection that went wrong it always can.
    async fn can_be_cancelled(&self, case: &Case) -> Result<PlaceRow, Failure> {
        let place = tours::place_of(Reader::Database(&self.database), case.application).await?;
        let place = place.ok_or(Problem::TourMissing)?;
        if self.is_past_cut_off(case, &place, self.now()).await? {
            return Err(Problem::TourTooLate.into());
        }
        Ok(place)
    }

    async fn is_past_cut_off(&self, case: &Case, place: &PlaceRow, now: Timestamp) -> Result<bool, Failure> {
        let pinned = self.pinned(case.definition).await?;
        let Some(rule) = &pinned.form.service().tour else { return Ok(false) };
        let calendar = self.calendar()?;
        let first = first_day(rule, &calendar, now.local_date(calendar.time_zone))?;
        Ok(place.state == PlaceState::Promised && place.tour.day < first)
    }

    /// Gives back what a case took and does not need any more: the place on the tour once it is closed, or was decided without
    /// a collection; then also what the household had taken, unless it was withdrawn after the cut-off.
    pub(crate) async fn give_back_places(&self, unit: &Unit, case: &Case, now: Timestamp) -> Result<(), Failure> {
        if case.state == CaseState::Closed {
            // Nothing waits for a lorry any more; what one took along stays counted.
            return Ok(tours::free_place(unit, case.application).await?);
        }
        if case.state != CaseState::Decided || !case.outcome.is_some_and(takes_nothing) {
            return Ok(());
        }
        let place = tours::place_of(Reader::Unit(unit), case.application).await?;
        let is_late = match &place {
            Some(place) => self.is_past_cut_off(case, place, now).await?,
            None => false,
        };
        tours::free_place(unit, case.application).await?;
        if !(is_late && case.outcome == Some(Outcome::Withdrawn)) {
            households::give_back(unit, &case.service, case.id).await?;
        }
        Ok(())
    }
}

/// Whether nothing is handed out after this outcome.
pub(super) const fn takes_nothing(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Refused | Outcome::Forwarded | Outcome::Withdrawn | Outcome::Settled => true,
        Outcome::Granted | Outcome::PartlyGranted | Outcome::DeemedGranted => false,
    }
}
