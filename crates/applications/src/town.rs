//! What this feature needs to know of the city: its calendar, its offices, its zones, and how it signs letters.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use chrono::NaiveDate;
use chrono_tz::Tz;
use domain::calendar::FederalState;
use domain::city::ExtraHoliday;
use domain::identifier::Key;
use forms::Circumstances;

use crate::zones::StreetZones;

/// Tells about the city that serves.
pub trait Town: Send + Sync + fmt::Debug {
    /// The calendar of the city; `None` before one was loaded.
    fn calendar(&self) -> Option<TownCalendar>;

    /// What stands at the top of letters of `office`; `None` before a city was loaded.
    fn letterhead(&self, office: &Key) -> Option<Letterhead>;
}

/// A city's days and offices.
#[derive(Debug, Clone)]
pub struct TownCalendar {
    /// The state whose holidays hold.
    pub state: FederalState,
    /// Holidays of the municipality alone.
    pub extra_holidays: Vec<ExtraHoliday>,
    /// The time zone of its wall clock.
    pub time_zone: Tz,
    /// Its offices. A case belongs to one, so that somebody has it as a task.
    pub offices: BTreeSet<Key>,
    /// In which zone which street lies.
    pub zones: Arc<StreetZones>,
}

impl TownCalendar {
    /// What an evaluation on a local day needs to know.
    pub(crate) fn circumstances(&self, today: NaiveDate) -> Circumstances<'_> {
        Circumstances {
            today,
            state: self.state,
            extra_holidays: &self.extra_holidays,
            zones: &*self.zones,
            dates: BTreeMap::from([("submission".to_owned(), today)]),
            household_used: None,
        }
    }
}

/// Who writes, German.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letterhead {
    /// Name of the city.
    pub city: String,
    /// The office with its address, in one line.
    pub office: String,
    /// Whom to call.
    pub phone: Option<String>,
    /// How browsers reach this server, without a slash at the end.
    pub public_url: String,
}
