//! Budgets of callers and the queue before the engine, as honest people and others meet them.

mod http_support;

use std::sync::atomic::Ordering;

use axum::{Router, routing::get};
use gateway::{
    http::{FieldCharge, Settings},
    limits::{Allowances, Budget},
};
use http_support::{TestDoor, answered, code, socket::Socket};
use serde_json::{Value, json};

const CHARGES: &[FieldCharge] =
    &[FieldCharge { field: "signIn", only_with: None, budgets: &[Budget::SignIns], contacts: &[&["login"]] }];

fn settings(rates: Allowances) -> Settings {
    let trusted_proxies = vec!["127.0.0.1".parse().expect("a network")];
    Settings { rates: Some(rates), trusted_proxies, ..Settings::default() }
}

async fn open(settings: Settings) -> TestDoor {
    TestDoor::open_door(settings, |door| door.with_charges(CHARGES), Router::new()).await
}

/// Sends a document as the proxy that passes on what `address` sent.
async fn ask_from(door: &TestDoor, address: &str, query: &str) -> (u16, Value) {
    answered(door.post(json!({ "query": query }).to_string()).header("x-forwarded-for", address)).await
}

/// How many of `tries` requests with this header are answered with 200.
async fn passed(door: &TestDoor, query: &str, tries: usize, address: impl Fn(usize) -> String) -> usize {
    let mut count = 0;
    for number in 0..tries {
        count += usize::from(ask_from(door, &address(number), query).await.0 == 200);
    }
    count
}

/// Everything a guesser can think of to get more tries into less; gives how often `signIn` ran.
async fn brute_force(door: &TestDoor) -> usize {
    let aliases: Vec<_> = (0..50).map(|number| format!("a{number}: signIn")).collect();
    let aliases = aliases.join(" ");
    let documents = [
        "mutation { signIn }".to_owned(),
        "mutation { renamed: signIn }".to_owned(),
        "mutation { ...f } fragment f on Mutation { signIn }".to_owned(),
        "mutation { ... on Mutation { signIn } }".to_owned(),
        format!("mutation {{ {aliases} }}"),
        "mutation { ...f ...f } fragment f on Mutation { a: signIn b: signIn }".to_owned(),
    ];
    for document in &documents {
        for _ in 0..3 {
            ask_from(door, "203.0.113.5", document).await;
        }
    }
    let one = json!({ "query": documents[0] });
    let batch = Value::Array(vec![one.clone(); 20]).to_string();
    let (_, refused) = answered(door.post(batch)).await;
    assert_eq!(code(&refused), "BATCHING_OFF");
    let mut socket = Socket::connect_with_headers(door, &[("x-forwarded-for", "203.0.113.5")]).await;
    for number in 0..10 {
        socket.subscribe(&number.to_string(), &documents[number % 4]).await;
        socket.hear().await.expect("an answer");
    }
    door.gate.sign_ins.load(Ordering::SeqCst)
}

#[tokio::test]
async fn guessing_passwords_is_bounded_whatever_the_document() {
    let door = open(settings(Allowances { sign_ins: 5, ..Allowances::default() })).await;
    assert_eq!(brute_force(&door).await, 5);
    // Negative control: a door that does not count lets everything run that has one field at its root.
    let careless = TestDoor::open_with(settings(Allowances { sign_ins: 5, ..Allowances::default() })).await;
    assert!(brute_force(&careless).await >= 12 + 4);
}

#[tokio::test]
async fn one_login_is_bounded_over_all_networks_and_however_it_is_written() {
    let door = open(settings(Allowances::default())).await;
    let mut ran = 0;
    for number in 0..60 {
        let (query, variables) = match number % 3 {
            0 => ("mutation { signIn(login: \"Erika\") }", json!({})),
            1 => ("mutation($l: String) { signIn(login: $l) }", json!({ "l": " ERIKA " })),
            _ => ("mutation($l: String = \"erika\") { signIn(login: $l) }", json!({ "l": "erika" })),
        };
        let body = json!({ "query": query, "variables": variables }).to_string();
        let from = format!("2001:db8:{number:x}::1");
        ran += usize::from(answered(door.post(body).header("x-forwarded-for", from)).await.0 == 200);
    }
    assert_eq!(ran, 20);
    let (status, _) = ask_from(&door, "198.51.100.1", "mutation { signIn(login: \"Otto\") }").await;
    assert_eq!(status, 200, "another login");
}

#[tokio::test]
async fn who_is_refused_reads_when_to_come_back() {
    let door = open(settings(Allowances { sign_ins: 1, ..Allowances::default() })).await;
    assert_eq!(ask_from(&door, "203.0.113.5", "mutation { signIn }").await.0, 200);
    let body = json!({ "query": "mutation { signIn }" }).to_string();
    let response = door.post(body).header("x-forwarded-for", "203.0.113.5").send().await.expect("an answer");
    assert_eq!(response.status(), 429);
    let retry: u64 = response.headers()["retry-after"].to_str().expect("text").parse().expect("seconds");
    assert!((1..=61).contains(&retry), "{retry}");
    let answer: Value = response.json().await.expect("JSON");
    assert_eq!(code(&answer), "RATE_LIMITED");
    assert_eq!(answer["errors"][0]["extensions"]["retryAfterSeconds"], retry);
    assert_eq!(ask_from(&door, "203.0.113.5", "{ who }").await.0, 200, "reading is another budget");
}

#[tokio::test]
async fn networks_are_counted_and_forged_hops_are_not_believed() {
    let query = "mutation { signIn }";
    let rates = Allowances { sign_ins: 4, ..Allowances::default() };
    let door = open(settings(rates)).await;
    assert_eq!(passed(&door, query, 30, |number| format!("2001:db8:1:1::{number:x}")).await, 4);
    assert_eq!(passed(&door, query, 40, |number| format!("2001:db8:2:{number:x}::1")).await, 20);
    assert_eq!(passed(&door, query, 40, |number| format!("203.0.113.{number}")).await, 20);
    assert_eq!(
        passed(&door, query, 20, |number| format!("{number}.1.1.1, 198.51.100.7")).await,
        4,
        "the last hop counts"
    );
    assert_eq!(passed(&door, query, 20, |number| format!("{number}.1.1.1, 127.0.0.1, nonsense")).await, 4);
    // Nobody is trusted: all of it is one caller.
    let untrusting = open(Settings { trusted_proxies: Vec::new(), ..settings(rates) }).await;
    assert_eq!(passed(&untrusting, query, 30, |number| format!("198.51.{number}.7")).await, 4);
    // Negative control: from a trusted proxy the same are thirty callers.
    assert_eq!(passed(&door, query, 30, |number| format!("198.18.{number}.7")).await, 30);
}

#[tokio::test]
async fn every_route_but_the_probes_takes_from_the_budget_of_requests() {
    let rates = Allowances { requests: 40, ..Allowances::default() };
    let pages = Router::new().route("/seite", get(|| async { "Guten Tag" }));
    let door = TestDoor::open_door(settings(rates), |door| door, pages).await;
    let status = async |path: &str| door.client.get(door.url(path)).send().await.expect("an answer").status().as_u16();
    for path in ["/seite", "/nowhere", "/graphql?query=%7Bwho%7D", "/seite", "/seite"] {
        assert_ne!(status(path).await, 429);
    }
    for _ in 0..5 {
        door.ask("{ who").await;
    }
    assert_eq!(status("/seite").await, 429);
    assert_eq!(status("/nowhere").await, 429);
    assert_eq!(door.ask("{ who }").await.0, 429);
    for _ in 0..20 {
        assert_eq!((status("/livez").await, status("/readyz").await), (200, 200));
    }
    let page = door.client.get(door.url("/seite")).header("accept", "text/html").send().await.expect("an answer");
    assert!(page.headers().contains_key("retry-after"));
    let text = page.text().await.expect("a page");
    assert!(text.contains("Bitte kurz warten") && text.contains("Please wait"), "{text}");
}

#[tokio::test]
async fn staff_work_on_while_their_network_is_used_up() {
    let door = open(settings(Allowances { requests: 40, ..Allowances::default() })).await;
    while door.ask("{ who }").await.0 == 200 {}
    let as_somebody =
        async |token: &str| answered(door.post(r#"{"query":"{ who }"}"#).header("authorization", token)).await.0;
    for _ in 0..15 {
        assert_eq!(as_somebody("clerk").await, 200);
    }
    assert_eq!(as_somebody("citizen").await, 429, "negative control: citizens share their network");
    assert_eq!(as_somebody("forged").await, 429, "a token that is none is paid by the network");
}

#[tokio::test]
async fn forged_tokens_are_looked_at_so_often() {
    let door = open(settings(Allowances { requests: 10_000, ..Allowances::default() })).await;
    let mut refused = std::collections::BTreeMap::new();
    for _ in 0..90 {
        let forged = door.post(r#"{"query":"{ who }"}"#).header("authorization", "forged");
        *refused.entry(answered(forged).await.0).or_insert(0) += 1;
    }
    assert_eq!(refused.get(&401), Some(&90), "the budget of requests is large enough here");
    let frugal = open(settings(Allowances { requests: 40, ..Allowances::default() })).await;
    let mut looked = 0;
    for _ in 0..90 {
        let forged = frugal.post(r#"{"query":"{ who }"}"#).header("authorization", "forged");
        looked += usize::from(answered(forged).await.0 == 401);
    }
    assert_eq!(looked, 10);
}

#[tokio::test]
async fn a_queue_that_is_full_sends_people_away_and_lets_staff_through() {
    let settings = Settings { concurrent_requests: 1, queued_requests: 1, ..Settings::default() };
    let door = TestDoor::open_with(settings).await;
    let slow = || door.post(r#"{"query":"mutation { slow }"}"#);
    let running = tokio::spawn(slow().send());
    door.gate.entered.notified().await;
    // One waits; who comes after it is sent away at once.
    let waiting = tokio::spawn(slow().send());
    let (status, answer, retry) = loop {
        let request = door.post(r#"{"query":"{ who }"}"#).timeout(std::time::Duration::from_millis(100));
        // As long as the other one has not arrived, this one waits in its place.
        let Ok(response) = request.send().await else { continue };
        let retry = response.headers().get("retry-after").cloned();
        break (response.status().as_u16(), response.json::<Value>().await.expect("JSON"), retry);
    };
    assert_eq!((status, code(&answer)), (503, "OVERLOADED"));
    assert!(retry.is_some());
    let clerk = tokio::spawn(door.post(r#"{"query":"{ who }"}"#).header("authorization", "clerk").send());
    tokio::task::yield_now().await;
    door.gate.may_go.notify_one();
    assert_eq!(running.await.expect("no panic").expect("an answer").status(), 200);
    assert_eq!(clerk.await.expect("no panic").expect("an answer").status(), 200);
    door.gate.may_go.notify_one();
    assert_eq!(waiting.await.expect("no panic").expect("an answer").status(), 200);
}
