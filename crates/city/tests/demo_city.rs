//! The demo city in `deploy/demo/hannover` keeps to the facts and can be loaded.

mod support;

use std::collections::BTreeMap;

use city::{Checked, Code, canonical_json, check, fingerprint};
use domain::catalogue::Standing;
use domain::city::City;
use domain::identifier::Key;
use domain::law::{AutomationDegree, TrustLevel, Way};
use domain::money::Cents;
use domain::office::OfficeKind;
use domain::permission::Role;

use crate::support::demo_files;

/// Every problem or notice on a line of its own.
fn lines<T: ToString>(all: &[T]) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn demo() -> Checked {
    check(&demo_files()).unwrap_or_else(|problems| panic!("{}", lines(&problems)))
}

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

#[test]
fn the_demo_city_loads_without_problem_and_without_notice() {
    let Checked { city, notices } = demo();
    assert_eq!(lines(&notices), "");
    let of_kind = |kind| city.offices.values().filter(|office| office.kind == kind).count();
    assert_eq!((of_kind(OfficeKind::Fixed), of_kind(OfficeKind::Mobile), of_kind(OfficeKind::Virtual)), (9, 1, 1));
    let standing = |standing| city.services.values().filter(|service| service.standing == standing).count();
    assert_eq!((standing(Standing::Offered), standing(Standing::Listed)), (72, 25));
    assert_eq!((city.districts.len(), city.closures.len(), city.accounts.len()), (13, 6, 6));
    assert_eq!(city.districts.iter().map(|district| district.inhabitants).sum::<u32>(), 547_049);
}

#[test]
fn a_leika_key_stands_only_where_one_was_seen() {
    let city = demo().city;
    let seen: BTreeMap<&str, &str> =
        city.services.values().filter_map(|s| Some((s.key.as_str(), s.leika_key.as_deref()?))).collect();
    let expected = BTreeMap::from([
        ("aufenthaltserlaubnis-verlaengern", "99010023020000"),
        ("fischereischein", "99042001000000"),
        ("fuehrerschein-ausland", "99108047050002"),
        ("kfz-zulassen", "99036020001000"),
        ("kleiner-waffenschein", "99089034001001"),
        ("kurzzeitkennzeichen", "99036036000000"),
        ("niederlassungserlaubnis", "99010003001000"),
        ("personalausweis-adresse", "99008001011001"),
        ("reisepass-verlust", "99085001014003"),
        ("vaterschaft", "99133001000000"),
        ("wohnsitz-anmelden", "99115005104001"),
        ("wohnsitz-ummelden", "99115005104000"),
    ]);
    assert_eq!(seen, expected);
}

#[test]
fn every_service_has_an_english_name_and_everyday_words() {
    for service in demo().city.services.values() {
        assert!(service.name.en.is_some(), "{}", service.key);
        assert!((3..=6).contains(&service.synonyms.len()), "{}", service.key);
    }
}

#[test]
fn values_that_were_not_found_stay_marked() {
    let city = demo().city;
    assert_eq!(city.municipality.ags_certainty, "from memory");
    assert!(city.offices.values().all(|office| office.provenance.assumption), "desks and hours are assumed everywhere");
    let estimated = city.services.values().filter(|service| service.provenance.certainty.contains("estimate"));
    assert_eq!(estimated.filter(|service| !service.provenance.assumption).count(), 0);
    // An unknown fee is no fee at all, which is not the same as free.
    assert!(city.services[&key("gewerbe-anmelden")].fees.is_empty());
    assert_eq!(city.services[&key("wohnsitz-anmelden")].fees[0].amount, Cents(0));
    assert_eq!(city.services[&key("personalausweis")].fees[0].amount, Cents(4600));
}

#[test]
fn the_law_is_kept() {
    let city = demo().city;
    let full = city.services.values().filter(|service| service.automation.degree == AutomationDegree::Full);
    assert_eq!(full.map(|service| service.key.as_str()).collect::<Vec<_>>(), ["bewohnerparkausweis", "kfz-abmelden"]);
    assert_eq!(city.services[&key("fuehrungszeugnis")].trust_level, TrustLevel::High);
    let courier = city.services[&key("personalausweis-abholen")].ways.iter().find(|offer| offer.way == Way::Courier);
    assert_eq!(courier.and_then(|offer| offer.surcharge), Some(Cents(850)));
}

#[test]
fn an_identity_card_by_video_is_refused_with_the_paragraph() {
    let mut files = demo_files();
    let card = files.iter_mut().find(|file| file.path == "services/personalausweis.toml").unwrap();
    card.text = card.text.replace("[\"counter\", \"mobile\"]", "[\"counter\", \"video\"]");
    let problems = check(&files).unwrap_err();
    assert_eq!((problems.len(), problems[0].code, problems[0].key.as_str()), (1, Code::AgainstTheLaw, "ways"));
    assert!(problems[0].message.contains("§ 9 (1) PAuswG"), "{}", problems[0]);
}

#[test]
fn accounts_have_their_passwords_and_offices() {
    let accounts = demo().city.accounts;
    let eva = accounts.iter().find(|account| account.role == Role::Citizen).unwrap();
    assert_eq!(
        (eva.login.as_str(), eva.password.as_deref()),
        ("eva.beispiel@example.org", Some("demo-citizen-hannover"))
    );
    assert!(
        accounts.iter().all(|account| account.password.as_ref().is_some_and(|password| password.chars().count() >= 15))
    );
}

#[test]
fn the_canonical_form_can_be_read_back_and_has_no_password() {
    let city = demo().city;
    let json = canonical_json(&city);
    assert!(!json.contains("demo-citizen-hannover"));
    let mut back: City = serde_json::from_str(&json).unwrap();
    assert_eq!(fingerprint(&back), fingerprint(&city));
    for (account, original) in back.accounts.iter_mut().zip(&city.accounts) {
        account.password.clone_from(&original.password);
    }
    assert_eq!(back, city);
}

#[test]
fn the_fingerprint_sees_values_and_not_comments_or_the_order_of_files() {
    let files = demo_files();
    let mut rewritten: Vec<_> = files.iter().rev().cloned().collect();
    for file in rewritten.iter_mut().filter(|file| !file.path.starts_with("passwords/")) {
        file.text = format!("# a comment\n\n{}", file.text);
    }
    let original = fingerprint(&check(&files).unwrap().city);
    assert_eq!(original.len(), 64);
    assert_eq!(fingerprint(&check(&rewritten).unwrap().city), original);
    let fee = rewritten.iter_mut().find(|file| file.path == "services/personalausweis.toml").unwrap();
    fee.text = fee.text.replace("cents = 4600", "cents = 4700");
    assert_ne!(fingerprint(&check(&rewritten).unwrap().city), original);
}
