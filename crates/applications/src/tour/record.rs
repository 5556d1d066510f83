//! What the crew did: everything was taken along, or why not.

use chrono::Days;
use domain::application::CaseStep;
use domain::identifier::CaseId;
use domain::permission::Actor;
use domain::time::Timestamp;
use serde_json::json;

use crate::Applications;
use crate::advance::{Effect, Step};
use crate::case::Case;
use crate::failure::{Failure, Problem};
use crate::requests::{idempotency_key, retried};
use crate::store::{Reader, cases, tours};
use crate::tour::PlaceState;

/// For so many days after a tour the crew may be late with what it says.
const UNRECORDED_DAYS: u64 = 3;
/// How many are handled in one round.
const PORTION: i64 = 200;

/// What became of a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Collection {
    /// Everything was taken along.
    Collected,
    /// Nothing was, or not everything.
    Missed(MissReason),
}

/// Why something was not taken along. Words of a list, since the events of a case name nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MissReason {
    /// Nothing stood outside.
    NothingThere,
    /// What stood there is no bulky waste.
    WrongThings,
    /// It was more than had been said.
    TooMuch,
    /// The lorry did not get there.
    NoAccess,
    /// The lorry was full or broken: no fault of whoever applied.
    OurFault,
}

impl MissReason {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NothingThere => "nothing_there",
            Self::WrongThings => "wrong_things",
            Self::TooMuch => "too_much",
            Self::NoAccess => "no_access",
            Self::OurFault => "our_fault",
        }
    }
}

/// Records what became of a collection.
#[derive(Debug, Clone)]
pub struct RecordCollection {
    /// Of which case.
    pub case: CaseId,
    /// What.
    pub collection: Collection,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Applications {
    /// Records what the crew did. What was collected is closed; what was not is a task of the office until another day is
    /// chosen or it is closed.
    ///
    /// # Errors
    /// [`Problem::TourMissing`] where no day is promised; [`Problem::OwnCase`], [`Failure::Forbidden`];
    /// [`Problem::NotFound`], [`Problem::WrongState`].
    pub async fn record_collection(&self, actor: &Actor, command: &RecordCollection) -> Result<Case, Failure> {
        let RecordCollection { case, collection, idempotency_key: client_key } = command;
        let reader = Reader::Database(&self.database);
        let found = self.case_to_work_on(reader, actor, *case).await?;
        let key = idempotency_key(actor, client_key, "record_collection", &format!("{case} {collection:?}"))?;
        let place = tours::place_of(reader, found.case.application).await?.ok_or(Problem::TourMissing)?;
        let (taken, state, why) = match collection {
            Collection::Collected => (CaseStep::Collect, PlaceState::Collected, None),
            Collection::Missed(why) => (CaseStep::MissCollection, PlaceState::Missed, Some(why.as_str())),
        };
        self.staff_step(actor, *case, &key, |found, _| {
            let facts = json!({ "day": place.tour.day, "why": why });
            let effects = vec![Effect::SettlePlace(state)];
            Ok(Step { taken, case: found.case.clone(), facts, effects })
        })
        .await
    }
    /// Makes a task of every collection of which nobody has said for days what became of it. Part of each round of the worker.
    pub(crate) async fn show_unrecorded_collections(&self) -> Result<u64, Failure> {
        let now = self.now();
        // Without a city there are no tours.
        let Ok(calendar) = self.calendar() else { return Ok(0) };
        let today = now.local_date(calendar.time_zone);
        let before = today.checked_sub_days(Days::new(UNRECORDED_DAYS)).unwrap_or(today);
        let mut shown = 0;
        for id in tours::unrecorded(Reader::Database(&self.database), before, PORTION).await? {
            shown += u64::from(retried(|| self.show_unrecorded(id, now)).await?);
        }
        Ok(shown)
    }

    async fn show_unrecorded(&self, id: CaseId, now: Timestamp) -> Result<bool, Failure> {
        let found = cases::by_id(Reader::Database(&self.database), id).await?.ok_or(Problem::NotFound)?;
        if found.case.state.after(CaseStep::MissCollection).is_err() {
            return Ok(false);
        }
        let step = Step {
            facts: json!({ "why": "not_recorded" }),
            effects: vec![Effect::SettlePlace(PlaceState::Missed)],
            ..Step::plain(CaseStep::MissCollection, found.case.clone())
        };
        let unit = self.database.begin().await?;
        let case = self.take_step(&unit, &found.case, step, None, now).await?;
        unit.commit().await?;
        self.tell(&case);
        Ok(true)
    }
}
