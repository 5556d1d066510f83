//! Bad input through the door: a clear error with a stable code, nothing written, and the next request works.

use crate::booking_support::{BOOK, STARTS, book, first_start, office_id, place, service_id};
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use testkit::{TestApp, TestCity, on_both_engines};

#[tokio::test]
async fn ids_dates_and_numbers_that_cannot_be_are_refused_by_name() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let search = |search: Value| app.ask(STARTS, json!({ "search": search, "first": 5 }));
        let visit = json!([{ "service": service_id("residence") }]);
        for (search, code) in [
            (search(json!({ "visit": [{ "service": "nonsense" }] })).await, "ID_INVALID"),
            (search(json!({ "visit": [{ "service": office_id("mitte") }] })).await, "ID_OF_ANOTHER_KIND"),
            (search(json!({ "visit": [{ "service": service_id("unknown") }] })).await, "UNKNOWN_SERVICE"),
            (search(json!({ "visit": [] })).await, "VISIT_INVALID"),
            (search(json!({ "visit": [visit[0], visit[0]] })).await, "VISIT_INVALID"),
            (search(json!({ "visit": [{ "service": service_id("residence"), "people": -1 }] })).await, "VISIT_INVALID"),
            (
                search(json!({ "visit": [{ "service": service_id("residence"), "people": 70_000 }] })).await,
                "VISIT_INVALID",
            ),
            (search(json!({ "visit": visit, "offices": [office_id("unknown")] })).await, "UNKNOWN_OFFICE"),
            (search(json!({ "visit": visit, "from": "2026-12-02", "to": "2026-12-01" })).await, "SEARCH_INVALID"),
            (search(json!({ "visit": visit, "from": "2020-01-01", "to": "2020-01-02" })).await, "SEARCH_INVALID"),
            (search(json!({ "visit": visit, "channel": "VIDEO", "offices": [office_id("mitte")] })).await, ""),
            (
                search(json!({ "visit": visit, "origin": { "latitude": 91.0, "longitude": 0.0 } })).await,
                "INPUT_INVALID",
            ),
        ] {
            assert_eq!(search.code(), code, "{search:?}");
            assert!(!search.status.is_server_error(), "{search:?}");
        }
        // What the schema itself forbids: wrong kinds, integers outside 32 bits, days that do not exist.
        for search in [
            json!({ "visit": visit, "from": "2026-02-31" }),
            json!({ "visit": visit, "from": "tomorrow" }),
            json!({ "visit": [{ "service": service_id("residence"), "people": 3_000_000_000_i64 }] }),
            json!({ "visit": "residence" }),
        ] {
            let answer = app.ask(STARTS, json!({ "search": search })).await;
            assert!(answer.status.is_client_error() || answer.status.is_success(), "{answer:?}");
            assert!(!answer.code().is_empty() && answer.code() != "INTERNAL", "{answer:?}");
        }
        for first in [json!(0), json!(-1), json!(101), json!(2_147_483_648_i64)] {
            let answer = app.ask(STARTS, json!({ "search": { "visit": visit }, "first": first })).await;
            assert!(!answer.status.is_server_error() && !answer.code().is_empty(), "{first}: {answer:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn names_mail_addresses_and_keys_that_trick_are_refused_and_nothing_is_written() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let start = first_start(&app, "residence", None).await;
        let long = "a".repeat(10_000);
        for (contact, field) in [
            (json!({ "name": long, "mail": "a@example.org" }), "name"),
            (json!({ "name": "Eva\u{200b}", "mail": "a@example.org" }), "name"),
            (json!({ "name": "Eva\u{0007}", "mail": "a@example.org" }), "name"),
            (json!({ "name": "Eva 🎉", "mail": "a@example.org" }), "name"),
            (json!({ "name": "  ", "mail": "a@example.org" }), "name"),
            (json!({ "name": "Eva", "mail": "no address" }), "mail"),
            (json!({ "name": "Eva", "mail": "a@example.org", "phone": "call me" }), "phone"),
        ] {
            let answer = book(&app, None, "MAIL_LINK", &start, contact).await;
            assert_eq!(answer.data("bookAppointment.problem.code"), "CONTACT_INVALID", "{answer:?}");
            assert_eq!(answer.data("bookAppointment.problem.field"), field);
        }
        let no_mail = book(&app, None, "MAIL_LINK", &start, json!({ "name": "Eva" })).await;
        assert_eq!(no_mail.data("bookAppointment.problem.code"), "MAIL_MISSING");
        let anonymous = book(&app, None, "ACCOUNT", &start, json!({ "name": "Eva" })).await;
        assert_eq!(anonymous.code(), "FORBIDDEN");
        for key in ["short", &"k".repeat(129), "with a blank in it!!", "ümlaut-ümlaut-ümlaut"] {
            let contact = json!({ "name": "Eva", "mail": "a@example.org" });
            let input = json!({ "place": { "start": place(&start, "residence") }, "contact": contact, "route": "MAIL_LINK", "idempotencyKey": key });
            let answer = app.ask(BOOK, json!({ "input": input })).await;
            assert_eq!(answer.data("bookAppointment.problem.code"), "IDEMPOTENCY_KEY_INVALID", "{answer:?}");
        }
        for at in ["1999-01-01T00:00:00Z", "2026-11-23T09:00:00Z", "2026-11-24T07:01:00Z", "9999-12-31T23:59:59Z"] {
            let start = json!({ "office": { "id": office_id("mitte") }, "startsAt": at });
            let answer = book(&app, None, "MAIL_LINK", &start, json!({ "name": "Eva", "mail": "a@example.org" })).await;
            let code = answer.data("bookAppointment.problem.code").as_str().unwrap_or(answer.code()).to_owned();
            assert!(["IN_THE_PAST", "TOO_SOON", "NO_SUCH_START", "INPUT_INVALID", "TOO_FAR_AHEAD"].contains(&code.as_str()) || !answer.code().is_empty(), "{at}: {answer:?}");
        }
        assert_eq!(app.places_taken().await, 0);
        app.assert_conserved().await;
        let good = book(&app, None, "MAIL_LINK", &start, json!({ "name": "Eva", "mail": "a@example.org" })).await;
        assert_eq!(good.data("bookAppointment.problem"), &Value::Null);
    })
    .await;
}

#[tokio::test]
async fn a_start_in_the_gap_of_spring_does_not_exist_and_the_fold_of_autumn_is_sold_once() {
    on_both_engines(async |database| {
        let city = TestCity::default().desks(1).hours("00:00-06:00").rule("").every_day();
        let app = TestApp::without_city(database, scheduling::Settings::default());
        app.clock.set(chrono::DateTime::parse_from_rfc3339("2026-03-20T09:00:00Z").unwrap().to_utc().into());
        app.load(&city).await;
        let day = async |date: &str| {
            let search = json!({ "visit": [{ "service": service_id("residence") }], "offices": [office_id("mitte")], "from": date, "to": date });
            let answer = app.ask(STARTS, json!({ "search": search, "first": 100 })).await;
            answer.data("freeStarts.nodes").as_array().expect("starts").len()
        };
        // Clocks jump from 02:00 to 03:00 on 29 March 2026: five hours of 15 minutes.
        assert_eq!(day("2026-03-28").await, 24);
        assert_eq!(day("2026-03-29").await, 20);
        app.clock.set(chrono::DateTime::parse_from_rfc3339("2026-10-20T09:00:00Z").unwrap().to_utc().into());
        app.follow().await;
        // And back from 03:00 to 02:00 on 25 October: seven hours, of which the second pass of an hour begins nothing.
        assert_eq!(day("2026-10-25").await, 24);
    })
    .await;
}

#[tokio::test]
async fn a_stranger_sees_and_changes_nothing_and_learns_nothing() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let (eva, otto) = (app.token("eva@example.org").await, app.token("otto@example.org").await);
        let clerk = app.token("clerk.nord").await;
        let start = first_start(&app, "residence", Some("mitte")).await;
        let booked = book(&app, Some(&eva), "ACCOUNT", &start, json!({ "name": "Eva Beispiel" })).await;
        let id = booked.data("bookAppointment.appointment.id").clone();
        let own = "query($id: ID!) { appointment(access: { own: $id }) { id } }";
        let staff = "query($id: ID!) { appointment(access: { staff: $id }) { id } }";
        for (token, query) in [(Some(&otto), own), (Some(&otto), staff), (Some(&clerk), staff), (None, own)] {
            let answer = app.ask_as(token.map(String::as_str), query, json!({ "id": id })).await;
            assert_eq!(answer.data("appointment"), &Value::Null, "{answer:?}");
            assert_eq!(answer.code(), "");
        }
        let cancel = crate::booking_support::CANCEL;
        for access in [json!({ "own": id }), json!({ "staff": id }), json!({ "code": "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA" })]
        {
            let input = json!({ "access": access, "idempotencyKey": app.key() });
            let answer = app.ask_as(Some(&otto), cancel, json!({ "input": input })).await;
            assert_eq!(answer.data("cancelAppointment.problem.code"), "NOT_FOUND", "{answer:?}");
        }
        let list = format!(
            "{{ officeAppointments(office: \"{}\", day: \"2026-11-23\") {{ nodes {{ id }} }} }}",
            office_id("mitte")
        );
        for token in [Some(&otto), Some(&clerk), None] {
            assert_eq!(app.ask_as(token.map(String::as_str), &list, json!({})).await.code(), "FORBIDDEN");
        }
        let clerk = app.token("clerk.mitte").await;
        assert_eq!(app.ask_as(Some(&clerk), &list, json!({})).await.data("officeAppointments.nodes.0.id"), &id);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_request_gets_words_and_a_code() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let post = |content_type: &str, body: String| {
            Request::post("/graphql").header(header::CONTENT_TYPE, content_type).body(Body::from(body)).expect("a request")
        };
        let deep = format!("{{ city {}name{} }}", "{ districts ".repeat(1_000), " }".repeat(1_000));
        let nested = "query { ...a } fragment a on Query { ...b ...b } fragment b on Query { ...c ...c } fragment c on Query { ...a }";
        for request in [
            post("application/json", "{".into()),
            post("application/json", "[]".into()),
            post("text/plain", "{}".into()),
            post("application/json", json!({ "query": deep }).to_string()),
            post("application/json", json!({ "query": nested }).to_string()),
            post("application/json", json!({ "query": "{ unknown }" }).to_string()),
            post("application/json", json!({ "query": "mutation { signOut { signedOut } b: signOut { signedOut } }" }).to_string()),
            post("application/json", " ".repeat(70_000)),
        ] {
            let answer = app.send(request).await;
            assert!(answer.status.is_client_error() || answer.status.is_success(), "{answer:?}");
            assert!(!answer.code().is_empty() && answer.code() != "INTERNAL", "{answer:?}");
            assert!(answer.body["errors"][0]["message"].as_str().is_some_and(|words| words.len() <= 200), "{answer:?}");
        }
        assert_eq!(app.ask("{ city { key } }", json!({})).await.data("city.key"), "teststadt");
    })
    .await;
}
