//! Probes, metrics, unknown addresses, slow clients and an orderly end.

mod http_support;

use std::sync::Arc;

use async_graphql::{EmptyMutation, EmptySubscription, Object, Schema};
use axum::{body::Body, http::Request};
use futures_util::future::BoxFuture;
use gateway::{
    http::{Door, Readiness, Settings, collect_metrics, internal_router, router},
    shutdown::{Drain, Ended},
};
use http_body_util::BodyExt;
use http_support::{TestDoor, answered, code};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tower::ServiceExt;

struct Query;

#[Object]
impl Query {
    async fn a(&self) -> i32 {
        1
    }
}

struct NoDatabase;

impl Readiness for NoDatabase {
    fn check(&self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async { Err("no database".to_owned()) })
    }
}

async fn get(router: &axum::Router, path: &str) -> (u16, String) {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    let response = router.clone().oneshot(request).await.expect("an answer");
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.expect("a body").to_bytes();
    (status, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn lives_without_a_database_and_is_ready_only_with_it() {
    let door = Door::new(Schema::new(Query, EmptyMutation, EmptySubscription), Settings::default(), Drain::default());
    let router = router(Arc::new(door.with_readiness(NoDatabase)));
    assert_eq!(get(&router, "/livez").await.0, 200);
    let (status, text) = get(&router, "/readyz").await;
    assert_eq!(status, 503);
    assert!(!text.contains("database"), "reasons are for the log");
}

#[tokio::test]
async fn is_not_ready_while_shutting_down() {
    let drain = Drain::default();
    let door = Door::new(Schema::new(Query, EmptyMutation, EmptySubscription), Settings::default(), drain.clone());
    let router = router(Arc::new(door));
    assert_eq!(get(&router, "/readyz").await.0, 200);
    drain.start();
    assert_eq!(get(&router, "/readyz").await.0, 503);
    assert_eq!(get(&router, "/livez").await.0, 200);
}

#[tokio::test]
async fn counts_requests_on_the_internal_listener_only() {
    let handle = collect_metrics().expect("metrics");
    let door = Arc::new(Door::new(
        Schema::new(Query, EmptyMutation, EmptySubscription),
        Settings::default(),
        Drain::default(),
    ));
    let public = router(Arc::clone(&door));
    let internal = internal_router(door, handle);
    assert_eq!(get(&public, "/livez").await.0, 200);
    assert_eq!(get(&public, "/people/erika").await.0, 404);
    assert_eq!(get(&public, "/metrics").await.0, 404);
    let (status, text) = get(&internal, "/metrics").await;
    assert_eq!(status, 200);
    assert!(text.contains(r#"http_requests_total{route="/livez",status="200"}"#), "{text}");
    assert!(text.contains("http_request_duration_seconds_bucket"), "{text}");
    assert!(!text.contains("erika"), "addresses are not labels");
}

#[tokio::test]
async fn an_unknown_address_is_an_error_in_json() {
    let door = TestDoor::open().await;
    let (status, answer) = answered(door.client.get(door.url("/wp-login.php"))).await;
    assert_eq!((status, code(&answer)), (404, "NOT_FOUND"));
}

#[tokio::test]
async fn finishes_what_it_accepted_before_it_stops() {
    let mut door = TestDoor::open().await;
    let slow = tokio::spawn(door.post(r#"{"query":"mutation { slow }"}"#).send());
    door.gate.entered.notified().await;
    door.stop();
    door.gate.may_go.notify_one();
    let answer = slow.await.expect("no panic").expect("an answer");
    assert_eq!(answer.text().await.expect("a body"), r#"{"data":{"slow":true}}"#);
    assert_eq!(door.serving.await.expect("serves"), Ended::Finished);
}

#[tokio::test]
async fn hangs_up_on_headers_that_trickle() {
    let door = TestDoor::open().await;
    let mut slow = TcpStream::connect(door.address()).await.expect("connects");
    slow.write_all(b"POST /graphql HTTP/1.1\r\nHost: a\r\n").await.expect("writes");
    let mut rest = Vec::new();
    // Ends when the server closes the connection, and never if it does not.
    slow.read_to_end(&mut rest).await.expect("closed by the server");
    let mut silent = TcpStream::connect(door.address()).await.expect("connects");
    silent.read_to_end(&mut rest).await.expect("closed by the server");
}
