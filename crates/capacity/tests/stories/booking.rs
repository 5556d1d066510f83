//! Claims: what a booking takes, and why there is none.

use capacity::{BookedVisit, Claim, ClaimRequest, Demand, Ledger, Refusal, Supply};
use domain::opening::QuotaClass::{Internal, Public, Urgent, WalkIn};
use domain::opening::{DeskCount, OpeningRule, Quota, QuotaClass, VisitChannel};
use domain::time::Timestamp;

use crate::build::{date, key, rule, town, window};
use crate::stories::{at, long_before, supply, visit};

fn claim(supply: &Supply, start: &str, demand: &Demand, now: Timestamp) -> Result<Claim, Refusal> {
    supply.claim(&ClaimRequest { office: &key("office"), team: None, start: at(start), demand, now })
}

fn three_desks(quota: Quota) -> OpeningRule {
    OpeningRule { desks: vec![DeskCount { group: key("desks"), count: 3 }], quota, ..rule("rule") }
}

fn of_class(class: QuotaClass) -> Demand {
    Demand { class, ..visit(10) }
}

#[test]
fn a_visit_takes_one_unit_in_each_of_its_cells() {
    let supply = supply(&town(vec![three_desks(Quota::default())]), date(2026, 5, 4), 7);
    let claim = claim(&supply, "2026-05-06T06:10:00Z", &visit(25), long_before()).unwrap();
    assert_eq!((claim.cells, claim.step_seconds, claim.rule.as_str()), (3, 600, "rule"));
    assert_eq!((claim.start, claim.end), (at("2026-05-06T06:10:00Z"), at("2026-05-06T06:35:00Z")));
    assert_eq!(claim.takes.len(), 1);
    let first = at("2026-05-06T06:10:00Z").seconds();
    assert_eq!(claim.takes[0].cells().collect::<Vec<_>>(), [(first, 3), (first + 600, 3), (first + 1200, 3)]);
}

#[test]
fn every_refusal_has_its_reason() {
    let mut strict = three_desks(Quota::default());
    strict.booking.days_ahead = 10;
    strict.booking.lead_minutes = 60;
    let supply = supply(&town(vec![strict]), date(2026, 5, 4), 30);
    let now = at("2026-05-06T06:00:00.001Z");
    let refusal =
        |start: &str, demand: &Demand| claim(&supply, start, demand, now).map(|claim| claim.cells).unwrap_err();
    let public = visit(10);
    assert_eq!(refusal("2026-05-06T05:50:00Z", &public), Refusal::InThePast);
    assert_eq!(refusal("2026-05-06T06:00:00Z", &public), Refusal::InThePast);
    assert_eq!(refusal("2026-05-06T07:00:00Z", &public), Refusal::TooSoon);
    assert_eq!(claim(&supply, "2026-05-06T07:10:00Z", &public, now).unwrap().cells, 1);
    assert_eq!(claim(&supply, "2026-05-16T07:10:00Z", &public, now).unwrap().cells, 1);
    assert_eq!(refusal("2026-05-17T07:10:00Z", &public), Refusal::TooFarAhead);
    // Staff are not bound to the booking window.
    assert!(claim(&supply, "2026-05-17T07:10:00Z", &of_class(QuotaClass::Internal), now).is_ok());
    assert!(claim(&supply, "2026-05-06T06:10:00Z", &of_class(QuotaClass::WalkIn), now).is_ok());

    for start in [
        "2026-05-06T07:15:00Z",
        "2026-05-06T07:10:01Z",
        "2026-05-06T07:10:00.001Z",
        "2026-05-06T10:00:00Z",
        "2027-05-06T07:10:00Z",
    ] {
        assert_eq!(refusal(start, &public), Refusal::NoSuchStart, "{start}");
    }
    assert_eq!(refusal("2026-05-06T09:50:00Z", &visit(11)), Refusal::NoSuchStart);
    assert_eq!(refusal("2026-05-06T07:10:00Z", &visit(u32::MAX)), Refusal::NoSuchStart);
    assert_eq!(
        refusal("2026-05-06T07:10:00Z", &Demand { channel: Some(VisitChannel::Video), ..visit(10) }),
        Refusal::WrongChannel
    );
    assert_eq!(
        refusal("2026-05-06T07:10:00Z", &Demand { variant: Some(key("interpreter")), ..visit(10) }),
        Refusal::WrongVariant
    );
    assert_eq!(
        refusal("2026-05-06T07:10:00Z", &Demand { eligible: capacity::Eligible::default(), ..visit(10) }),
        Refusal::NoDeskForThis
    );
    let (office, demand) = (key("elsewhere"), visit(10));
    let start = at("2026-05-06T07:10:00Z");
    let elsewhere = supply.claim(&ClaimRequest { office: &office, team: None, start, demand: &demand, now });
    assert_eq!(elsewhere, Err(Refusal::UnknownOffice));
}

/// Books visits of a class at one start until nothing is free, and says how many there were.
fn fill(ledger: &mut Ledger, class: QuotaClass, now: Timestamp) -> u16 {
    let claim = claim(&ledger.supply().clone(), "2026-05-06T06:00:00Z", &of_class(class), now).unwrap();
    let mut booked = 0;
    while ledger.free(&claim) > 0 {
        assert!(ledger.apply(&claim));
        booked += 1;
    }
    booked
}

#[test]
fn each_class_finds_its_reserve_and_no_other() {
    let quota = Quota { internal: 1, urgent: 2, walk_in: 1, release_minutes: 0 };
    let desks = vec![DeskCount { group: key("desks"), count: 6 }];
    let city = town(vec![OpeningRule { desks, ..three_desks(quota) }]);
    let booked = |order: [QuotaClass; 4]| {
        let mut ledger = Ledger::new(supply(&city, date(2026, 5, 4), 7));
        order.map(|class| fill(&mut ledger, class, long_before()))
    };
    assert_eq!(booked([Public, Internal, Urgent, WalkIn]), [2, 1, 2, 1]);
    assert_eq!(booked([WalkIn, Urgent, Internal, Public]), [6, 0, 0, 0]);
    assert_eq!(booked([Urgent, Public, WalkIn, Internal]), [5, 0, 1, 0]);
    assert_eq!(booked([Internal, WalkIn, Public, Urgent]), [3, 3, 0, 0]);
}

#[test]
fn a_released_reserve_goes_to_everybody() {
    let quota = Quota { internal: 1, urgent: 0, walk_in: 1, release_minutes: 30 };
    let city = town(vec![three_desks(quota)]);
    let mut ledger = Ledger::new(supply(&city, date(2026, 5, 4), 7));
    assert_eq!(fill(&mut ledger, QuotaClass::Public, at("2026-05-06T05:29:59.999Z")), 1);
    assert_eq!(fill(&mut ledger, QuotaClass::Public, at("2026-05-06T05:30:00Z")), 2);
    assert_eq!(fill(&mut ledger, QuotaClass::WalkIn, at("2026-05-06T05:30:00Z")), 0);
}

#[test]
fn a_claim_that_is_given_back_leaves_nothing_behind() {
    let quota = Quota { internal: 1, urgent: 1, walk_in: 0, release_minutes: 0 };
    let mut ledger = Ledger::new(supply(&town(vec![three_desks(quota)]), date(2026, 5, 4), 7));
    let claim = claim(&ledger.supply().clone(), "2026-05-06T06:00:00Z", &visit(30), long_before()).unwrap();
    // One set of desks, the public's level and the level of staff: urgent cases have no level of their own here.
    assert_eq!(claim.takes.len(), 3);
    assert!(ledger.apply(&claim));
    assert_eq!(ledger.free(&claim), 0);
    let after_booking = ledger.epoch();
    assert!(ledger.release(&claim));
    assert_eq!(ledger.free(&claim), 1);
    assert!(ledger.epoch() > after_booking && after_booking > 0);
    for take in &claim.takes {
        assert!(take.cells().all(|(cell, _)| ledger.taken(take.pool, cell) == Some(0)));
        assert!(!ledger.add(take.pool, take.first_cell + 1, 1));
    }
    assert!(!ledger.set(capacity::PoolId(1), claim.takes[0].first_cell, 5));
    assert_eq!(ledger.free(&claim), 1);
}

#[test]
fn a_booked_visit_finds_its_cells_under_changed_rules_or_is_a_conflict() {
    let (office, team, demand) = (key("office"), key("team"), visit(10));
    let (start, end) = (at("2026-05-06T06:10:00Z"), at("2026-05-06T06:30:00Z"));
    let booked = BookedVisit { office: &office, team: &team, start, end, demand: &demand, now: long_before() };
    let under = |change: fn(&mut OpeningRule)| {
        let mut rule = three_desks(Quota::default());
        change(&mut rule);
        supply(&town(vec![rule]), date(2026, 5, 4), 7).cells_of(&booked)
    };
    let same = under(|_| ()).unwrap();
    assert_eq!((same.cells, same.takes[0].first_cell), (2, start.seconds()));
    // A grid of 15 minutes: 8:10 to 8:30 touches the cells 8:00 and 8:15.
    let off_grid = under(|rule| rule.step_minutes = 15).unwrap();
    assert_eq!((off_grid.cells, off_grid.takes[0].first_cell, off_grid.start), (2, start.seconds() - 600, start));
    assert_eq!(under(|rule| rule.windows = vec![window(490, 510)]).map(|claim| claim.cells), Some(2));
    assert_eq!(under(|rule| rule.windows = vec![window(490, 500)]), None);
    assert_eq!(under(|rule| rule.desks.clear()), None);
    assert_eq!(under(|rule| rule.variant = Some(key("interpreter"))), None);
    // A booking window that has become shorter does not touch what is booked.
    assert!(under(|rule| rule.booking.days_ahead = 0).is_some());
}

#[test]
fn instants_at_the_ends_of_time_are_refused_like_any_other() {
    let supply = supply(&town(vec![three_desks(Quota::default())]), date(2026, 5, 4), 7);
    let (first, last) = (Timestamp::from_millis(i64::MIN), Timestamp::from_millis(i64::MAX));
    let refusal = |start, now| {
        supply.claim(&ClaimRequest { office: &key("office"), team: None, start, demand: &visit(10), now }).err()
    };
    assert_eq!(refusal(at("2026-05-06T06:00:00Z"), last), Some(Refusal::InThePast));
    assert_eq!(refusal(at("2026-05-06T06:00:00Z"), first), Some(Refusal::TooFarAhead));
    assert_eq!(refusal(last, first), Some(Refusal::NoSuchStart));
    assert_eq!(refusal(first, first), Some(Refusal::NoSuchStart));
}
