//! Subscriptions over a websocket with `graphql-transport-ws`.

mod http_support;

use futures_util::{SinkExt, StreamExt};
use http_support::TestDoor;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    async fn connect(door: &TestDoor) -> Self {
        Self::connect_with(door, "graphql-transport-ws", None).await.expect("a socket")
    }

    async fn connect_with(door: &TestDoor, protocol: &str, origin: Option<&str>) -> Option<Self> {
        let mut request = format!("ws://{}/graphql", door.address()).into_client_request().expect("an address");
        request.headers_mut().insert("sec-websocket-protocol", protocol.parse().expect("a header"));
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().expect("a header"));
        }
        connect_async(request).await.ok().map(|(socket, _)| Self(socket))
    }

    async fn greeted(door: &TestDoor, payload: Value) -> Self {
        let mut socket = Self::connect(door).await;
        socket.say(json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(socket.hear().await, Ok(json!({ "type": "connection_ack" })));
        socket
    }

    async fn say(&mut self, message: Value) {
        self.0.send(Message::Text(message.to_string().into())).await.expect("sends");
    }

    async fn subscribe(&mut self, id: &str, query: &str) {
        self.say(json!({ "type": "subscribe", "id": id, "payload": { "query": query } })).await;
    }

    /// The next message, or the code the server closes with.
    async fn hear(&mut self) -> Result<Value, u16> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).expect("JSON")),
                Some(Ok(Message::Close(frame))) => return Err(frame.map_or(0, |frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(0),
            }
        }
    }
}

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
