//! Subscriptions over a websocket with `graphql-transport-ws`.

mod http_support;

use std::{sync::atomic::Ordering, time::Duration};

use futures_util::SinkExt;
use gateway::http::{LiveTimes, Settings};
use http_support::{TestDoor, socket::Socket};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

#[tokio::test]
async fn greets_and_streams() {
    let door = TestDoor::open().await;
    let mut socket = Socket::greeted(&door, json!({ "token": "good" })).await;
    socket.subscribe("1", "subscription { count(to: 2) }").await;
    for number in [1, 2] {
        let next = json!({ "type": "next", "id": "1", "payload": { "data": { "count": number } } });
        assert_eq!(socket.hear().await, Ok(next));
    }
    assert_eq!(socket.hear().await, Ok(json!({ "type": "complete", "id": "1" })));
    socket.subscribe("1", "{ who }").await;
    let next = json!({ "type": "next", "id": "1", "payload": { "data": { "who": "Erika" } } });
    assert_eq!(socket.hear().await, Ok(next), "the same id again, and the token of the greeting");
    assert_eq!(socket.hear().await, Ok(json!({ "type": "complete", "id": "1" })));
    socket.say(json!({ "type": "ping" })).await;
    assert_eq!(socket.hear().await, Ok(json!({ "type": "pong" })));
}

#[tokio::test]
async fn an_operation_that_cannot_run_ends_alone() {
    let door = TestDoor::open().await;
    let mut socket = Socket::greeted(&door, json!(null)).await;
    for (query, code) in [
        ("{ nothing }", "INVALID_DOCUMENT"),
        ("{...a} fragment a on Query{...a}", "FRAGMENT_CYCLE"),
        ("subscription { bursts }", "INTERNAL"),
        ("{ never }", "DEADLINE_EXCEEDED"),
    ] {
        socket.subscribe("x", query).await;
        let error = socket.hear().await.expect("open");
        assert_eq!((&error["type"], &error["id"]), (&json!("error"), &json!("x")));
        assert_eq!(error["payload"][0]["extensions"]["code"], code, "{error}");
    }
}

#[tokio::test]
async fn a_socket_runs_five_operations_and_ends_those_the_client_ends() {
    let door = TestDoor::open().await;
    let mut socket = Socket::greeted(&door, json!({})).await;
    for id in ["a", "b", "c", "d", "e", "f"] {
        socket.subscribe(id, "subscription { silence }").await;
    }
    let error = socket.hear().await.expect("open");
    assert_eq!(
        (&error["id"], &error["payload"][0]["extensions"]["code"]),
        (&json!("f"), &json!("TOO_MANY_OPERATIONS"))
    );
    socket.say(json!({ "type": "complete", "id": "a" })).await;
    socket.subscribe("g", "subscription { count(to: 1) }").await;
    assert_eq!(socket.hear().await.expect("open")["id"], "g");
    assert_eq!(socket.hear().await, Ok(json!({ "type": "complete", "id": "g" })));
    socket.subscribe("b", "{ who }").await;
    assert_eq!(socket.hear().await, Err(4409), "an id that is in use");
}

#[tokio::test]
async fn strangers_and_wrong_words_are_shown_the_door() {
    let door = TestDoor::open().await;
    let mut eager = Socket::connect(&door).await;
    eager.subscribe("1", "{ who }").await;
    assert_eq!(eager.hear().await, Err(4401));
    let mut forged = Socket::connect(&door).await;
    forged.say(json!({ "type": "connection_init", "payload": { "token": "forged" } })).await;
    assert_eq!(forged.hear().await, Err(4403));
    let mut twice = Socket::greeted(&door, json!({})).await;
    twice.say(json!({ "type": "connection_init" })).await;
    assert_eq!(twice.hear().await, Err(4429));
    let mut babble = Socket::greeted(&door, json!({})).await;
    babble.0.send(Message::Text("{]".into())).await.expect("sends");
    assert_eq!(babble.hear().await, Err(4400));
    let mut ending = Socket::greeted(&door, json!({ "token": "short" })).await;
    assert_eq!(ending.hear().await, Err(4401), "the session has ended");
    assert!(Socket::connect_with(&door, "graphql-ws", None).await.is_none(), "the older protocol");
    let evil = Socket::connect_with(&door, "graphql-transport-ws", Some("https://evil.example")).await;
    assert!(evil.is_none(), "another web site");
}

#[tokio::test]
async fn a_restart_closes_sockets_with_a_hint_to_come_back() {
    let mut door = TestDoor::open().await;
    let mut socket = Socket::greeted(&door, json!({})).await;
    socket.subscribe("1", "subscription { silence }").await;
    door.stop();
    assert_eq!(socket.hear().await, Err(1012));
    assert_eq!(door.serving.await.expect("serves"), gateway::shutdown::Ended::Finished);
}

const HOUR: Duration = Duration::from_hours(1);

fn looking(look_again: Duration, ask_again: Duration) -> Settings {
    Settings { live: LiveTimes { look_again, ask_again, ..LiveTimes::default() }, ..Settings::default() }
}

/// Follows the ticks until the server closes, at most `most` of them.
async fn closed_within(socket: &mut Socket, most: usize) -> Option<u16> {
    for _ in 0..most {
        if let Err(code) = socket.hear().await {
            return Some(code);
        }
    }
    None
}

#[tokio::test]
async fn a_right_that_is_taken_back_ends_a_silent_socket() {
    let soon = Duration::from_millis(20);
    for (token, settings) in [("revocable", looking(soon, HOUR)), ("forgotten", looking(soon, soon))] {
        let door = TestDoor::open_with(settings).await;
        let mut socket = Socket::greeted(&door, json!({ "token": token })).await;
        door.gate.revoked.store(true, Ordering::SeqCst);
        assert_eq!(socket.hear().await, Err(4403), "{token}");
    }
}

#[tokio::test]
async fn a_right_that_is_taken_back_is_noticed_before_the_next_event() {
    let door = TestDoor::open_with(looking(HOUR, HOUR)).await;
    let mut socket = Socket::greeted(&door, json!({ "token": "revocable" })).await;
    // Negative control: where memory hears nothing and nobody asks anew, events go on.
    let mut unwatched = Socket::greeted(&door, json!({ "token": "forgotten" })).await;
    for socket in [&mut socket, &mut unwatched] {
        socket.subscribe("1", "subscription { ticks }").await;
        assert_eq!(socket.hear().await.expect("an event")["payload"]["data"]["ticks"], 0);
    }
    door.gate.revoked.store(true, Ordering::SeqCst);
    assert_eq!(closed_within(&mut socket, 100).await, Some(4403));
    assert_eq!(closed_within(&mut unwatched, 10).await, None);
}

#[tokio::test]
async fn a_right_that_is_taken_back_ends_an_event_stream() {
    let soon = Duration::from_millis(20);
    for (document, settings) in
        [("subscription { silence }", looking(soon, HOUR)), ("subscription { ticks }", looking(HOUR, HOUR))]
    {
        let door = TestDoor::open_with(settings).await;
        let body = json!({ "query": document }).to_string();
        let request = door.post(body).header("accept", "text/event-stream").header("authorization", "revocable");
        let response = request.send().await.expect("an answer");
        door.gate.revoked.store(true, Ordering::SeqCst);
        let text = response.text().await.expect("it ends");
        assert!(text.contains("UNAUTHENTICATED") && text.ends_with("event: complete\ndata:\n\n"), "{text}");
    }
}

#[tokio::test]
async fn an_account_and_a_network_have_so_many_sockets() {
    let settings = Settings { sockets_per_network: 3, sockets_per_account: 2, ..Settings::default() };
    let door = TestDoor::open_with(settings).await;
    let _one = Socket::greeted(&door, json!({ "token": "citizen" })).await;
    let _two = Socket::greeted(&door, json!({ "token": "citizen" })).await;
    let mut three = Socket::connect(&door).await;
    three.say(json!({ "type": "connection_init", "payload": { "token": "citizen" } })).await;
    assert_eq!(three.hear().await, Err(4429));
    drop(three);
    // Staff give their network's seat back: the whole town hall comes from one address.
    let _clerk = Socket::greeted(&door, json!({ "token": "clerk" })).await;
    let _clerk = Socket::greeted(&door, json!({ "token": "clerk" })).await;
    let _nobody = Socket::greeted(&door, json!({})).await;
    let full = Socket::connect_with(&door, "graphql-transport-ws", None).await;
    assert!(full.is_none(), "two citizens and one who told no name");
}

#[tokio::test]
async fn a_socket_that_answers_no_ping_is_closed() {
    let live = LiveTimes { ping: Duration::from_millis(50), ..LiveTimes::default() };
    let door = TestDoor::open_with(Settings { live, sockets_per_network: 1, ..Settings::default() }).await;
    let answers = Socket::greeted(&door, json!({})).await;
    // Whoever reads answers pings by itself; this one keeps still.
    let again = async {
        while Socket::connect_with(&door, "graphql-transport-ws", None).await.is_none() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), again).await.expect("the silent one lost its place");
    drop(answers);
}
