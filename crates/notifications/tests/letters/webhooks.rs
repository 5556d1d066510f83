//! Webhooks: signed, the same message at every attempt, no redirect, no way into private networks, no personal data.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::permission::Actor;
use notifications::{Delivered, Endpoint, NotCalled, Post, Trouble, read_endpoints};
use serde_json::{Value, json};
use testkit::{FixedClock, on_both_engines};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::counter::{PostRoom, confirmed, facts, settings};
use crate::doubles::FactsDouble;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A receiver on a port of this machine that answers as it is told and keeps what it gets.
#[derive(Debug, Clone)]
struct Receiver {
    url: String,
    answer: Arc<Mutex<String>>,
    calls: Arc<Mutex<Vec<String>>>,
}

impl Receiver {
    async fn open(answer: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let receiver =
            Self { url, answer: Arc::new(Mutex::new(answer.to_owned())), calls: Arc::new(Mutex::new(Vec::new())) };
        let answering = receiver.clone();
        tokio::spawn(async move {
            while let Ok((mut visitor, _)) = listener.accept().await {
                let receiver = answering.clone();
                tokio::spawn(async move {
                    let mut call = Vec::new();
                    let mut part = [0; 4096];
                    while !is_whole(&call) {
                        match visitor.read(&mut part).await {
                            Ok(0) | Err(_) => return,
                            Ok(count) => call.extend_from_slice(&part[..count]),
                        }
                    }
                    receiver.calls.lock().unwrap().push(String::from_utf8(call).expect("text"));
                    let answer = receiver.answer.lock().unwrap().clone();
                    let _ = visitor.write_all(answer.as_bytes()).await;
                });
            }
        });
        receiver
    }

    fn answers(&self, answer: &str) {
        answer.clone_into(&mut self.answer.lock().unwrap());
    }

    fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }
}

fn is_whole(call: &[u8]) -> bool {
    let text = String::from_utf8_lossy(call);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    header(head, "content-length").parse::<usize>().is_ok_and(|length| body.len() >= length)
}

fn header<'a>(call: &'a str, name: &str) -> &'a str {
    let lines = call.lines().take_while(|line| !line.is_empty());
    let mut pairs = lines.filter_map(|line| line.split_once(": "));
    pairs.find(|(key, _)| key.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
}

fn body(call: &str) -> Value {
    serde_json::from_str(call.split_once("\r\n\r\n").expect("a body").1).expect("JSON")
}

const TAKEN: &str = "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";

fn endpoint(url: &str, kinds: &str, rest: &str) -> Vec<Endpoint> {
    let text = format!(
        "[[endpoint]]\nname = \"register\"\nurl = \"{url}\"\nkinds = [{kinds}]\nsecret_files = [\"s\"]\n{rest}\n"
    );
    read_endpoints(&text, Duration::from_secs(5), &|_: &Path| Ok(SECRET.to_owned())).expect("an endpoint")
}

fn room(database: &database::Database, webhooks: Vec<Endpoint>, directory: &Path) -> PostRoom {
    let (clock, facts) = (FixedClock::default(), FactsDouble::default());
    PostRoom::with(database, Post::directory(directory), &clock, &facts, settings(), webhooks)
}

async fn call(room: &PostRoom) -> Delivered {
    room.dispatch().await;
    room.notifications.call_webhook("register", &|| true).await.expect("the database answers")
}

#[tokio::test]
async fn what_happens_is_told_signed_and_names_nobody_and_the_letter_leaves_all_the_same() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let receiver = Receiver::open(TAKEN).await;
        let hooks = endpoint(&receiver.url, "\"appointment.booked\"", "private_network = true");
        let room = room(&database, hooks, directory.path());
        let (_, id) = room.happens("appointment.booked", facts(confirmed())).await;
        room.happens("appointment.held", facts(confirmed())).await;
        assert_eq!(call(&room).await.sent, 1);
        assert_eq!(room.round().await.sent, 1, "two readers, two deliveries");
        let calls = receiver.calls();
        assert_eq!(calls.len(), 1);
        assert!(calls[0].starts_with("POST /hook HTTP/1.1"), "{}", calls[0]);
        assert!(header(&calls[0], "webhook-id").starts_with("msg_"));
        assert_eq!(header(&calls[0], "webhook-timestamp"), "1795424400");
        assert!(header(&calls[0], "webhook-signature").starts_with("v1,"));
        let told = body(&calls[0]);
        assert_eq!(told["type"], "appointment.booked");
        assert_eq!(told["data"]["id"], json!(id.0));
        assert_eq!(told["data"]["office"], "sued");
        let keys: BTreeSet<&str> = told["data"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, BTreeSet::from(["id", "status", "office", "services", "startsAt", "endsAt", "changedAt"]));
        for private in ["Eva", "Muessig", "example.org", "K7M4", "Otto", "0551"] {
            assert!(!calls[0].contains(private), "{private} in {}", calls[0]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_receiver_that_is_down_gets_the_same_message_later_and_then_somebody_decides() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let receiver = Receiver::open("HTTP/1.1 503 Busy\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
        let hooks = endpoint(&receiver.url, "\"appointment.*\"", "private_network = true");
        let room = room(&database, hooks, directory.path());
        for _ in 0..3 {
            room.happens("appointment.booked", facts(confirmed())).await;
        }
        let done = call(&room).await;
        assert_eq!((done.failed, done.sent), (1, 0), "the others need not knock as well");
        assert_eq!(done.trouble, Some(Trouble::Webhook(NotCalled::Answered(503))));
        receiver.answers(TAKEN);
        room.clock.pass_seconds(75);
        let done = call(&room).await;
        assert_eq!((done.sent, done.repeated), (3, 1));
        let ids: Vec<String> = receiver.calls().iter().map(|call| header(call, "webhook-id").to_owned()).collect();
        assert_eq!((ids.len(), ids.iter().collect::<BTreeSet<_>>().len()), (4, 3));
        let bodies: BTreeSet<String> = receiver
            .calls()
            .iter()
            .filter(|call| header(call, "webhook-id") == ids[0])
            .map(|call| body(call).to_string())
            .collect();
        assert_eq!(bodies.len(), 1, "word for word the same");
        let times: BTreeSet<String> =
            receiver.calls().iter().map(|call| header(call, "webhook-timestamp").to_owned()).collect();
        assert_eq!(times.len(), 2, "signed anew at each attempt, so that receivers can refuse what is old");

        receiver.answers("HTTP/1.1 410 Gone\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        room.happens("appointment.cancelled", facts(confirmed())).await;
        assert_eq!(call(&room).await.dead, 1);
        let failed = room.deliveries.failed(&Actor::System, None, 10).await.unwrap();
        assert_eq!(failed[0].reason.as_deref(), Some("HTTP_410"));
        assert_eq!(room.deliveries.dismiss(&Actor::System, failed[0].id).await.unwrap().id, failed[0].id);
        assert!(room.deliveries.failed(&Actor::System, None, 10).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_a_long_answer_is_not_read() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let target = Receiver::open(TAKEN).await;
        let answer =
            format!("HTTP/1.1 307 There\r\nlocation: {}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n", target.url);
        let receiver = Receiver::open(&answer).await;
        let hooks = endpoint(&receiver.url, "\"appointment.*\"", "private_network = true");
        let room = room(&database, hooks, directory.path());
        room.happens("appointment.booked", facts(confirmed())).await;
        assert_eq!(call(&room).await.trouble, Some(Trouble::Webhook(NotCalled::Answered(307))));
        assert!(target.calls().is_empty());
        // The receiver promises a gigabyte and sends none of it: the status is enough.
        receiver.answers("HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n");
        room.clock.pass_seconds(75);
        assert_eq!(call(&room).await.sent, 1);
    })
    .await;
}

#[tokio::test]
async fn a_name_that_leads_into_a_private_network_is_not_called() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let receiver = Receiver::open(TAKEN).await;
        // Every machine knows this name as itself, and it does not look like a private address.
        let port = receiver.url.rsplit(':').next().unwrap().to_owned();
        let hooks = endpoint(&format!("https://localhost.:{port}"), "\"appointment.*\"", "");
        let room = room(&database, hooks, directory.path());
        room.happens("appointment.booked", facts(confirmed())).await;
        assert_eq!(call(&room).await.trouble, Some(Trouble::Webhook(NotCalled::Unreachable)));
        assert!(receiver.calls().is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_waits_for_an_endpoint_that_was_removed_becomes_a_task() {
    on_both_engines(async |database| {
        let directory = tempfile::tempdir().unwrap();
        let receiver = Receiver::open("HTTP/1.1 500 Broken\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
        let hooks = endpoint(&receiver.url, "\"appointment.*\"", "private_network = true");
        let with_hook = room(&database, hooks, directory.path());
        with_hook.happens("appointment.booked", facts(confirmed())).await;
        call(&with_hook).await;
        assert_eq!(with_hook.notifications.give_up_orphans().await.unwrap(), 0);
        let without = room(&database, Vec::new(), directory.path());
        assert_eq!(without.notifications.give_up_orphans().await.unwrap(), 1);
        let failed = without.deliveries.failed(&Actor::System, None, 10).await.unwrap();
        assert_eq!(failed[0].reason.as_deref(), Some("ENDPOINT_REMOVED"));
    })
    .await;
}
