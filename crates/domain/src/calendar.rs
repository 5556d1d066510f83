//! Public holidays of the sixteen states, with municipal extras, and working days.

mod easter;
mod rules;
mod states;
mod working_days;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::calendar::rules::{RULES, days_after_easter};
use crate::city::{ExtraDays, ExtraHoliday};

pub use easter::easter_sunday;
pub use states::{FederalState, NotAState};
pub use working_days::{add_working_days, is_working_day};

/// A public holiday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    /// The local day.
    pub date: NaiveDate,
    /// Its German name.
    pub name: String,
}

/// The holidays of `year` in `state` with the municipality's `extras`, ascending by day, each day once (the state's
/// name wins over an extra's). Correct for the years 2024 to 2030 against a published table; other years since 1995
/// follow the same statutes with the years in which they changed. An extra that names no day of the year (30 February,
/// 300 days after Easter) is left out.
pub fn holidays(state: FederalState, extras: &[ExtraHoliday], year: i32) -> Vec<Holiday> {
    let of_state = RULES.iter().filter_map(|rule| Some((rule.date(state, year)?, rule.name)));
    let own = extras.iter().filter_map(|extra| Some((date_of(&extra.days, year)?, extra.name.as_str())));
    let mut days: Vec<(NaiveDate, &str)> = of_state.chain(own).collect();
    // The sort is stable, so of two names for one day the state's stays in front.
    days.sort_by_key(|(date, _)| *date);
    days.dedup_by_key(|(date, _)| *date);
    days.into_iter().map(|(date, name)| Holiday { date, name: name.to_owned() }).collect()
}

/// The holiday that falls on `date` in `state` with the municipality's `extras`.
pub fn holiday_on(state: FederalState, extras: &[ExtraHoliday], date: NaiveDate) -> Option<Holiday> {
    let year = date.year();
    let of_state = RULES.iter().find(|rule| rule.date(state, year) == Some(date)).map(|rule| rule.name);
    let own = || extras.iter().find(|extra| date_of(&extra.days, year) == Some(date)).map(|extra| extra.name.as_str());
    let name = of_state.or_else(own)?;
    Some(Holiday { date, name: name.to_owned() })
}

fn date_of(days: &ExtraDays, year: i32) -> Option<NaiveDate> {
    match *days {
        ExtraDays::Yearly { month, day } => NaiveDate::from_ymd_opt(year, u32::from(month), u32::from(day)),
        ExtraDays::AfterEaster { days } => days_after_easter(year, i64::from(days)),
        ExtraDays::Once { date } => (date.year() == year).then_some(date),
    }
}
