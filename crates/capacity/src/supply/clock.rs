//! From the wall clock of a day to instants, also on the days on which the clocks jump.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;

use domain::opening::{Fold, Window};
use domain::time::{Timestamp, WallClock, first_instant_at, resolve};

/// A stretch of time in seconds since 1970-01-01T00:00:00Z, half open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Interval {
    pub(crate) from: i64,
    pub(crate) to: i64,
}

/// Local midnight at the beginning of `day`.
pub(crate) fn midnight(day: NaiveDate, zone: Tz) -> i64 {
    first_instant_at(day.and_time(NaiveTime::MIN), zone).seconds()
}

/// When a window of a rule is open on `day`. What a spring gap swallows is lost.
///
/// With [`Fold::FirstPass`] a window is one stretch from the first pass of its beginning to the first pass of its end.
/// With [`Fold::BothPasses`] it is every instant at which the clock shows a time of the window, which on an autumn day
/// can be two stretches.
pub(crate) fn open_intervals(day: NaiveDate, window: Window, fold: Fold, zone: Tz) -> Vec<Interval> {
    match fold {
        Fold::FirstPass => {
            let first = |minute| first_instant_at(wall(day, minute), zone).seconds();
            keep_real(vec![Interval { from: first(window.from.0), to: first(window.to.0) }])
        }
        Fold::BothPasses => wall_intervals(day, window, zone),
    }
}

/// Every instant at which the clock shows a time of `window` on `day`.
pub(crate) fn wall_intervals(day: NaiveDate, window: Window, zone: Tz) -> Vec<Interval> {
    let (from, to) = (passes(wall(day, window.from.0), zone), passes(wall(day, window.to.0), zone));
    let (first, second) = match (from, to) {
        (Passes::One(from), Passes::One(to)) => return keep_real(vec![Interval { from, to }]),
        (Passes::One(from), Passes::Two { first, second, jump }) => {
            (Interval { from, to: first }, Interval { from: jump, to: second })
        }
        (Passes::Two { first, second, jump }, Passes::One(to)) => {
            (Interval { from: first, to: jump }, Interval { from: second, to })
        }
        (Passes::Two { first, second, .. }, Passes::Two { first: first_end, second: second_end, .. }) => {
            (Interval { from: first, to: first_end }, Interval { from: second, to: second_end })
        }
    };
    // A window that begins with the fold: its two passes touch and are one stretch.
    if first.to == second.from {
        keep_real(vec![Interval { from: first.from, to: second.to }])
    } else {
        keep_real(vec![first, second])
    }
}

/// The part of `interval` in which the clock shows times for the second time.
pub(crate) fn second_pass(interval: Interval, zone: Tz) -> Option<Interval> {
    let lost = offset(interval.from, zone) - offset(interval.to, zone);
    if lost <= 0 {
        return None;
    }
    let jump = offset_change(interval, zone);
    Some(Interval { from: jump, to: jump + lost })
}

enum Passes {
    One(i64),
    Two { first: i64, second: i64, jump: i64 },
}

fn passes(local: NaiveDateTime, zone: Tz) -> Passes {
    match resolve(local, zone) {
        WallClock::Once(at) => Passes::One(at.seconds()),
        WallClock::Gap => Passes::One(first_instant_at(local, zone).seconds()),
        WallClock::Fold { first, second } => {
            let (first, second) = (first.seconds(), second.seconds());
            Passes::Two { first, second, jump: offset_change(Interval { from: first, to: second }, zone) }
        }
    }
}

/// The instant within `interval` from which the offset of its end holds.
fn offset_change(interval: Interval, zone: Tz) -> i64 {
    let after = offset(interval.to, zone);
    let (mut before, mut changed) = (interval.from, interval.to);
    while changed - before > 1 {
        let middle = before.midpoint(changed);
        if offset(middle, zone) == after { changed = middle } else { before = middle }
    }
    changed
}

/// Seconds east of Greenwich at an instant.
fn offset(at: i64, zone: Tz) -> i64 {
    let utc = Timestamp::from_seconds(at).to_utc().naive_utc();
    i64::from(zone.offset_from_utc_datetime(&utc).fix().local_minus_utc())
}

fn wall(day: NaiveDate, minute: u16) -> NaiveDateTime {
    day.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(minute.min(1440)))
}

fn keep_real(mut intervals: Vec<Interval>) -> Vec<Interval> {
    intervals.retain(|interval| interval.from < interval.to);
    intervals
}

#[cfg(test)]
mod tests {
    use domain::opening::WallMinute;

    use super::*;

    fn hours(day: (i32, u32, u32), from: u16, to: u16, fold: Fold) -> Vec<(i64, i64)> {
        let day = NaiveDate::from_ymd_opt(day.0, day.1, day.2).unwrap();
        let midnight_utc = day.and_time(NaiveTime::MIN).and_utc().timestamp();
        let window = Window { from: WallMinute(from), to: WallMinute(to) };
        let minutes = |at: i64| (at - midnight_utc) / 60;
        open_intervals(day, window, fold, Tz::Europe__Berlin).iter().map(|i| (minutes(i.from), minutes(i.to))).collect()
    }

    #[test]
    fn the_spring_gap_is_lost() {
        let spring = (2026, 3, 29);
        for fold in [Fold::FirstPass, Fold::BothPasses] {
            assert_eq!(hours(spring, 0, 360, fold), [(-60, 240)]);
            assert_eq!(hours(spring, 150, 360, fold), [(60, 240)]);
            assert_eq!(hours(spring, 120, 180, fold), []);
            assert_eq!(hours(spring, 0, 1440, fold), [(-60, 1320)]);
        }
    }

    #[test]
    fn the_autumn_hour_has_two_passes_and_rules_choose() {
        let autumn = (2026, 10, 25);
        assert_eq!(hours(autumn, 0, 360, Fold::FirstPass), [(-120, 300)]);
        assert_eq!(hours(autumn, 0, 360, Fold::BothPasses), [(-120, 300)]);
        assert_eq!(hours(autumn, 0, 150, Fold::FirstPass), [(-120, 30)]);
        assert_eq!(hours(autumn, 0, 150, Fold::BothPasses), [(-120, 30), (60, 90)]);
        assert_eq!(hours(autumn, 150, 360, Fold::FirstPass), [(30, 300)]);
        assert_eq!(hours(autumn, 150, 360, Fold::BothPasses), [(30, 60), (90, 300)]);
        assert_eq!(hours(autumn, 130, 150, Fold::BothPasses), [(10, 30), (70, 90)]);
        assert_eq!(hours(autumn, 120, 180, Fold::BothPasses), [(0, 120)]);
    }

    #[test]
    fn the_second_pass_is_found_inside_a_stretch() {
        let day = NaiveDate::from_ymd_opt(2026, 10, 25).unwrap();
        let from = midnight(day, Tz::Europe__Berlin);
        let pass = second_pass(Interval { from, to: from + 7 * 3600 }, Tz::Europe__Berlin).unwrap();
        assert_eq!((pass.from - from, pass.to - from), (3 * 3600, 4 * 3600));
        assert_eq!(second_pass(Interval { from, to: from + 3600 }, Tz::Europe__Berlin), None);
    }
}
