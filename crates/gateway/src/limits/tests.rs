//! Who is counted by what, with a clock that the test sets.

use std::{
    net::IpAddr,
    sync::atomic::{AtomicU64, Ordering},
};

use uuid::Uuid;

use super::*;

/// Limits and the hands of their clock, in seconds.
fn limits(allowances: Allowances) -> (Limits, Arc<AtomicU64>) {
    let hands = Arc::new(AtomicU64::new(1_000));
    let shown = Arc::clone(&hands);
    let ticks = Ticks::new(move || Duration::from_secs(shown.load(Ordering::SeqCst)));
    (Limits::new(&allowances, &ticks), hands)
}

fn from(address: &str) -> Payer {
    Payer { address: Some(address.parse::<IpAddr>().expect("an address")), ..Payer::default() }
}

/// How many of `tries` pass.
fn passed(limits: &Limits, budget: Budget, tries: usize, payer: impl Fn(usize) -> Payer) -> usize {
    (0..tries).filter(|&number| limits.charge(budget, 1, &payer(number)).is_ok()).count()
}

#[test]
fn one_address_gets_its_burst_and_then_its_rate() {
    let (limits, hands) = limits(Allowances { sign_ins: 30, ..Allowances::default() });
    let tries = |count| passed(&limits, Budget::SignIns, count, |_| from("203.0.113.5"));
    assert!(!limits.is_spent(Budget::SignIns, &from("203.0.113.5")));
    assert_eq!(tries(1_000), 30);
    assert!(limits.is_spent(Budget::SignIns, &from("203.0.113.5")));
    let refused = limits.charge(Budget::SignIns, 1, &from("203.0.113.5")).expect_err("spent");
    assert_eq!((refused.budget, refused.retry_after_seconds), (Budget::SignIns, 3));
    hands.fetch_add(20, Ordering::SeqCst);
    assert!(!limits.is_spent(Budget::SignIns, &from("203.0.113.5")));
    assert_eq!(tries(1_000), 10);
    assert_eq!(passed(&limits, Budget::SignIns, 5, |_| from("198.51.100.7")), 5, "others are not touched");
}

#[test]
fn changing_addresses_inside_a_network_gains_five_times_and_no_more() {
    for (budget, once) in [(Budget::SignIns, 30), (Budget::Bookings, 30)] {
        let (limits, _) = limits(Allowances { sign_ins: 30, bookings: 60, ..Allowances::default() });
        let v4 = passed(&limits, budget, 5_000, |number| from(&format!("203.0.113.{}", number % 256)));
        assert_eq!(v4, once * 5);
        let low = passed(&limits, budget, 5_000, |number| from(&format!("2001:db8:1:1::{number:x}")));
        assert_eq!(low, once, "the lower half of an IPv6 address is the caller's to choose");
        let high = passed(&limits, budget, 5_000, |number| from(&format!("2001:db8:2:{number:x}::1")));
        assert_eq!(high, once * 5, "and so are sixteen bits of the upper half");
        // Negative control: what is really another network is another budget.
        assert_eq!(passed(&limits, budget, 100, |number| from(&format!("2001:db8:{:x}::1", number + 10))), 100);
    }
}

#[test]
fn an_ipv4_address_written_as_ipv6_is_the_same_caller() {
    let (limits, _) = limits(Allowances { sign_ins: 30, ..Allowances::default() });
    assert_eq!(passed(&limits, Budget::SignIns, 100, |_| from("203.0.113.5")), 30);
    assert_eq!(passed(&limits, Budget::SignIns, 100, |_| from("::ffff:203.0.113.5")), 0);
}

#[test]
fn who_is_refused_does_not_use_up_what_neighbours_share() {
    let (limits, _) = limits(Allowances { sign_ins: 30, ..Allowances::default() });
    passed(&limits, Budget::SignIns, 10_000, |_| from("203.0.113.5"));
    assert_eq!(passed(&limits, Budget::SignIns, 30, |_| from("203.0.113.6")), 30);
}

#[test]
fn one_login_is_tried_so_often_from_everywhere_together() {
    let (limits, hands) = limits(Allowances::default());
    let blind = [7; 32];
    let tries = |count, login: &str| {
        let contact = Contact::new(login, &blind);
        passed(&limits, Budget::SignIns, count, |number| Payer { contact, ..from(&format!("2001:db8:{number:x}::1")) })
    };
    assert_eq!(tries(1_000, "clerk@stadt.example"), 20);
    assert_eq!(tries(1_000, " CLERK@stadt.example "), 0, "the same login");
    assert_eq!(tries(1, "lead@stadt.example"), 1);
    hands.fetch_add(120, Ordering::SeqCst);
    assert_eq!(tries(1_000, "clerk@stadt.example"), 2);
}

#[test]
fn a_mailbox_gets_six_messages_an_hour_under_all_its_names() {
    let (limits, hands) = limits(Allowances::default());
    let blind = [7; 32];
    let sent = |address: &str| {
        let payer = Payer { contact: Contact::new(address, &blind), ..Payer::default() };
        passed(&limits, Budget::Messages, 1, |_| payer)
    };
    let names = ["eva@stadt.example", "Eva@Stadt.example", "eva+1@stadt.example", "eva+2@stadt.example"];
    assert_eq!((0..40).map(|number| sent(names[number % 4])).sum::<usize>(), 6);
    assert_eq!(sent("adam@stadt.example"), 1);
    hands.fetch_add(600, Ordering::SeqCst);
    assert_eq!(sent("eva@stadt.example") + sent("eva@stadt.example"), 1);
}

#[test]
fn staff_are_counted_by_their_account_and_never_by_their_town_hall() {
    let (limits, _) = limits(Allowances::default());
    let town_hall = "203.0.113.5";
    while limits.charge(Budget::Requests, 1, &from(town_hall)).is_ok() {}
    let clerk =
        |number: u128| Payer { standing: Standing::Staff, account: Some(Uuid::from_u128(number)), ..from(town_hall) };
    assert_eq!(passed(&limits, Budget::Requests, 600, |_| clerk(1)), 600);
    assert_eq!(passed(&limits, Budget::Requests, 100, |_| clerk(1)), 0, "one clerk has a budget too");
    assert_eq!(passed(&limits, Budget::Requests, 100, |_| clerk(2)), 100);
    let citizen = Payer { standing: Standing::Citizen, ..clerk(3) };
    assert_eq!(passed(&limits, Budget::Requests, 100, |_| citizen), 0, "negative control: citizens share the network");
}

#[test]
fn staff_write_to_one_address_all_day_and_guess_as_little_as_anybody() {
    let (limits, _) = limits(Allowances { sign_ins: 30, ..Allowances::default() });
    let clerk = Payer {
        standing: Standing::Staff,
        account: Some(Uuid::from_u128(1)),
        contact: Contact::new("eva@stadt.example", &[7; 32]),
        ..from("203.0.113.5")
    };
    assert_eq!(passed(&limits, Budget::Messages, 100, |_| clerk), 100);
    assert_eq!(passed(&limits, Budget::SignIns, 100, |_| clerk), 20, "one login");
    let spread = |number: usize| Payer { contact: Contact::new(&format!("login{number}"), &[7; 32]), ..clerk };
    assert_eq!(passed(&limits, Budget::SignIns, 100, spread), 0, "tries that were refused count too");
}

#[test]
fn two_gateways_share_a_budget() {
    let allowances = Allowances { sign_ins: 30, share: 2, ..Allowances::default() };
    let (one, _) = limits(allowances);
    let (other, _) = limits(allowances);
    let both = [&one, &other].map(|gateway| passed(gateway, Budget::SignIns, 100, |_| from("203.0.113.5")));
    assert_eq!(both, [15, 15]);
}

#[test]
fn memory_is_bounded_whoever_calls() {
    let (limits, _) = limits(Allowances { keys: 100, ..Allowances::default() });
    passed(&limits, Budget::Requests, 20_000, |number| from(&format!("2001:{:x}:{:x}::1", number % 250, number / 250)));
    assert_eq!(limits.remembered(), 200, "a hundred narrow networks and a hundred wide ones");
}

#[test]
fn no_contact_can_be_read_from_what_is_kept() {
    let one = Contact::new("eva@stadt.example", &[1; 32]);
    assert_ne!(one, Contact::new("eva@stadt.example", &[2; 32]), "another process, another number");
    assert_eq!(Contact::new("0511 / 123-45", &[1; 32]), Contact::new("051112345", &[1; 32]));
    assert_eq!(Contact::new(" +@. ", &[1; 32]), None);
    assert!(!format!("{one:?}").contains("eva"));
}

#[test]
fn places_are_given_back() {
    let census = Census::default();
    let payer = Payer { standing: Standing::Citizen, account: Some(Uuid::from_u128(1)), ..from("203.0.113.5") };
    let seats: Vec<_> = (0..3).map(|_| census.network(&payer, 3).expect("a place")).collect();
    assert_eq!(census.network(&payer, 3).expect_err("full"), Full);
    assert!(census.account(&payer, 1).expect("a place").is_some());
    assert!(census.network(&from("203.0.113.6"), 3).is_ok());
    drop(seats);
    assert!(census.network(&payer, 3).is_ok());
    assert!(census.is_empty(), "nothing is remembered of those who left");
    assert_eq!(census.network(&payer, 0).expect_err("none at all"), Full);
    assert!(census.is_empty());
}

#[test]
fn pressure_rises_with_each_call_and_falls_with_time() {
    let hands = Arc::new(AtomicU64::new(1_000));
    let shown = Arc::clone(&hands);
    let pressure = Pressure::new(Ticks::new(move || Duration::from_secs(shown.load(Ordering::SeqCst))));
    assert_eq!(pressure.a_minute(), 0);
    let highest = (0..50).map(|_| pressure.note()).max();
    assert_eq!(highest, Some(300));
    hands.fetch_add(15, Ordering::SeqCst);
    assert_eq!(pressure.a_minute(), 150);
    hands.fetch_add(10, Ordering::SeqCst);
    assert_eq!(pressure.a_minute(), 0);
}
