//! Time and data protection: what nobody fetches goes back, and nothing of whose it was stays longer than needed.

use chatbot::tools::{ToolFailure, ToolPort};
use domain::permission::Actor;
use gateway::chat_tools::ChatTools;
use gateway::configuration::Configuration;
use gateway::retention;
use scheduling::Person;
use serde_json::{Value, json};
use testkit::on_both_engines;

use crate::pickup_support::{
    assert_boxes_conserved, count, enrolled, listed, lying, report, reported, state, step, typed,
};
use crate::town::Town;

const DAY: i64 = 24 * 60 * 60;

#[tokio::test]
async fn what_nobody_fetches_is_reminded_of_ends_and_goes_to_the_counter() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        let app = &town.app;
        let lying = lying(&town).await;
        let run_out = async || app.application.scheduling.run_out_pickups().await.expect("the database answers");
        app.clock.pass_seconds(5 * DAY - 1);
        assert_eq!(run_out().await, 0, "not yet");
        app.clock.pass_seconds(1);
        assert_eq!((run_out().await, run_out().await), (1, 0), "reminded once");
        let letters = town.post().await;
        assert!(
            letters.len() == 1 && letters[0].contains("noch bis Montag, 30. November 2026, 10:00 Uhr"),
            "{letters:?}"
        );
        assert!(!letters[0].contains(&lying.pin), "the PIN comes once");

        app.clock.pass_seconds(2 * DAY - 1);
        let device = enrolled(app, "mitte").await;
        let last = typed(app, &device, &lying.number, "000000", &app.key()).await;
        assert_ne!(last["problem"]["code"], "EXPIRED", "a second before the end it is still asked for");
        app.clock.pass_seconds(1);
        let late = typed(app, &device, &lying.number, &lying.pin, &app.key()).await;
        assert_eq!(late["problem"]["code"], "EXPIRED", "before anybody tidied");
        assert_eq!(state(app, &lying.code).await, "EXPIRED");
        assert_eq!(listed(app, "TO_TAKE_OUT").await.len(), 1);
        assert_eq!((run_out().await, run_out().await), (1, 0));
        let letters = town.post().await;
        assert!(letters.len() == 1 && letters[0].contains("Schalter"), "{letters:?}");
        assert_eq!(count(app, "audit WHERE action = 'pickup.expired'").await, 1);
        assert_eq!(step(app, "renewLockerPin", &lying.id).await, "WRONG_STATE");
        assert_eq!(step(app, "returnToCounter", &lying.id).await, "AT_COUNTER");
        assert_boxes_conserved(app).await;
    })
    .await;
}

#[tokio::test]
async fn whoever_opened_in_time_has_it_however_late_the_report_comes() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        let app = &town.app;
        let lying = lying(&town).await;
        app.clock.pass_seconds(7 * DAY - 30);
        let device = enrolled(app, "mitte").await;
        let opened = typed(app, &device, &lying.number, &lying.pin, &app.key()).await;
        assert_eq!(opened["problem"], Value::Null, "{opened}");
        // The line is down; the worker ends what it believes to lie in the box.
        app.clock.pass_seconds(300);
        assert_eq!(app.application.scheduling.run_out_pickups().await.expect("tidied"), 1);
        assert_eq!(state(app, &lying.code).await, "EXPIRED");
        let events = [
            report(1, lying.compartment, "OPENED", &opened["order"]["token"]),
            report(2, lying.compartment, "CLOSED", &Value::Null),
        ];
        assert_eq!(reported(app, &device, &events).await["acknowledged"], 2);
        assert_eq!(state(app, &lying.code).await, "COLLECTED");
        let letters = town.post().await;
        assert!(
            letters.iter().all(|letter| !letter.contains("am Schalter")),
            "nobody is sent to the counter: {letters:?}"
        );
        assert_boxes_conserved(app).await;
    })
    .await;
}

/// Every byte of what is kept about pick-ups.
async fn everything(town: &Town) -> Vec<u8> {
    let database = &town.app.application.database;
    let mut bytes = Vec::new();
    for sql in [
        "SELECT number || office || box || service || state FROM pickup",
        "SELECT kind || payload FROM outbox",
        "SELECT action FROM audit",
        "SELECT outcome FROM locker_opening",
    ] {
        for row in database.rows(sql, vec![]).await.expect("readable") {
            bytes.extend(row.at::<String>(0).expect("a text").into_bytes());
        }
    }
    for sql in ["SELECT contact_sealed FROM pickup WHERE contact_sealed IS NOT NULL", "SELECT request FROM idempotency"]
    {
        for row in database.rows(sql, vec![]).await.expect("readable") {
            bytes.extend(row.at::<Vec<u8>>(0).expect("bytes"));
        }
    }
    bytes
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

#[tokio::test]
async fn neither_pin_nor_name_lies_in_the_clear_and_all_goes_after_its_time() {
    on_both_engines(async |database| {
        use sha2::{Digest, Sha256};
        let town = Town::start(database).await;
        let app = &town.app;
        let device = enrolled(app, "mitte").await;
        let lying = lying(&town).await;
        let opened = typed(app, &device, &lying.number, &lying.pin, &app.key()).await;
        let bytes = everything(&town).await;
        for word in ["Müller", "otto@example.org", "Schrank 3", lying.pin.as_str()] {
            assert!(!contains(&bytes, word.as_bytes()), "{word}");
        }
        // Nor a plain hash of what was typed, from which six digits are found again at once.
        let number = lying.number.replace('-', "");
        for input in [format!("box {number} {}", lying.pin), lying.pin.clone(), format!("{number}{}", lying.pin)] {
            assert!(!contains(&bytes, &Sha256::digest(input.as_bytes())));
        }
        assert!(
            contains(&bytes, b"granted") && contains(&bytes, b"pickup.loaded"),
            "the control: the search finds what is there"
        );

        let events = [
            report(1, lying.compartment, "OPENED", &opened["order"]["token"]),
            report(2, lying.compartment, "CLOSED", &Value::Null),
        ];
        reported(app, &device, &events).await;
        let settings = Configuration::default().retention;
        let due = async || {
            let plan = retention::plan(&app.application, &settings, app.now()).await.expect("a plan");
            plan.into_iter().find(|due| due.class == "pickup").expect("the class").count
        };
        app.clock.pass_seconds(30 * DAY);
        assert_eq!(due().await, 0);
        app.clock.pass_seconds(1);
        assert_eq!(due().await, 1);
        retention::apply(&app.application, &settings, app.now()).await.expect("applied");
        assert_eq!(count(app, "pickup").await + count(app, "locker_opening").await, 0);
        assert_eq!(count(app, "contact_index").await, 0);
        assert_eq!(count(app, "locker_event").await, 2, "what the doors did stays, and leads to nobody");
    })
    .await;
}

#[tokio::test]
async fn a_person_is_found_by_address_handed_out_and_erased() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        let app = &town.app;
        let lying = lying(&town).await;
        let pickups = &app.application.scheduling;
        let otto = Person::Mail("Otto@Example.org".to_owned().into());
        let exported = pickups.export_pickups(&Actor::System, &otto).await.expect("exported");
        assert_eq!((exported.len(), &exported[0]["reference"]), (1, &json!("Schrank 3")));
        let stranger = Person::Mail("else@example.org".to_owned().into());
        assert!(pickups.export_pickups(&Actor::System, &stranger).await.expect("exported").is_empty());
        assert!(pickups.export_pickups(&Actor::Anonymous, &otto).await.is_err(), "nobody reads of somebody else");
        assert!(pickups.erase_pickups(&Actor::Anonymous, &otto).await.is_err());
        assert_eq!(pickups.erase_pickups(&Actor::System, &otto).await.expect("erased").pickups, 1);
        assert_eq!(
            pickups.erase_pickups(&Actor::System, &otto).await.expect("erased").pickups,
            0,
            "twice does no harm"
        );
        assert_eq!(
            count(app, "contact_index").await
                + count(app, "subject_key WHERE subject IN (SELECT id FROM pickup)").await,
            0
        );
        // The document itself lies where it lay, until it is fetched or taken to the counter.
        let shown = listed(app, "IN_THE_BOX").await;
        assert_eq!((shown.len(), &shown[0]["reference"]), (1, &Value::Null));
        assert_eq!(step(app, "returnToCounter", &lying.id).await, "AT_COUNTER");
        assert!(town.post().await.is_empty(), "there is nobody to write to");
    })
    .await;
}

#[tokio::test]
async fn the_chatbot_says_where_a_document_is_to_whoever_has_its_code() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        let app = &town.app;
        let lying = lying(&town).await;
        let tools = ChatTools { application: app.application.clone(), actor: Actor::Anonymous };
        let facts = tools.case_status(&lying.code).await.expect("found");
        assert_eq!((facts.status.as_str(), facts.receipt.as_str()), ("pickup_loaded", lying.number.as_str()));
        assert_eq!(facts.service.as_str(), "residence");
        step(app, "returnToCounter", &lying.id).await;
        assert_eq!(tools.case_status(&lying.code).await.expect("found").status, "pickup_at_counter");
        let guessed = format!("{}-ABCD-EFGH-JKMN-PQRS", lying.number);
        assert_eq!(tools.case_status(&guessed).await.map(drop), Err(ToolFailure::NotFound));
    })
    .await;
}
