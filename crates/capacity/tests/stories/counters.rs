//! Names and numbers of pools, desks that differ, teams that never help out.

use capacity::{ClaimRequest, Demand, Ledger, Refusal};
use domain::city::City;
use domain::office::{DeskGroup, Office, Team};
use domain::opening::{DeskCount, OpeningRule, QuotaClass};

use crate::build::{city, date, group, key, office, rule};
use crate::stories::{at, long_before, supply};

/// Two desks for everything and one for passports only.
fn two_groups() -> Office {
    let all = DeskGroup { skills: vec![key("passport"), key("car")], ..group("all", 2) };
    let passport =
        DeskGroup { skills: vec![key("passport")], equipment: vec![key("fingerprint")], ..group("passport", 1) };
    let desks = vec![DeskCount { group: key("all"), count: 2 }, DeskCount { group: key("passport"), count: 1 }];
    office("office", vec![passport, all], vec![OpeningRule { desks, ..rule("rule") }])
}

fn demand(city: &City, skills: &[&str], equipment: &[&str]) -> Demand {
    let keys = |names: &[&str]| names.iter().map(|name| key(name)).collect::<Vec<_>>();
    let (skills, equipment) = (keys(skills), keys(equipment));
    let eligible = supply(city, date(2026, 5, 4), 1).eligible(&key("office"), skills.iter(), equipment.iter()).unwrap();
    Demand { minutes: 10, eligible, class: QuotaClass::Public, channel: None, variant: None }
}

#[test]
fn visits_that_many_desks_can_serve_leave_room_for_those_that_few_can() {
    let city = city(vec![two_groups()]);
    let supply = supply(&city, date(2026, 5, 4), 7);
    let mut ledger = Ledger::new(supply.clone());
    let request = |demand: &Demand| {
        let office = key("office");
        supply.claim(&ClaimRequest {
            office: &office,
            team: None,
            start: at("2026-05-06T06:00:00Z"),
            demand,
            now: long_before(),
        })
    };
    let car = request(&demand(&city, &["car"], &[])).unwrap();
    let passport = request(&demand(&city, &["passport"], &[])).unwrap();
    let fingerprint = request(&demand(&city, &["passport"], &["fingerprint"])).unwrap();
    assert_eq!(request(&demand(&city, &["car", "passport"], &["fingerprint"])), Err(Refusal::NoDeskForThis));
    assert_eq!([&car, &passport, &fingerprint].map(|claim| ledger.free(claim)), [2, 3, 1]);
    ledger.apply(&passport);
    assert_eq!([&car, &passport, &fingerprint].map(|claim| ledger.free(claim)), [2, 2, 1]);
    ledger.apply(&passport);
    assert_eq!([&car, &passport, &fingerprint].map(|claim| ledger.free(claim)), [1, 1, 1]);
    ledger.apply(&car);
    assert_eq!([&car, &passport, &fingerprint].map(|claim| ledger.free(claim)), [0, 0, 0]);
}

#[test]
fn pools_keep_their_numbers_whatever_the_order_in_which_a_city_is_written() {
    let mut shuffled = two_groups();
    shuffled.teams[0].groups.reverse();
    shuffled.teams.insert(0, Team { key: key("second"), groups: vec![group("desks", 1)] });
    let cities = [city(vec![two_groups()]), city(vec![office("a", vec![group("desks", 1)], vec![]), shuffled])];
    let pools = cities.map(|city| {
        let demand = demand(&city, &["passport"], &[]);
        let (office, team) = (key("office"), key("team"));
        let start = at("2026-05-06T06:00:00Z");
        let request = ClaimRequest { office: &office, team: Some(&team), start, demand: &demand, now: long_before() };
        let claim = supply(&city, date(2026, 5, 4), 7).claim(&request).unwrap();
        claim.takes.iter().map(|take| take.pool).collect::<Vec<_>>()
    });
    assert_eq!(pools[0], pools[1]);
}

#[test]
fn desks_of_one_team_never_stand_in_for_another() {
    let mut two = two_groups();
    two.teams
        .push(Team { key: key("video"), groups: vec![DeskGroup { skills: vec![key("car")], ..group("desks", 4) }] });
    two.rules.push(OpeningRule {
        team: key("video"),
        channel: domain::opening::VisitChannel::Video,
        desks: vec![DeskCount { group: key("desks"), count: 4 }],
        ..rule("video")
    });
    let city = city(vec![two]);
    let ledger = Ledger::new(supply(&city, date(2026, 5, 4), 7));
    let (office, demand) = (key("office"), demand(&city, &["car"], &[]));
    let request = ClaimRequest {
        office: &office,
        team: None,
        start: at("2026-05-06T06:00:00Z"),
        demand: &demand,
        now: long_before(),
    };
    let claims = ledger.supply().claims(&request).unwrap();
    let free: Vec<(&str, u16)> = claims.iter().map(|claim| (claim.team.as_str(), ledger.free(claim))).collect();
    assert_eq!(free, [("team", 2), ("video", 4)]);
    let stranger = key("nobody");
    assert_eq!(ledger.supply().claims(&ClaimRequest { team: Some(&stranger), ..request }), Err(Refusal::UnknownOffice));
}
