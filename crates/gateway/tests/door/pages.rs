//! The addresses beside GraphQL: public keys, and an appointment as a calendar file.

use crate::booking_support::{HOLD, first_start, place};
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::Response;
use gateway::pages::routes;
use serde_json::json;
use testkit::TestApp;
use tower::ServiceExt;

async fn get(app: &TestApp, path: &str) -> (StatusCode, HeaderMap, String) {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    let response: Response = routes(app.application.clone()).oneshot(request).await.expect("an answer");
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 1 << 20).await.expect("a body");
    (parts.status, parts.headers, String::from_utf8(body.to_vec()).expect("text"))
}

#[tokio::test]
async fn whoever_has_the_code_takes_the_appointment_along() {
    testkit::on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let start = first_start(&app, "residence", None).await;
        let input =
            json!({ "place": place(&start, "residence"), "session": "a session of a test", "idempotencyKey": app.key() });
        let held = app.ask(HOLD, json!({ "input": input })).await;
        let code = held.data("holdSlot.manageCode").as_str().unwrap_or_else(|| panic!("{held:?}"));
        let (status, headers, text) = get(&app, &format!("/appointments/{code}/calendar.ics?language=en")).await;
        assert_eq!(status, StatusCode::OK, "{text}");
        assert_eq!(headers["content-type"], "text/calendar; charset=utf-8");
        assert_eq!(headers["content-disposition"], "attachment; filename=\"termin.ics\"");
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert!(text.starts_with("BEGIN:VCALENDAR") && text.contains("DTSTART:"), "{text}");

        let wrong = get(&app, &format!("/appointments/{code}/calendar.ics?language=klingon")).await;
        assert!(wrong.0 == StatusCode::BAD_REQUEST && wrong.2.contains("BAD_INPUT"), "{wrong:?}");
        for stranger in ["0000-0000-0000-0000-0000-0000", "x", &"A".repeat(5_000), "%F0%9F%92%A5"] {
            let (status, headers, text) = get(&app, &format!("/appointments/{stranger}/calendar.ics")).await;
            assert_eq!((status, headers["cache-control"].as_bytes()), (StatusCode::NOT_FOUND, &b"no-store"[..]));
            assert!(text.contains("NOT_FOUND"), "{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn anybody_may_have_the_keys_that_check_our_tokens() {
    testkit::on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let (status, headers, text) = get(&app, "/.well-known/jwks.json").await;
        assert_eq!((status, headers["content-type"].as_bytes()), (StatusCode::OK, &b"application/json"[..]));
        let keys: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert!(keys["keys"][0]["x"].is_string() && keys["keys"][0].get("d").is_none(), "public halves alone: {text}");
    })
    .await;
}
