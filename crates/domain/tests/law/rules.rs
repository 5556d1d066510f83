//! What no city may do, and right beside it what it may.

use domain::catalogue::Service;
use domain::law::{AutomationDegree, PresenceRule, TrustLevel, Way, violations};

use crate::service::{basis, card_pick_up, identity_card, offer, service, services_of_the_facts};

/// The broken rules as `code paragraph field`.
fn broken(service: &Service) -> Vec<String> {
    violations(service).into_iter().map(|v| format!("{} {} {}", v.code, v.paragraph, v.field)).collect()
}

fn with_way(mut service: Service, way: Way) -> Service {
    service.ways.push(offer(way));
    service
}

fn automated(legal_basis: &str, statute: Option<&str>) -> Service {
    let mut service = service("test", legal_basis, PresenceRule::None, &[Way::Online, Way::Counter]);
    service.automation.degree = AutomationDegree::Full;
    service.automation.legal_basis = statute.map(basis);
    service
}

#[test]
fn the_72_services_of_the_facts_break_no_rule() {
    let services = services_of_the_facts();
    assert_eq!(services.len(), 72);
    for service in services {
        assert_eq!(broken(&service), [""; 0], "{}", service.key);
    }
}

#[test]
fn an_identity_card_at_the_counter_and_the_mobile_office_is_lawful() {
    assert_eq!(broken(&identity_card()), [""; 0]);
}

#[test]
fn an_identity_card_on_any_other_way_is_refused_with_the_paragraph() {
    for way in Way::ALL.into_iter().filter(|way| !way.in_person()) {
        assert_eq!(broken(&with_way(identity_card(), way)), ["IDENTITY_CARD_IN_PERSON § 9 (1) PAuswG ways"], "{way}");
    }
    let message = violations(&with_way(identity_card(), Way::Video))[0].to_string();
    assert!(message.contains("`video` cannot be offered") && message.ends_with("(§ 9 (1) PAuswG)"), "{message}");
}

#[test]
fn an_identity_card_without_required_presence_is_refused() {
    for rule in [PresenceRule::None, PresenceRule::Optional, PresenceRule::Partial] {
        let mut card = identity_card();
        card.presence.rule = rule;
        assert_eq!(broken(&card), ["IDENTITY_CARD_IN_PERSON § 9 (1) PAuswG presence"]);
    }
}

#[test]
fn both_faults_of_an_identity_card_are_named_at_once() {
    let mut card = with_way(with_way(identity_card(), Way::Video), Way::Online);
    card.presence.rule = PresenceRule::None;
    assert_eq!(broken(&card).len(), 3);
}

#[test]
fn neither_another_key_nor_a_missing_citation_hides_an_identity_document() {
    let by_video = [Way::Counter, Way::Video];
    for (key, cited, code) in [
        ("ausweis-per-video", "§9 Abs. 1 Satz 6 PAuswG", "IDENTITY_CARD_IN_PERSON"),
        ("ausweis", "Personalausweisgesetz", "IDENTITY_CARD_IN_PERSON"),
        ("ausweis-ersatz", "§§ 3, 6 (4) PAuswG", "IDENTITY_CARD_IN_PERSON"),
        ("personalausweis-kind", "", "IDENTITY_CARD_IN_PERSON"),
        ("pass", "PassG; § 27 PassV", "PASSPORT_IN_PERSON"),
        ("pass", "§ 5 (3) PassG; § 27 PassV", "PASSPORT_IN_PERSON"),
        ("reisepass-express", "§ 27 PassV", "PASSPORT_IN_PERSON"),
        ("unionskarte", "eIDKG §§ 1, 8", "EID_CARD_IN_PERSON"),
        ("eid-karte", "to be added", "EID_CARD_IN_PERSON"),
    ] {
        let found = violations(&service(key, cited, PresenceRule::Required, &by_video));
        let codes: Vec<_> = found.iter().map(|v| v.code).filter(|code| *code != "PRESENCE_WITHOUT_STATUTE").collect();
        assert_eq!(codes, [code], "{key}: {cited}");
    }
    // The statute may also stand beside the rule of presence.
    let mut card = service("ausweis", "", PresenceRule::Optional, &[Way::Counter]);
    card.presence.legal_basis = Some(basis("§ 9 PAuswG"));
    assert_eq!(broken(&card), ["IDENTITY_CARD_IN_PERSON § 9 (1) PAuswG presence"]);
}

#[test]
fn other_business_under_the_same_acts_keeps_its_ways() {
    for (cited, rule, way) in [
        ("§ 27 PAuswG", PresenceRule::Optional, Way::Phone),
        ("§ 1 (3) PAuswG", PresenceRule::None, Way::Post),
        ("§ 15 PassG", PresenceRule::None, Way::Online),
        ("§ 9 (3) PAuswG", PresenceRule::Optional, Way::Kiosk),
        ("§ 10 PAuswG", PresenceRule::Required, Way::Post),
        ("§ 10 Abs. 1, 3 PAuswG", PresenceRule::Required, Way::Post),
        ("PassG; § 17 PassV", PresenceRule::Required, Way::Locker),
    ] {
        assert_eq!(broken(&service("test", cited, rule, &[way, Way::Counter])), [""; 0], "{cited}");
    }
}

#[test]
fn a_finished_card_may_be_fetched_from_a_locker_but_not_by_video() {
    assert_eq!(broken(&card_pick_up()), [""; 0]);
    assert_eq!(broken(&with_way(card_pick_up(), Way::Video)), ["WAY_WITHOUT_THE_PERSON § 18 PAuswV ways"]);
    assert_eq!(broken(&with_way(card_pick_up(), Way::Online)), ["WAY_WITHOUT_THE_PERSON § 18 PAuswV ways"]);
}

#[test]
fn the_right_to_fetch_a_card_does_not_open_the_application() {
    let mut card = with_way(identity_card(), Way::Locker);
    card.legal_basis = basis("§ 9 PAuswG; § 18 PAuswV");
    assert_eq!(broken(&card), ["IDENTITY_CARD_IN_PERSON § 9 (1) PAuswG ways"]);
}

#[test]
fn a_signature_is_certified_face_to_face_under_every_states_act() {
    for act in ["§ 34 VwVfG", "§ 34 NVwVfG", "Art. 34 BayVwVfG", "§ 34 Abs. 2 VwVfG NRW"] {
        let at_the_counter = service("unterschrift", act, PresenceRule::Required, &[Way::Counter, Way::Mobile]);
        assert_eq!(broken(&at_the_counter), [""; 0], "{act}");
        let by_video = with_way(at_the_counter, Way::Video);
        assert_eq!(broken(&by_video), ["SIGNATURE_BEFORE_OFFICIAL § 34 (2) VwVfG ways"], "{act}");
    }
}

#[test]
fn a_copy_is_certified_from_the_original_not_from_a_picture() {
    let copy = service("kopie", "§ 33 VwVfG", PresenceRule::Optional, &[Way::Counter, Way::Post]);
    assert_eq!(broken(&copy), [""; 0]);
    assert_eq!(broken(&with_way(copy, Way::Video)), ["COPY_NEEDS_THE_ORIGINAL § 33 (3) VwVfG ways"]);
}

#[test]
fn postal_voting_is_asked_for_in_writing_not_by_telephone() {
    let card = service("briefwahl", "§§ 25, 27 BWO", PresenceRule::None, &[Way::Online, Way::Post]);
    assert_eq!(broken(&card), [""; 0]);
    assert_eq!(broken(&with_way(card, Way::Phone)), ["POLLING_CARD_NOT_BY_PHONE § 27 (1) BWO ways"]);
}

#[test]
fn required_presence_closes_every_way_without_the_person() {
    let leave =
        service("kirchenaustritt", "KiAustrG Niedersachsen (from memory)", PresenceRule::Required, &[Way::Counter]);
    assert_eq!(broken(&leave), [""; 0]);
    let by_video = with_way(leave, Way::Video);
    assert_eq!(broken(&by_video), ["WAY_WITHOUT_THE_PERSON KiAustrG Niedersachsen (from memory) ways"]);
}

#[test]
fn presence_may_be_required_only_with_a_statute() {
    let mut service = service("test", " ", PresenceRule::Required, &[Way::Counter]);
    assert_eq!(broken(&service), ["PRESENCE_WITHOUT_STATUTE § 10 VwVfG presence"]);
    service.presence.legal_basis = Some(basis("§ 68 AufenthG"));
    assert_eq!(broken(&service), [""; 0]);
}

#[test]
fn an_online_way_needs_the_trust_level_of_its_statute() {
    for (cited, rule) in [
        ("§§ 30, 30c BZRG", "CRIMINAL_RECORD_NEEDS_EID § 30c BZRG trust_level"),
        ("§ 30a BZRG", "CRIMINAL_RECORD_NEEDS_EID § 30c BZRG trust_level"),
        ("§§ 17, 19, 23, 23a BMG", "REGISTRATION_NEEDS_EID § 23a BMG trust_level"),
        ("§ 19 PAuswV; § 1 (5) PAuswGebV", "ADDRESS_ON_CHIP_NEEDS_EID § 19 (2) PAuswV trust_level"),
    ] {
        let mut service = service("test", cited, PresenceRule::Optional, &[Way::Online, Way::Counter]);
        assert_eq!(broken(&service), [""; 0], "{cited}");
        for level in [TrustLevel::None, TrustLevel::Low, TrustLevel::Substantial] {
            service.trust_level = level;
            assert_eq!(broken(&service), [rule], "{cited}");
        }
        service.ways.remove(0);
        assert_eq!(broken(&service), [""; 0], "without the online way: {cited}");
    }
}

#[test]
fn full_automation_without_a_statute_is_refused() {
    for statute in [
        None,
        Some(""),
        Some("§ 18 BMG"),
        Some("§ 35a VwVfG"),
        Some("§ 46 StVO"),
        Some("§ 46 (1) StVO"),
        Some("no discretion"),
        Some("§ 3 Gebührensatzung"),
    ] {
        assert_eq!(
            broken(&automated("§ 18 BMG", statute)),
            ["AUTOMATION_WITHOUT_STATUTE § 35a VwVfG automation"],
            "{statute:?}"
        );
    }
}

#[test]
fn full_automation_with_a_statute_that_allows_it_is_lawful() {
    for statute in
        ["§ 46 (5) StVO", "§ 46 Abs. 5 StVO", "§ 6g (2) StVG", "§ 31a SGB X", "§ 155 Abs. 4 AO", "§ 49 (2) BMG"]
    {
        assert_eq!(broken(&automated("§ 45 (1b) StVO", Some(statute))), [""; 0], "{statute}");
    }
    assert_eq!(broken(&automated("Abfallsatzung", Some("§ 12 Abfallsatzung"))), [""; 0]);
    assert_eq!(broken(&automated("municipal waste by-law", Some("§ 12 Abfallsatzung"))), [""; 0]);
}

#[test]
fn full_automation_with_discretion_is_refused_whatever_the_statute() {
    let mut service = automated("§ 46 StVO", Some("§ 46 (5) StVO"));
    service.automation.discretion = true;
    assert_eq!(broken(&service), ["AUTOMATION_WITH_DISCRETION § 35a VwVfG automation"]);
    service.automation.degree = AutomationDegree::Assisted;
    assert_eq!(broken(&service), [""; 0]);
}
