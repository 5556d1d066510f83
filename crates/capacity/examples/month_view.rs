//! Measures the month view: 20 offices, 60 days, 48 starts a day, with half of the places taken.
//!
//! Prints one JSON line for each length of visit (1, 3 and 6 cells): the 50th and 99th percentile in microseconds of
//! answering which days and how many starts every office has, and whether all answers equal those of the plain second
//! engine of the tests.

#[path = "../tests/build/mod.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod build;
#[path = "../tests/reference/mod.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod reference;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use chrono::{NaiveDate, TimeDelta};

use capacity::{ClaimRequest, Day, Demand, Eligible, Ledger, OfficeQuery, Query, Search, Supply};
use domain::city::City;
use domain::identifier::Key;
use domain::opening::{DeskCount, OpeningRule, QuotaClass};
use domain::time::Timestamp;

use build::{city, date, group, key, office, rule, window};
use reference::{Reference, Wish};

const OFFICES: usize = 20;
const DAYS: u16 = 60;
const STEP: u16 = 10;
const DESKS: u16 = 3;
const ROUNDS: usize = 2_000;

fn main() {
    let first_day = date(2026, 6, 1);
    let city = month();
    let supply = Supply::compile(&city, first_day, DAYS).expect("the rules do not contradict each other");
    let mut ledger = Ledger::new(Arc::new(supply));
    let now = Timestamp::from_seconds(first_day.and_hms_opt(0, 0, 0).expect("midnight").and_utc().timestamp());
    let (keys, team): (Vec<Key>, Key) = (city.offices.keys().cloned().collect(), key("team"));
    let mut references: BTreeMap<&Key, Reference> = BTreeMap::new();
    for name in &keys {
        references.insert(name, Reference::new(&city, name, &team, first_day, DAYS));
    }
    occupy(&mut ledger, &mut references, first_day, now);

    for cells in [1, 3, 6] {
        let demand = demand(cells * u32::from(STEP));
        let offices = keys
            .iter()
            .map(|name| OfficeQuery { office: name.clone(), demand: demand.clone(), arrival: now })
            .collect();
        let query = Query { offices, from: first_day, to: first_day + TimeDelta::days(i64::from(DAYS) - 1), now };
        let days = Search::new(&ledger, &query).days();
        let equal = days == expected(&references, &wish(cells * u32::from(STEP)), first_day, now);
        let (p50, p99) = percentiles(|| Search::new(&ledger, &query).days());
        let starts: u32 = days.iter().flat_map(|day| &day.offices).map(|office| office.starts).sum();
        println!(
            r#"{{"name":"month_view","cells":{cells},"offices":{OFFICES},"days":{DAYS},"starts":{starts},"p50_us":{p50:.1},"p99_us":{p99:.1},"equal":{equal}}}"#
        );
    }
}

/// Eight hours of 48 cells in every office on every day.
fn month() -> City {
    let desks = vec![DeskCount { group: key("desks"), count: DESKS }];
    let rule = OpeningRule { windows: vec![window(480, 960)], step_minutes: STEP, desks, ..rule("rule") };
    let offices = (0..OFFICES)
        .map(|index| office(&format!("office-{index:02}"), vec![group("desks", DESKS)], vec![rule.clone()]));
    city(offices.collect())
}

fn demand(minutes: u32) -> Demand {
    Demand { minutes, eligible: Eligible::from_masks(vec![1]), class: QuotaClass::Public, channel: None, variant: None }
}

fn wish(minutes: u32) -> Wish {
    Wish {
        minutes: i64::from(minutes),
        groups: [key("desks")].into(),
        class: QuotaClass::Public,
        channel: None,
        variant: None,
    }
}

/// Books visits of 10 to 60 minutes at places that a fixed sequence of pseudo-random numbers names, as long as they fit.
fn occupy(ledger: &mut Ledger, references: &mut BTreeMap<&Key, Reference>, first_day: NaiveDate, now: Timestamp) {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut draw = |below: u64| {
        // Xorshift with the shifts of Marsaglia.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    for (name, reference) in references {
        for day in 0..i64::from(DAYS) {
            let opening =
                (first_day + TimeDelta::days(day)).and_hms_opt(6, 0, 0).expect("a time of day").and_utc().timestamp();
            // Some days are nearly full, others nearly empty.
            for _ in 0..draw(120) {
                let start = Timestamp::from_seconds(opening + 600 * draw(48) as i64);
                let minutes = 10 * (1 + draw(6) as u32);
                let demand = demand(minutes);
                let request = ClaimRequest { office: name, team: None, start, demand: &demand, now };
                let Ok(claim) = ledger.supply().claim(&request) else { continue };
                if ledger.free(&claim) > 0 {
                    ledger.apply(&claim);
                    reference.book(start.seconds() / 60, &wish(minutes), now);
                }
            }
        }
    }
}

/// The answers of the second engine in the form of the first.
fn expected(references: &BTreeMap<&Key, Reference>, wish: &Wish, first_day: NaiveDate, now: Timestamp) -> Vec<Day> {
    let mut days: BTreeMap<NaiveDate, Vec<capacity::OfficeDay>> = BTreeMap::new();
    for (office, reference) in references.values().enumerate() {
        let mut counts: BTreeMap<i64, u32> = BTreeMap::new();
        // Office hours lie within the day of UTC.
        for (minute, _) in reference.starts(wish, now, now).into_iter().filter(|(_, free)| *free > 0) {
            *counts.entry(minute / 1440).or_default() += 1;
        }
        let first = first_day.and_hms_opt(0, 0, 0).expect("midnight").and_utc().timestamp() / 86_400;
        for (day, starts) in counts {
            let date = first_day + TimeDelta::days(day - first);
            days.entry(date).or_default().push(capacity::OfficeDay { office, starts });
        }
    }
    days.into_iter().map(|(date, offices)| Day { date, offices }).collect()
}

#[expect(clippy::disallowed_methods, reason = "this example measures how long an answer takes")]
fn percentiles(mut answer: impl FnMut() -> Vec<Day>) -> (f64, f64) {
    let mut times: Vec<f64> = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        std::hint::black_box(answer());
        times.push(begin.elapsed().as_secs_f64() * 1e6);
    }
    times.sort_by(f64::total_cmp);
    (times[ROUNDS / 2], times[ROUNDS * 99 / 100])
}
