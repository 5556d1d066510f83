//! Searching over several offices, with a way to go, page by page.

use chrono::NaiveDate;

use capacity::{ClaimRequest, Ledger, OfficeQuery, Query, Search, Start};
use domain::identifier::Key;
use domain::opening::{OpeningRule, RuleDays};
use domain::time::Timestamp;

use crate::build::{city, date, group, key, office, rule, weekly, window};
use crate::stories::{at, supply, visit};

const MONDAY: fn() -> NaiveDate = || date(2026, 5, 4);

/// "far" opens every day at eight, "near" on Tuesdays at nine, "shut" never.
fn ledger() -> Ledger {
    let far = rule("far");
    let near = OpeningRule { days: weekly(&[chrono::Weekday::Tue]), windows: vec![window(540, 600)], ..rule("near") };
    let shut = OpeningRule { days: RuleDays::Exception { dates: Vec::new() }, ..rule("shut") };
    let offices = [("far", far), ("near", near), ("shut", shut)];
    let offices = offices.map(|(name, rule)| office(name, vec![group("desks", 1)], vec![rule]));
    Ledger::new(supply(&city(offices.into()), MONDAY(), 14))
}

fn query(names: &[&str], now: Timestamp, minutes: u32) -> Query {
    let offices =
        names.iter().map(|name| OfficeQuery { office: key(name), demand: visit(minutes), arrival: now }).collect();
    Query { offices, from: MONDAY(), to: date(2026, 5, 10), now }
}

#[test]
fn one_question_finds_the_earliest_start_of_each_office_and_of_all() {
    let ledger = ledger();
    let mut query = query(&["near", "nowhere", "far", "shut"], at("2026-05-05T06:45:00Z"), 10);
    let search = Search::new(&ledger, &query);
    let earliest: Vec<Option<Timestamp>> =
        search.earliest_per_office().into_iter().map(|start| start.map(|start| start.at)).collect();
    assert_eq!(earliest, [Some(at("2026-05-05T07:00:00Z")), None, Some(at("2026-05-05T06:50:00Z")), None]);
    assert_eq!(search.earliest(1)[0].office, key("far"));
    // The way to "far" takes an hour and a half, to "near" ten minutes.
    query.offices[0].arrival = query.now.plus_minutes(10);
    query.offices[2].arrival = query.now.plus_minutes(90);
    let search = Search::new(&ledger, &query);
    let alternatives: Vec<(Key, Timestamp)> =
        search.earliest(7).into_iter().map(|start| (start.office, start.at)).collect();
    assert_eq!(alternatives[0], (key("near"), at("2026-05-05T07:00:00Z")));
    assert_eq!(alternatives[6], (key("far"), at("2026-05-05T08:20:00Z")));
}

#[test]
fn a_list_read_page_by_page_is_the_whole_list() {
    let ledger = ledger();
    let query = query(&["far", "near"], at("2026-05-04T00:00:00Z"), 20);
    let search = Search::new(&ledger, &query);
    let whole = search.starts(10_000, None);
    assert_eq!((whole.starts.len(), whole.next), (7 * 23 + 5, None));
    let mut read = Vec::new();
    let mut cursor = None;
    loop {
        let page = search.starts(7, cursor.as_ref());
        assert!(page.starts.len() == 7 || page.next.is_none());
        read.extend(page.starts);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(read, whole.starts);
    assert!(read.is_sorted_by_key(Start::cursor));
}

#[test]
fn a_day_without_a_start_is_not_offered() {
    let mut ledger = ledger();
    let now = at("2026-05-04T00:00:00Z");
    // Every second cell of Tuesday is taken at "near": twenty minutes no longer fit, ten do.
    for minute in [0, 20, 40] {
        let (office, demand) = (key("near"), visit(10));
        let start = at("2026-05-05T07:00:00Z").plus_minutes(minute);
        let claim =
            ledger.supply().claim(&ClaimRequest { office: &office, team: None, start, demand: &demand, now }).unwrap();
        ledger.apply(&claim);
    }
    let days = |minutes| {
        let query = query(&["near"], now, minutes);
        let search = Search::new(&ledger, &query);
        assert_eq!(search.days().iter().map(|day| day.date).collect::<Vec<_>>(), search.offered_days(99));
        assert_eq!(search.is_offered(date(2026, 5, 5)), !search.days().is_empty());
        assert!(!search.is_offered(date(2026, 5, 6)) && !search.is_offered(date(2099, 1, 1)));
        search.days().iter().map(|day| day.offices[0].starts).collect::<Vec<_>>()
    };
    assert_eq!(days(10), [3]);
    assert_eq!(days(20), [0; 0]);
}

#[test]
fn as_many_visits_fit_as_can_be_booked_and_no_more() {
    let ledger = ledger();
    let query = query(&["far", "near", "shut"], at("2026-05-04T00:00:00Z"), 50);
    let search = Search::new(&ledger, &query);
    // Four hours hold four visits of 50 minutes although there are twenty starts.
    assert_eq!(search.max_bookable(date(2026, 5, 5)), [4, 1, 0]);
    assert_eq!(search.max_bookable(date(2026, 5, 20)), [0, 0, 0]);
}

#[test]
fn the_booking_window_holds_for_days_and_starts_alike() {
    let mut hurried = rule("rule");
    hurried.booking.days_ahead = 2;
    hurried.booking.lead_minutes = 120;
    let ledger = Ledger::new(supply(&city(vec![office("far", vec![group("desks", 1)], vec![hurried])]), MONDAY(), 14));
    let query = query(&["far"], at("2026-05-05T08:00:00.001Z"), 10);
    let search = Search::new(&ledger, &query);
    // Today closes at 12:00, which is 10:00 in UTC: with two hours of lead nothing is left of today.
    assert_eq!(search.offered_days(9), [date(2026, 5, 6), date(2026, 5, 7)]);
    assert_eq!(search.earliest(1)[0].at, at("2026-05-06T06:00:00Z"));
}
