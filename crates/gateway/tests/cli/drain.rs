//! Stopping in order: by `drain` and by SIGTERM, with requests in flight and hundreds of live connections.

use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::doctor::free_port;
use crate::installation::wait_for;
use crate::town::{Clerk, Town};

/// So many sockets in the form that runs everywhere; `SERVICEPOINT_TEST_SOCKETS=5000` asks for the long one.
fn sockets_wanted() -> usize {
    std::env::var("SERVICEPOINT_TEST_SOCKETS").ok().and_then(|number| number.parse().ok()).unwrap_or(300)
}

async fn town(name: &str, port: u16, announce: &str) -> Town {
    let town = Town::new(database::Engine::Sqlite, name).await;
    let town = town.with("SERVER__INTERNAL_LISTEN", &format!("127.0.0.1:{port}"));
    let town = town.with("SERVER__ANNOUNCE_SECONDS", announce);
    town.load_city();
    town
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn drain_asks_waits_and_is_answered_by_nobody_without_the_key() {
    let port = free_port();
    let town = town("drain", port, "1").await;
    let told = town.installation.run(&["drain"]).failure(1);
    assert!(told.contains("was not asked"), "nothing listens: {told}");
    let server = town.serve().await;
    // Whoever reaches the listener without the key changes nothing.
    let internal = format!("http://127.0.0.1:{port}");
    let client = reqwest::Client::new();
    for request in [
        client.post(format!("{internal}/drain")),
        client.post(format!("{internal}/drain")).header("authorization", "Servicepoint-Drain 1:00"),
    ] {
        assert_eq!(request.send().await.expect("an answer").status(), 403);
    }
    assert_eq!(client.get(format!("{internal}/drain")).send().await.expect("an answer").status(), 405);
    assert_eq!(
        client.post(server.url("/drain")).send().await.expect("an answer").status(),
        404,
        "not on the public one"
    );
    assert_eq!(reqwest::get(server.url("/readyz")).await.expect("an answer").status(), 200);
    let stranger = Town::new(database::Engine::Sqlite, "stranger").await;
    let stranger = stranger.with("SERVER__INTERNAL_LISTEN", &format!("127.0.0.1:{port}"));
    stranger.installation.write("data/servicepoint.key", &"cd".repeat(32));
    assert!(stranger.installation.run(&["drain"]).failure(3).contains("another master key"));

    let told = tokio::task::block_in_place(|| town.run(&["drain", "--wait"]));
    assert_eq!(told, "the server stops\nthe server has gone\n");
    let ended = server.end();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(
        ended.err.contains("asked to stop") && ended.err.contains("every accepted request was answered"),
        "{}",
        ended.err
    );
}

#[tokio::test]
async fn without_an_internal_listener_there_is_nothing_to_ask() {
    let town = Town::new(database::Engine::Sqlite, "deaf").await;
    assert!(town.installation.run(&["drain"]).failure(2).contains("SIGTERM"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_time_is_up_when_it_is_up() {
    let port = free_port();
    let town = town("patience", port, "5").await;
    let server = town.serve().await;
    let told = tokio::task::block_in_place(|| town.installation.run(&["drain", "--wait", "--timeout", "0"])).failure(5);
    assert!(told.contains("still runs"), "{told}");
    // Announced and not closed yet: not ready, and everything else goes on.
    assert_eq!(reqwest::get(server.url("/readyz")).await.expect("an answer").status(), 503);
    let answer = reqwest::get(server.url("/livez")).await.expect("an answer");
    assert_eq!((answer.status().as_u16(), answer.headers()["connection"].to_str().expect("text")), (200, "close"));
    let internal = format!("http://127.0.0.1:{port}/readyz");
    wait_for(&internal, 503).await;
    assert_eq!(server.end().code, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_under_load_finishes_what_was_accepted_and_tells_hundreds_of_sockets() {
    let port = free_port();
    let town = town("sockets", port, "1").await;
    let server = town.serve().await;
    let url = server.url("/graphql");
    let mut sockets = Vec::new();
    for _ in 0..sockets_wanted() {
        let mut request = url.replace("http://", "ws://").into_client_request().expect("an address");
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().expect("a header"));
        let (mut socket, _) = connect_async(request).await.expect("a socket");
        socket.send(Message::Text(json!({ "type": "connection_init" }).to_string().into())).await.expect("sent");
        assert!(
            socket
                .next()
                .await
                .expect("an answer")
                .expect("open")
                .into_text()
                .expect("text")
                .contains("connection_ack")
        );
        sockets.push(socket);
    }
    let streaming = subscription(&url).await;
    let clerk = std::sync::Arc::new(Clerk::sign_in(&url).await);
    let bookings: Vec<_> = (0..4)
        .map(|_| {
            let clerk = std::sync::Arc::clone(&clerk);
            tokio::spawn(async move {
                let mut acknowledged = Vec::new();
                loop {
                    match clerk.book().await {
                        Ok(booked) => acknowledged.push(booked),
                        Err(reason) => return (acknowledged, reason),
                    }
                }
            })
        })
        .collect();
    wait_for(&server.url("/livez"), 200).await;
    let told_at = Instant::now();
    server.terminate();
    for socket in &mut sockets {
        let frame = loop {
            let message = socket.next().await.expect("a close frame").expect("open until then");
            if let Message::Close(frame) = message {
                break frame.expect("a reason");
            }
        };
        assert_eq!(
            (u16::from(frame.code), frame.reason.as_str()),
            (1012, "the service restarts, please connect again")
        );
    }
    let last = streaming.text().await.expect("the stream ends in order");
    assert!(last.contains("retry: ") && !last.contains("event: complete"), "{last}");
    let mut acknowledged = Vec::new();
    for booking in bookings {
        let (booked, reason) = booking.await.expect("ends");
        assert!(
            reason.starts_with("no answer") && reason.contains("Connect"),
            "refused at the door, not in the middle: {reason}"
        );
        acknowledged.extend(booked);
    }
    let ended = server.end();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.err.contains("every accepted request was answered"), "{}", ended.err);
    assert!(told_at.elapsed() < Duration::from_secs(45), "{:?}", told_at.elapsed());
    let server = town.serve().await;
    let clerk = Clerk::sign_in(&server.url("/graphql")).await;
    assert!(!acknowledged.is_empty());
    for booked in &acknowledged {
        assert_eq!(clerk.read(booked).await["number"], booked.number, "acknowledged is kept");
    }
    server.terminate();
    server.end();
    town.run(&["doctor", "--deep"]);
}

/// An event stream of a subscription that says nothing for now.
async fn subscription(url: &str) -> reqwest::Response {
    let query = "subscription { capacityChanged { __typename } }";
    let request = reqwest::Client::new().post(url).header("accept", "text/event-stream");
    request.json(&json!({ "query": query })).send().await.expect("an answer")
}
