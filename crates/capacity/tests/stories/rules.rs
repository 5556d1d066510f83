//! Rules: rhythms, precedence, holidays, closures, tails, joints, contradictions.

use chrono::{Datelike, NaiveDate, Weekday};

use capacity::{Supply, SupplyProblem};
use domain::city::City;
use domain::identifier::Key;
use domain::opening::{
    Absence, Access, Closure, Cycle, DeskCount, HolidayPolicy, Join, OpeningRule, Recurrence, RuleDays, Tail,
};
use domain::text::Localized;

use crate::build::{date, key, rule, town, window};
use crate::stories::{starts_on, supply};

fn closure(from: NaiveDate, to: NaiveDate, windows: &[(u16, u16)]) -> Closure {
    let windows = windows.iter().map(|(from, to)| window(*from, *to)).collect();
    Closure { key: key("closed"), from, to, windows, team: None, reason: Localized::german("Betriebsausflug") }
}

#[test]
fn the_last_weekday_of_the_month_is_open_in_480_of_480_pairs() {
    let mut right = 0;
    for weekday in [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri] {
        let mut rule = rule("last");
        rule.days = RuleDays::Series(Recurrence { weekdays: vec![weekday], cycle: Cycle::LastOfMonth });
        let city = town(vec![rule]);
        let supply = supply(&city, date(2024, 1, 1), 2922);
        for month in 0..96 {
            let (year, month) = (2024 + month / 12, 1 + month as u32 % 12);
            let days: Vec<NaiveDate> =
                date(year, month, 1).iter_days().take_while(|day| day.month() == month).collect();
            let open: Vec<NaiveDate> =
                days.iter().copied().filter(|day| !supply.runs(&key("office"), *day).is_empty()).collect();
            let last = days.iter().copied().rev().find(|day| day.weekday() == weekday).unwrap();
            right += usize::from(open == [last]);
        }
    }
    assert_eq!(right, 480);
}

#[test]
fn a_closure_beats_an_exception_beats_a_special_day_beats_the_series() {
    let day = date(2026, 5, 6);
    let of_kind = |name: &str, days: RuleDays, from: u16, to: u16| OpeningRule {
        days,
        windows: vec![window(from, to)],
        ..rule(name)
    };
    let series = rule("series");
    let special = of_kind("special", RuleDays::SpecialDay { dates: vec![day] }, 480, 540);
    let exception = of_kind("exception", RuleDays::Exception { dates: vec![day] }, 480, 500);
    let mut city = town(vec![series.clone()]);
    assert_eq!(starts_on(&city, day, 10), 24);
    city = town(vec![series.clone(), special.clone()]);
    assert_eq!(starts_on(&city, day, 10), 6);
    assert_eq!(starts_on(&city, date(2026, 5, 7), 10), 24);
    city = town(vec![exception.clone(), series, special]);
    assert_eq!(starts_on(&city, day, 10), 2);
    city.closures = vec![closure(day, day, &[])];
    assert_eq!(starts_on(&city, day, 10), 0);
    // An exception without hours closes its team for a day.
    let shut = OpeningRule { windows: Vec::new(), ..exception };
    assert_eq!(starts_on(&town(vec![rule("series"), shut]), day, 10), 0);
}

#[test]
fn rules_say_what_holidays_mean_and_short_rules_are_no_trick() {
    let labour_day = date(2026, 5, 1);
    let with = |holidays: HolidayPolicy| town(vec![OpeningRule { holidays, ..rule("rule") }]);
    assert_eq!(starts_on(&with(HolidayPolicy::Closed), labour_day, 10), 0);
    assert_eq!(starts_on(&with(HolidayPolicy::Open), labour_day, 10), 24);
    assert_eq!(starts_on(&with(HolidayPolicy::Reduced { windows: vec![window(600, 630)] }), labour_day, 10), 3);
    // A rule for one day only is still a rule.
    let one_day = OpeningRule {
        valid_from: Some(labour_day),
        valid_to: Some(labour_day),
        holidays: HolidayPolicy::Closed,
        ..rule("rule")
    };
    assert_eq!(starts_on(&town(vec![one_day.clone()]), labour_day, 10), 0);
    let dated = OpeningRule { days: RuleDays::Exception { dates: vec![labour_day] }, ..one_day };
    assert_eq!(
        starts_on(&town(vec![dated, OpeningRule { holidays: HolidayPolicy::Open, ..rule("series") }]), labour_day, 10),
        0
    );
}

#[test]
fn a_closure_of_some_hours_removes_the_cells_it_touches_and_keeps_the_grid() {
    let day = date(2026, 5, 6);
    let mut city = town(vec![rule("rule")]);
    city.offices.get_mut(&key("office")).unwrap().closures = vec![closure(day, day, &[(545, 565)])];
    // 9:05 to 9:25 touches the cells 9:00, 9:10 and 9:20.
    assert_eq!(starts_on(&city, day, 10), 21);
    assert_eq!(starts_on(&city, day, 20), 5 + 14);
    let hours = supply(&city, day, 1).opening_hours(&key("office"), day);
    let minutes: Vec<i64> = hours.iter().map(|hours| (hours.to.seconds() - hours.from.seconds()) / 60).collect();
    assert_eq!(minutes, [65, 155]);
}

#[test]
fn a_grid_that_does_not_fit_never_overruns_unless_told_to() {
    let day = date(2026, 5, 6);
    let with = |tail: Tail| town(vec![OpeningRule { step_minutes: 25, tail, ..rule("rule") }]);
    // Four hours hold nine cells of 25 minutes and 15 minutes more.
    assert_eq!(starts_on(&with(Tail::Drop), day, 25), 9);
    assert_eq!(starts_on(&with(Tail::Allow { max_overrun_minutes: 9 }), day, 25), 9);
    assert_eq!(starts_on(&with(Tail::Allow { max_overrun_minutes: 10 }), day, 25), 10);
    assert_eq!(starts_on(&with(Tail::Allow { max_overrun_minutes: 10 }), day, 50), 9);
    // Nobody begins after the end, however long the overrun.
    assert_eq!(starts_on(&with(Tail::Allow { max_overrun_minutes: 240 }), day, 25), 10);
    assert_eq!(starts_on(&with(Tail::Allow { max_overrun_minutes: 240 }), day, 50), 10);
}

#[test]
fn an_overrun_ends_where_the_same_desks_begin_again() {
    let day = date(2026, 5, 6);
    let morning = OpeningRule { tail: Tail::Allow { max_overrun_minutes: 60 }, ..rule("morning") };
    let noon = OpeningRule { windows: vec![window(740, 800)], ..rule("noon") };
    // The morning ends at 12:00 and noon begins at 12:20: visits of 30 minutes may begin until 11:50.
    assert_eq!(starts_on(&town(vec![morning.clone(), noon]), day, 30), 24 + 4);
    assert_eq!(starts_on(&town(vec![morning]), day, 60), 24);
}

#[test]
fn visits_span_touching_rules_only_if_both_allow_it() {
    let day = date(2026, 5, 6);
    let morning = |join| OpeningRule { join, ..rule("morning") };
    let noon = |join, from| OpeningRule { join, windows: vec![window(from, 840)], ..rule("noon") };
    let count = |left, right, from| starts_on(&town(vec![morning(left), noon(right, from)]), day, 30);
    assert_eq!(count(Join::Joined, Join::Joined, 720), 34);
    assert_eq!(count(Join::Joined, Join::Separate, 720), 32);
    assert_eq!(count(Join::Separate, Join::Joined, 720), 32);
    // Ten minutes of rest between them: nothing touches.
    assert_eq!(count(Join::Joined, Join::Joined, 730), 22 + 9);
    // An overrun that reaches the next rule is no joint: two visits of 30 minutes may begin in the last 20.
    let long = OpeningRule { tail: Tail::Allow { max_overrun_minutes: 10 }, ..morning(Join::Joined) };
    assert_eq!(starts_on(&town(vec![long, noon(Join::Joined, 730)]), day, 30), 23 + 9);
}

#[test]
fn absences_thin_out_the_cells_they_touch() {
    let day = date(2026, 5, 6);
    let mut city = town(vec![OpeningRule { desks: vec![DeskCount { group: key("desks"), count: 3 }], ..rule("rule") }]);
    let away = |from, to, count| Absence {
        team: key("team"),
        from: day,
        to: day,
        windows: vec![window(from, to)],
        desks: DeskCount { group: key("desks"), count },
    };
    city.offices.get_mut(&key("office")).unwrap().absences =
        vec![away(480, 500, 1), away(495, 510, 1), away(601, 603, 2), away(605, 607, 1), away(700, 1440, 9)];
    let desks = &supply(&city, day, 1).runs(&key("office"), day)[0].desks;
    assert_eq!(desks[..4], [2, 1, 2, 3]);
    // From 10:00 to 10:10 two are away for two minutes and then one: a visit of ten minutes finds one desk.
    assert_eq!(desks[11..14], [3, 1, 3]);
    assert_eq!(desks[21..], [3, 0, 0]);
}

fn overlap(city: &City) -> Vec<SupplyProblem> {
    Supply::compile(city, date(2026, 5, 1), 60).unwrap_err()
}

#[test]
fn rules_of_equal_precedence_that_overlap_are_reported_once_with_both_names() {
    let early = OpeningRule {
        days: RuleDays::Series(Recurrence { weekdays: vec![Weekday::Tue], cycle: Cycle::NthOfMonth { n: 2 } }),
        ..rule("b")
    };
    let late = OpeningRule { windows: vec![window(719, 800)], ..rule("a") };
    let expected = SupplyProblem::Overlap {
        office: key("office"),
        team: key("team"),
        rules: (key("a"), key("b")),
        day: date(2026, 5, 12),
    };
    assert_eq!(overlap(&town(vec![early.clone(), late.clone()])), std::slice::from_ref(&expected));
    assert_eq!(overlap(&town(vec![late.clone(), early.clone()])), std::slice::from_ref(&expected));
    // Walk-in hours use the same desks.
    let walk_in = OpeningRule { access: Access::WalkIn, ..late };
    assert_eq!(overlap(&town(vec![walk_in, early])).len(), 1);
}

#[test]
fn rules_that_name_what_does_not_exist_are_reported_all_at_once() {
    let stranger = OpeningRule { team: key("nobody"), ..rule("a") };
    let no_step = OpeningRule { step_minutes: 0, ..rule("b") };
    let no_group = OpeningRule {
        desks: vec![DeskCount { group: key("nothing"), count: 1 }],
        days: RuleDays::Exception { dates: vec![] },
        ..rule("c")
    };
    let problems = overlap(&town(vec![stranger, no_step, no_group]));
    let office = || key("office");
    let group = |rule: Key| SupplyProblem::UnknownGroup { office: office(), rule, group: key("nothing") };
    assert_eq!(
        problems,
        [
            SupplyProblem::UnknownTeam { office: office(), rule: key("a"), team: key("nobody") },
            group(key("c")),
            SupplyProblem::Step { office: office(), rule: key("b") },
        ]
    );
}

#[test]
fn walk_in_hours_are_opening_hours_without_starts() {
    let day = date(2026, 5, 6);
    let walk_in = OpeningRule { access: Access::WalkIn, windows: vec![window(840, 960)], ..rule("walk-in") };
    let city = town(vec![rule("rule"), walk_in]);
    assert_eq!(starts_on(&city, day, 10), 24);
    let hours = supply(&city, day, 1).opening_hours(&key("office"), day);
    let told: Vec<(&str, Access)> = hours.iter().map(|hours| (hours.rule.as_str(), hours.access)).collect();
    assert_eq!(told, [("rule", Access::Appointment), ("walk-in", Access::WalkIn)]);
}
