//! Stories of appointments, told through the door, on both engines.

use crate::booking_support::{BOOK, CANCEL, HOLD, MOVE, book, booked_start, first_start, id_of, place, starts};
use serde_json::{Value, json};
use testkit::{TestApp, TestCity, on_both_engines};

#[tokio::test]
async fn a_citizen_finds_books_moves_and_gives_back_an_appointment() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let eva = app.token("eva@example.org").await;
        let start = first_start(&app, "residence", None).await;
        let booked = book(&app, Some(&eva), "ACCOUNT", &start, json!({ "name": "Eva Beispiel" })).await;
        assert_eq!(booked.data("bookAppointment.problem"), &Value::Null, "{booked:?}");
        assert_eq!(booked.data("bookAppointment.appointment.status"), "CONFIRMED");
        let id = booked.data("bookAppointment.appointment.id").clone();
        let number = booked.data("bookAppointment.appointment.number").clone();

        let mine = app
            .ask_as(Some(&eva), "{ myAppointments { nodes { id matters { serviceKey people } } } }", json!({}))
            .await;
        assert_eq!(mine.data("myAppointments.nodes.0.id"), &id);
        assert_eq!(mine.data("myAppointments.nodes.0.matters.0.serviceKey"), "residence");

        let later = starts(&app, "residence", None, 10).await[7].clone();
        let input = json!({ "access": { "own": id }, "startsAt": later["startsAt"], "idempotencyKey": app.key() });
        let moved = app.ask_as(Some(&eva), MOVE, json!({ "input": input })).await;
        assert_eq!(moved.data("rescheduleAppointment.appointment.startsAt"), &later["startsAt"], "{moved:?}");
        assert_eq!(moved.data("rescheduleAppointment.appointment.number"), &number);

        let input = json!({ "access": { "own": id }, "idempotencyKey": app.key() });
        let cancelled = app.ask_as(Some(&eva), CANCEL, json!({ "input": input })).await;
        assert_eq!(cancelled.data("cancelAppointment.appointment.status"), "CANCELLED", "{cancelled:?}");
        app.assert_conserved().await;
        assert_eq!(app.places_taken().await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_hold_becomes_a_booking_by_the_link_in_the_mail() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let start = first_start(&app, "certificate", None).await;
        let input = json!({ "place": place(&start, "certificate"), "session": "a session", "idempotencyKey": app.key() });
        let held = app.ask(HOLD, json!({ "input": input })).await;
        let code = held.data("holdSlot.manageCode").as_str().expect("a code").to_owned();

        let contact = json!({ "name": "Otto Muster", "mail": "otto@example.org" });
        let input = json!({ "place": { "holdCode": code }, "contact": contact, "route": "MAIL_LINK", "idempotencyKey": app.key() });
        let pending = app.ask(BOOK, json!({ "input": input })).await;
        assert_eq!(pending.data("bookAppointment.appointment.status"), "PENDING_CONFIRMATION", "{pending:?}");
        assert_eq!(pending.data("bookAppointment.manageCode"), &Value::Null, "the code travels by mail alone");

        let confirm = "mutation($code: String!) { confirmAppointment(code: $code) { manageCode appointment { status } problem { code } } }";
        let wrong = app.ask(confirm, json!({ "code": code })).await;
        assert_eq!(wrong.data("confirmAppointment.problem.code"), "NOT_FOUND", "a hold's code confirms nothing");
        let mail = app.confirmation_code(&id_of(pending.data("bookAppointment.appointment.id"))).await;
        for _ in 0..2 {
            let confirmed = app.ask(confirm, json!({ "code": mail })).await;
            assert_eq!(confirmed.data("confirmAppointment.appointment.status"), "CONFIRMED");
        }
        app.assert_conserved().await;
    })
    .await;
}

#[tokio::test]
async fn a_hold_and_an_unconfirmed_booking_lapse_by_the_clock_alone() {
    on_both_engines(async |database| {
        let app = TestApp::with_city(database, &TestCity::default().desks(1)).await;
        let start = starts(&app, "residence", Some("mitte"), 6).await.swap_remove(5);
        let offered = async || {
            starts(&app, "residence", Some("mitte"), 6).await.iter().any(|free| free["startsAt"] == start["startsAt"])
        };
        let hold = async |session: &str| {
            let input = json!({ "place": place(&start, "residence"), "session": session, "idempotencyKey": app.key() });
            app.ask(HOLD, json!({ "input": input })).await
        };
        assert_eq!(hold("session one").await.data("holdSlot.appointment.status"), "HELD");
        assert_eq!(hold("session two").await.data("holdSlot.problem.code"), "SLOT_TAKEN");
        assert!(!offered().await);
        app.clock.pass_seconds(10 * 60);
        // Nobody has tidied: search and booking both see by the time.
        assert!(offered().await);
        let contact = json!({ "name": "Otto Muster", "mail": "otto@example.org" });
        let pending = book(&app, None, "MAIL_LINK", &start, contact).await;
        assert_eq!(pending.data("bookAppointment.appointment.status"), "PENDING_CONFIRMATION", "{pending:?}");
        app.clock.pass_seconds(30 * 60);
        let mail = app.confirmation_code(&id_of(pending.data("bookAppointment.appointment.id"))).await;
        let confirm = "mutation($code: String!) { confirmAppointment(code: $code) { problem { code } } }";
        let late = app.ask(confirm, json!({ "code": mail })).await;
        assert_eq!(late.data("confirmAppointment.problem.code"), "NOT_FOUND");
        assert_eq!(hold("session three").await.data("holdSlot.appointment.status"), "HELD");
        app.assert_conserved().await;
    })
    .await;
}

#[tokio::test]
async fn the_same_request_twice_has_one_effect_and_another_under_its_key_is_refused() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let start = first_start(&app, "residence", None).await;
        let contact = json!({ "name": "Otto Muster", "mail": "otto@example.org" });
        let key = app.key();
        let input = |name: &str| {
            let contact = json!({ "name": name, "mail": contact["mail"] });
            json!({ "input": { "place": { "start": place(&start, "residence") }, "contact": contact, "route": "MAIL_LINK", "idempotencyKey": key } })
        };
        let all = futures_util::future::join_all((0..20).map(|_| app.ask(BOOK, input("Otto Muster")))).await;
        let ids: std::collections::BTreeSet<String> =
            all.iter().map(|answer| answer.data("bookAppointment.appointment.id").to_string()).collect();
        assert_eq!(ids.len(), 1, "{all:?}");
        let other = app.ask(BOOK, input("Somebody Else")).await;
        assert_eq!(other.code(), "IDEMPOTENCY_MISMATCH", "{other:?}");
        assert_eq!(app.places_taken().await, 1);
        app.assert_conserved().await;
    })
    .await;
}

#[tokio::test]
async fn one_person_has_one_booking_per_matter_and_a_few_in_all() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let eva = app.token("eva@example.org").await;
        let contact = json!({ "name": "Eva Beispiel" });
        let all = starts(&app, "residence", None, 20).await;
        let first = book(&app, Some(&eva), "ACCOUNT", &all[0], contact.clone()).await;
        let again = book(&app, Some(&eva), "ACCOUNT", &all[9], contact.clone()).await;
        assert_eq!(again.data("bookAppointment.problem.code"), "ALREADY_BOOKED");
        assert_eq!(again.data("bookAppointment.problem.appointment"), first.data("bookAppointment.appointment.id"));
        // When it is over the matter is free again.
        app.clock.set(booked_start(&first).plus_minutes(60));
        let next = first_start(&app, "residence", None).await;
        let after = book(&app, Some(&eva), "ACCOUNT", &next, contact).await;
        assert_eq!(after.data("bookAppointment.problem"), &Value::Null, "{after:?}");
        // A stranger who types somebody's mail address learns nothing of that booking.
        let otto = json!({ "name": "Otto Muster", "mail": "otto@example.org" });
        assert_eq!(
            book(&app, None, "MAIL_LINK", &next, otto.clone()).await.data("bookAppointment.problem"),
            &Value::Null
        );
        let probe = book(&app, None, "MAIL_LINK", &all[12], otto).await;
        assert_eq!(probe.data("bookAppointment.problem.code"), "ALREADY_BOOKED");
        assert_eq!(probe.data("bookAppointment.problem.appointment"), &Value::Null);
        app.assert_conserved().await;
    })
    .await;
}

#[tokio::test]
async fn staff_book_for_someone_from_their_own_quota_and_leads_over_capacity_up_to_the_cap() {
    on_both_engines(async |database| {
        let city = TestCity::default().desks(2).rule("quota = { internal = 1, release_minutes = 30 }");
        let app = TestApp::with_city(database, &city).await;
        let (clerk, lead, eva) =
            (app.token("clerk.mitte").await, app.token("lead.mitte").await, app.token("eva@example.org").await);
        let start = first_start(&app, "residence", Some("mitte")).await;
        assert_eq!(start["free"], 1, "one of two desks is kept for staff");
        let someone = json!({ "name": "Ohne Mail" });
        let public = book(&app, Some(&eva), "ACCOUNT", &start, json!({ "name": "Eva Beispiel" })).await;
        assert_eq!(public.data("bookAppointment.problem"), &Value::Null, "{public:?}");
        let otto = json!({ "name": "Otto Muster", "mail": "otto@example.org" });
        let full = book(&app, None, "MAIL_LINK", &start, otto).await;
        assert_eq!(full.data("bookAppointment.problem.code"), "SLOT_TAKEN");
        assert!(full.data("bookAppointment.problem.alternatives").as_array().is_some_and(|list| !list.is_empty()));
        assert_eq!(book(&app, Some(&eva), "STAFF", &start, someone.clone()).await.code(), "FORBIDDEN");
        let elsewhere = app.token("clerk.nord").await;
        assert_eq!(book(&app, Some(&elsewhere), "STAFF", &start, someone.clone()).await.code(), "FORBIDDEN");
        let printed = book(&app, Some(&clerk), "STAFF", &start, someone.clone()).await;
        assert!(printed.data("bookAppointment.manageCode").is_string(), "{printed:?}");
        let code = printed.data("bookAppointment.manageCode").clone();
        let read = app
            .ask("query($code: String!) { appointment(access: { code: $code }) { status } }", json!({ "code": code }))
            .await;
        assert_eq!(read.data("appointment.status"), "CONFIRMED");
        assert_eq!(
            book(&app, Some(&clerk), "STAFF", &start, someone.clone()).await.data("bookAppointment.problem.code"),
            "SLOT_TAKEN"
        );
        for expected in [Value::Null, Value::Null, json!("SLOT_TAKEN")] {
            let input = json!({ "place": { "start": place(&start, "residence") }, "contact": someone, "route": "STAFF",
                "overbook": true, "idempotencyKey": app.key() });
            let over = app.ask_as(Some(&lead), BOOK, json!({ "input": input })).await;
            assert_eq!(over.data("bookAppointment.problem.code"), &expected, "{over:?}");
        }
        app.assert_conserved().await;
    })
    .await;
}

#[tokio::test]
async fn a_family_with_two_matters_is_one_visit() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let eva = app.token("eva@example.org").await;
        let visit = json!([
            { "service": crate::booking_support::service_id("residence"), "people": 3 },
            { "service": crate::booking_support::service_id("certificate"), "people": 1 },
        ]);
        let search = json!({ "visit": visit, "offices": [] });
        let found = app.ask(crate::booking_support::STARTS, json!({ "search": search, "first": 1 })).await;
        let start = found.data("freeStarts.nodes.0").clone();
        let wish = json!({ "office": start["office"]["id"], "startsAt": start["startsAt"], "visit": visit });
        let input = json!({ "place": { "start": wish }, "contact": { "name": "Eva Beispiel" }, "route": "ACCOUNT", "idempotencyKey": app.key() });
        let booked = app.ask_as(Some(&eva), BOOK, json!({ "input": input })).await;
        let minutes = booked.minutes("bookAppointment.appointment");
        assert_eq!(minutes, 3 * 15 + 30, "{booked:?}");
        app.assert_conserved().await;
    })
    .await;
}

#[tokio::test]
async fn a_new_version_of_the_city_counts_everything_again_and_forgets_nobody() {
    on_both_engines(async |database| {
        let app = TestApp::with_city(database, &TestCity::default().desks(2)).await;
        let start = starts(&app, "residence", Some("mitte"), 6).await.swap_remove(5);
        let mut ids = Vec::new();
        for mail in ["a@example.org", "b@example.org"] {
            app.clock.pass_seconds(1);
            let booked = book(&app, None, "MAIL_LINK", &start, json!({ "name": "Jemand", "mail": mail })).await;
            let id = id_of(booked.data("bookAppointment.appointment.id"));
            let code = app.confirmation_code(&id).await;
            app.ask(
                "mutation($code: String!) { confirmAppointment(code: $code) { manageCode } }",
                json!({ "code": code }),
            )
            .await;
            ids.push(booked.data("bookAppointment.appointment.id").clone());
        }
        // One desk less: who booked later has a conflict; both keep their time.
        let loaded = app.load(&TestCity::default().desks(1)).await;
        let scheduling::Loaded::Activated { version: 2, plan } = loaded else { panic!("{loaded:?}") };
        assert_eq!((plan.appointments, plan.conflicts.len()), (2, 1), "{plan:?}");
        app.assert_conserved().await;
        let lead = app.token("lead.mitte").await;
        let conflicts = "{ conflicts { id conflict } }";
        let open = app.ask_as(Some(&lead), conflicts, json!({})).await;
        assert_eq!(open.data("conflicts"), &json!([{ "id": ids[1], "conflict": "OVER_CAPACITY" }]));
        let keep =
            "mutation($id: ID!) { settleConflict(input: { appointment: $id, settlement: KEEP, idempotencyKey: \"settles-this-conflict\" }) { appointment { conflict } } }";
        let kept = app.ask_as(Some(&lead), keep, json!({ "id": ids[1] })).await;
        assert_eq!(kept.data("settleConflict.appointment.conflict"), "KEPT", "{kept:?}");
        assert_eq!(app.ask_as(Some(&lead), conflicts, json!({})).await.data("conflicts"), &json!([]));
        // Closed on that day: both are in conflict now, and nobody else can book there.
        let day = &start["startsAt"].as_str().unwrap()[..10];
        app.load(&TestCity::default().desks(1).closed_on(day)).await;
        let open = app.ask_as(Some(&lead), conflicts, json!({})).await;
        assert_eq!(open.data("conflicts").as_array().map(Vec::len), Some(2), "{open:?}");
        let late = book(&app, None, "MAIL_LINK", &start, json!({ "name": "Jemand", "mail": "c@example.org" })).await;
        assert_eq!(late.data("bookAppointment.problem.code"), "NO_SUCH_START");
        app.assert_conserved().await;
    })
    .await;
}

#[tokio::test]
async fn two_gateways_on_one_database_see_each_other_and_sell_nothing_twice() {
    on_both_engines(async |database| {
        let city = TestCity::default().desks(1);
        let one = TestApp::with_city(database.clone(), &city).await;
        let two = TestApp::without_city(database, scheduling::Settings::default());
        two.follow().await;
        let start = starts(&one, "residence", Some("mitte"), 6).await.swap_remove(5);
        let mail = |name: &str| json!({ "name": "Jemand", "mail": format!("{name}@example.org") });
        let first = book(&one, None, "MAIL_LINK", &start, mail("a")).await;
        assert_eq!(first.data("bookAppointment.problem"), &Value::Null);
        let second = book(&two, None, "MAIL_LINK", &start, mail("b")).await;
        assert_eq!(second.data("bookAppointment.problem.code"), "SLOT_TAKEN");
        // The second gateway is cut off for a minute, and catches up with all of it.
        for app in [&one, &two] {
            app.clock.pass_seconds(60);
        }
        two.follow().await;
        let offered = starts(&two, "residence", Some("mitte"), 20).await;
        assert!(offered.iter().all(|free| free["startsAt"] != start["startsAt"]), "{offered:?}");
        // A change of rules loaded by one reaches the other before it can book by the old ones.
        let day = &start["startsAt"].as_str().unwrap()[..10];
        one.load(&city.closed_on(day)).await;
        let next = json!({ "office": start["office"], "startsAt": start["startsAt"] });
        let closed = book(&two, None, "MAIL_LINK", &next, mail("c")).await;
        assert_eq!(closed.data("bookAppointment.problem.code"), "NO_SUCH_START", "{closed:?}");
        one.assert_conserved().await;
    })
    .await;
}

#[tokio::test]
async fn what_a_gateway_gives_back_before_it_saw_it_taken_is_offered_once() {
    on_both_engines(async |database| {
        let one = TestApp::with_city(database.clone(), &TestCity::default().desks(2)).await;
        let at_once = scheduling::Settings { return_minutes: 0, ..scheduling::Settings::default() };
        let two = TestApp::without_city(database, at_once);
        two.follow().await;
        let start = starts(&one, "residence", Some("mitte"), 6).await.swap_remove(5);
        let other = book(&two, None, "MAIL_LINK", &start, json!({ "name": "Jemand", "mail": "a@example.org" })).await;
        assert_eq!(other.data("bookAppointment.problem"), &Value::Null, "{other:?}");
        // Booked at the first gateway and cancelled at the second, before that has looked.
        let eva = one.token("eva@example.org").await;
        let booked = book(&one, Some(&eva), "ACCOUNT", &start, json!({ "name": "Eva Beispiel" })).await;
        let access = json!({ "own": booked.data("bookAppointment.appointment.id") });
        let input = json!({ "access": access, "idempotencyKey": two.key() });
        let cancelled = two.ask_as(Some(&eva), CANCEL, json!({ "input": input })).await;
        assert_eq!(cancelled.data("cancelAppointment.appointment.status"), "CANCELLED", "{cancelled:?}");
        for app in [&one, &two] {
            app.clock.pass_seconds(2);
            // The second look reads again what the first met on its way.
            app.follow().await;
            app.follow().await;
            let offered = starts(app, "residence", Some("mitte"), 20).await;
            let free = offered.iter().find(|offered| offered["startsAt"] == start["startsAt"]);
            assert_eq!(free.map(|free| &free["free"]), Some(&json!(1)), "one of two desks is taken: {offered:?}");
        }
        one.assert_conserved().await;
    })
    .await;
}
