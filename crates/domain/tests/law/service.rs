//! Builds services for the tests, starting from one that breaks nothing.

use chrono::NaiveDate;
use serde::Deserialize;

use domain::catalogue::{Fee, Service, Standing, WayOffer};
use domain::geography::Provenance;
use domain::identifier::Key;
use domain::law::{Automation, AutomationDegree, LegalBasis, Presence, PresenceRule, TrustLevel, Way};
use domain::money::Cents;
use domain::text::Localized;

pub(crate) fn basis(text: &str) -> LegalBasis {
    LegalBasis(text.into())
}

pub(crate) fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 9, 1).unwrap()
}

pub(crate) fn offer(way: Way) -> WayOffer {
    WayOffer { way, surcharge: None, condition: None }
}

/// A service with its statute, rule of presence and ways; 15 minutes, no known fee, high trust, no automation.
pub(crate) fn service(key: &str, legal_basis: &str, rule: PresenceRule, ways: &[Way]) -> Service {
    Service {
        key: Key::new(key).unwrap(),
        name: Localized::german(key),
        synonyms: Vec::new(),
        category: "test".into(),
        leika_key: None,
        standing: Standing::Offered,
        planned_minutes: 15,
        minutes_per_extra_person: None,
        fees: Vec::new(),
        fee_note: None,
        presence: Presence { rule, legal_basis: None },
        ways: ways.iter().copied().map(offer).collect(),
        trust_level: TrustLevel::High,
        automation: Automation { degree: AutomationDegree::None, legal_basis: None, discretion: false, note: None },
        legal_basis: basis(legal_basis),
        documents: Vec::new(),
        target_group: None,
        deadline: None,
        result: None,
        skills: Vec::new(),
        equipment: Vec::new(),
        provenance: Provenance::default(),
    }
}

pub(crate) fn identity_card() -> Service {
    let mut card = service(
        "personalausweis",
        "§§ 1, 6, 9 PAuswG; § 1 PAuswGebV",
        PresenceRule::Required,
        &[Way::Counter, Way::Mobile],
    );
    card.fees = vec![Fee { amount: Cents(4600), valid_from: None, valid_to: None }];
    card
}

pub(crate) fn card_pick_up() -> Service {
    let ways = [Way::Locker, Way::Courier, Way::Post, Way::Counter];
    let mut pick_up = service("personalausweis-abholen", "§ 18 PAuswV", PresenceRule::Required, &ways);
    pick_up.fees = vec![Fee { amount: Cents(0), valid_from: None, valid_to: None }];
    pick_up.ways[1].surcharge = Some(Cents(850));
    pick_up.ways[2].surcharge = Some(Cents(1500));
    pick_up
}

#[derive(Deserialize)]
struct Facts {
    services: Vec<Fact>,
}

#[derive(Deserialize)]
struct Fact {
    key: String,
    presence: PresenceRule,
    ways: Vec<Way>,
    legal_basis: String,
}

/// The 72 services of the demo city as the facts name them.
pub(crate) fn services_of_the_facts() -> Vec<Service> {
    let facts: Facts = serde_json::from_str(include_str!("../data/services.json")).unwrap();
    facts.services.iter().map(|fact| service(&fact.key, &fact.legal_basis, fact.presence, &fact.ways)).collect()
}
