//! What holds whatever the rules say.

use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};

use capacity::{BookedVisit, ClaimRequest, Search, Start, Supply};
use domain::opening::OpeningRule;

use crate::build::key;
use crate::properties::towns::{DAYS, Town, towns};
use crate::properties::{Visit, choices, ledger, query, visits};

fn starts(ledger: &capacity::Ledger, visit: Visit, town: &Town) -> Vec<Start> {
    let query = query(visit, town.now, town.first_day, DAYS);
    Search::new(ledger, &query).starts(100_000, None).starts
}

fn rules(town: &mut Town) -> &mut Vec<OpeningRule> {
    &mut town.city.offices.get_mut(&key("office")).expect("the office").rules
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_in_which_rules_are_listed_changes_nothing(town in towns(), visit in visits(), turn in any::<usize>()) {
        let mut other = town.clone();
        let listed = rules(&mut other);
        let middle = turn % listed.len();
        listed.rotate_left(middle);
        if turn % 2 == 0 {
            listed.reverse();
        }
        let [here, there] = [&town, &other].map(|town| Supply::compile(&town.city, town.first_day, DAYS).map(|_| ()));
        prop_assert_eq!(here, there);
        if let (Some(here), Some(there)) = (ledger(&town.city, town.first_day, DAYS), ledger(&other.city, town.first_day, DAYS)) {
            prop_assert_eq!(starts(&here, visit, &town), starts(&there, visit, &other));
        }
    }

    #[test]
    fn more_desks_never_remove_a_start(town in towns(), visit in visits(), rule in any::<usize>(), group in 0usize..3) {
        let mut more = town.clone();
        let listed = rules(&mut more);
        let index = rule % listed.len();
        listed[index].desks.push(domain::opening::DeskCount { group: key(crate::properties::GROUPS[group]), count: 1 });
        if let (Some(less), Some(more_ledger)) = (ledger(&town.city, town.first_day, DAYS), ledger(&more.city, town.first_day, DAYS)) {
            let richer = starts(&more_ledger, visit, &more);
            for start in starts(&less, visit, &town) {
                prop_assert!(richer.iter().any(|other| other.at == start.at && other.free >= start.free), "{:?}", start);
            }
        }
    }

    #[test]
    fn what_is_booked_and_what_is_free_is_what_there_is(town in towns(), choices in choices()) {
        let Some(mut ledger) = ledger(&town.city, town.first_day, DAYS) else { return Ok(()) };
        let empty = ledger.clone();
        let office = key("office");
        let mut booked = Vec::new();
        for (visit, choice) in choices {
            let free = starts(&ledger, visit, &town);
            let Some(start) = free.get(choice as usize % free.len().max(1)) else { continue };
            let demand = visit.demand();
            let request = ClaimRequest { office: &office, team: Some(&start.team), start: start.at, demand: &demand, now: town.now };
            let claim = ledger.supply().claim(&request).expect("a free start can be claimed");
            prop_assert_eq!(ledger.free(&claim), start.free);
            prop_assert_eq!((claim.end, claim.channel), (start.end, start.channel));
            prop_assert!(claim.takes.is_sorted_by_key(|take| take.pool));
            prop_assert!(claim.takes.iter().all(|take| take.limits.len() == usize::from(claim.cells)));

            // The same cells are found again from the booking alone.
            let visit = BookedVisit { office: &office, team: &claim.team, start: claim.start, end: claim.end, demand: &demand, now: town.now };
            let found_again = ledger.supply().cells_of(&visit);
            prop_assert_eq!(found_again.as_ref(), Some(&claim));

            ledger.apply(&claim);
            prop_assert_eq!(ledger.free(&claim), start.free - 1);
            booked.push(claim);
        }
        // No pool of any cell holds more than its desks, and each counts exactly the visits that take it.
        for claim in &booked {
            for take in &claim.takes {
                for (cell, _) in take.cells() {
                    let touching = booked.iter().flat_map(|other| &other.takes).filter(|other| other.pool == take.pool);
                    let live = touching.filter(|other| other.cells().any(|(at, _)| at == cell)).count();
                    prop_assert_eq!(ledger.taken(take.pool, cell), Some(live as u16));
                }
            }
        }
        for claim in booked.iter().rev() {
            prop_assert!(ledger.release(claim));
        }
        for claim in &booked {
            prop_assert_eq!(ledger.free(claim), empty.free(claim));
        }
    }

    #[test]
    fn nothing_panics_on_strange_numbers(town in towns(), minutes in any::<u32>(), groups in any::<u8>(), now in any::<i64>(), start in any::<i64>()) {
        let Some(ledger) = ledger(&town.city, town.first_day, DAYS) else { return Ok(()) };
        let (office, now) = (key("office"), domain::time::Timestamp::from_millis(now));
        let mut demand = Visit { minutes: 10, groups, class: domain::opening::QuotaClass::Public, channel: None, interpreter: 1 }.demand();
        demand.minutes = minutes;
        let start = domain::time::Timestamp::from_millis(start);
        let _ = ledger.supply().claim(&ClaimRequest { office: &office, team: None, start, demand: &demand, now });
        let team = key("team");
        let _ = ledger.supply().cells_of(&BookedVisit { office: &office, team: &team, start, end: now, demand: &demand, now });
        let mut query = query(Visit { minutes: 1, groups: 1, class: demand.class, channel: None, interpreter: 1 }, now, town.first_day, DAYS);
        query.offices[0].demand = demand.clone();
        query.from = chrono::NaiveDate::MIN;
        query.to = chrono::NaiveDate::MAX;
        let search = Search::new(&ledger, &query);
        let _ = (search.days(), search.starts(3, None), search.max_bookable(town.first_day));
    }
}
