//! Trusted documents: asked for by their hash, judged at the start, and for some callers the only ones.

mod http_support;

use axum::Router;
use gateway::{
    configuration::Trust,
    guard::{Limits, Manifest},
    http::Settings,
};
use http_support::{TestDoor, answered, code, socket::Socket};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const WHO: &str = "query Who { who }";
const TWICE: &str = "query Twice($n: Int!) { twice(number: $n) }";
const SIGN_IN: &str = "mutation SignIn { signIn }";
const LIST: &str = "query List($n: Int) { items(first: $n) { number } }";

fn hash(source: &str) -> String {
    hex::encode(Sha256::digest(source))
}

async fn manifest() -> Manifest {
    let documents: serde_json::Map<String, Value> =
        [WHO, TWICE, SIGN_IN, LIST].map(|source| (hash(source), json!(source))).into_iter().collect();
    let public = |field: &str| match field {
        "twice" => Some(60),
        _ => None,
    };
    let text = Value::Object(documents).to_string();
    Manifest::read(&text, &Limits::default(), async |_| Vec::new(), public).await.expect("all are fine")
}

async fn open(trust: Trust) -> TestDoor {
    let manifest = manifest().await;
    let settings = Settings { trust, ..Settings::default() };
    TestDoor::open_door(settings, |door| door.with_manifest(manifest), Router::new()).await
}

/// Sends a body, with a token if there is one, and gives the status and the answer.
async fn send(door: &TestDoor, token: Option<&str>, body: Value) -> (u16, Value) {
    let mut request = door.post(body.to_string()).header("accept", "application/graphql-response+json");
    if let Some(token) = token {
        request = request.header("authorization", token);
    }
    answered(request).await
}

#[tokio::test]
async fn a_document_is_asked_for_by_its_hash_in_every_way_clients_write_it() {
    let door = open(Trust::Everyone).await;
    let id = hash(TWICE);
    for ask in [
        json!({ "documentId": id, "variables": { "n": 4 } }),
        json!({ "documentId": format!("sha256:{id}"), "operationName": "Twice", "variables": { "n": 4 } }),
        json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": id } }, "variables": { "n": 4 } }),
        json!({ "query": TWICE, "documentId": id, "variables": { "n": 4 } }),
        json!({ "query": TWICE, "variables": { "n": 4 } }),
    ] {
        let (status, answer) = send(&door, None, ask.clone()).await;
        assert_eq!((status, &answer["data"]["twice"]), (200, &json!(8)), "{ask}: {answer}");
    }
    let mut socket = Socket::greeted(&door, json!({})).await;
    socket.say(json!({ "type": "subscribe", "id": "1", "payload": { "documentId": hash(WHO) } })).await;
    assert_eq!(socket.hear().await.expect("an answer")["payload"]["data"]["who"], "nobody");
}

#[tokio::test]
async fn what_is_unknown_or_mismatched_is_refused_with_its_code() {
    let door = open(Trust::Everyone).await;
    for (ask, expected) in [
        (json!({ "documentId": hash("{ who }") }), "DOCUMENT_UNKNOWN"),
        (json!({ "documentId": "sha256:none" }), "DOCUMENT_UNKNOWN"),
        (json!({ "documentId": "" }), "DOCUMENT_UNKNOWN"),
        (json!({ "query": "{ who }", "documentId": hash(WHO) }), "BAD_REQUEST"),
        (json!({ "query": "{ who }" }), "DOCUMENT_NOT_TRUSTED"),
        (json!({ "query": format!("{WHO} ") }), "DOCUMENT_NOT_TRUSTED"),
        (json!({ "query": "{ __schema { types { name } } }" }), "DOCUMENT_NOT_TRUSTED"),
        (json!({ "documentId": hash(TWICE) }), "VARIABLE_MISSING"),
        (json!({ "documentId": hash(LIST), "variables": { "n": 101 } }), "PAGE_TOO_LONG"),
        (json!({ "documentId": 7 }), "BAD_REQUEST"),
        (json!({}), "BAD_REQUEST"),
    ] {
        let (status, answer) = send(&door, Some("clerk"), ask.clone()).await;
        assert_eq!((status, code(&answer)), (400, expected), "{ask}: {answer}");
    }
    let mut socket = Socket::greeted(&door, json!({})).await;
    socket.subscribe("1", "subscription { silence }").await;
    let refused = socket.hear().await.expect("an answer");
    assert_eq!(refused["payload"][0]["extensions"]["code"], "DOCUMENT_NOT_TRUSTED");
}

#[tokio::test]
async fn who_has_signed_in_may_write_documents_of_their_own() {
    let door = open(Trust::Anonymous).await;
    let own = || json!({ "query": "{ mine: who }" });
    assert_eq!(send(&door, Some("clerk"), own()).await.0, 200);
    assert_eq!(send(&door, Some("citizen"), own()).await.0, 200);
    let (status, answer) = send(&door, None, own()).await;
    assert_eq!((status, code(&answer)), (400, "DOCUMENT_NOT_TRUSTED"));
    // Any cookie, and a token that names nobody, make nobody known.
    let with_cookie = door.post(own().to_string()).header("cookie", "a=b");
    assert_eq!(code(&answered(with_cookie).await.1), "DOCUMENT_NOT_TRUSTED");
    assert_eq!(code(&send(&door, Some("good"), own()).await.1), "DOCUMENT_NOT_TRUSTED");
    assert_eq!(send(&door, None, json!({ "documentId": hash(WHO) })).await.0, 200);
    // Negative control: where nobody is held to the manifest, the same passes.
    assert_eq!(send(&open(Trust::Off).await, None, own()).await.0, 200);
}

#[tokio::test]
async fn a_public_answer_may_be_kept_and_no_other() {
    let door = open(Trust::Anonymous).await;
    let get = |source: &str, variables: &str| {
        door.client.get(door.url("/graphql")).query(&[("documentId", hash(source).as_str()), ("variables", variables)])
    };
    let kept = async |request: reqwest::RequestBuilder| {
        let response = request.send().await.expect("an answer");
        response.headers()["cache-control"].to_str().expect("text").to_owned()
    };
    let public = get(TWICE, "{\"n\":2}").send().await.expect("an answer");
    assert_eq!(public.headers()["cache-control"], "public, max-age=60");
    let vary: Vec<_> = public.headers().get_all("vary").iter().map(|value| value.to_str().expect("text")).collect();
    assert!(vary.iter().any(|line| line.contains("authorization") && line.contains("cookie")), "{vary:?}");
    assert_eq!(kept(get(WHO, "{}")).await, "no-store", "it says who asks");
    assert_eq!(kept(get(TWICE, "{\"n\":2}").header("authorization", "clerk")).await, "no-store");
    assert_eq!(kept(get(TWICE, "{\"n\":2}").header("cookie", "a=b")).await, "no-store");
    assert_eq!(kept(get(TWICE, "{\"n\":99999999999}")).await, "no-store", "an error");
    assert_eq!(
        kept(door.post(json!({ "documentId": hash(TWICE), "variables": { "n": 1 } }).to_string())).await,
        "no-store"
    );
    let (status, answer) = answered(get(SIGN_IN, "{}")).await;
    assert_eq!((status, code(&answer)), (405, "METHOD_NOT_ALLOWED"), "a mutation, trusted or not");
}

#[tokio::test]
async fn a_manifest_is_refused_with_everything_that_is_wrong() {
    let deep = format!("{}{}", "{a".repeat(40), "}".repeat(40));
    let documents = json!({
        hash(WHO): WHO,
        "d41d8cd98f00b204e9800998ecf8427e": "{ a }",
        hash("{ b }"): "{ c }",
        hash("{ d"): "{ d",
        hash(&deep): deep,
        hash("{ e }"): 7,
        hash("{ nowhere }"): "{ nowhere }",
    });
    let fits = async |source: &str| match source {
        "{ nowhere }" => vec!["Unknown field".to_owned()],
        _ => Vec::new(),
    };
    let read = async |text: &str| Manifest::read(text, &Limits::default(), fits, |_| None).await;
    let problems = read(&documents.to_string()).await.expect_err("six are wrong").join("\n");
    for expected in [
        "d41d8cd98f00b204e9800998ecf8427e: not a SHA-256",
        "the name is not the SHA-256 of the text",
        "does not follow the GraphQL grammar at line 1",
        "nested too deep",
        "the document must be a text",
        "Unknown field",
    ] {
        assert!(problems.contains(expected), "{expected} is missing in\n{problems}");
    }
    assert_eq!(problems.lines().count(), 6);
    assert!(read("[]").await.expect_err("no object")[0].contains("not a JSON object"));
    assert!(read("{}").await.expect("nothing is fine").is_empty());
}
