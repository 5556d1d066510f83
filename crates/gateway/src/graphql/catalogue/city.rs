//! The city itself, through GraphQL.

use std::sync::Arc;

use async_graphql::{Object, Result};
use chrono::TimeDelta;
use domain::calendar::Holiday;
use domain::city::Municipality;
use scheduling::Picture;

use crate::graphql::catalogue::district::DistrictNode;
use crate::graphql::catalogue::facts::{ClosureObject, HolidayObject};
use crate::graphql::catalogue::search_invalid;
use crate::graphql::scalars::LocalDate;
use crate::graphql::words::{FederalState, Language};

/// The years whose holidays are told.
const YEARS: std::ops::RangeInclusive<i32> = 1990..=2100;

/// The city that serves.
pub(crate) struct CityObject(pub(crate) Arc<Picture>);

impl CityObject {
    fn municipality(&self) -> &Municipality {
        &self.0.city.municipality
    }
}

/// The city that serves, in the version that is loaded now.
#[Object(name = "City")]
impl CityObject {
    /// Its stable name.
    async fn key(&self) -> &str {
        self.municipality().key.as_str()
    }

    /// Its name for people.
    async fn name(
        &self,
        #[graphql(desc = "The language of the text.", default_with = "Language::German")] language: Language,
    ) -> &str {
        self.municipality().name.get(language.into())
    }

    /// The official municipality key (AGS), 8 digits.
    async fn ags(&self) -> &str {
        &self.municipality().ags
    }

    /// How sure the municipality key is, in words.
    async fn ags_certainty(&self) -> &str {
        &self.municipality().ags_certainty
    }

    /// The state whose holidays hold.
    async fn state(&self) -> FederalState {
        self.municipality().state.into()
    }

    /// The German name of the state.
    async fn state_name(&self) -> &str {
        self.municipality().state.german_name()
    }

    /// The time zone of its wall clock, as the IANA tables name it, for example `Europe/Berlin`.
    async fn time_zone(&self) -> &str {
        self.municipality().time_zone.name()
    }

    /// The telephone number for people, as it is written.
    async fn phone(&self) -> Option<&str> {
        self.municipality().phone.as_deref()
    }

    /// The number of the version that serves; it grows with every change of the city.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// SHA-256 of the version that serves, in hexadecimal digits. Two installations with the same one serve the same city.
    async fn fingerprint(&self) -> &str {
        &self.0.fingerprint
    }

    /// How many local days ahead opening hours and free starts are known.
    async fn horizon_days(&self) -> u16 {
        self.municipality().horizon_days
    }

    /// The first local day whose opening hours are known: today.
    async fn planned_from(&self) -> LocalDate {
        LocalDate(self.0.supply.first_day())
    }

    /// The last local day whose opening hours are known.
    async fn planned_to(&self) -> LocalDate {
        LocalDate(self.0.supply.first_day() + TimeDelta::days(i64::from(self.0.supply.days()) - 1))
    }

    /// Its districts, by number.
    async fn districts(&self) -> Vec<DistrictNode> {
        DistrictNode::all(&self.0)
    }

    /// The days on which the whole city is closed. Those of one office stand at the office.
    async fn closures(&self) -> Vec<ClosureObject<'_>> {
        self.0.city.closures.iter().map(ClosureObject).collect()
    }

    /// Its public holidays of a year, ascending: those of the state and its own.
    async fn holidays(&self, #[graphql(desc = "The year, 1990 to 2100.")] year: i32) -> Result<Vec<HolidayObject>> {
        holidays(year, |year| self.0.city.holidays(year))
    }
}

/// Reads the holidays of a year.
///
/// # Errors
/// Code `SEARCH_INVALID` for a year before 1990 or after 2100.
pub(crate) fn holidays(year: i32, of: impl FnOnce(i32) -> Vec<Holiday>) -> Result<Vec<HolidayObject>> {
    if !YEARS.contains(&year) {
        return Err(search_invalid("the year must be 1990 to 2100"));
    }
    Ok(of(year).into_iter().map(Into::into).collect())
}
