//! When an office is open, day by day, through GraphQL.

use std::sync::Arc;

use async_graphql::{Object, Result};
use capacity::OpeningHours;
use chrono::{NaiveDate, TimeDelta};
use domain::calendar::holiday_on;
use domain::identifier::Key;
use domain::opening::Closure;
use domain::time::Timestamp;
use scheduling::Picture;

use crate::graphql::catalogue::facts::ClosureObject;
use crate::graphql::catalogue::search_invalid;
use crate::graphql::scalars::{Instant, LocalDate};
use crate::graphql::words::{Access, VisitChannel};

/// Most days of one answer.
const MOST_DAYS: i32 = 62;

/// A local day of an office.
pub(crate) struct OpeningDay {
    picture: Arc<Picture>,
    office: Key,
    date: NaiveDate,
}

impl OpeningDay {
    /// The days from `from` on, as far as they are planned.
    ///
    /// # Errors
    /// Code `SEARCH_INVALID` for less than one day or too many.
    pub(crate) fn list(picture: &Arc<Picture>, office: &Key, from: NaiveDate, first: i32) -> Result<Vec<Self>> {
        if !(1..=MOST_DAYS).contains(&first) {
            return Err(search_invalid("the number of days must be 1 to 62"));
        }
        let day = |date| Self { picture: Arc::clone(picture), office: office.clone(), date };
        let days = from.iter_days().take(first.unsigned_abs() as usize);
        Ok(days.filter(|date| is_planned(picture, *date)).map(day).collect())
    }

    fn hours_of(&self) -> Vec<OpeningHours> {
        self.picture.supply.opening_hours(&self.office, self.date)
    }

    fn closures_of(&self) -> impl Iterator<Item = &Closure> {
        let own = self.picture.city.offices.get(&self.office).map_or(&[][..], |office| &office.closures);
        self.picture.city.closures.iter().chain(own).filter(|closure| (closure.from..=closure.to).contains(&self.date))
    }
}

/// A local day of an office: when it is open, and what is special about the day.
#[Object]
impl OpeningDay {
    /// The local day.
    async fn date(&self) -> LocalDate {
        LocalDate(self.date)
    }

    /// When the office is open, in order of time, with and without appointment; empty when it is closed.
    async fn hours(&self) -> Vec<HoursObject> {
        let zone = self.picture.supply.zone();
        let clock = |at: Timestamp| at.local(zone).format("%H:%M").to_string();
        let mut hours: Vec<HoursObject> = self
            .hours_of()
            .into_iter()
            .map(|open| HoursObject { opens: clock(open.from), closes: clock(open.to), open })
            .collect();
        // Teams with the same hours are one and the same to the public.
        hours.dedup_by(|later, earlier| later.is_alike(earlier));
        hours
    }

    /// The German name of the public holiday on that day, if it is one. Some offices open on holidays: `hours` decides.
    async fn holiday(&self) -> Option<String> {
        let municipality = &self.picture.city.municipality;
        holiday_on(municipality.state, &municipality.extra_holidays, self.date).map(|holiday| holiday.name)
    }

    /// The closures of the office and of the whole city that touch the day; `hours` has left them out already.
    async fn closures(&self) -> Vec<ClosureObject<'_>> {
        self.closures_of().map(ClosureObject).collect()
    }
}

/// A stretch of time in which an office is open.
pub(crate) struct HoursObject {
    open: OpeningHours,
    opens: String,
    closes: String,
}

impl HoursObject {
    fn is_alike(&self, other: &Self) -> bool {
        let (one, other) = (&self.open, &other.open);
        (one.from, one.to, one.access, one.channel) == (other.from, other.to, other.access, other.channel)
    }
}

/// A stretch of time in which an office is open, half open: `to` no longer belongs to it.
#[Object(name = "OpeningHours")]
impl HoursObject {
    /// First instant, UTC.
    async fn from(&self) -> Instant {
        self.open.from.into()
    }

    /// First instant after the end, UTC.
    async fn to(&self) -> Instant {
        self.open.to.into()
    }

    /// What the city's wall clock shows at `from`, as `HH:MM`.
    async fn opens(&self) -> &str {
        &self.opens
    }

    /// What the city's wall clock shows at `to`, as `HH:MM`; midnight is `00:00`.
    async fn closes(&self) -> &str {
        &self.closes
    }

    /// Whether an appointment is needed.
    async fn access(&self) -> Access {
        self.open.access.into()
    }

    /// How visits take place.
    async fn channel(&self) -> VisitChannel {
        self.open.channel.into()
    }
}

/// Whether the office is open at an instant; `None` outside of the days that are planned.
pub(crate) fn is_open(picture: &Picture, office: &Key, at: Timestamp) -> Option<bool> {
    let date = at.local_date(picture.supply.zone());
    // Hours belong to the day on which they begin, and may end on the next.
    let days = [date.pred_opt(), Some(date)].into_iter().flatten();
    let mut hours = days.flat_map(|day| picture.supply.opening_hours(office, day));
    is_planned(picture, date).then(|| hours.any(|open| (open.from..open.to).contains(&at)))
}

fn is_planned(picture: &Picture, date: NaiveDate) -> bool {
    let first = picture.supply.first_day();
    (first..first + TimeDelta::days(i64::from(picture.supply.days()))).contains(&date)
}
