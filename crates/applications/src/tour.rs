//! Tours on which what was granted is collected (Sperrmüll): a day, a district, and so many litres.
//!
//! A tour is a pool: what is held and what is promised is counted in one row, and one conditional statement decides who gets
//! the last of it. A place is held while somebody fills in the form, promised when the application is handed in, and moved
//! without ever being lost: the new one is taken before the old one is given back, in one unit.

mod calendar_file;
mod cancel;
mod change;
mod confirm;
mod find;
mod hold;
mod list;
mod plan;
mod record;

use chrono::NaiveDate;
use domain::application::CaseState;
use domain::identifier::{ApplicationId, TourId};
use domain::time::{Timestamp, first_instant_at};
use forms::{Evaluation, Locale, TourRule, Value};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::Applications;
use crate::case::Case;
use crate::definition::Pinned;
use crate::failure::{Failure, Problem};
use crate::store::tours::{self, PlaceRow, TourRow};
use crate::store::{Reader, drafts};
use crate::town::TownCalendar;

pub use cancel::CancelTour;
pub use change::ChangeTour;
pub use find::{OfficeTour, TourDay};
pub use hold::HoldTour;
pub use list::TourList;
pub use plan::PlanTours;
pub use record::{Collection, MissReason, RecordCollection};

/// Where a place on a tour stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PlaceState {
    /// Held while somebody fills in the form.
    Held,
    /// Promised to an application that was handed in.
    Promised,
    /// Everything was taken along.
    Collected,
    /// The crew was there and could not take it along.
    Missed,
}

impl PlaceState {
    const ALL: [Self; 4] = [Self::Held, Self::Promised, Self::Collected, Self::Missed];

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Promised => "promised",
            Self::Collected => "collected",
            Self::Missed => "missed",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// The day of a collection, as whoever applied sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChosenTour {
    /// The tour.
    pub tour: TourId,
    /// The local day.
    pub day: NaiveDate,
    /// The district in words, German.
    pub district: String,
    /// Until when everything must stand outside.
    pub put_out_by: Timestamp,
    /// How much, in litres.
    pub litres: i64,
    /// Where it stands.
    pub state: PlaceState,
    /// Until when it is held; absent once it is promised.
    pub held_until: Option<Timestamp>,
    /// The last local day on which it can be changed or given back.
    pub change_until: Option<NaiveDate>,
}

/// What an application asks of a tour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Need {
    pub(crate) district: String,
    pub(crate) litres: i64,
}

/// Litres in a cubic metre.
const LITRES: i64 = 1_000;

impl Pinned {
    /// The rule of the tours, where the answers ask for one.
    pub(crate) fn tour_rule(&self, evaluation: &Evaluation) -> Option<&TourRule> {
        self.form.service().tour.as_ref().filter(|_| evaluation.tour)
    }

    /// What the answers ask of a tour, and by which rule.
    ///
    /// # Errors
    /// [`Problem::TourUnasked`], [`Problem::TourElsewhere`].
    pub(crate) fn tour_need(&self, evaluation: &Evaluation) -> Result<(&TourRule, Need), Problem> {
        let rule = self.tour_rule(evaluation).ok_or(Problem::TourUnasked)?;
        let address = evaluation.effective.get(&rule.address);
        let volume = evaluation.effective.get(&rule.volume);
        let (Some(Value::Address(address)), Some(Value::Number(cubic_metres))) = (address, volume) else {
            return Err(Problem::TourUnasked);
        };
        let litres = (*cubic_metres * Decimal::from(LITRES)).ceil().to_i64().filter(|litres| *litres > 0);
        let litres = litres.ok_or(Problem::TourUnasked)?;
        let district = rule.district(&address.postcode).ok_or(Problem::TourElsewhere)?;
        Ok((rule, Need { district: district.key.clone(), litres }))
    }

    /// The German name of a district of tours.
    pub(crate) fn district_label(&self, district: &str) -> String {
        self.form.text(&format!("district.{district}"), Locale::De).unwrap_or(district).to_owned()
    }
}

/// The first day for which a place can be chosen, changed or given back on `today`.
pub(crate) fn first_day(rule: &TourRule, calendar: &TownCalendar, today: NaiveDate) -> Result<NaiveDate, Problem> {
    let first =
        domain::calendar::add_working_days(calendar.state, &calendar.extra_holidays, today, rule.cut_off_working_days);
    first.ok_or(Problem::TourTooLate)
}

/// The last day on which a place on a tour of `day` can be changed or given back.
pub(crate) fn last_day(rule: &TourRule, calendar: &TownCalendar, day: NaiveDate) -> Option<NaiveDate> {
    // The rule looks forward in time, so its inverse is found by going back: some days, never more than a few months.
    let mut last = day.pred_opt()?;
    for _ in 0..MOST_DAYS_BACK {
        if first_day(rule, calendar, last).is_ok_and(|first| first <= day) {
            return Some(last);
        }
        last = last.pred_opt()?;
    }
    None
}

/// Sixty working days with every holiday in them are fewer days than this.
const MOST_DAYS_BACK: u32 = 150;

/// Until when everything must stand outside.
pub(crate) fn put_out_by(rule: &TourRule, calendar: &TownCalendar, day: NaiveDate) -> Timestamp {
    first_instant_at(day.and_time(rule.put_out_by), calendar.time_zone)
}

impl Applications {
    /// The place that an application has, in the words of its form. What was held too long ago is none.
    pub(crate) async fn chosen_tour(
        &self,
        reader: Reader<'_>,
        pinned: &Pinned,
        application: ApplicationId,
    ) -> Result<Option<ChosenTour>, Failure> {
        let Some(rule) = &pinned.form.service().tour else { return Ok(None) };
        let Some(place) = tours::place_of(reader, application).await? else { return Ok(None) };
        if place.has_lapsed(self.now()) {
            return Ok(None);
        }
        let calendar = self.calendar()?;
        let PlaceRow { tour: TourRow { id, day, district, .. }, litres, state, expires_at, .. } = place;
        Ok(Some(ChosenTour {
            tour: id,
            day,
            district: pinned.district_label(&district),
            put_out_by: put_out_by(rule, &calendar, day),
            litres,
            state,
            held_until: expires_at,
            change_until: last_day(rule, &calendar, day),
        }))
    }

    /// The day of a case, and as a file once the decision was announced.
    pub(crate) async fn tour_of_case(&self, case: &Case) -> Result<(Option<ChosenTour>, Option<String>), Failure> {
        let reader = Reader::Database(&self.database);
        if case.state == CaseState::Erased {
            return Ok((None, None));
        }
        let pinned = self.pinned(case.definition).await?;
        let tour = self.chosen_tour(reader, &pinned, case.application).await?;
        let announced = tour.as_ref().filter(|_| case.delivered_at.is_some());
        let Some(announced) = announced else { return Ok((tour, None)) };
        let draft = drafts::by_id(reader, case.application).await?.ok_or(Problem::NotFound)?;
        let file = calendar_file::calendar_file(&pinned, case, announced, draft.language.into());
        Ok((tour, file))
    }

    /// The tour of this id, if a place on it can still be chosen for this need.
    ///
    /// # Errors
    /// [`Problem::TourUnknown`], [`Problem::TourTooLate`].
    pub(crate) async fn tour_for(
        &self,
        (pinned, rule): (&Pinned, &TourRule),
        need: &Need,
        tour: TourId,
    ) -> Result<TourRow, Failure> {
        let row = tours::by_id(Reader::Database(&self.database), tour).await?;
        let fits = |row: &TourRow| row.service == pinned.service && row.district == need.district;
        let row = row.filter(fits).ok_or(Problem::TourUnknown)?;
        let calendar = self.calendar()?;
        let today = self.now().local_date(calendar.time_zone);
        if row.day < first_day(rule, &calendar, today)? {
            return Err(Problem::TourTooLate.into());
        }
        Ok(row)
    }
}
