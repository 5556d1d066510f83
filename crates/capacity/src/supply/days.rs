//! Which rules hold on which day.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, TimeDelta};

use domain::city::City;
use domain::opening::{Cycle, HolidayPolicy, OpeningRule, Recurrence, RuleDays, Window};

/// The rules of one team that hold on `day`: those of the highest precedence present.
pub(crate) fn rules_of_day<'a>(rules: &[&'a OpeningRule], day: NaiveDate) -> Vec<&'a OpeningRule> {
    let holding: Vec<&OpeningRule> = rules.iter().copied().filter(|rule| holds_on(rule, day)).collect();
    let highest = holding.iter().map(|rule| precedence(&rule.days)).max();
    holding.into_iter().filter(|rule| Some(precedence(&rule.days)) == highest).collect()
}

/// The hours of a rule on a day on which it holds.
pub(crate) fn windows_of_day(rule: &OpeningRule, is_holiday: bool) -> &[Window] {
    match (&rule.holidays, is_holiday) {
        (HolidayPolicy::Closed, true) => &[],
        (HolidayPolicy::Reduced { windows }, true) => windows,
        (HolidayPolicy::Closed | HolidayPolicy::Open | HolidayPolicy::Reduced { .. }, _) => &rule.windows,
    }
}

/// All holidays of the years from `first` to `last`.
pub(crate) fn holidays_between(city: &City, first: NaiveDate, last: NaiveDate) -> BTreeSet<NaiveDate> {
    (first.year()..=last.year()).flat_map(|year| city.holidays(year)).map(|holiday| holiday.date).collect()
}

fn holds_on(rule: &OpeningRule, day: NaiveDate) -> bool {
    let valid = rule.valid_from.is_none_or(|from| from <= day) && rule.valid_to.is_none_or(|to| day <= to);
    valid
        && match &rule.days {
            RuleDays::Series(recurrence) => recurs_on(recurrence, day),
            RuleDays::SpecialDay { dates } | RuleDays::Exception { dates } => dates.contains(&day),
        }
}

fn precedence(days: &RuleDays) -> u8 {
    match days {
        RuleDays::Series(_) => 0,
        RuleDays::SpecialDay { .. } => 1,
        RuleDays::Exception { .. } => 2,
    }
}

fn recurs_on(recurrence: &Recurrence, day: NaiveDate) -> bool {
    recurrence.weekdays.contains(&day.weekday())
        && match recurrence.cycle {
            Cycle::Weeks { weeks, anchor } => weeks_between(anchor, day).rem_euclid(i64::from(weeks.max(1))) == 0,
            // The n-th such weekday of a month is the one that falls into its n-th block of seven days.
            Cycle::NthOfMonth { n } | Cycle::BlockOfMonth { n } => day.day0() / 7 + 1 == u32::from(n),
            Cycle::LastOfMonth => (day + TimeDelta::days(7)).month() != day.month(),
        }
}

/// Whole ISO weeks (Monday first) from the week of `anchor` to the week of `day`.
fn weeks_between(anchor: NaiveDate, day: NaiveDate) -> i64 {
    let monday = |date: NaiveDate| date - TimeDelta::days(i64::from(date.weekday().num_days_from_monday()));
    (monday(day) - monday(anchor)).num_days() / 7
}

#[cfg(test)]
mod tests {
    use chrono::Weekday;

    use super::*;

    fn every(cycle: Cycle) -> Recurrence {
        Recurrence { weekdays: vec![Weekday::Thu], cycle }
    }

    fn date(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn every_second_week_counts_from_the_week_of_its_anchor_over_the_turn_of_the_year() {
        // The anchor is a Monday; ISO year 2026 has 53 weeks, which trips whoever counts week numbers.
        let rhythm = every(Cycle::Weeks { weeks: 2, anchor: date(2026, 12, 21) });
        let thursdays = [(2026, 12, 10), (2026, 12, 17), (2026, 12, 24), (2026, 12, 31), (2027, 1, 7), (2027, 1, 14)];
        let open = thursdays.map(|(y, m, d)| recurs_on(&rhythm, date(y, m, d)));
        assert_eq!(open, [true, false, true, false, true, false]);
    }

    #[test]
    fn the_fifth_thursday_exists_only_in_some_months() {
        let fifth = every(Cycle::NthOfMonth { n: 5 });
        let days: Vec<NaiveDate> =
            date(2026, 1, 1).iter_days().take(365).filter(|day| recurs_on(&fifth, *day)).collect();
        assert_eq!(
            days,
            [date(2026, 1, 29), date(2026, 4, 30), date(2026, 7, 30), date(2026, 10, 29), date(2026, 12, 31)]
        );
    }
}
