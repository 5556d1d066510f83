//! "Must I come?", asked by people in different situations.

use domain::catalogue::{Fee, Standing};
use domain::law::{
    Answer, Mobility, MustCome, OpenWay, PresenceRule, Reason, Refusal, Situation, TrustLevel, Way, gate,
};
use domain::money::Cents;

use crate::service::{basis, card_pick_up, identity_card, service, services_of_the_facts, today};

fn ask(service: &domain::catalogue::Service) -> Answer {
    gate(service, &Situation::default(), today())
}

fn ways(answer: &Answer) -> Vec<Way> {
    answer.ways.iter().map(|open| open.way).collect()
}

fn way(answer: &Answer, way: Way) -> &OpenWay {
    answer.ways.iter().find(|open| open.way == way).unwrap()
}

#[test]
fn for_an_identity_card_one_must_come_and_video_is_refused_with_the_paragraph() {
    let answer = ask(&identity_card());
    assert_eq!((answer.must_come, answer.reason), (MustCome::Yes, Reason::StatuteAsksForPerson));
    assert_eq!(answer.statute, Some(basis("§ 9 (1) PAuswG")));
    assert_eq!(ways(&answer), [Way::Mobile, Way::Counter]);
    let refused: Vec<_> = answer.refused.iter().map(|refused| refused.way).collect();
    assert_eq!(refused, [Way::Online, Way::Video, Way::Phone, Way::Post]);
    for refused in &answer.refused {
        assert_eq!(
            (refused.reason, refused.paragraph.clone()),
            (Refusal::ClosedByStatute, Some(basis("§ 9 (1) PAuswG")))
        );
    }
    let counter = way(&answer, Way::Counter);
    assert_eq!((counter.minutes, counter.fee, counter.bookable), (Some(15), Some(Cents(4600)), true));
    assert_eq!(counter.statute, Some(basis("§ 9 (1) PAuswG")));
}

#[test]
fn a_finished_card_reaches_its_owner_without_a_visit_to_an_official() {
    let answer = ask(&card_pick_up());
    assert_eq!((answer.must_come, answer.reason), (MustCome::No, Reason::ResultIsHandedOver));
    assert_eq!(answer.statute, Some(basis("§ 18 PAuswV")));
    assert_eq!(ways(&answer), [Way::Courier, Way::Post, Way::Locker, Way::Counter]);
    assert_eq!(way(&answer, Way::Courier).fee, Some(Cents(850)));
    assert_eq!(way(&answer, Way::Locker).fee, Some(Cents(0)));
    assert_eq!(way(&answer, Way::Locker).minutes, None);
}

#[test]
fn a_pick_up_that_a_city_offers_only_at_the_counter_needs_a_visit() {
    let mut pick_up = card_pick_up();
    pick_up.ways.retain(|offer| offer.way == Way::Counter);
    let answer = ask(&pick_up);
    assert_eq!((answer.must_come, answer.reason), (MustCome::Yes, Reason::StatuteAsksForPerson));
    assert_eq!(answer.statute, Some(basis("§ 18 PAuswV")));
}

#[test]
fn registering_a_home_is_as_good_online_as_at_the_counter() {
    let home = service(
        "wohnsitz-anmelden",
        "§§ 17, 19, 23, 23a BMG",
        PresenceRule::Optional,
        &[Way::Counter, Way::Video, Way::Online],
    );
    let answer = ask(&home);
    assert_eq!((answer.must_come, answer.reason), (MustCome::No, Reason::OtherWaysAsGood));
    assert_eq!(ways(&answer), [Way::Online, Way::Video, Way::Counter]);
    let online = way(&answer, Way::Online);
    assert_eq!((online.minutes, online.needs, online.bookable), (None, TrustLevel::High, false));
    assert_eq!(online.statute, Some(basis("§ 23a BMG")));
    assert_eq!(way(&answer, Way::Video).minutes, Some(15));
    assert!(answer.refused.is_empty());
}

#[test]
fn one_step_of_a_residence_permit_needs_a_visit() {
    let permit =
        service("aufenthaltserlaubnis", "AufenthG; § 45 AufenthV", PresenceRule::Partial, &[Way::Online, Way::Counter]);
    let answer = ask(&permit);
    assert_eq!((answer.must_come, answer.reason), (MustCome::PartOfIt, Reason::OneStepNeedsVisit));
    assert_eq!(answer.statute, Some(basis("AufenthG; § 45 AufenthV")));
}

#[test]
fn nobody_has_to_come_for_a_certificate() {
    let certificate = service("meldebescheinigung", "§ 18 BMG", PresenceRule::None, &[Way::Online, Way::Counter]);
    let answer = ask(&certificate);
    assert_eq!((answer.must_come, answer.reason), (MustCome::No, Reason::NobodyHasToCome));
}

#[test]
fn where_a_city_offers_the_counter_only_that_is_its_choice_and_no_statute() {
    let certificate = service("meldebescheinigung", "§ 18 BMG", PresenceRule::None, &[Way::Counter]);
    let answer = ask(&certificate);
    assert_eq!((answer.must_come, answer.reason, answer.statute), (MustCome::Yes, Reason::OnlyInPersonHere, None));
}

#[test]
fn what_is_only_listed_stays_unknown() {
    let mut listed = service("kita-platz", "", PresenceRule::None, &[]);
    listed.standing = Standing::Listed;
    let answer = ask(&listed);
    assert_eq!((answer.must_come, answer.reason), (MustCome::Unknown, Reason::NotKnown));
    assert!(answer.ways.is_empty() && answer.refused.is_empty());
}

#[test]
fn without_the_online_function_the_counter_is_left_and_the_answer_says_why() {
    let address =
        service("personalausweis-adresse", "§ 19 PAuswV", PresenceRule::Optional, &[Way::Online, Way::Counter]);
    let with = |trust| gate(&address, &Situation { trust, ..Situation::default() }, today());
    let low = with(Some(TrustLevel::Substantial));
    assert_eq!((low.must_come, low.reason), (MustCome::Yes, Reason::TrustLevelTooLow));
    assert_eq!(low.statute, Some(basis("§ 19 (2) PAuswV")));
    assert_eq!(ways(&low), [Way::Counter, Way::Online], "still shown, after what is within reach");
    assert!(!way(&low, Way::Online).within_reach);
    for trust in [None, Some(TrustLevel::High)] {
        let answer = with(trust);
        assert_eq!(answer.must_come, MustCome::No);
        assert_eq!(ways(&answer), [Way::Online, Way::Counter]);
    }
}

#[test]
fn somebody_who_cannot_come_sees_first_what_reaches_them() {
    let stuck = Situation { mobility: Mobility::CannotCome, ..Situation::default() };
    let card = gate(&identity_card(), &stuck, today());
    assert_eq!(card.must_come, MustCome::Yes, "the law does not change");
    assert_eq!(
        card.ways.iter().map(|open| (open.way, open.within_reach)).collect::<Vec<_>>(),
        [(Way::Mobile, true), (Way::Counter, false)]
    );
    let pick_up = gate(&card_pick_up(), &stuck, today());
    assert!(!way(&pick_up, Way::Locker).within_reach && way(&pick_up, Way::Courier).within_reach);
    assert_eq!(pick_up.must_come, MustCome::No);
}

#[test]
fn people_who_come_together_pay_each_and_need_less_time_each() {
    let mut card = identity_card();
    card.minutes_per_extra_person = Some(5);
    card.ways[0].surcharge = Some(Cents(1300));
    let answer = gate(&card, &Situation { people: 3, ..Situation::default() }, today());
    let counter = way(&answer, Way::Counter);
    assert_eq!((counter.minutes, counter.surcharge, counter.fee), (Some(25), Some(Cents(3900)), Some(Cents(17_700))));
    assert_eq!(way(&answer, Way::Mobile).fee, Some(Cents(13_800)));
}

#[test]
fn an_unknown_fee_is_not_shown_as_free() {
    let mut copy = service("beglaubigung-kopie", "§ 33 VwVfG", PresenceRule::Required, &[Way::Counter]);
    copy.ways[0].surcharge = Some(Cents(500));
    assert_eq!(way(&ask(&copy), Way::Counter).fee, None);
    copy.fees = vec![Fee { amount: Cents(300), valid_from: Some(today().succ_opt().unwrap()), valid_to: None }];
    assert_eq!(way(&ask(&copy), Way::Counter).fee, None, "the fee holds from tomorrow");
    copy.fees[0].valid_from = Some(today());
    assert_eq!(way(&ask(&copy), Way::Counter).fee, Some(Cents(800)));
}

#[test]
fn absurd_numbers_of_people_and_fees_stay_without_a_wrong_sum() {
    let mut card = identity_card();
    card.fees[0].amount = Cents(u32::MAX);
    card.ways[0].surcharge = Some(Cents(u32::MAX));
    let answer = gate(&card, &Situation { people: u16::MAX, ..Situation::default() }, today());
    assert!(answer.ways.iter().all(|open| open.fee.is_none()));
    let nobody = gate(&identity_card(), &Situation { people: 0, ..Situation::default() }, today());
    assert_eq!(way(&nobody, Way::Counter).minutes, Some(15), "nobody counts as one");
}

#[test]
fn the_wished_way_comes_first_or_is_refused_in_words() {
    let certificate = service("meldebescheinigung", "§ 18 BMG", PresenceRule::None, &[Way::Online, Way::Counter]);
    let wish = |way| gate(&certificate, &Situation { wished: Some(way), ..Situation::default() }, today());
    assert_eq!(ways(&wish(Way::Counter)), [Way::Counter, Way::Online]);
    let refused = &wish(Way::Locker).refused;
    assert_eq!(refused.len(), 1);
    assert_eq!(
        (refused[0].way, refused[0].reason, refused[0].paragraph.clone()),
        (Way::Locker, Refusal::NotOffered, None)
    );
    let locker = gate(&identity_card(), &Situation { wished: Some(Way::Locker), ..Situation::default() }, today());
    let closed = locker.refused.iter().find(|refused| refused.way == Way::Locker).unwrap();
    assert_eq!(closed.paragraph, Some(basis("§ 9 (1) PAuswG")));
}

#[test]
fn postal_voting_names_the_paragraph_that_closes_the_telephone() {
    let card = service("wahlschein", "§§ 25, 27 BWO", PresenceRule::None, &[Way::Online, Way::Post, Way::Counter]);
    let answer = ask(&card);
    assert_eq!(answer.must_come, MustCome::No);
    assert_eq!(answer.refused.len(), 1);
    assert_eq!((answer.refused[0].way, answer.refused[0].paragraph.clone()), (Way::Phone, Some(basis("§ 27 (1) BWO"))));
}

#[test]
fn every_service_of_the_facts_gets_an_answer_that_agrees_with_its_ways() {
    for service in services_of_the_facts() {
        let answer = ask(&service);
        assert_eq!(answer.ways.len(), service.ways.len(), "{}", service.key);
        assert_ne!(answer.must_come, MustCome::Unknown, "{}", service.key);
        let only_in_person = answer.ways.iter().all(|open| open.way.in_person());
        assert_eq!(answer.must_come == MustCome::Yes, only_in_person, "{}", service.key);
        assert!(
            answer.refused.iter().all(|refused| service.ways.iter().all(|offer| offer.way != refused.way)),
            "{}",
            service.key
        );
    }
}
