//! What a form looks at beside the answers: the day, the holidays, the zones of the city.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::calendar::FederalState;
use domain::city::ExtraHoliday;

use crate::model::Term;
use crate::value::Address;

/// Everything from outside that an evaluation depends on. Equal circumstances and answers give equal results.
#[derive(Clone)]
pub struct Circumstances<'a> {
    /// The local day.
    pub today: NaiveDate,
    /// Whose holidays count.
    pub state: FederalState,
    /// Holidays of the municipality.
    pub extra_holidays: &'a [ExtraHoliday],
    /// Where an address lies.
    pub zones: &'a dyn Zones,
    /// Reference dates by name, such as `submission`; `today` stands in for those that are not here.
    pub dates: BTreeMap<String, NaiveDate>,
    /// How many of this calendar year the household has had already; `None` while the household is not known.
    pub household_used: Option<u32>,
}

/// Where an address lies.
pub trait Zones {
    /// The zone of an address, `None` if it lies in none or is not known.
    fn zone(&self, address: &Address) -> Option<String>;
}

/// No address lies in a zone.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoZones;

impl Zones for NoZones {
    fn zone(&self, _address: &Address) -> Option<String> {
        None
    }
}

/// Zones by address line, for scenarios and tests.
impl Zones for BTreeMap<String, String> {
    fn zone(&self, address: &Address) -> Option<String> {
        self.get(&address.line()).cloned()
    }
}

impl Circumstances<'_> {
    /// The `count`-th working day after `day`.
    pub fn add_working_days(&self, day: NaiveDate, count: u16) -> Option<NaiveDate> {
        domain::calendar::add_working_days(self.state, self.extra_holidays, day, count)
    }

    /// The last day of a term that begins after `day`. `None` beyond the calendar.
    pub fn end_of(&self, term: Term, day: NaiveDate) -> Option<NaiveDate> {
        match term {
            Term::Period(period) => period.after(day),
            Term::WorkingDays(count) => self.add_working_days(day, count),
        }
    }
}

impl std::fmt::Debug for Circumstances<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Circumstances").field("today", &self.today).field("state", &self.state).finish_non_exhaustive()
    }
}
