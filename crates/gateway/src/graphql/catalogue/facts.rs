//! Small facts that several things of the catalogue have: position, provenance, closures, holidays.

use async_graphql::{Object, SimpleObject};
use domain::calendar::Holiday;
use domain::geography::{Position, Provenance};
use domain::opening::{Closure, WallMinute, Window};

use crate::graphql::scalars::LocalDate;
use crate::graphql::words::Language;

/// A position in degrees of the World Geodetic System 1984.
#[derive(SimpleObject)]
#[graphql(name = "Position")]
pub(crate) struct PositionObject {
    /// Degrees north, -90 to 90.
    latitude: f64,
    /// Degrees east, -180 to 180.
    longitude: f64,
}

impl From<Position> for PositionObject {
    fn from(position: Position) -> Self {
        Self { latitude: position.latitude, longitude: position.longitude }
    }
}

/// Where a fact comes from and how sure it is.
pub(crate) struct ProvenanceObject<'a>(pub(crate) &'a Provenance);

/// Where facts come from and how sure they are. Show assumed facts as assumed.
#[Object(name = "Provenance")]
impl ProvenanceObject<'_> {
    /// The source in words.
    async fn source(&self) -> &str {
        &self.0.source
    }

    /// How sure the facts are, in words, fact by fact where they differ.
    async fn certainty(&self) -> &str {
        &self.0.certainty
    }

    /// Whether some of the values are assumptions made for a demonstration; `certainty` says which.
    async fn assumption(&self) -> bool {
        self.0.assumption
    }
}

/// A time in which an office, or the whole city, is closed.
pub(crate) struct ClosureObject<'a>(pub(crate) &'a Closure);

/// A time in which an office, or the whole city, is closed whatever the opening rules say.
#[Object(name = "Closure")]
impl ClosureObject<'_> {
    /// Its stable name.
    async fn key(&self) -> &str {
        self.0.key.as_str()
    }

    /// First local day.
    async fn from(&self) -> LocalDate {
        LocalDate(self.0.from)
    }

    /// Last local day, included.
    async fn to(&self) -> LocalDate {
        LocalDate(self.0.to)
    }

    /// Only these hours of each day; the whole day when empty.
    async fn hours(&self) -> Vec<WallHours> {
        self.0.windows.iter().copied().map(Into::into).collect()
    }

    /// Whether only a part of the office is closed; the rest works on.
    async fn partial(&self) -> bool {
        self.0.team.is_some()
    }

    /// Why, for citizens.
    async fn reason(
        &self,
        #[graphql(desc = "The language of the text.", default_with = "Language::German")] language: Language,
    ) -> &str {
        self.0.reason.get(language.into())
    }
}

/// Hours of the wall clock in the city's time zone.
#[derive(SimpleObject)]
pub(crate) struct WallHours {
    /// The first minute as `HH:MM`.
    from: String,
    /// The first minute after the end as `HH:MM`; `24:00` is the end of the day.
    to: String,
}

impl From<Window> for WallHours {
    fn from(window: Window) -> Self {
        let clock = |minute: WallMinute| format!("{:02}:{:02}", minute.0 / 60, minute.0 % 60);
        Self { from: clock(window.from), to: clock(window.to) }
    }
}

/// A public holiday.
#[derive(SimpleObject)]
#[graphql(name = "Holiday")]
pub(crate) struct HolidayObject {
    /// The local day.
    date: LocalDate,
    /// Its German name.
    name: String,
}

impl From<Holiday> for HolidayObject {
    fn from(holiday: Holiday) -> Self {
        Self { date: LocalDate(holiday.date), name: holiday.name }
    }
}
