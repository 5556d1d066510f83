//! The two weekends on which the clocks jump: office hours from 00:00 to 06:00.

use domain::city::City;
use domain::opening::Fold;
use domain::time::Timestamp;

use capacity::Ledger;

use crate::build::{date, rule, town, window};
use crate::stories::{at, long_before, starts, starts_on, supply, visit};

fn night(step: u16, fold: Fold) -> City {
    let mut rule = rule("night");
    rule.windows = vec![window(0, 360)];
    rule.step_minutes = step;
    rule.fold = fold;
    town(vec![rule])
}

#[test]
fn the_spring_night_has_five_hours() {
    let spring = date(2026, 3, 29);
    for fold in [Fold::FirstPass, Fold::BothPasses] {
        for (step, one, two) in [(5, 60, 59), (10, 30, 29), (15, 20, 19)] {
            let city = night(step, fold);
            assert_eq!(starts_on(&city, spring, u32::from(step)), one, "step {step}");
            assert_eq!(starts_on(&city, spring, 2 * u32::from(step)), two, "step {step}, two cells");
        }
    }
    // The days around it have six.
    assert_eq!(starts_on(&night(5, Fold::FirstPass), date(2026, 3, 28), 5), 72);
    assert_eq!(starts_on(&night(5, Fold::FirstPass), date(2026, 3, 30), 5), 72);
}

#[test]
fn no_start_lies_in_the_spring_gap_and_a_visit_across_it_keeps_its_length() {
    let spring = date(2026, 3, 29);
    let city = night(10, Fold::FirstPass);
    let ledger = Ledger::new(supply(&city, spring, 1));
    let found = starts(&ledger, visit(30), spring, spring, long_before());
    let walls: Vec<String> =
        found.iter().map(|start| start.at.local(city.municipality.time_zone).format("%H:%M").to_string()).collect();
    assert!(walls.iter().all(|wall| !wall.starts_with("02")), "{walls:?}");
    let across = found.iter().find(|start| start.at == at("2026-03-29T00:50:00Z")).unwrap();
    assert_eq!(across.end, at("2026-03-29T01:20:00Z"));
    assert_eq!(across.end.local(city.municipality.time_zone).to_string(), "2026-03-29 03:20:00");
}

#[test]
fn the_autumn_night_has_seven_hours_of_which_six_or_seven_are_offered() {
    let autumn = date(2026, 10, 25);
    for (step, first_pass, both_passes) in [(5, 72, 84), (10, 36, 42), (15, 24, 28)] {
        assert_eq!(starts_on(&night(step, Fold::FirstPass), autumn, u32::from(step)), first_pass, "step {step}");
        assert_eq!(starts_on(&night(step, Fold::BothPasses), autumn, u32::from(step)), both_passes, "step {step}");
        // A visit of two cells may extend into the second pass; only the last cell of the night is no longer a start.
        assert_eq!(
            starts_on(&night(step, Fold::FirstPass), autumn, 2 * u32::from(step)),
            first_pass - 1,
            "step {step}"
        );
        assert_eq!(
            starts_on(&night(step, Fold::BothPasses), autumn, 2 * u32::from(step)),
            both_passes - 1,
            "step {step}"
        );
    }
}

#[test]
fn a_wall_time_of_the_autumn_hour_denotes_its_first_pass() {
    let autumn = date(2026, 10, 25);
    let seconds_of_the_hour = at("2026-10-25T01:00:00Z").seconds()..at("2026-10-25T02:00:00Z").seconds();
    let in_second_pass = |fold| {
        let ledger = Ledger::new(supply(&night(10, fold), autumn, 1));
        let found = starts(&ledger, visit(10), autumn, autumn, long_before());
        found.iter().filter(|start| seconds_of_the_hour.contains(&start.at.seconds())).count()
    };
    assert_eq!(in_second_pass(Fold::FirstPass), 0);
    assert_eq!(in_second_pass(Fold::BothPasses), 6);
}

#[test]
fn whole_days_have_23_and_25_hours() {
    for (day, hours) in [(date(2026, 3, 29), 23), (date(2026, 6, 1), 24), (date(2026, 10, 25), 25)] {
        let mut rule = rule("day");
        rule.windows = vec![window(0, 1440)];
        rule.step_minutes = 60;
        rule.fold = Fold::BothPasses;
        assert_eq!(starts_on(&town(vec![rule]), day, 60), hours, "{day}");
    }
}

#[test]
fn a_day_is_released_at_local_midnight() {
    let mut rule = rule("week-ahead");
    rule.booking.days_ahead = 7;
    let city = town(vec![rule]);
    let ledger = Ledger::new(supply(&city, date(2026, 3, 20), 30));
    // Midnight of 29 March is 23:00 in UTC, of 30 March 22:00.
    let last_day = |now: Timestamp| {
        starts(&ledger, visit(10), date(2026, 3, 20), date(2026, 4, 18), now)
            .last()
            .unwrap()
            .at
            .local_date(city.municipality.time_zone)
    };
    assert_eq!(last_day(at("2026-03-28T22:59:59Z")), date(2026, 4, 4));
    assert_eq!(last_day(at("2026-03-28T23:00:00Z")), date(2026, 4, 5));
    assert_eq!(last_day(at("2026-03-29T21:59:59Z")), date(2026, 4, 5));
    assert_eq!(last_day(at("2026-03-29T22:00:00Z")), date(2026, 4, 6));
}
