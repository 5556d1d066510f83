//! Stories with counts that can be checked by hand.

mod booking;
mod clocks;
mod counters;
mod rules;
mod searching;

use std::sync::Arc;

use chrono::NaiveDate;

use capacity::{Demand, Eligible, Ledger, OfficeQuery, Query, Search, Start, Supply};
use domain::city::City;
use domain::opening::QuotaClass;
use domain::time::Timestamp;

use crate::build::key;

/// Long before every day of the stories.
pub(crate) fn long_before() -> Timestamp {
    at("2023-12-01T00:00:00Z")
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse::<chrono::DateTime<chrono::Utc>>().expect("tests write instants").into()
}

/// Any desk of a team of one group, for the public.
pub(crate) fn visit(minutes: u32) -> Demand {
    Demand { minutes, eligible: Eligible::from_masks(vec![1]), class: QuotaClass::Public, channel: None, variant: None }
}

pub(crate) fn supply(city: &City, first_day: NaiveDate, days: u16) -> Arc<Supply> {
    Arc::new(Supply::compile(city, first_day, days).expect("the rules of the story fit"))
}

/// All starts at `office` on the days from `from` to `to`.
pub(crate) fn starts(ledger: &Ledger, demand: Demand, from: NaiveDate, to: NaiveDate, now: Timestamp) -> Vec<Start> {
    let query = Query { offices: vec![OfficeQuery { office: key("office"), demand, arrival: now }], from, to, now };
    Search::new(ledger, &query).starts(100_000, None).starts
}

/// How many starts the office offers on one empty day.
pub(crate) fn starts_on(city: &City, day: NaiveDate, minutes: u32) -> usize {
    starts(&Ledger::new(supply(city, day, 1)), visit(minutes), day, day, long_before()).len()
}
