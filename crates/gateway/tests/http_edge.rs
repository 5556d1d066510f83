//! What every route has in common, small pages and mistakes included: headers, ids, origins, nets.

mod http_support;

use std::time::Duration;

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, header},
    response::{Html, IntoResponse},
    routing::{get, post},
};
use gateway::http::Settings;
use http_support::{TestDoor, answered, code};
use serde_json::json;

fn pages() -> Router {
    Router::new()
        .route("/seite", get(|| async { Html("<p>Guten Tag") }))
        .route(
            "/formular",
            get(|| async { ([(header::CONTENT_SECURITY_POLICY, "form-action 'self'")], "Formular").into_response() })
                .post(|text: String| async move { text }),
        )
        .route("/fehler", get(|| async { panic!("a bug with a secret in it") as &str }))
        .route("/lange", post(|body: Bytes| async move { body.len().to_string() }))
}

async fn open(settings: Settings) -> TestDoor {
    TestDoor::open_door(settings, |door| door, pages()).await
}

fn assert_protected(path: &str, headers: &HeaderMap) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("x-frame-options", "DENY"),
        ("strict-transport-security", "max-age=63072000; includeSubDomains"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(headers.get(name).and_then(|value| value.to_str().ok()), Some(value), "{path}: {name}");
    }
    let policy = headers["content-security-policy"].to_str().expect("text");
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{path}: {policy}");
    assert!(headers["permissions-policy"].to_str().expect("text").contains("camera=()"), "{path}");
    assert_eq!(headers["x-request-id"].len(), 36, "{path}");
}

#[tokio::test]
async fn every_answer_of_every_route_is_protected_and_has_an_id() {
    let door = open(Settings::default()).await;
    for (path, status) in [
        ("/graphql?query=%7Bwho%7D", 200),
        ("/graphql", 400),
        ("/livez", 200),
        ("/readyz", 200),
        ("/seite", 200),
        ("/formular", 200),
        ("/lange", 405),
        ("/fehler", 500),
        ("/nowhere", 404),
        ("/graphql/explorer.js", 404),
    ] {
        let response = door.client.get(door.url(path)).send().await.expect("an answer");
        assert_eq!(response.status(), status, "{path}");
        assert_protected(path, response.headers());
        assert!(!response.text().await.expect("a body").contains("secret"), "{path}");
    }
    let form = door.client.get(door.url("/formular")).send().await.expect("an answer");
    assert_eq!(form.headers()["content-security-policy"], "form-action 'self'", "a page may know better");
    let refused = door.client.post(door.url("/formular")).header("origin", "https://evil.example").send().await;
    let refused = refused.expect("an answer");
    assert_eq!(refused.status(), 403);
    assert_protected("refused", refused.headers());
}

#[tokio::test]
async fn forms_of_other_sites_are_refused_and_our_own_are_not() {
    let door = open(Settings::default()).await;
    let post = async |pairs: &[(&str, &str)]| {
        let mut request = door.client.post(door.url("/formular")).body("x");
        for (name, value) in pairs {
            request = request.header(*name, *value);
        }
        request.send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(post(&[("cookie", "a=b"), ("origin", "https://evil.example")]).await, 403);
    assert_eq!(post(&[("cookie", "a=b"), ("sec-fetch-site", "cross-site"), ("origin", "null")]).await, 403);
    assert_eq!(post(&[("sec-fetch-site", "same-site")]).await, 403);
    assert_eq!(post(&[("cookie", "a=b"), ("sec-fetch-site", "same-origin"), ("origin", "null")]).await, 200);
    assert_eq!(post(&[]).await, 200);
    let link = door.client.get(door.url("/seite")).header("cookie", "a=b").header("sec-fetch-site", "cross-site");
    assert_eq!(link.header("sec-fetch-mode", "navigate").send().await.expect("an answer").status(), 200);
    // The same request to /graphql, with and without the citizen's cookie.
    let ask = |cookie: &'static str| {
        let body = r#"{"query":"mutation { signIn }"}"#;
        door.post(body).header("sec-fetch-site", "cross-site").header(cookie, "a=b")
    };
    let (status, answer) = answered(ask("cookie")).await;
    assert_eq!((status, code(&answer)), (403, "CROSS_SITE"));
    assert_eq!(answered(ask("x-no-cookie")).await.0, 200, "negative control: nothing of anybody's travels along");
}

#[tokio::test]
async fn bodies_are_bounded_on_every_route() {
    let door = open(Settings { body_bytes: 2_000, ..Settings::default() }).await;
    let send = async |path: &str, length: usize| {
        let body = json!({ "query": format!("{{ who }} #{}", "x".repeat(length)) }).to_string();
        let request = door.client.post(door.url(path)).header("content-type", "application/json").body(body);
        request.send().await.expect("an answer").status().as_u16()
    };
    for path in ["/graphql", "/formular", "/lange"] {
        assert_eq!((send(path, 100).await, send(path, 3_000).await), (200, 413), "{path}");
    }
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_refused() {
    let settings = Settings { answer_bytes: 5_000, ..Settings::default() };
    let door = open(settings).await;
    let (status, answer) = door.ask("{ long }").await;
    assert_eq!((status, code(&answer)), (422, "ANSWER_TOO_LARGE"));
    let stream = door.post(r#"{"query":"{ long }"}"#).header("accept", "text/event-stream").send().await;
    assert!(stream.expect("an answer").text().await.expect("a body").contains("ANSWER_TOO_LARGE"));
    assert_eq!(open(Settings::default()).await.ask("{ long }").await.0, 200);
}

#[tokio::test]
async fn other_sites_read_nothing_unless_they_are_listed() {
    let preflight = async |door: &TestDoor, origin: &str| {
        let request = door.client.request(reqwest::Method::OPTIONS, door.url("/graphql")).header("origin", origin);
        let request = request.header("access-control-request-method", "POST");
        let response = request.header("access-control-request-headers", "content-type").send().await;
        response.expect("an answer").headers().get("access-control-allow-origin").cloned()
    };
    let closed = open(Settings::default()).await;
    assert_eq!(preflight(&closed, "https://www.stadt.example").await, None);
    let listed = Settings { cors_origins: vec!["https://www.stadt.example".to_owned()], ..Settings::default() };
    let door = open(listed).await;
    assert_eq!(preflight(&door, "https://www.stadt.example").await.expect("allowed"), "https://www.stadt.example");
    assert_eq!(preflight(&door, "https://evil.example").await, None);
    let ask = || door.post(r#"{"query":"{ who }"}"#).header("origin", "https://www.stadt.example");
    let response = ask().send().await.expect("an answer");
    assert_eq!(response.status(), 200);
    assert!(!response.headers().contains_key("access-control-allow-credentials"), "no cookies, ever");
    let (status, answer) = answered(ask().header("cookie", "a=b")).await;
    assert_eq!((status, code(&answer)), (403, "CROSS_SITE"));
}

#[tokio::test]
async fn a_page_that_takes_too_long_is_given_up() {
    let stuck = Router::new().route("/ewig", get(|| async { std::future::pending::<&str>().await }));
    let settings = Settings { deadline: Duration::ZERO, body_time: Duration::ZERO, ..Settings::default() };
    let door = TestDoor::open_door(settings, |door| door, stuck).await;
    let response = door.client.get(door.url("/ewig")).send().await.expect("an answer");
    assert_eq!(response.status(), 504);
    assert_protected("/ewig", response.headers());
}
