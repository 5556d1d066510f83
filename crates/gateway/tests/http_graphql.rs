//! `/graphql` as clients, honest and hostile, meet it.

mod http_support;

use std::fmt::Write;

use gateway::http::Settings;
use http_support::{TestDoor, answered, code};
use serde_json::json;

#[tokio::test]
async fn answers_a_query_with_id_and_protection() {
    let door = TestDoor::open().await;
    let response = door.post(r#"{"query":"{ who }"}"#).send().await.expect("an answer");
    let headers = response.headers().clone();
    assert_eq!(response.status(), 200);
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert!(headers["content-security-policy"].to_str().expect("text").contains("default-src 'none'"));
    assert!(headers.contains_key("strict-transport-security"));
    assert_eq!(headers["x-request-id"].len(), 36);
    assert_eq!(response.text().await.expect("a body"), r#"{"data":{"who":"nobody"}}"#);
}

#[tokio::test]
async fn takes_no_request_id_from_outside() {
    let door = TestDoor::open().await;
    let forged = door.post(r#"{"query":"{"}"#).header("x-request-id", "forged").send().await.expect("an answer");
    let shown = forged.headers()["x-request-id"].to_str().expect("text").to_owned();
    assert_ne!(shown, "forged");
    let body: serde_json::Value = forged.json().await.expect("JSON");
    assert_eq!(body["errors"][0]["extensions"]["requestId"], json!(shown));
}

#[tokio::test]
async fn refuses_malformed_bodies_in_words() {
    let door = TestDoor::open().await;
    for (body, expected) in [
        ("", "MALFORMED_JSON"),
        ("{\"query\": \"{ who }\"", "MALFORMED_JSON"),
        ("\u{0}\u{1}", "MALFORMED_JSON"),
        (&"{\"query\":".repeat(5_000), "BAD_REQUEST"),
        (&format!("{{\"query\":\"{{who}}\",\"variables\":{{\"a\":{}", "[".repeat(10_000)), "MALFORMED_JSON"),
        ("  [\"{who}\", null, null, null]", "BATCHING_OFF"),
        ("[{\"query\":\"{who}\"},{\"query\":\"{who}\"}]", "BATCHING_OFF"),
        ("7", "BAD_REQUEST"),
        ("{}", "BAD_REQUEST"),
        ("{\"query\":\"{who}\",\"variables\":[1]}", "BAD_REQUEST"),
    ] {
        let (status, answer) = answered(door.post(body.to_owned())).await;
        assert_eq!((status, code(&answer)), (400, expected), "{body:.40}");
    }
    let (status, answer) = answered(door.post(vec![0xFF, 0xFE])).await;
    assert_eq!((status, code(&answer)), (400, "MALFORMED_JSON"));
}

#[tokio::test]
async fn reads_json_in_utf8_and_nothing_else() {
    let door = TestDoor::open().await;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1"] {
        let request = door.client.post(door.url("/graphql")).header("content-type", kind).body(r#"{"query":"{who}"}"#);
        let (status, answer) = answered(request).await;
        assert_eq!((status, code(&answer)), (415, "UNSUPPORTED_MEDIA_TYPE"), "{kind}");
    }
    let (status, answer) = answered(door.post(r#"{"query":"{who}"}"#).header("accept", "image/png")).await;
    assert_eq!((status, code(&answer)), (406, "NOT_ACCEPTABLE"));
}

#[tokio::test]
async fn refuses_long_bodies_announced_or_not() {
    let door = TestDoor::open().await;
    let long = json!({ "query": format!("{{ who }} # {}", "x".repeat(70_000)) }).to_string();
    let (status, answer) = answered(door.post(long.clone())).await;
    assert_eq!((status, code(&answer)), (413, "BODY_TOO_LARGE"));
    let pieces = futures_util::stream::iter([Ok::<_, std::io::Error>(long)]);
    let (status, answer) = answered(door.post(reqwest::Body::wrap_stream(pieces))).await;
    assert_eq!((status, code(&answer)), (413, "BODY_TOO_LARGE"));
}

#[tokio::test]
async fn runs_queries_over_get_and_never_mutations() {
    let door = TestDoor::open().await;
    let get = |query: &str| door.client.get(door.url("/graphql")).query(&[("query", query)]);
    let (status, answer) = answered(get("{ who }")).await;
    assert_eq!((status, &answer["data"]["who"]), (200, &json!("nobody")));
    for operation in ["mutation { signIn }", "subscription { count(to: 1) }"] {
        let response = get(operation).send().await.expect("an answer");
        assert_eq!(response.status(), 405);
        assert_eq!(response.headers()["allow"], "GET, POST");
        assert!(!response.headers().contains_key("set-cookie"));
    }
    let (status, _) = answered(get("mutation { signIn }").header("accept", "text/event-stream")).await;
    assert_eq!(status, 405);
    let (status, answer) = answered(door.client.put(door.url("/graphql"))).await;
    assert_eq!((status, code(&answer)), (405, "METHOD_NOT_ALLOWED"));
    let (status, answer) = answered(get("{ who }").query(&[("query", "{ who }")])).await;
    assert_eq!((status, code(&answer)), (400, "BAD_REQUEST"));
    let (status, answer) = answered(door.client.get(door.url("/graphql?variables=%7B"))).await;
    assert_eq!((status, code(&answer)), (400, "BAD_REQUEST"));
}

#[tokio::test]
async fn the_guard_stands_before_the_engine() {
    let door = TestDoor::open().await;
    let deep = format!("{}{}", "{items".repeat(1_000), "}".repeat(1_000));
    let mut bomb = String::from("{...f0}");
    for level in 0..25 {
        write!(bomb, "fragment f{level} on Query{{...f{0} ...f{0}}}", level + 1).expect("writes to a string");
    }
    bomb.push_str("fragment f25 on Query{who}");
    for (document, expected) in [
        (deep.as_str(), "DOCUMENT_TOO_DEEP"),
        (&bomb, "TOO_MANY_FIELDS"),
        ("{...a} fragment a on Query{...a}", "FRAGMENT_CYCLE"),
        ("{ items(first: 1000) { number } }", "PAGE_TOO_LONG"),
        ("mutation { a: signIn b: signIn }", "NOT_ONE_ROOT_FIELD"),
        ("{ who", "SYNTAX_ERROR"),
        ("query A { who } query B { who }", "OPERATION_NAME_MISSING"),
    ] {
        let (status, answer) = door.ask(document).await;
        assert_eq!((status, code(&answer)), (400, expected));
        assert!(answer.get("data").is_none());
        let legacy = json!({ "query": document }).to_string();
        let (status, answer) = answered(door.post(legacy)).await;
        assert_eq!((status, code(&answer)), (200, expected), "a well-formed request, by the older media type");
    }
}

#[tokio::test]
async fn bad_values_are_named_and_not_repeated() {
    let door = TestDoor::open().await;
    for (document, expected) in [
        ("{ twice(number: 99999999999) }", "BAD_INPUT"),
        ("{ twice(number: \"Erika\") }", "INVALID_DOCUMENT"),
        ("{ twice(number: null) }", "INVALID_DOCUMENT"),
        ("{ nothing }", "INVALID_DOCUMENT"),
        ("{ who { name } }", "INVALID_DOCUMENT"),
        ("query($x: Nope) { who }", "INVALID_DOCUMENT"),
        ("query($x: Int) { who }", "INVALID_DOCUMENT"),
        ("{ who @nope }", "INVALID_DOCUMENT"),
        ("{ wish(wish: {name: \"Erika\"}) }", "INVALID_DOCUMENT"),
        ("{ node(id: 1, size: \"Erika\") }", "BAD_INPUT"),
    ] {
        let (status, answer) = door.ask(document).await;
        assert!(status == 400 || status == 200, "{document}: {status}");
        assert_eq!(code(&answer), expected, "{document}: {answer}");
        assert!(!answer.to_string().contains("Erika"), "{answer}");
    }
}

#[tokio::test]
async fn wrong_variables_are_errors_in_words() {
    let door = TestDoor::open().await;
    for (query, variables) in [
        ("query($n: Int!) { twice(number: $n) }", json!({})),
        ("query($n: Int!) { twice(number: $n) }", json!({ "n": null })),
        ("query($n: Int!) { twice(number: $n) }", json!({ "n": 5_000_000_000_i64 })),
        ("query($n: Int!) { twice(number: $n) }", json!({ "n": "\u{200b}🏃" })),
        ("query($n: Int!) { twice(number: $n) }", json!({ "n": { "a": [1] } })),
        ("query($n: Int!) { twice(number: $n) }", json!({ "n": 1.5 })),
        ("query($w: Wish!) { wish(wish: $w) }", json!({ "w": { "name": "x".repeat(10_000), "people": -1e300 } })),
        ("query($w: Nope!) { wish(wish: $w) }", json!({ "w": { "name": "x" } })),
        ("query($w: Query!) { wish(wish: $w) }", json!({ "w": { "name": "x" } })),
        ("query($w: [Nope!]!) { who }", json!({ "w": [1] })),
    ] {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let (status, answer) = answered(door.post(body)).await;
        assert_eq!(status, 200, "{query} {answer}");
        assert!(matches!(code(&answer), "INVALID_DOCUMENT" | "BAD_INPUT" | "VARIABLE_MISSING"), "{query}: {answer}");
        assert!(answer["errors"][0]["message"].as_str().expect("words").chars().count() <= 200);
    }
}

#[tokio::test]
async fn masks_what_breaks_inside_and_passes_what_was_meant_for_the_client() {
    let door = TestDoor::open().await;
    let (status, answer) = door.ask("{ breaks }").await;
    assert_eq!((status, code(&answer)), (200, "INTERNAL"));
    assert!(!answer.to_string().contains("UNIQUE") && answer["errors"][0]["extensions"]["requestId"].is_string());
    let (status, answer) = door.ask("{ refuses }").await;
    assert_eq!((status, code(&answer), &answer["data"]["refuses"]), (200, "FORBIDDEN", &json!(null)));
    let (status, answer) = door.ask("{ panics }").await;
    assert_eq!((status, code(&answer)), (500, "INTERNAL"));
    assert!(!answer.to_string().contains("secret"));
    let (status, answer) = door.ask("{ never }").await;
    assert_eq!((status, code(&answer)), (504, "DEADLINE_EXCEEDED"));
    let many = ["a", "b", "c", "d", "e", "f", "g"].map(|alias| format!("{alias}: refuses")).join(" ");
    let (_, answer) = door.ask(&format!("{{{many}}}")).await;
    assert_eq!(answer["errors"].as_array().map(Vec::len), Some(5));
    assert_eq!(door.ask("{ who }").await.0, 200, "the server lives");
}

#[tokio::test]
async fn knows_callers_and_sets_cookies() {
    let door = TestDoor::open().await;
    let who = || door.post(r#"{"query":"{ who }"}"#);
    let (_, answer) = answered(who().header("authorization", "good")).await;
    assert_eq!(answer["data"]["who"], "Erika");
    let (status, answer) = answered(who().header("authorization", "forged")).await;
    assert_eq!((status, code(&answer)), (401, "TOKEN_INVALID"));
    let signed_in = door.post(r#"{"query":"mutation { signIn }"}"#).send().await.expect("an answer");
    assert!(signed_in.headers()["set-cookie"].to_str().expect("text").starts_with("__Host-session=abc"));
    let (status, answer) = answered(who().header("cookie", "a=b").header("origin", "https://evil.example")).await;
    assert_eq!((status, code(&answer)), (403, "CROSS_SITE"));
    let (status, _) = answered(who().header("cookie", "a=b").header("sec-fetch-site", "same-origin")).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn streams_a_subscription_as_events() {
    let door = TestDoor::open().await;
    let stream =
        |query: &str| door.post(json!({ "query": query }).to_string()).header("accept", "text/event-stream").send();
    let response = stream("subscription { count(to: 2) }").await.expect("an answer");
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let text = response.text().await.expect("a body");
    let events: Vec<&str> = text.split("\n\n").filter(|event| !event.is_empty() && *event != ":").collect();
    assert_eq!(
        events,
        [
            "event: next\ndata: {\"data\":{\"count\":1}}",
            "event: next\ndata: {\"data\":{\"count\":2}}",
            "event: complete\ndata:",
        ]
    );
    let once = stream("{ who }").await.expect("an answer").text().await.expect("a body");
    assert!(once.starts_with("event: next\ndata: {\"data\":{\"who\":\"nobody\"}}\n\nevent: complete"), "{once}");
    let burst = stream("subscription { bursts }").await.expect("an answer").text().await.expect("a body");
    assert!(burst.contains("INTERNAL") && burst.contains("event: complete"), "{burst}");
    let (status, answer) = door.ask("subscription { count(to: 2) }").await;
    assert_eq!((status, code(&answer)), (400, "SUBSCRIPTION_TRANSPORT"));
}

#[tokio::test]
async fn compresses_long_answers_only() {
    let door = TestDoor::open().await;
    let ask = |query: &str| door.post(json!({ "query": query }).to_string()).header("accept-encoding", "gzip").send();
    let long = ask("{ long }").await.expect("an answer");
    assert_eq!(long.headers()["content-encoding"], "gzip");
    let short = ask("{ who }").await.expect("an answer");
    assert!(!short.headers().contains_key("content-encoding"));
}

#[tokio::test]
async fn the_explorer_is_for_development_and_asks_nobody_else() {
    let production = TestDoor::open().await;
    let page = |door: &TestDoor, path: &str| door.client.get(door.url(path)).header("accept", "text/html").send();
    assert_eq!(page(&production, "/graphql").await.expect("an answer").status(), 406);
    assert_eq!(page(&production, "/graphql/explorer.js").await.expect("an answer").status(), 404);
    let settings = Settings { mode: gateway::configuration::Mode::Development, ..Settings::default() };
    let development = TestDoor::open_with(settings).await;
    for path in ["/graphql", "/graphql/explorer.js", "/graphql/explorer.css"] {
        let response = page(&development, path).await.expect("an answer");
        assert_eq!(response.status(), 200);
        assert!(!response.headers()["content-security-policy"].to_str().expect("text").contains("unsafe"));
        let text = response.text().await.expect("a body");
        assert!(!text.contains("http://") && !text.contains("https://") && !text.contains("//cdn"), "{path}");
    }
}
