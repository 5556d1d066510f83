//! Documents that lie ready: a clerk loads, a citizen reads and fetches, the counter is the way that is left.

use serde_json::{Value, json};
use testkit::{TestApp, on_both_engines};

use crate::booking_support::office_id;
use crate::pickup_support::{
    assert_boxes_conserved, count, enrolled, listed, load_as, loaded, lying, other, report, reported, state, step,
    typed, wanted,
};
use crate::town::Town;

#[tokio::test]
async fn a_document_is_loaded_announced_fetched_and_gone() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        let app = &town.app;
        let device = enrolled(app, "mitte").await;
        let lying = lying(&town).await;
        assert_eq!(state(app, &lying.code).await, "LOADED");
        assert_eq!(state(app, &lying.code.to_lowercase().replace('-', " ")).await, "LOADED");
        assert_eq!(state(app, "K7M4-QX2P-ABCD-EFGH-JKMN-PQRS").await, "NONE");
        let shown = listed(app, "IN_THE_BOX").await;
        assert_eq!((shown.len(), &shown[0]["reference"]), (1, &json!("Schrank 3")));

        let opened = typed(app, &device, &lying.number.to_lowercase(), &lying.pin, &app.key()).await;
        assert_eq!(opened["problem"], Value::Null, "{opened}");
        assert_eq!(opened["order"]["compartment"], lying.compartment);
        assert_eq!(state(app, &lying.code).await, "OPENING");
        let events = [
            report(1, lying.compartment, "OPENED", &opened["order"]["token"]),
            report(2, lying.compartment, "CLOSED", &Value::Null),
        ];
        assert_eq!(reported(app, &device, &events[..1]).await["acknowledged"], 1);
        assert_eq!(state(app, &lying.code).await, "OPEN");
        assert_eq!(reported(app, &device, &events[1..]).await["acknowledged"], 2);
        assert_eq!(state(app, &lying.code).await, "COLLECTED");
        assert!(listed(app, "IN_THE_BOX").await.is_empty());
        let letters = town.post().await;
        assert!(
            letters.len() == 1 && letters[0].contains("aus der Box geholt") && !letters[0].contains(&lying.pin),
            "{letters:?}"
        );
        let again = typed(app, &device, &lying.number, &lying.pin, &app.key()).await;
        assert_eq!(again["problem"]["code"], "NOT_FOUND", "{again}");
        assert_boxes_conserved(app).await;
    })
    .await;
}

#[tokio::test]
async fn low_doors_are_for_those_who_need_them_and_a_full_box_says_so() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let door = async |more: Value| loaded(&app, &more).await["compartment"].as_i64().expect("a door");
        assert_eq!(door(json!({})).await, 3, "the first that nobody in a wheelchair needs");
        assert_eq!(door(json!({ "low": true })).await, 1);
        assert_eq!(door(json!({ "size": "MEDIUM" })).await, 6);
        assert_eq!(door(json!({})).await, 4);
        assert_eq!(door(json!({})).await, 5);
        assert_eq!(door(json!({})).await, 2, "better a low door than none");
        let clerk = app.token("clerk.mitte").await;
        for more in [json!({ "low": true }), json!({}), json!({ "size": "LARGE" })] {
            let full = load_as(&app, &clerk, &wanted(&app, &more)).await;
            assert_eq!(full.data("loadLocker.problem.code"), "LOCKER_FULL", "{full:?}");
        }
        assert_eq!(count(&app, "pickup").await, 6, "what found no door left nothing behind");
        assert_eq!(count(&app, "subject_key WHERE subject IN (SELECT id FROM pickup)").await, 6);
        let first = listed(&app, "IN_THE_BOX").await[0].clone();
        assert_eq!(step(&app, "returnToCounter", &first["id"]).await, "AT_COUNTER");
        assert_eq!(door(json!({})).await, first["compartment"].as_i64().expect("a door"), "its door is free again");
        assert_boxes_conserved(&app).await;
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_meant_is_said_and_the_same_request_loads_once() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let clerk = app.token("clerk.mitte").await;
        let refused = [
            (json!({ "locker": "cellar" }), "UNKNOWN_LOCKER"),
            (json!({ "service": crate::booking_support::service_id("nonsense") }), "UNKNOWN_SERVICE"),
            (json!({ "contact": { "name": "Otto Müller", "phone": "0511 123456" } }), "MAIL_MISSING"),
            (json!({ "contact": { "name": "Otto Müller", "mail": "otto" } }), "CONTACT_INVALID"),
            (json!({ "reference": " " }), "REFERENCE_INVALID"),
            (json!({ "idempotencyKey": "short" }), "IDEMPOTENCY_KEY_INVALID"),
        ];
        for (more, code) in refused {
            let answer = load_as(&app, &clerk, &wanted(&app, &more)).await;
            assert_eq!(answer.data("loadLocker.problem.code"), code, "{answer:?}");
        }
        assert_eq!(count(&app, "pickup").await, 0);
        let elsewhere = load_as(&app, &clerk, &wanted(&app, &json!({ "office": office_id("nord") }))).await;
        assert_eq!(elsewhere.code(), "FORBIDDEN");
        let input = wanted(&app, &json!({}));
        let first = load_as(&app, &clerk, &input).await;
        let second = load_as(&app, &clerk, &input).await;
        assert_eq!(first.data("loadLocker.item.id"), second.data("loadLocker.item.id"));
        let mut other = input.clone();
        other["contact"]["mail"] = json!("somebody.else@example.org");
        assert_eq!(load_as(&app, &clerk, &other).await.code(), "IDEMPOTENCY_MISMATCH");
        assert_eq!(count(&app, "pickup").await, 1);
    })
    .await;
}

#[tokio::test]
async fn three_wrong_pins_lock_and_staff_help() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        let app = &town.app;
        let device = enrolled(app, "mitte").await;
        let lying = lying(&town).await;
        let wrong = other(&lying.pin);
        let key = app.key();
        for _ in 0..5 {
            let refused = typed(app, &device, &lying.number, &wrong, &key).await;
            assert_eq!(
                (&refused["problem"]["code"], &refused["problem"]["triesLeft"]),
                (&json!("WRONG_PIN"), &json!(2))
            );
        }
        let refused = typed(app, &device, &lying.number, &wrong, &app.key()).await;
        assert_eq!(refused["problem"]["triesLeft"], 1, "the repetitions cost nothing");
        let right = typed(app, &device, &lying.number, &lying.pin, &app.key()).await;
        assert_eq!(right["problem"], Value::Null, "a right one begins anew");
        for left in [json!(2), json!(1)] {
            assert_eq!(typed(app, &device, &lying.number, &wrong, &app.key()).await["problem"]["triesLeft"], left);
        }
        assert_eq!(typed(app, &device, &lying.number, &wrong, &app.key()).await["problem"]["code"], "LOCKED");
        let late = typed(app, &device, &lying.number, &lying.pin, &app.key()).await;
        assert_eq!(late["problem"]["code"], "LOCKED", "not even the right one");
        assert_eq!(state(app, &lying.code).await, "LOCKED");
        assert_eq!(listed(app, "TO_TAKE_OUT").await.len(), 1);

        assert_eq!(step(app, "renewLockerPin", &lying.id).await, "LOADED");
        let letters = town.post().await;
        assert_eq!(letters.len(), 1, "{letters:?}");
        let renewed = crate::town::line(&letters[0], "PIN:")[4..].trim().to_owned();
        assert_ne!(renewed, lying.pin);
        let old = typed(app, &device, &lying.number, &lying.pin, &app.key()).await;
        assert_eq!(old["problem"]["triesLeft"], 2, "the old PIN is void");
        assert_eq!(typed(app, &device, &lying.number, &renewed, &app.key()).await["problem"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn who_comes_to_the_counter_gets_it_there() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        let app = &town.app;
        let lying = lying(&town).await;
        assert_eq!(step(app, "handOutDocument", &lying.id).await, "WRONG_STATE", "it lies in the box");
        assert_eq!(step(app, "returnToCounter", &lying.id).await, "AT_COUNTER");
        assert_eq!(listed(app, "AT_COUNTER").await.len(), 1);
        assert_eq!(step(app, "renewLockerPin", &lying.id).await, "WRONG_STATE");
        assert_eq!(step(app, "handOutDocument", &lying.id).await, "HANDED_OUT");
        assert_eq!(state(app, &lying.code).await, "HANDED_OUT");
        assert_eq!(step(app, "withdrawPickup", &lying.id).await, "WRONG_STATE");
        assert!(town.post().await.is_empty(), "nobody is told what they have in their hands");
        // A colleague elsewhere finds nothing.
        let nord = app.token("clerk.nord").await;
        let query = "mutation($i: PickupStepInput!) { withdrawPickup(input: $i) { problem { code } } }";
        let input = json!({ "pickup": lying.id, "idempotencyKey": app.key() });
        let answer = app.ask_as(Some(&nord), query, json!({ "i": input })).await;
        assert_eq!(answer.data("withdrawPickup.problem.code"), "NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn the_city_says_which_boxes_there_are() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let query = "{ office(key: \"mitte\") { lockers { key name(language: ENGLISH) place keepDays compartments lowCompartments } } }";
        let lockers = app.ask(query, json!({})).await.data("office.lockers").clone();
        let expected = json!([{ "key": "box", "name": "Locker", "place": "Eingang", "keepDays": 7, "compartments": 6, "lowCompartments": 2 }]);
        assert_eq!(lockers, expected);
    })
    .await;
}
