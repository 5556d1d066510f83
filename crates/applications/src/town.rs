//! What this feature needs to know of the city: its calendar and its offices.

use std::collections::BTreeSet;
use std::fmt;

use chrono_tz::Tz;
use domain::calendar::FederalState;
use domain::city::ExtraHoliday;
use domain::identifier::Key;

/// Tells about the city that serves.
pub trait Town: Send + Sync + fmt::Debug {
    /// The calendar of the city; `None` before one was loaded.
    fn calendar(&self) -> Option<TownCalendar>;
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
}
