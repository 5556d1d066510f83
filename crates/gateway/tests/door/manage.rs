//! An appointment seen, moved and cancelled on the pages, without scripts, and reminders ended by one click.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use notifications::Post;
use serde_json::json;
use testkit::on_both_engines;

use crate::booking_support::{book, booked_start, first_start, starts};
use crate::town::{Town, code_after, take_letters, worker};

#[tokio::test]
async fn an_appointment_is_moved_by_choosing_a_day_a_time_and_a_button() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        let (id, code) = town.booked(&first_start(&town.app, "residence", Some("mitte")).await, "GERMAN").await;
        let shown = town.open(&format!("/appointments/view/{code}?language=de")).await;
        assert_eq!(shown.status, StatusCode::OK);
        assert!(
            shown.text.contains("<h1>Ihr Termin</h1>") && shown.text.contains("Mitte 1, 30159 Hannover"),
            "{}",
            shown.text
        );
        assert!(!shown.text.contains("Otto"), "whoever has the code learns no name: {}", shown.text);

        let days = town.open(&shown.link("/appointments/move/")).await;
        assert!(days.text.contains("<h1>Neuen Tag wählen</h1>"), "{}", days.text);
        assert!(days.text.contains("Zeiten frei"), "{}", days.text);
        let bare = code.replace('-', "");
        let day = days.link(&format!("/appointments/move/{bare}?language=de&day="));
        let times = town.open(&day).await;
        assert!(times.text.contains("<h1>Neue Zeit wählen</h1>") && times.text.contains(" Uhr</a>"), "{}", times.text);
        let everywhere = town.open(&format!("{day}&offices=all")).await;
        assert!(everywhere.text.contains("<h2>Nord, Nord 1, 30159 Hannover</h2>"), "{}", everywhere.text);

        let ask = town.open(&times.link(&format!("/appointments/move/{bare}/"))).await;
        assert!(ask.text.contains("<h1>Termin verschieben?</h1>"), "{}", ask.text);
        let before = town.app.places_taken().await;
        let moved = town.submit("/appointments/move", &ask.fields()).await;
        assert_eq!(moved.status, StatusCode::OK, "{}", moved.text);
        assert!(moved.text.contains("<h1>Ihr Termin ist verschoben</h1>"), "{}", moved.text);
        assert_eq!(town.app.places_taken().await, before, "the old place is free again");
        let renewed = moved.link("/appointments/cancel/");
        assert!(!renewed.contains(&bare), "old links are void");

        // Reloading the answer asks for the same again, and gets the same.
        let again = town.submit("/appointments/move", &ask.fields()).await;
        assert_eq!((again.status, again.link("/appointments/cancel/")), (StatusCode::OK, renewed.clone()));
        assert_eq!(town.open(&format!("/appointments/view/{code}")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(town.status(&id).await, "confirmed");
        assert_eq!(town.post().await.len(), 1, "moved once, told once");

        let ask = town.open(&renewed).await;
        assert!(ask.text.contains("<h1>Termin absagen?</h1>"), "{}", ask.text);
        assert_eq!(town.status(&id).await, "confirmed", "opening changes nothing");
        for _ in 0..2 {
            let done = town.submit("/appointments/cancel", &ask.fields()).await;
            assert!(done.text.contains("<h1>Ihr Termin ist abgesagt</h1>"), "{}", done.text);
            assert!(!done.text.contains("/appointments/move/"), "{}", done.text);
        }
        assert_eq!(town.status(&id).await, "cancelled");
        assert!(town.open(&renewed).await.text.contains("<h1>Ihr Termin ist abgesagt</h1>"));
        town.app.assert_conserved().await;
    })
    .await;
}

#[tokio::test]
async fn a_place_given_back_on_the_page_goes_to_somebody_else() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        let start = first_start(&town.app, "residence", Some("nord")).await;
        let (_, code) = town.booked(&start, "GERMAN").await;
        let free = |found: Vec<serde_json::Value>| found.iter().any(|other| other["startsAt"] == start["startsAt"]);
        assert!(!free(starts(&town.app, "residence", Some("nord"), 50).await), "one desk");
        let ask = town.open(&format!("/appointments/cancel/{code}")).await;
        town.submit("/appointments/cancel", &ask.fields()).await;
        assert!(free(starts(&town.app, "residence", Some("nord"), 50).await));
        let contact = json!({ "name": "Eva Beispiel", "mail": "eva@example.org" });
        let other = book(&town.app, None, "MAIL_LINK", &start, contact).await;
        assert_eq!(other.data("bookAppointment.problem"), &serde_json::Value::Null, "{other:?}");
    })
    .await;
}

#[tokio::test]
async fn a_time_that_was_taken_meanwhile_leaves_the_old_place_and_offers_others() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        let (id, code) = town.booked(&first_start(&town.app, "residence", Some("mitte")).await, "GERMAN").await;
        let bare = code.replace('-', "");
        let wish = starts(&town.app, "residence", Some("nord"), 3).await.swap_remove(2);
        let seconds = chrono::DateTime::parse_from_rfc3339(wish["startsAt"].as_str().unwrap()).unwrap().timestamp();
        let ask = town.open(&format!("/appointments/move/{bare}/{seconds}?office=nord")).await;
        let contact = json!({ "name": "Eva Beispiel", "mail": "eva@example.org" });
        let faster = book(&town.app, None, "MAIL_LINK", &wish, contact).await;
        assert_eq!(booked_start(&faster).seconds(), seconds, "{faster:?}");
        let refused = town.submit("/appointments/move", &ask.fields()).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert!(refused.text.contains("<h1>Diese Zeit ist nicht mehr frei</h1>"), "{}", refused.text);
        // One of the offers does it.
        let ask = town.open(&refused.link(&format!("/appointments/move/{bare}/"))).await;
        assert_eq!(town.submit("/appointments/move", &ask.fields()).await.status, StatusCode::OK);
        assert_eq!(town.status(&id).await, "confirmed");
        town.app.assert_conserved().await;
    })
    .await;
}

#[tokio::test]
async fn buttons_of_other_sites_do_nothing_and_bad_addresses_get_words() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        let (id, code) = town.booked(&first_start(&town.app, "residence", None).await, "GERMAN").await;
        for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
            let request = Request::post("/appointments/cancel")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(header::HOST, "stadt.example")
                .header(name, value);
            let refused = town.send(request.body(Body::from(format!("code={code}"))).unwrap()).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN);
        }
        assert_eq!(town.status(&id).await, "confirmed");
        let wrong = "K7M4QX2PABCDEFGHJKMNPQRS";
        for path in [
            format!("/appointments/view/{wrong}"),
            format!("/appointments/cancel/{wrong}?language=en"),
            format!("/appointments/move/{wrong}"),
            format!("/appointments/move/{wrong}/1795508100"),
            format!("/appointments/move/{code}/tomorrow"),
            "/appointments/view/%F0%9F%92%A5".to_owned(),
            "/reminders/stop/nonsense".to_owned(),
        ] {
            let shown = town.open(&path).await;
            assert_eq!(shown.status, StatusCode::NOT_FOUND, "{path}");
            assert!(shown.text.contains("role=\"alert\"") && shown.text.contains("<h1>"), "{}", shown.text);
        }
        for (path, body) in [("/appointments/move", "code=x&start=1&office=%00"), ("/appointments/cancel", "x=1")] {
            let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            assert_eq!(town.send(request.body(Body::from(body)).unwrap()).await.status, StatusCode::NOT_FOUND);
        }
        for start in [i64::MAX, i64::MIN, 0] {
            let far = town.open(&format!("/appointments/move/{code}/{start}")).await;
            assert_eq!(far.status, StatusCode::OK);
            let refused = town.submit("/appointments/move", &far.fields()).await;
            assert_eq!(refused.status, StatusCode::CONFLICT, "{start}: {}", refused.text);
        }
        let past = town.open(&format!("/appointments/move/{code}?day=1999-01-01")).await;
        assert!(past.text.contains("An diesem Tag ist keine Zeit mehr frei."), "{}", past.text);
        assert_eq!(town.status(&id).await, "confirmed");
        town.app.clock.pass_seconds(60 * 24 * 60 * 60);
        assert_eq!(town.open(&format!("/appointments/cancel/{code}")).await.status, StatusCode::CONFLICT, "past");
        assert_eq!(town.open(&format!("/appointments/move/{code}")).await.status, StatusCode::CONFLICT, "past");
    })
    .await;
}

#[tokio::test]
async fn every_page_speaks_every_language_loads_nothing_and_wears_the_layers_of_the_house() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        let (_, code) = town.booked(&first_start(&town.app, "residence", None).await, "GERMAN").await;
        let start = starts(&town.app, "residence", None, 9).await.swap_remove(8);
        let seconds = chrono::DateTime::parse_from_rfc3339(start["startsAt"].as_str().unwrap()).unwrap().timestamp();
        let day = &start["startsAt"].as_str().unwrap()[..10];
        for language in ["de", "de-simple", "en"] {
            for path in [
                "/appointments/view?".to_owned(),
                "/appointments/confirm?".to_owned(),
                format!("/appointments/view/{code}?"),
                format!("/appointments/cancel/{code}?"),
                format!("/appointments/move/{code}?"),
                format!("/appointments/move/{code}?day={day}&offices=all&"),
                format!("/appointments/move/{code}/{seconds}?"),
            ] {
                let page = town.open(&format!("{path}language={language}")).await;
                assert_eq!(page.status, StatusCode::OK, "{path}");
                assert!(page.text.contains(&format!("<html lang=\"{language}\">")), "{path}");
                assert_eq!(page.text.matches("<h1>").count(), 1);
                assert!(
                    page.text.contains(&format!("hreflang=\"{language}\" lang=\"{language}\" aria-current=\"true\""))
                );
                let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
                assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"));
                for name in ["x-request-id", "cross-origin-opener-policy", "x-frame-options"] {
                    assert!(page.headers.contains_key(name), "{name} on {path}");
                }
                assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
                let content = page.text.split("<body>").nth(1).unwrap();
                for loaded in ["<script", "<img", "<link", "http:", "https:", " style=", " onclick"] {
                    assert!(!content.contains(loaded), "{loaded} in {content}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn one_click_in_the_mail_program_ends_reminders_in_either_encoding() {
    on_both_engines(async |database| {
        let town = Town::start(database.clone()).await;
        let far = starts(&town.app, "residence", None, 100).await.pop().expect("a start");
        let (id, _) = town.booked(&far, "GERMAN").await;
        let starts_at = {
            let scheduling = &town.app.application.scheduling;
            let ids = [crate::booking_support::id_of(&id)];
            scheduling.read_appointments(&domain::permission::Actor::System, &ids).await.unwrap()[0].starts_at
        };
        town.app.clock.set(starts_at.plus_minutes(-48 * 60));
        town.app.follow().await;
        let reminder = town.post().await.swap_remove(0);
        let code = code_after(&reminder, "https://stadt.example/reminders/stop/").to_owned();
        let path = format!("/reminders/stop/{code}");
        let ask = town.open(&format!("{path}?language=de")).await;
        assert!(ask.text.contains("<button>Erinnerungen beenden</button>"), "{}", ask.text);
        let refusals = async || database.rows("SELECT 1 FROM reminder_refusal", vec![]).await.unwrap().len();
        assert_eq!(refusals().await, 0, "opening ends nothing");
        let multipart =
            "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n";
        for (kind, body) in [
            ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"),
            ("multipart/form-data; boundary=x", multipart),
        ] {
            let request = Request::post(&path).header(header::CONTENT_TYPE, kind).body(Body::from(body)).unwrap();
            assert_eq!(town.send(request).await.status, StatusCode::OK);
            assert_eq!(refusals().await, 1);
        }
        town.app.clock.set(starts_at.plus_minutes(-3 * 60));
        assert!(town.post().await.is_empty());
        let stopped = town.submit(&path, &ask.fields()).await;
        let resumed = town.submit(&path, &stopped.fields()).await;
        assert!(resumed.text.contains("Sie bekommen wieder Erinnerungen"), "{}", resumed.text);
        assert_eq!(refusals().await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_code_typed_into_the_field_leads_to_the_appointment() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        let (_, code) = town.booked(&first_start(&town.app, "residence", None).await, "ENGLISH").await;
        let typed = code.to_lowercase().replace('-', " ");
        let sent = town.submit("/appointments/view", &[("code", &typed), ("language", "en")]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER);
        let page = town.open(sent.headers[header::LOCATION].to_str().unwrap()).await;
        assert!(page.text.contains("<h1>Your appointment</h1>"), "{}", page.text);
        let letters = worker(&town.app, Post::directory(town.folder.path()), Vec::new());
        assert_eq!(letters.dispatch().await.unwrap().planned, 0);
        assert!(take_letters(town.folder.path()).is_empty());
    })
    .await;
}
