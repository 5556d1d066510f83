//! A booking by mail link, from the request to the confirmation, told through the letters and the page on both engines.

use std::sync::Arc;

use crate::booking_support::{BOOK, CANCEL, MOVE, book, first_start, place, starts};
use crate::town::{Town, code_after, line, take_letters, worker};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use notifications::Post;
use serde_json::{Value, json};
use testkit::{TestApp, TestCity, on_both_engines};

#[tokio::test]
async fn a_booking_by_mail_link_is_confirmed_by_the_button_and_managed_by_the_code_in_the_next_letter() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        let id = town.request("GERMAN").await;
        let letters = town.post().await;
        assert_eq!(letters.len(), 1);
        let link = line(&letters[0], "https://stadt.example/appointments/confirm/");
        let code = code_after(&letters[0], "https://stadt.example/appointments/confirm/");

        // Scanners open links: nothing may happen, however often.
        for _ in 0..3 {
            let page = town.open(link).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(
                page.text.contains("<html lang=\"de\">") && page.text.contains("<button>Termin bestätigen</button>")
            );
            assert!(page.text.contains(&format!("value=\"{code}\"")), "{}", page.text);
            assert!(!page.text.contains("Otto") && !page.text.contains("Mitte"), "{}", page.text);
        }
        assert_eq!(town.status(&id).await, "pending_confirmation");

        // Pressing twice, or in two windows, shows the same.
        for _ in 0..2 {
            let page = town.press(code, "de").await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.text);
            assert!(page.text.contains("<h1>Ihr Termin ist gebucht</h1>"), "{}", page.text);
            assert!(
                page.text.contains("November 2026") && page.text.contains("Mitte 1, 30159 Hannover"),
                "{}",
                page.text
            );
        }
        assert_eq!(town.status(&id).await, "confirmed");

        let letters = town.post().await;
        assert_eq!(letters.len(), 1, "confirmed twice, told once");
        let manage = code_after(&letters[0], "https://stadt.example/appointments/view/").to_owned();
        let file = town.open(&format!("/appointments/{manage}/calendar.ics")).await;
        assert_eq!(
            (file.status, &file.headers[header::CONTENT_TYPE]),
            (StatusCode::OK, &"text/calendar; charset=utf-8".parse().unwrap())
        );
        for name in ["UID:", "SEQUENCE:", "DTSTART:", "DTEND:", "SUMMARY:"] {
            let of_file = file.text.lines().find(|line| line.starts_with(name)).expect(name).trim_end();
            assert!(letters[0].contains(of_file), "the attachment tells of the same appointment: {}", letters[0]);
        }
        assert!(letters[0].contains("METHOD:REQUEST"), "{}", letters[0]);

        // The code in the letter moves the appointment; the letter about that has the new code and the same UID.
        let later = starts(&town.app, "residence", None, 10).await[7].clone();
        let input =
            json!({ "access": { "code": manage }, "startsAt": later["startsAt"], "idempotencyKey": town.app.key() });
        let moved = town.app.ask(MOVE, json!({ "input": input })).await;
        assert_eq!(moved.data("rescheduleAppointment.problem"), &Value::Null, "{moved:?}");
        let told = town.post().await;
        let renewed = code_after(&told[0], "https://stadt.example/appointments/view/").to_owned();
        assert_ne!(renewed, manage);
        assert_eq!(line(&told[0], "UID:"), line(&letters[0], "UID:"));
        assert_ne!(line(&told[0], "SEQUENCE:"), line(&letters[0], "SEQUENCE:"));

        let input = json!({ "access": { "code": renewed }, "idempotencyKey": town.app.key() });
        let cancelled = town.app.ask(CANCEL, json!({ "input": input })).await;
        assert_eq!(cancelled.data("cancelAppointment.appointment.status"), "CANCELLED", "{cancelled:?}");
        let told = town.post().await;
        assert!(told[0].contains("dieser Termin ist abgesagt") && told[0].contains("METHOD:CANCEL"), "{}", told[0]);
        assert_eq!(line(&told[0], "UID:"), line(&letters[0], "UID:"));
        assert!(town.post().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn letter_and_page_speak_the_language_of_the_person() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        for (language, tag, ask, done) in [
            ("ENGLISH", "en", "Confirm appointment", "Your appointment is booked"),
            ("PLAIN_GERMAN", "de-simple", "Termin bestätigen", "Ihr Termin ist fest"),
        ] {
            let start = first_start(&town.app, "residence", None).await;
            let mail = format!("{tag}@example.org");
            let contact = json!({ "name": "Otto Muster", "mail": mail, "language": language });
            let pending = book(&town.app, None, "MAIL_LINK", &start, contact).await;
            assert_eq!(pending.data("bookAppointment.appointment.status"), "PENDING_CONFIRMATION", "{pending:?}");
            let letters = town.post().await;
            let link = line(&letters[0], "https://stadt.example/appointments/confirm/");
            let page = town.open(link).await;
            assert!(page.text.contains(&format!("<html lang=\"{tag}\">")) && page.text.contains(ask), "{}", page.text);
            // Typed by hand, with the language of another window: the page answers in the person's own.
            let code =
                code_after(&letters[0], "https://stadt.example/appointments/confirm/").to_lowercase().replace('-', " ");
            assert!(town.press(&code, "de").await.text.contains(done));
            assert_eq!(town.post().await.len(), 1);
        }
    })
    .await;
}

#[tokio::test]
async fn a_code_that_opens_nothing_gets_a_page_that_says_what_to_do() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        let nonsense = town.open("/appointments/confirm/K7M4?language=en").await;
        assert_eq!(nonsense.status, StatusCode::NOT_FOUND);
        assert!(nonsense.text.contains("This code is not valid") && nonsense.text.contains("id=\"code\""));
        let guessed = town.press("K7M4-QX2P-ABCD-EFGH-JKMN-PQRS", "de").await;
        assert_eq!(guessed.status, StatusCode::NOT_FOUND);
        assert!(guessed.text.contains("Dieser Code gilt nicht"));
        assert_eq!(town.press(&"A".repeat(10_000), "de").await.status, StatusCode::NOT_FOUND);
        let wrong_kind = Request::post("/appointments/confirm").body(Body::from("{}")).unwrap();
        assert_eq!(town.send(wrong_kind).await.status, StatusCode::NOT_FOUND);

        let id = town.request("GERMAN").await;
        let code = code_after(&town.post().await[0], "https://stadt.example/appointments/confirm/").to_owned();
        town.app.clock.pass_seconds(31 * 60);
        assert_eq!(town.press(&code, "de").await.status, StatusCode::NOT_FOUND, "its time ran out");
        assert_eq!(town.status(&id).await, "expired");
    })
    .await;
}

#[tokio::test]
async fn the_page_loads_nothing_runs_nothing_and_is_kept_by_nobody() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        for shown in [
            town.open("/appointments/confirm").await,
            town.open("/appointments/confirm/K7M4-QX2P-ABCD-EFGH-JKMN-PQRS?language=klingon").await,
            town.press("K7M4-QX2P-ABCD-EFGH-JKMN-PQRS", "en").await,
        ] {
            let policy = shown.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(
                policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"),
                "{policy}"
            );
            assert_eq!(shown.headers[header::CACHE_CONTROL], "no-store");
            assert_eq!(shown.headers[header::REFERRER_POLICY], "no-referrer");
            assert_eq!(shown.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
            for loaded in ["<script", "<img", "<link", "http:", "https:", " style=", " on"] {
                assert!(!shown.text.split("<body>").nth(1).unwrap().contains(loaded), "{loaded} in {}", shown.text);
            }
            for needed in ["<title>", "<main>", "<h1>", "name=\"viewport\"", "noindex"] {
                assert!(shown.text.contains(needed), "{needed} in {}", shown.text);
            }
        }
        let field = town.open("/appointments/confirm").await.text;
        assert!(field.contains("<label for=\"code\">") && field.contains("id=\"code\""), "{field}");
    })
    .await;
}

#[tokio::test]
async fn nobody_is_written_to_who_gave_no_address_or_only_holds_a_place() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        let eva = town.app.token("eva@example.org").await;
        let start = first_start(&town.app, "residence", None).await;
        let booked = book(&town.app, Some(&eva), "ACCOUNT", &start, json!({ "name": "Eva Beispiel" })).await;
        assert_eq!(booked.data("bookAppointment.appointment.status"), "CONFIRMED", "{booked:?}");
        let place = place(&start, "residence");
        let input = json!({ "place": place, "session": "a session", "idempotencyKey": town.app.key() });
        town.app.ask(crate::booking_support::HOLD, json!({ "input": input })).await;
        assert!(town.post().await.is_empty());
        assert_eq!(town.app.application.deliveries.backlog().await.unwrap(), notifications::Backlog::default());
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_follows_nobody_knows_the_city_when_it_writes() {
    on_both_engines(async |database| {
        let town = Town::start(database.clone()).await;
        town.request("GERMAN").await;
        // Another process: it has never looked at the city.
        let alone = TestApp::without_city(database, scheduling::Settings::default());
        let letters = worker(&alone, Post::directory(town.folder.path()), Vec::new());
        letters.dispatch().await.unwrap();
        let done = letters.deliver_letters(&|| true).await.unwrap();
        assert_eq!((done.sent, done.trouble), (1, None));
        assert!(take_letters(town.folder.path())[0].contains("Teststadt"));
        // And it learns of a new version with the first booking under it.
        let renamed = TestCity::default().desks(3);
        town.app.load(&renamed).await;
        let start = first_start(&town.app, "residence", None).await;
        let contact = json!({ "name": "Eva Beispiel", "mail": "eva@example.org" });
        let input = json!({ "place": { "start": place(&start, "residence") }, "contact": contact, "route": "MAIL_LINK", "idempotencyKey": town.app.key() });
        town.app.ask(BOOK, json!({ "input": input })).await;
        letters.dispatch().await.unwrap();
        assert_eq!(letters.deliver_letters(&|| true).await.unwrap().sent, 1);
        let version = |app: &TestApp| app.application.scheduling.board().picture().map(|picture: Arc<_>| picture.version).unwrap();
        assert_eq!(version(&alone), version(&town.app));
    })
    .await;
}
