//! A client that speaks `graphql-transport-ws`.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use super::TestDoor;

pub(crate) struct Socket(pub(crate) WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub(crate) async fn connect(door: &TestDoor) -> Self {
        Self::connect_with(door, "graphql-transport-ws", None).await.expect("a socket")
    }

    pub(crate) async fn connect_with(door: &TestDoor, protocol: &str, origin: Option<&str>) -> Option<Self> {
        let mut request = format!("ws://{}/graphql", door.address()).into_client_request().expect("an address");
        request.headers_mut().insert("sec-websocket-protocol", protocol.parse().expect("a header"));
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().expect("a header"));
        }
        connect_async(request).await.ok().map(|(socket, _)| Self(socket))
    }

    /// A greeted socket whose handshake carried these headers.
    pub(crate) async fn connect_with_headers(door: &TestDoor, headers: &[(&'static str, &'static str)]) -> Self {
        let mut request = format!("ws://{}/graphql", door.address()).into_client_request().expect("an address");
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().expect("a header"));
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().expect("a header"));
        }
        let (socket, _) = connect_async(request).await.expect("a socket");
        let mut socket = Self(socket);
        socket.say(json!({ "type": "connection_init" })).await;
        assert_eq!(socket.hear().await, Ok(json!({ "type": "connection_ack" })));
        socket
    }

    pub(crate) async fn greeted(door: &TestDoor, payload: Value) -> Self {
        let mut socket = Self::connect(door).await;
        socket.say(json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(socket.hear().await, Ok(json!({ "type": "connection_ack" })));
        socket
    }

    pub(crate) async fn say(&mut self, message: Value) {
        self.0.send(Message::Text(message.to_string().into())).await.expect("sends");
    }

    pub(crate) async fn subscribe(&mut self, id: &str, query: &str) {
        self.say(json!({ "type": "subscribe", "id": id, "payload": { "query": query } })).await;
    }

    /// The next message, or the code the server closes with.
    pub(crate) async fn hear(&mut self) -> Result<Value, u16> {
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
