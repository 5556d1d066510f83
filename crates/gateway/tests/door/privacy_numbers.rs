//! The key of blind numbers changes while people book: they are found, counted and erased before, meanwhile and afterwards.

use std::collections::BTreeSet;

use database::Database;
use domain::permission::Actor;
use domain::personal::Pii;
use gateway::index::{Progress, finish};
use scheduling::Person;
use serde_json::{Value, json};
use testkit::{Answer, TestApp, on_both_engines};

use crate::booking_support::{CANCEL, book, starts};

const OTTO: &str = "otto@example.org";
const PHONE: &str = "0511 12345";

/// Every number that stands for somebody, wherever it is kept.
async fn numbers(database: &Database) -> BTreeSet<i64> {
    let sql = "SELECT person AS number FROM appointment WHERE person IS NOT NULL UNION SELECT token FROM contact_index \
               UNION SELECT pool FROM capacity_cell WHERE at <= 15";
    let rows = database.rows(sql, vec![]).await.expect("readable");
    rows.iter().map(|row| row.at(0).expect("a number")).collect()
}

async fn found(app: &TestApp, person: Person) -> usize {
    app.application.scheduling.export_person(&Actor::System, &person).await.expect("exported").len()
}

/// Otto books one more start of a service by mail.
async fn otto_books(app: &TestApp, service: &str, number: usize) -> Answer {
    let start = starts(app, service, Some("mitte"), 60).await.swap_remove(number);
    let place = crate::booking_support::place(&start, service);
    let contact = json!({ "name": "Otto Muster", "mail": OTTO, "phone": PHONE });
    let input =
        json!({ "place": { "start": place }, "contact": contact, "route": "MAIL_LINK", "idempotencyKey": app.key() });
    app.ask(crate::booking_support::BOOK, json!({ "input": input })).await
}

fn problem(answer: &Answer) -> &Value {
    answer.data("bookAppointment.problem.code")
}

#[tokio::test]
async fn people_are_found_and_counted_while_the_key_of_their_numbers_changes() {
    on_both_engines(async |database| {
        let app = TestApp::start(database.clone()).await;
        let other =
            TestApp::without_city(database.clone(), scheduling::Settings { return_minutes: 0, ..Default::default() });
        other.follow().await;
        let (eva, clerk) = (app.token("eva@example.org").await, app.token("clerk.mitte").await);
        assert_eq!(problem(&otto_books(&app, "residence", 0).await), &Value::Null);
        let free = starts(&app, "residence", Some("mitte"), 60).await;
        let own =
            book(&app, Some(&eva), "ACCOUNT", &free[4], json!({ "name": "Eva", "mail": "eva@example.org" })).await;
        let own = own.data("bookAppointment.appointment.id").clone();
        let staffed =
            book(&app, Some(&clerk), "STAFF", &free[8], json!({ "name": "Anruf", "phone": "0511 999" })).await;
        assert!(staffed.data("bookAppointment.appointment.id").is_string(), "{staffed:?}");
        let before = numbers(&database).await;
        assert!(before.len() >= 5, "{before:?}");

        let vault = &app.application.vault;
        vault.begin_index_rotation(&database, app.now()).await.expect("a new key");
        assert_eq!(finish(&app.application).await, Ok(Progress::Waiting), "others do not know it yet");
        assert_eq!(numbers(&database).await, before);
        assert_eq!(problem(&otto_books(&app, "residence", 12).await), "ALREADY_BOOKED");

        // Ten minutes later everybody knows it. Otto is counted under one number, whoever asks and whatever is numbered yet.
        other.application.vault.refresh(&database).await.expect("read");
        for gateway in [&app, &other] {
            gateway.clock.pass_seconds(601);
            assert_eq!(found(gateway, Person::Mail(Pii::from(OTTO))).await, 1);
        }
        for gateway in [&other, &app] {
            assert_eq!(problem(&otto_books(gateway, "residence", 12).await), "ALREADY_BOOKED");
        }
        assert_eq!(problem(&otto_books(&other, "certificate", 3).await), &Value::Null);
        app.assert_conserved().await;

        let Ok(Progress::Renumbered(first)) = finish(&app.application).await else { panic!("in force") };
        assert_eq!(first, 2, "Eva's and the caller's; Otto's went first");
        assert_eq!(finish(&app.application).await, Ok(Progress::Renumbered(0)), "the old key is too young to go");
        app.clock.pass_seconds(601);
        assert_eq!(finish(&app.application).await, Ok(Progress::Done));
        assert_eq!(finish(&app.application).await, Ok(Progress::Done));
        let after = numbers(&database).await;
        assert!(after.is_disjoint(&before), "nobody has a number of before: {before:?} {after:?}");
        app.assert_conserved().await;

        for person in [Person::Mail(Pii::from("OTTO@example.org")), Person::Phone(Pii::from(PHONE))] {
            assert_eq!(found(&app, person).await, 2);
        }
        assert_eq!(found(&app, Person::Phone(Pii::from("0511 999"))).await, 1);
        assert_eq!(problem(&otto_books(&app, "residence", 12).await), "ALREADY_BOOKED");
        let input = json!({ "access": { "own": own }, "idempotencyKey": app.key() });
        let cancelled = app.ask_as(Some(&eva), CANCEL, json!({ "input": input })).await;
        assert_eq!(cancelled.data("cancelAppointment.problem"), &Value::Null, "{cancelled:?}");
        app.application.scheduling.erase_person(&Actor::System, &Person::Mail(Pii::from(OTTO))).await.expect("erased");
        assert_eq!(found(&app, Person::Phone(Pii::from(PHONE))).await, 0);
        app.assert_conserved().await;
    })
    .await;
}
