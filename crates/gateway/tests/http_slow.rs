//! Clients that send or take too slowly, with real sockets.

mod http_support;

use std::time::Duration;

use gateway::http::{LiveTimes, Settings};
use http_support::{TestDoor, socket::Socket};
use serde_json::json;
use socket2::{Domain, Type};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Longer than any of the server's limits here; only a broken server makes a test wait for it.
const LONG: Duration = Duration::from_secs(30);

/// A connection whose system takes almost nothing that is not read.
async fn narrow(door: &TestDoor) -> TcpStream {
    let socket = socket2::Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    socket.set_recv_buffer_size(4_096).expect("a small buffer");
    let address: std::net::SocketAddr = door.address().parse().expect("an address");
    socket.connect(&address.into()).expect("connects");
    socket.set_nonblocking(true).expect("does not block");
    TcpStream::from_std(socket.into()).expect("a stream")
}

fn post(body: &str, accept: &str) -> String {
    format!(
        "POST /graphql HTTP/1.1\r\nHost: a\r\nAccept: {accept}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn an_event_stream_that_nobody_reads_is_dropped() {
    let door = TestDoor::open().await;
    let mut slow = narrow(&door).await;
    let request = post(r#"{"query":"subscription { flood }"}"#, "text/event-stream");
    slow.write_all(request.as_bytes()).await.expect("writes");
    timeout(LONG, door.gate.flood_ended.notified()).await.expect("the stream behind it ended");
    drop(slow);
}

#[tokio::test]
async fn an_event_stream_that_is_read_goes_on() {
    let door = TestDoor::open().await;
    let mut honest = narrow(&door).await;
    let request = post(r#"{"query":"subscription { flood }"}"#, "text/event-stream");
    honest.write_all(request.as_bytes()).await.expect("writes");
    // Negative control of the test above: five megabytes are taken, and nothing has ended meanwhile.
    let mut piece = vec![0; 64 * 1024];
    let mut taken = 0;
    while taken < 5_000_000 {
        let more = timeout(LONG, honest.read(&mut piece)).await.expect("it goes on").expect("reads");
        assert!(more > 0, "closed by the server after {taken} bytes");
        taken += more;
    }
    assert!(futures_util::FutureExt::now_or_never(door.gate.flood_ended.notified()).is_none());
}

#[tokio::test]
async fn a_websocket_that_nobody_reads_is_dropped() {
    let live = LiveTimes { write: Duration::from_millis(300), ..LiveTimes::default() };
    let door = TestDoor::open_with(Settings { live, ..Settings::default() }).await;
    let mut socket = Socket::greeted(&door, json!({})).await;
    socket.subscribe("1", "subscription { flood }").await;
    timeout(LONG, door.gate.flood_ended.notified()).await.expect("the subscription behind it ended");
}

#[tokio::test]
async fn a_body_that_trickles_is_given_up() {
    let door = TestDoor::open_with(Settings { body_time: Duration::from_millis(200), ..Settings::default() }).await;
    let mut slow = TcpStream::connect(door.address()).await.expect("connects");
    let head = "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{";
    slow.write_all(head.as_bytes()).await.expect("writes");
    let mut answer = String::new();
    // The answer comes, and the connection with half a body in it is of no further use.
    timeout(LONG, slow.read_to_string(&mut answer)).await.expect("closed by the server").expect("reads");
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("BODY_TOO_SLOW"), "{answer}");
}

#[tokio::test]
async fn a_connection_that_says_nothing_more_is_closed() {
    let door = TestDoor::open().await;
    let mut idle = TcpStream::connect(door.address()).await.expect("connects");
    idle.write_all(post(r#"{"query":"{ who }"}"#, "*/*").as_bytes()).await.expect("writes");
    let mut answer = String::new();
    timeout(LONG, idle.read_to_string(&mut answer)).await.expect("closed by the server").expect("reads");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn headers_without_end_are_refused() {
    let door = TestDoor::open().await;
    let mut long = TcpStream::connect(door.address()).await.expect("connects");
    let head = format!("GET /livez HTTP/1.1\r\nHost: a\r\nX-Long: {}", "x".repeat(200_000));
    // The server may hang up before everything is written.
    let _ = long.write_all(head.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = timeout(LONG, long.read_to_end(&mut answer)).await.expect("closed by the server");
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    assert_eq!(door.ask("{ who }").await.0, 200);
}
