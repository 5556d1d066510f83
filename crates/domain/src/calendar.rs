//! Public holidays of the sixteen states, with municipal extras.

mod easter;
mod states;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::city::ExtraHoliday;

pub use states::FederalState;

/// A public holiday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    /// The local day.
    pub date: NaiveDate,
    /// Its German name.
    pub name: String,
}

/// The holidays of `year` in `state` with the municipality's `extras`, ascending by day, each day once (the state's
/// name wins over an extra's). Correct for the years 2024 to 2030 against a published table; other years follow the
/// same statutes.
pub fn holidays(state: FederalState, extras: &[ExtraHoliday], year: i32) -> Vec<Holiday> {
    states::holidays(state, extras, year)
}
