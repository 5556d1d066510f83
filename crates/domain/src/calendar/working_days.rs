//! Working days: Monday to Friday without the holidays.

use chrono::{Datelike, NaiveDate, Weekday};

use crate::calendar::{FederalState, holiday_on};
use crate::city::ExtraHoliday;

/// Whether an office of the municipality would work on `date`: Monday to Friday and no holiday.
pub fn is_working_day(state: FederalState, extras: &[ExtraHoliday], date: NaiveDate) -> bool {
    match date.weekday() {
        Weekday::Sat | Weekday::Sun => false,
        Weekday::Mon | Weekday::Tue | Weekday::Wed | Weekday::Thu | Weekday::Fri => {
            holiday_on(state, extras, date).is_none()
        }
    }
}

/// The `count`-th working day after `date`; `date` itself does not count, and `0` gives `date` back.
/// `None` only at the end of the calendar, some 262,000 years ahead.
pub fn add_working_days(
    state: FederalState,
    extras: &[ExtraHoliday],
    date: NaiveDate,
    count: u16,
) -> Option<NaiveDate> {
    let mut day = date;
    for _ in 0..count {
        day = day.succ_opt()?;
        while !is_working_day(state, extras, day) {
            day = day.succ_opt()?;
        }
    }
    Some(day)
}
