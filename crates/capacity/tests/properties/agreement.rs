//! Both engines agree on contradictions, days, starts, free places and claims.

use std::collections::BTreeMap;

use proptest::prelude::{ProptestConfig, TestCaseError, prop_assert, prop_assert_eq, proptest};

use capacity::{ClaimRequest, Ledger, Search, Supply};
use domain::identifier::Key;
use domain::opening::QuotaClass;
use domain::time::Timestamp;

use crate::build::key;
use crate::properties::towns::{DAYS, Town, towns};
use crate::properties::{Visit, choices, ledger, query, visits};
use crate::reference::Reference;

/// Free starts by minute since the epoch.
fn free_starts(ledger: &Ledger, visit: Visit, now: Timestamp, town: &Town) -> BTreeMap<i64, u16> {
    let query = query(visit, now, town.first_day, DAYS);
    let starts = Search::new(ledger, &query).starts(100_000, None).starts;
    starts.into_iter().map(|start| (start.at.seconds() / 60, start.free)).collect()
}

fn open(mut starts: BTreeMap<i64, u16>) -> BTreeMap<i64, u16> {
    starts.retain(|_, free| *free > 0);
    starts
}

/// Books visits at random free starts in both engines.
fn fill(
    ledger: &mut Ledger,
    reference: &mut Reference,
    choices: &[(Visit, u32)],
    town: &Town,
) -> Result<(), TestCaseError> {
    let office = key("office");
    for (visit, choice) in choices {
        let free: Vec<i64> = free_starts(ledger, *visit, town.now, town).into_keys().collect();
        let Some(start) = free.get(*choice as usize % free.len().max(1)) else {
            continue;
        };
        let demand = visit.demand();
        let start_at = Timestamp::from_seconds(start * 60);
        let request = ClaimRequest { office: &office, team: None, start: start_at, demand: &demand, now: town.now };
        let claim =
            ledger.supply().claim(&request).map_err(|refusal| TestCaseError::fail(format!("{refusal} at {start}")))?;
        prop_assert!(ledger.apply(&claim));
        reference.book(*start, &visit.wish(), town.now);
    }
    Ok(())
}

fn agree(
    ledger: &Ledger,
    reference: &Reference,
    visit: Visit,
    now: Timestamp,
    town: &Town,
) -> Result<(), TestCaseError> {
    let expected = reference.starts(&visit.wish(), now, now);
    prop_assert_eq!(free_starts(ledger, visit, now, town), open(expected.clone()));

    // Every minute of the supply: a claim exists exactly where a start is, taken or not, and says the same of it.
    let (office, demand) = (key("office"), visit.demand());
    let first = town.first_day.and_hms_opt(0, 0, 0).map_or(0, |midnight| midnight.and_utc().timestamp() / 60) - 180;
    for minute in first..first + (i64::from(DAYS) + 1) * 1440 {
        let start = Timestamp::from_seconds(minute * 60);
        let claim = ledger.supply().claim(&ClaimRequest { office: &office, team: None, start, demand: &demand, now });
        let free = claim.as_ref().map_or(0, |claim| ledger.free(claim));
        prop_assert_eq!(free, expected.get(&minute).copied().unwrap_or(0), "minute {}: {:?}", minute, claim);
        prop_assert!(claim.is_err() || expected.contains_key(&minute));
    }
    days_equal_starts(ledger, visit, now, town, &expected)
}

fn days_equal_starts(
    ledger: &Ledger,
    visit: Visit,
    now: Timestamp,
    town: &Town,
    expected: &BTreeMap<i64, u16>,
) -> Result<(), TestCaseError> {
    let query = query(visit, now, town.first_day, DAYS);
    let search = Search::new(ledger, &query);
    let days: BTreeMap<_, _> = search.days().into_iter().map(|day| (day.date, day.offices[0].starts)).collect();
    let mut counted = BTreeMap::new();
    for minute in open(expected.clone()).into_keys() {
        let day = Timestamp::from_seconds(minute * 60).local_date(ledger.supply().zone());
        *counted.entry(day).or_insert(0) += 1;
    }
    prop_assert_eq!(&days, &counted);
    let offered = search.offered_days(100);
    prop_assert!(offered.iter().all(|day| search.is_offered(*day)));
    prop_assert_eq!(offered, days.into_keys().collect::<Vec<_>>());
    let earliest = search.earliest_per_office().remove(0).map(|start| start.at.seconds() / 60);
    prop_assert_eq!(earliest, open(expected.clone()).into_keys().next());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, max_global_rejects: 100_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_engines_give_the_same_answers(town in towns(), choices in choices(), visits in proptest::collection::vec(visits(), 3), later in 0i64..3000) {
        let (office, team): (Key, Key) = (key("office"), key("team"));
        let mut reference = Reference::new(&town.city, &office, &team, town.first_day, DAYS);
        prop_assert_eq!(Supply::compile(&town.city, town.first_day, DAYS).is_err(), reference.overlaps());
        if let Some(mut ledger) = ledger(&town.city, town.first_day, DAYS) {
            for visit in &visits {
                agree(&ledger, &reference, *visit, town.now, &town)?;
            }
            fill(&mut ledger, &mut reference, &choices, &town)?;
            for visit in visits {
                agree(&ledger, &reference, visit, town.now, &town)?;
                agree(&ledger, &reference, visit, town.now.plus_minutes(later), &town)?;
            }
        }
    }

    #[test]
    fn as_many_visits_are_packed_as_trying_every_way_finds(town in towns(), choices in choices(), visit in visits()) {
        let mut town = town;
        for rule in &mut town.city.offices.get_mut(&key("office")).expect("the office").rules {
            rule.windows.iter_mut().for_each(|window| window.to.0 = window.to.0.min(window.from.0 + 90));
            rule.quota.release_minutes = 0;
            rule.step_minutes = rule.step_minutes.max(15);
        }
        let (office, team): (Key, Key) = (key("office"), key("team"));
        let visit = Visit { class: QuotaClass::Internal, ..visit };
        if let Some(mut ledger) = ledger(&town.city, town.first_day, DAYS) {
            let mut reference = Reference::new(&town.city, &office, &team, town.first_day, DAYS);
            fill(&mut ledger, &mut reference, &choices, &town)?;
            let query = query(visit, town.now, town.first_day, DAYS);
            let search = Search::new(&ledger, &query);
            for day in town.first_day.iter_days().take(usize::from(DAYS)) {
                prop_assert_eq!(search.max_bookable(day)[0], reference.most(day, &visit.wish(), town.now), "{}", day);
            }
        }
    }
}
