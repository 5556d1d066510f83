//! Personal data through the door: read by staff with a trace, found by address, handed out, erased, let go, sealed anew.

use crate::booking_support::{BOOK, HOLD, book, booked_start, first_start, id_of, office_id, place, starts};
use crate::town::worker;
use database::Database;
use domain::permission::Actor;
use domain::personal::Pii;
use gateway::configuration::Configuration;
use gateway::retention;
use notifications::Post;
use scheduling::Person;
use serde_json::{Value, json};
use testkit::{Answer, TestApp, on_both_engines};
use uuid::Uuid;

/// The keys of appointments; accounts have keys of their own.
const APPOINTMENT_KEYS: &str = "SELECT count(*) FROM subject_key WHERE subject IN (SELECT id FROM appointment)";
const CONTACT: &str = "contact { name mail phone }";

/// Who read whose contacts, one entry a line: the actor, and how many people.
async fn reads(database: &Database) -> Vec<(Option<Uuid>, usize)> {
    let sql = "SELECT actor, more FROM audit WHERE action = 'appointment.read_contact' ORDER BY id";
    let rows = database.rows(sql, vec![]).await.expect("readable");
    let read = |row: &database::Row| {
        let more: Option<String> = row.at(1).expect("a text");
        let more: Vec<Uuid> = more.map(|more| serde_json::from_str(&more).expect("ids")).unwrap_or_default();
        (row.at(0).expect("an id"), 1 + more.len())
    };
    rows.iter().map(read).collect()
}

async fn count(database: &Database, sql: &str) -> i64 {
    database.rows(sql, vec![]).await.expect("readable")[0].at(0).expect("a number")
}

async fn book_by_mail(app: &TestApp, number: usize, contact: Value) -> Answer {
    let start = starts(app, "residence", Some("mitte"), 60).await.swap_remove(number);
    let booked = book(app, None, "MAIL_LINK", &start, contact).await;
    assert_eq!(booked.data("bookAppointment.problem"), &Value::Null, "{booked:?}");
    booked
}

async fn confirm(app: &TestApp, booked: &Answer) {
    let code = app.confirmation_code(&id_of(booked.data("bookAppointment.appointment.id"))).await;
    let confirm = "mutation($code: String!) { confirmAppointment(code: $code) { problem { code } } }";
    app.ask(confirm, json!({ "code": code })).await;
}

async fn contact_of(app: &TestApp, id: &Value) -> Option<scheduling::Contact> {
    let found = app.application.scheduling.read_appointments(&Actor::System, &[id_of(id)]).await;
    found.expect("the database answers").remove(0).contact
}

#[tokio::test]
async fn what_staff_read_of_others_leaves_exactly_one_entry_a_request() {
    on_both_engines(async |database| {
        let app = TestApp::start(database.clone()).await;
        let (clerk, eva) = (app.token("clerk.mitte").await, app.token("eva@example.org").await);
        let start = starts(&app, "residence", Some("mitte"), 4).await;
        let mut ids = Vec::new();
        for (index, free) in start.iter().take(3).enumerate() {
            let contact = json!({ "name": "Otto Muster", "mail": format!("otto{index}@example.org") });
            let booked = book(&app, None, "MAIL_LINK", free, contact).await;
            ids.push(booked.data("bookAppointment.appointment.id").clone());
        }
        let own = book(&app, Some(&eva), "ACCOUNT", &start[3], json!({ "name": "Eva Beispiel" })).await;
        let own = own.data("bookAppointment.appointment.id").clone();
        assert_eq!(reads(&database).await, [], "booking reads nothing");

        let day = &start[0]["startsAt"].as_str().expect("a start")[..10];
        let list = |fields: &str| {
            format!("query($office: ID!, $day: Date!) {{ a: officeAppointments(office: $office, day: $day) {{ nodes {{ {fields} }} }}
                b: officeAppointments(office: $office, day: $day) {{ edges {{ node {{ {fields} }} }} }} }}")
        };
        let variables = json!({ "office": office_id("mitte"), "day": day });
        let without = app.ask_as(Some(&clerk), &list("id number"), variables.clone()).await;
        assert_eq!(without.data("a.nodes").as_array().map(Vec::len), Some(4), "{without:?}");
        assert_eq!(reads(&database).await, [], "nobody's name was read");
        let with = app.ask_as(Some(&clerk), &list(CONTACT), variables).await;
        assert_eq!(with.data("b.edges.0.node.contact.name"), "Otto Muster", "{with:?}");
        let entries = reads(&database).await;
        assert_eq!(entries.len(), 1, "two lists in one request are one reading: {entries:?}");
        assert!(entries[0].0.is_some() && entries[0].1 == 4, "{entries:?}");

        let one = format!("query($id: ID!) {{ appointment(access: {{ staff: $id }}) {{ {CONTACT} }} }}");
        app.ask_as(Some(&clerk), &one, json!({ "id": ids[0] })).await;
        let node = format!("query($id: ID!) {{ node(id: $id) {{ ... on Appointment {{ {CONTACT} }} }} }}");
        app.ask_as(Some(&clerk), &node, json!({ "id": ids[1] })).await;
        // Within a millisecond ids have no order.
        let mut counts: Vec<usize> = reads(&database).await.iter().map(|entry| entry.1).collect();
        counts.sort_unstable();
        assert_eq!(counts, [1, 1, 4]);

        // One's own, what one has the code of, what one may not see: no reading of others.
        let mine = format!("query($id: ID!) {{ appointment(access: {{ own: $id }}) {{ {CONTACT} }} }}");
        let seen = app.ask_as(Some(&eva), &mine, json!({ "id": own })).await;
        assert_eq!(seen.data("appointment.contact.name"), "Eva Beispiel");
        let elsewhere = app.token("clerk.nord").await;
        let refused = app.ask_as(Some(&elsewhere), &one, json!({ "id": ids[0] })).await;
        assert_eq!(refused.data("appointment"), &Value::Null);
        assert_eq!(reads(&database).await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn staff_find_somebody_who_knows_no_number_by_address_or_telephone() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let contact = json!({ "name": "Otto Muster", "mail": "Otto@Example.org", "phone": "0511 12345" });
        let booked = book_by_mail(&app, 0, contact).await;
        let id = booked.data("bookAppointment.appointment.id");
        book_by_mail(&app, 1, json!({ "name": "Eva Beispiel", "mail": "eva@example.org" })).await;
        let find =
            "query($contact: ContactSearchInput!) { appointmentsOfContact(contact: $contact) { id contact { name } } }";
        let clerk = app.token("clerk.mitte").await;
        for contact in [json!({ "mail": "OTTO@example.ORG" }), json!({ "phone": "+49 511 12345" })] {
            let found = app.ask_as(Some(&clerk), find, json!({ "contact": contact })).await;
            assert_eq!(found.data("appointmentsOfContact.0.id"), id, "{found:?}");
            assert_eq!(found.data("appointmentsOfContact").as_array().map(Vec::len), Some(1));
        }
        let contact = json!({ "contact": { "mail": "otto@example.org" } });
        let nord = app.token("clerk.nord").await;
        assert_eq!(app.ask_as(Some(&nord), find, contact.clone()).await.data("appointmentsOfContact"), &json!([]));
        let eva = app.token("eva@example.org").await;
        assert_eq!(app.ask_as(Some(&eva), find, contact.clone()).await.code(), "FORBIDDEN");
        assert_eq!(app.ask(find, contact).await.code(), "FORBIDDEN");
    })
    .await;
}

#[tokio::test]
async fn a_citizen_takes_their_data_along_and_erases_it_and_waiting_letters_find_nobody() {
    on_both_engines(async |database| {
        let app = TestApp::start(database.clone()).await;
        let eva = app.token("eva@example.org").await;
        let start = first_start(&app, "residence", Some("mitte")).await;
        let contact = json!({ "name": "Eva Beispiel", "mail": "eva@example.org", "phone": "0511 12345" });
        let booked = book(&app, Some(&eva), "ACCOUNT", &start, contact).await;
        let id = booked.data("bookAppointment.appointment.id").clone();
        let export = "{ exportMyData }";
        let exported = app.ask_as(Some(&eva), export, json!({})).await;
        let document: Value =
            serde_json::from_str(exported.data("exportMyData").as_str().expect("a text")).expect("JSON");
        assert_eq!(document["appointments"][0]["phone"], "+4951112345", "{document}");
        assert_eq!(document["account"]["login"], "eva@example.org");
        let sealed = "SELECT contact_sealed FROM appointment WHERE id = $1";
        let older: Vec<u8> =
            database.rows(sealed, vec![id_of(&id).0.into()]).await.expect("readable")[0].at(0).expect("sealed");

        let erase = "mutation { eraseMyAppointments { appointments cancelled left } }";
        let erased = app.ask_as(Some(&eva), erase, json!({})).await;
        assert_eq!(
            erased.data("eraseMyAppointments"),
            &json!({ "appointments": 1, "cancelled": 1, "left": 0 }),
            "{erased:?}"
        );
        let again = app.ask_as(Some(&eva), erase, json!({})).await;
        assert_eq!(again.data("eraseMyAppointments.appointments"), 0, "{again:?}");
        assert_eq!(contact_of(&app, &id).await, None);
        app.assert_conserved().await;
        assert_eq!(app.places_taken().await, 0, "the place is free");
        for sql in [
            APPOINTMENT_KEYS,
            "SELECT count(*) FROM contact_index",
            "SELECT count(*) FROM capacity_cell WHERE at <= 15",
            "SELECT count(*) FROM appointment WHERE account IS NOT NULL OR person IS NOT NULL",
        ] {
            assert_eq!(count(&database, sql).await, 0, "{sql}");
        }
        let entries = "SELECT count(*) FROM audit WHERE action IN ('person.export', 'person.erase')";
        assert_eq!(count(&database, entries).await, 3);

        // The letters about the booking and its end are still in the outbox: they close quietly.
        let folder = tempfile::tempdir().expect("a folder");
        let letters = worker(&app, Post::directory(folder.path()), Vec::new());
        letters.dispatch().await.expect("the database answers");
        let done = letters.deliver_letters(&|| true).await.expect("the database answers");
        assert_eq!((done.sent, done.failed, done.dead, &done.trouble), (0, 0, 0, &None), "{done:?}");
        assert_eq!(app.application.deliveries.backlog().await.unwrap(), notifications::Backlog::default());
        assert_eq!(std::fs::read_dir(folder.path()).expect("there").count(), 0);

        // An older copy of the data comes back; the keys do not.
        let restore = "UPDATE appointment SET contact_sealed = $1 WHERE id = $2";
        database.write(restore, vec![older.into(), id_of(&id).0.into()]).await.expect("written");
        assert_eq!(contact_of(&app, &id).await, None, "nothing opens it");
    })
    .await;
}

#[tokio::test]
async fn an_operator_hands_out_and_erases_by_address_whoever_writes_to_the_city() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let scheduling = &app.application.scheduling;
        let contact = json!({ "name": "Otto Muster", "mail": "otto@example.org" });
        let booked = book_by_mail(&app, 0, contact).await;
        let other = book_by_mail(&app, 1, json!({ "name": "Eva", "mail": "eva@example.org" })).await;
        let otto = Person::Mail(Pii::from("otto@example.org"));
        assert_eq!(scheduling.export_person(&Actor::System, &otto).await.expect("exported").len(), 1);
        assert!(scheduling.export_person(&Actor::Anonymous, &otto).await.is_err());
        let erased = scheduling.erase_person(&Actor::System, &otto).await.expect("erased");
        assert_eq!((erased.appointments, erased.cancelled), (1, 1));
        assert!(scheduling.export_person(&Actor::System, &otto).await.expect("exported").is_empty());
        assert_eq!(contact_of(&app, booked.data("bookAppointment.appointment.id")).await, None);
        assert!(contact_of(&app, other.data("bookAppointment.appointment.id")).await.is_some(), "nobody else");
        app.assert_conserved().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_kept_long_enough_is_counted_and_goes() {
    on_both_engines(async |database| {
        let app = TestApp::start(database.clone()).await;
        let settings = Configuration::default().retention;
        let plan = async || {
            let plan = retention::plan(&app.application, &settings, app.now()).await.expect("a plan");
            plan.iter().map(|due| due.count).collect::<Vec<u64>>()
        };
        let visited = book_by_mail(&app, 0, json!({ "name": "Otto Muster", "mail": "otto@example.org" })).await;
        confirm(&app, &visited).await;
        let cancelled = book_by_mail(&app, 1, json!({ "name": "Eva Beispiel", "mail": "eva@example.org" })).await;
        let id = cancelled.data("bookAppointment.appointment.id").clone();
        confirm(&app, &cancelled).await;
        let found = app.application.scheduling.read_appointments(&Actor::System, &[id_of(&id)]).await.unwrap();
        let code = app.application.scheduling.manage_code(&found[0]);
        let input = json!({ "access": { "code": code }, "idempotencyKey": app.key() });
        app.ask(crate::booking_support::CANCEL, json!({ "input": input })).await;
        book_by_mail(&app, 2, json!({ "name": "Nie Bestätigt", "mail": "nie@example.org" })).await;
        assert_eq!(plan().await, [0; 11]);
        app.clock.pass_seconds(31 * 60);
        app.application.scheduling.tidy().await.expect("tidied");
        app.clock.pass_seconds(8 * 24 * 3600);
        assert_eq!(plan().await, [0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
        let done = retention::apply(&app.application, &settings, app.now()).await.expect("applied");
        assert_eq!(done.iter().map(|due| due.count).collect::<Vec<_>>(), [0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(plan().await, [0; 11]);
        assert_eq!(count(&database, "SELECT count(*) FROM appointment").await, 2, "the unconfirmed one is gone");
        app.clock.set(booked_start(&visited).plus_minutes(31 * 24 * 60));
        retention::apply(&app.application, &settings, app.now()).await.expect("applied");
        assert_eq!(contact_of(&app, visited.data("bookAppointment.appointment.id")).await, None);
        assert_eq!(count(&database, APPOINTMENT_KEYS).await, 0);
        app.assert_conserved().await;
        app.clock.pass_seconds(366 * 24 * 3600);
        assert_eq!(plan().await[3], 2);
        retention::apply(&app.application, &settings, app.now()).await.expect("applied");
        assert_eq!(plan().await[3], 0);
        let figures =
            "SELECT count(*) FROM appointment WHERE length(number) = 32 AND takes = '[]' AND office = 'mitte'";
        assert_eq!(count(&database, figures).await, 2, "what figures need stays");
        app.assert_conserved().await;
    })
    .await;
}

#[tokio::test]
async fn contacts_of_an_older_program_are_read_and_then_sealed() {
    on_both_engines(async |database| {
        let app = TestApp::start(database.clone()).await;
        let booked = book_by_mail(&app, 0, json!({ "name": "Otto Muster", "mail": "otto@example.org" })).await;
        let id = booked.data("bookAppointment.appointment.id");
        let old = r#"{"name":"Otto Alt","mail":"otto@example.org","phone":"+4951112345","language":"de"}"#;
        database.write("UPDATE appointment SET contact = $1, contact_sealed = NULL", vec![old.into()]).await.unwrap();
        database.write("DELETE FROM subject_key", vec![]).await.expect("deleted");
        let name = async || contact_of(&app, id).await.map(|contact| contact.name.into_exposed());
        assert_eq!(name().await.as_deref(), Some("Otto Alt"));
        let scheduling = &app.application.scheduling;
        assert_eq!(scheduling.seal_old_contacts(&Actor::System).await.expect("sealed"), 1);
        assert_eq!(scheduling.seal_old_contacts(&Actor::System).await.expect("nothing"), 0);
        assert_eq!(name().await.as_deref(), Some("Otto Alt"));
        assert_eq!(count(&database, "SELECT count(*) FROM appointment WHERE contact IS NOT NULL").await, 0);
        let phone = Person::Phone(Pii::from("0511 12345"));
        assert_eq!(scheduling.export_person(&Actor::System, &phone).await.expect("found").len(), 1);
    })
    .await;
}

#[tokio::test]
async fn keys_change_while_people_book_and_every_contact_still_opens() {
    on_both_engines(async |database| {
        let app = TestApp::start(database.clone()).await;
        // A second gateway that has not heard of anything.
        let other = TestApp::without_city(database.clone(), scheduling::Settings { return_minutes: 0, ..Default::default() });
        other.follow().await;
        let free = starts(&app, "residence", None, 90).await;
        let booking = async {
            let mut ids = Vec::new();
            for (index, start) in free.iter().take(60).enumerate() {
                let gateway = if index % 2 == 0 { &app } else { &other };
                let contact = json!({ "name": "Jemand", "mail": format!("p{index}@example.org") });
                let booked = if index % 5 == 0 {
                    let held = json!({ "place": place(start, "residence"), "session": format!("session {index}"), "idempotencyKey": app.key() });
                    let held = gateway.ask(HOLD, json!({ "input": held })).await;
                    let input = json!({ "place": { "holdCode": held.data("holdSlot.manageCode") }, "contact": contact,
                        "route": "MAIL_LINK", "idempotencyKey": app.key() });
                    gateway.ask(BOOK, json!({ "input": input })).await
                } else {
                    book(gateway, None, "MAIL_LINK", start, contact).await
                };
                let id = booked.data("bookAppointment.appointment.id");
                if id.is_string() {
                    ids.push(id.clone());
                }
                tokio::task::yield_now().await;
            }
            ids
        };
        let rotating = async {
            let (vault, now) = (&app.application.vault, app.now());
            for _ in 0..3 {
                vault.begin_rotation(&database, now).await.expect("a new key");
                let mut next = None;
                loop {
                    next = vault.rewrap_portion(&database, next).await.expect("a portion").next;
                    if next.is_none() {
                        break;
                    }
                    tokio::task::yield_now().await;
                }
            }
        };
        let (ids, ()) = tokio::join!(booking, rotating);
        assert!(ids.len() > 40, "{} booked", ids.len());
        // The rest is wrapped anew, the old keys go; the second gateway still holds what it knew.
        let vault = &app.application.vault;
        vault.rewrap_portion(&database, None).await.expect("a portion");
        app.clock.pass_seconds(11 * 60);
        assert_eq!(vault.retire(&database, app.now()).await.expect("retired"), 3);
        assert_eq!(count(&database, "SELECT count(*) FROM tenant_key").await, 1);
        for id in &ids {
            assert!(contact_of(&app, id).await.is_some() && contact_of(&other, id).await.is_some());
        }
        // And it books with the new one, though nobody told it.
        let start = starts(&app, "residence", Some("nord"), 90).await.pop().expect("free");
        let booked = book(&other, None, "MAIL_LINK", &start, json!({ "name": "Spät", "mail": "spaet@example.org" })).await;
        assert!(contact_of(&app, booked.data("bookAppointment.appointment.id")).await.is_some(), "{booked:?}");
        app.assert_conserved().await;
    })
    .await;
}
