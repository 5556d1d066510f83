//! A booking by mail link against a real mail server, on both engines: also when it drops, refuses and falls silent.

use std::path::Path;
use std::time::Duration;

use axum::http::StatusCode;
use notifications::{Endpoint, Post, read_endpoints};
use serde_json::{Value, json};
use testkit::{TestApp, on_both_engines};

use crate::booking_support::{book, first_start, starts};
use crate::sink_support::{Receiver, Sink};
use crate::town::{Town, code_after, worker};

async fn town(database: database::Database, sink: &Sink) -> Town {
    town_with(database, sink, Vec::new()).await
}

async fn town_with(database: database::Database, sink: &Sink, webhooks: Vec<Endpoint>) -> Town {
    let post = Post::smtp(&sink.url, "stadt.example").expect("an address of a server");
    Town::with(TestApp::start(database).await, post, webhooks, tempfile::tempdir().expect("a folder"))
}

async fn request(town: &Town, mail: &str) -> Value {
    let start = first_start(&town.app, "residence", None).await;
    let contact = json!({ "name": "Otto Müller", "mail": mail, "language": "GERMAN" });
    let pending = book(&town.app, None, "MAIL_LINK", &start, contact).await;
    assert_eq!(pending.data("bookAppointment.appointment.status"), "PENDING_CONFIRMATION", "{pending:?}");
    pending.data("bookAppointment.appointment.id").clone()
}

fn text(mail: &Value) -> &str {
    mail["text"].as_str().expect("a text")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_arrives_its_link_is_followed_and_the_calendar_agrees_with_another_reader() {
    on_both_engines(async |database| {
        let sink = Sink::open();
        let town = town(database, &sink).await;
        let id = request(&town, "otto@example.org").await;
        assert_eq!(town.round().await.sent, 1);
        let mails = sink.read();
        assert_eq!((mails.len(), &mails[0]["to"]), (1, &json!("otto@example.org")));
        let code = code_after(text(&mails[0]), "https://stadt.example/appointments/confirm/").to_owned();
        let page = town.open(&format!("https://stadt.example/appointments/confirm/{code}?language=de")).await;
        let confirmed = town.submit("/appointments/confirm", &page.fields()).await;
        assert_eq!(confirmed.status, StatusCode::OK, "{}", confirmed.text);
        assert_eq!(town.status(&id).await, "confirmed");
        assert_eq!(town.round().await.sent, 1);

        // Moved by the page behind the link in the letter, then cancelled by the next one.
        let mails = sink.read();
        let code = code_after(text(&mails[1]), "https://stadt.example/appointments/move/").to_owned();
        let later = starts(&town.app, "residence", None, 10).await[7].clone();
        let seconds = chrono::DateTime::parse_from_rfc3339(later["startsAt"].as_str().unwrap()).unwrap();
        let ask = town.open(&format!("/appointments/move/{code}/{}", seconds.timestamp())).await;
        assert_eq!(town.submit("/appointments/move", &ask.fields()).await.status, StatusCode::OK);
        assert_eq!(town.round().await.sent, 1);
        let code = code_after(text(&sink.read()[2]), "https://stadt.example/appointments/cancel/").to_owned();
        let ask = town.open(&format!("/appointments/cancel/{code}")).await;
        assert_eq!(town.submit("/appointments/cancel", &ask.fields()).await.status, StatusCode::OK);
        assert_eq!(town.round().await.sent, 1);

        let mails = sink.read();
        let calendars: Vec<&Value> = mails.iter().skip(1).map(|mail| &mail["calendar"]).collect();
        let field = |name: &str| calendars.iter().map(|calendar| calendar[name].clone()).collect::<Vec<_>>();
        assert_eq!(field("method"), ["REQUEST", "REQUEST", "CANCEL"]);
        assert_eq!(field("typeMethod"), field("method"));
        assert_eq!(field("status"), ["CONFIRMED", "CONFIRMED", "CANCELLED"]);
        assert!(field("uid").windows(2).all(|pair| pair[0] == pair[1]), "{calendars:?}");
        let sequences: Vec<i64> = field("sequence").iter().map(|number| number.as_i64().unwrap()).collect();
        assert!(sequences.windows(2).all(|pair| pair[0] < pair[1]), "{sequences:?}");
        assert_eq!(calendars[1]["start"], json!(seconds.to_utc().to_rfc3339()));
        assert_eq!(calendars[0]["organizer"], "mailto:termine@stadt.example");
        assert_eq!(
            (&calendars[0]["attendee"], &calendars[0]["partstat"]),
            (&json!("mailto:otto@example.org"), &json!("ACCEPTED"))
        );
        town.app.assert_conserved().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_drops_after_data_leaves_nobody_without_their_mail() {
    on_both_engines(async |database| {
        let sink = Sink::open();
        let town = town(database, &sink).await;
        for number in 0..5 {
            request(&town, &format!("otto-{number}@example.org")).await;
        }
        sink.behave("drop");
        let done = town.round().await;
        assert_eq!((done.sent, done.failed), (0, 1), "one is enough to know that the server is in trouble");
        sink.behave("accept");
        town.app.clock.pass_seconds(75);
        let done = town.round().await;
        assert_eq!((done.sent, done.repeated), (5, 1), "the most duplicates there can be are counted");
        let mails = sink.read();
        assert_eq!(mails.len(), 6);
        let mut readers: Vec<String> = mails.iter().map(|mail| mail["to"].to_string()).collect();
        let mut names: Vec<String> = mails.iter().map(|mail| mail["messageId"].to_string()).collect();
        for list in [&mut readers, &mut names] {
            list.sort_unstable();
            list.dedup();
            assert_eq!(list.len(), 5, "everybody has their mail, and the twin has the same name: {list:?}");
        }
        let twins: Vec<&Value> = mails.iter().filter(|mail| mail["messageId"] == mails[0]["messageId"]).collect();
        assert_eq!((twins.len(), twins[0]), (2, twins[1]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_that_the_server_refuses_becomes_a_task_and_leaves_when_it_was_mended() {
    on_both_engines(async |database| {
        let sink = Sink::open();
        let town = town(database, &sink).await;
        sink.behave("refuse");
        request(&town, "unknown@example.org").await;
        request(&town, "otto@example.org").await;
        let done = town.round().await;
        assert_eq!((done.sent, done.dead, done.failed), (1, 1, 0));
        let operator = town.app.token("operator").await;
        let query = "{ failedDeliveries { nodes { id reason attempts } } }";
        let tasks = town.app.ask_as(Some(&operator), query, json!({})).await;
        assert_eq!(tasks.data("failedDeliveries.nodes.0.reason"), "SMTP_550", "{tasks:?}");
        sink.behave("accept");
        let retry = "mutation($id: ID!) { retryDelivery(id: $id) { problem } }";
        let id = tasks.data("failedDeliveries.nodes.0.id");
        town.app.ask_as(Some(&operator), retry, json!({ "id": id })).await;
        assert_eq!(town.round().await.sent, 1);
        assert_eq!(sink.read().iter().filter(|mail| mail["to"] == "unknown@example.org").count(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_killed_between_send_and_mark_leaves_the_same_letter_to_the_next() {
    on_both_engines(async |database| {
        let sink = Sink::open();
        let town = town(database, &sink).await;
        request(&town, "otto@example.org").await;
        sink.behave("silent");
        let post = Post::smtp(&sink.url, "stadt.example").expect("an address of a server");
        let doomed = worker(&town.app, post, Vec::new());
        doomed.dispatch().await.expect("the database answers");
        let work = tokio::spawn(async move { doomed.deliver_letters(&|| true).await });
        while sink.letters().is_empty() {
            tokio::task::yield_now().await;
        }
        // The server has the letter; the worker ends before it hears of it.
        work.abort();
        assert!(work.await.is_err());
        sink.behave("accept");
        assert_eq!(town.round().await.sent, 0, "the lease of the dead worker still runs");
        town.app.clock.pass_seconds(61);
        let done = town.round().await;
        assert_eq!((done.sent, done.repeated), (1, 1));
        let mails = sink.read();
        assert_eq!((mails.len(), &mails[0]), (2, &mails[1]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_of_another_make_verifies_what_it_is_told() {
    const OLD: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const NEW: &str = "whsec_QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=";
    const OTHER: &str = "whsec_Q0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0M=";
    on_both_engines(async |database| {
        let sink = Sink::open();
        // During a change of secrets two sign; a receiver that knows either is content, one that knows neither is not.
        let mut receivers = [Receiver::open(OLD), Receiver::open(NEW), Receiver::open(OTHER)];
        let entries: Vec<String> = receivers
            .iter()
            .enumerate()
            .map(|(number, receiver)| {
                format!(
                    "[[endpoint]]\nname = \"r{number}\"\nurl = \"{}\"\nkinds = [\"appointment.*\"]\n\
                     secret_files = [\"new\", \"old\"]\nprivate_network = true\n",
                    receiver.url
                )
            })
            .collect();
        let secret = |path: &Path| Ok(if path == Path::new("old") { OLD.to_owned() } else { NEW.to_owned() });
        let hooks = read_endpoints(&entries.concat(), Duration::from_secs(10), &secret).expect("endpoints");
        let town = town_with(database, &sink, hooks).await;
        // Receivers refuse what is older than five minutes: here the clock must be the real one.
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
        town.app.clock.set(domain::time::Timestamp::from_seconds(now.as_secs() as i64));
        town.app.follow().await;
        let id = request(&town, "otto@example.org").await;
        town.letters.dispatch().await.expect("the database answers");
        for (number, expected) in [(0, 1), (1, 1), (2, 0)] {
            let name = format!("r{number}");
            let done = town.letters.call_webhook(&name, &|| true).await.expect("the database answers");
            assert_eq!(done.sent, expected, "{name}: {done:?}");
        }
        let told = receivers[0].call();
        assert_eq!(told["message"]["type"], "appointment.confirmation_requested");
        let appointment = crate::booking_support::id_of(&id);
        assert_eq!(told["message"]["data"]["id"], json!(appointment.0));
        assert!(!told.to_string().contains("otto"), "{told}");
        assert_eq!(receivers[1].call()["message"]["type"], "appointment.confirmation_requested");
        assert!(receivers[2].call()["message"]["refused"].is_string());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_steps_of_a_case_go_out_signed_and_name_nobody() {
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    on_both_engines(async |database| {
        let sink = Sink::open();
        let mut receiver = Receiver::open(SECRET);
        let entry = format!(
            "[[endpoint]]\nname = \"cases\"\nurl = \"{}\"\nkinds = [\"case.*\"]\nsecret_files = [\"secret\"]\n\
             private_network = true\n",
            receiver.url
        );
        let hooks = read_endpoints(&entry, Duration::from_secs(10), &|_| Ok(SECRET.to_owned())).expect("an endpoint");
        let town = town_with(database, &sink, hooks).await;
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
        town.app.clock.set(domain::time::Timestamp::from_seconds(now.as_secs() as i64));
        town.app.follow().await;
        town.app.publish(&testkit::TestService::default()).await;
        crate::application_support::handed_in(&town.app, 1_800).await;
        town.letters.dispatch().await.expect("the database answers");
        let done = town.letters.call_webhook("cases", &|| true).await.expect("the database answers");
        let wanted = ["case.submitted", "case.decide_automatically", "case.deliver"];
        assert_eq!(done.sent, wanted.len() as u64, "{done:?}");
        let mut told: Vec<String> = Vec::new();
        for _ in wanted {
            let call = receiver.call();
            assert!(!call.to_string().contains("Eva"), "{call}");
            told.push(call["message"]["type"].as_str().expect("verified").to_owned());
        }
        told.sort_unstable();
        assert_eq!(told, ["case.decide_automatically", "case.deliver", "case.submitted"]);
    })
    .await;
}
