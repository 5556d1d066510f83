//! Serving: from the start to an orderly end, and everything that can be in the way.

use crate::installation::{Installation, demo_city, wait_for};
use serde_json::{Value, json};

fn loaded() -> Installation {
    let installation = Installation::new();
    installation.run(&["city", "load", demo_city().to_str().expect("text")]).success();
    installation
}

async fn ask(url: &str, query: &str) -> Value {
    let request = reqwest::Client::new().post(url).json(&json!({ "query": query }));
    request.send().await.expect("an answer").json().await.expect("JSON")
}

#[tokio::test]
async fn serves_a_loaded_city_and_ends_in_order() {
    let server = loaded().start_owned(&["serve"]);
    wait_for(&server.url("/livez"), 200).await;
    assert_eq!(reqwest::get(server.url("/readyz")).await.expect("an answer").status(), 200, "ready when it listens");
    let answer = ask(&server.url("/graphql"), "{ __typename }").await;
    assert_eq!(answer["data"]["__typename"], "Query");
    let keys: Value =
        reqwest::get(server.url("/.well-known/jwks.json")).await.expect("an answer").json().await.expect("JSON");
    assert!(keys["keys"].is_array());
    let stranger = server.url("/appointments/0000-0000-0000-0000-0000-0000/calendar.ics");
    let answer = reqwest::get(stranger).await.expect("an answer");
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["cache-control"]),
        (404, &"no-store".parse().expect("a header"))
    );
    let answer: Value = answer.json().await.expect("JSON");
    assert_eq!(answer["errors"][0]["extensions"]["code"], "NOT_FOUND");
    server.terminate();
    let ended = server.end();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.err.contains("every accepted request was answered"), "{}", ended.err);
}

#[tokio::test]
async fn starts_without_a_city_and_is_ready_once_one_is_loaded() {
    let installation = Installation::new();
    let server = installation.start(&["serve"]);
    wait_for(&server.url("/livez"), 200).await;
    assert_eq!(reqwest::get(server.url("/readyz")).await.expect("an answer").status(), 503);
    installation.run(&["city", "load", demo_city().to_str().expect("text")]).success();
    wait_for(&server.url("/readyz"), 200).await;
    server.terminate();
    let ended = server.end();
    assert_eq!(ended.code, Some(0));
    assert!(ended.err.contains("NO_CITY"), "{}", ended.err);
}

#[tokio::test]
async fn a_broken_token_is_refused_and_an_ended_session_is_taken_back() {
    let server = loaded().start_owned(&["serve", "--no-worker"]);
    let post = |name: &'static str, value: &'static str| {
        let request = reqwest::Client::new().post(server.url("/graphql")).header(name, value);
        request.json(&json!({ "query": "{ __typename }" })).send()
    };
    let refused = post("authorization", "Bearer not.a.token").await.expect("an answer");
    assert_eq!(refused.status(), 401);
    let body: Value = refused.json().await.expect("JSON");
    assert_eq!(body["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    let ended = post("cookie", "__Host-session=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8").await.expect("an answer");
    assert_eq!(ended.status(), 200);
    let cookie = ended.headers()["set-cookie"].to_str().expect("text").to_owned();
    assert!(cookie.starts_with("__Host-session=;") && cookie.contains("Max-Age=0"), "{cookie}");
}

#[tokio::test]
async fn the_worker_alone_ends_in_order() {
    let worker = Installation::new().start_owned(&["work"]);
    assert_eq!(worker.first, "working");
    worker.terminate();
    assert_eq!(worker.end().code, Some(0));
}

#[test]
fn what_is_in_the_way_of_a_start_is_said_in_words() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let busy = Installation::new().with("SERVER__LISTEN", &address);
    let told = busy.run(&["serve"]).failure(1);
    assert!(told.contains("server.listen") && told.contains(&address), "{told}");

    // A file stands where the folder should be: closed to everybody, whoever runs the tests.
    let closed = Installation::new();
    closed.write("data", "");
    let told = closed.run(&["serve"]).failure(1);
    assert!(told.contains("data/servicepoint.db cannot be opened"), "{told}");

    let garbage = Installation::new();
    garbage.write("data/servicepoint.db", &"this is no database ".repeat(500));
    let told = garbage.run(&["serve"]).failure(1);
    assert!(told.contains("servicepoint.db"), "{told}");

    let nowhere = Installation::new().with("DATABASE__URL", "postgres://eva:hunter2@127.0.0.1:1/city");
    let told = nowhere.run(&["serve"]).failure(1);
    assert!(told.contains("cannot be opened") && !told.contains("hunter2"), "{told}");
}
