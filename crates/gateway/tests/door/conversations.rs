//! Conversations with the chatbot through the door: answers with sources, going on where one stopped, once however often.

use async_graphql::{Executor, Request, Response, Variables};
use domain::permission::Actor;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use serde_json::{Value, json};
use testkit::{TestApp, on_both_engines};

use crate::conversation_support::{begin, heard_after, say, say_with, talking_city, words};

#[tokio::test]
async fn a_question_gets_an_answer_with_a_source_and_a_day() {
    on_both_engines(async |database| {
        let app = TestApp::with_city(database, &talking_city()).await;
        let (code, _) = begin(&app, None).await;
        let events = say(&app, &code, "Ich bin umgezogen, was muss ich tun?").await;
        assert_eq!(events[0]["text"], "Ich bin umgezogen, was muss ich tun?");
        assert_eq!((&events[0]["speaker"], &events[0]["kind"]), (&json!("PERSON"), &json!("MESSAGE")));
        assert_eq!(events[1]["kind"], "UNDERSTOOD");
        assert_eq!(events[1]["services"][0], "residence", "{events:?}");
        let written = events.iter().find(|event| event["text"] == "Wer umzieht, meldet die neue Wohnung an.");
        let citation = &written.unwrap_or_else(|| panic!("{events:?}"))["citation"];
        assert_eq!(citation["source"], "chat/de/residence.toml");
        assert_eq!(citation["date"], "2026-01-01");
        assert_eq!(words(&events, "kind").last(), Some(&"TURN_DONE"));
        let numbers: Vec<i64> = events.iter().filter_map(|event| event["sequence"].as_i64()).collect();
        assert_eq!(numbers, (1..=events.len() as i64).collect::<Vec<i64>>(), "without gaps");

        // A new text takes the place of the old one, although the city is the same.
        assert!(!app.learn().await, "nothing has changed");
        app.load(&testkit::TestCity::default()).await;
        assert!(app.learn().await, "the texts have changed");
        let events = say(&app, &code, "Ich bin umgezogen, was muss ich tun?").await;
        assert!(!words(&events, "text").contains(&"Wer umzieht, meldet die neue Wohnung an."), "{events:?}");
    })
    .await;
}

#[tokio::test]
async fn the_same_message_is_taken_once() {
    on_both_engines(async |database| {
        let app = TestApp::with_city(database, &talking_city()).await;
        let (code, _) = begin(&app, None).await;
        let key = app.key();
        let first = say_with(&app, &code, "Hallo", &key).await;
        say(&app, &code, "Ich bin umgezogen").await;
        let again = say_with(&app, &code, "Hallo", &key).await;
        let count = first.data("sendMessage.events").as_array().expect("events").len();
        let events = again.data("sendMessage.events").as_array().expect("events");
        assert_eq!(events[..count], first.data("sendMessage.events").as_array().expect("events")[..]);
        let said = heard_after(&app, &code, 0).await;
        assert_eq!(said.iter().filter(|event| event["text"] == "Hallo").count(), 1, "{said:?}");
        let other = say_with(&app, &code, "Guten Tag", &key).await;
        assert_eq!(other.code(), "IDEMPOTENCY_MISMATCH", "{other:?}");

        // Many at once lose nothing and mix nothing up.
        let many = (0..4).map(|number| {
            let (app, code, text) = (&app, &code, format!("Frage {number}"));
            async move { say(app, code, &text).await }
        });
        futures_util::future::join_all(many).await;
        let said = heard_after(&app, &code, 0).await;
        let numbers: Vec<i64> = said.iter().filter_map(|event| event["sequence"].as_i64()).collect();
        assert_eq!(numbers, (1..=said.len() as i64).collect::<Vec<i64>>(), "without gaps");
        assert_eq!(words(&said, "text").iter().filter(|text| text.starts_with("Frage ")).count(), 4);
    })
    .await;
}

#[tokio::test]
async fn a_code_opens_one_conversation_and_an_account_its_own() {
    on_both_engines(async |database| {
        let app = TestApp::with_city(database, &talking_city()).await;
        let (eva, otto) = (app.token("eva@example.org").await, app.token("otto@example.org").await);
        let (code, id) = begin(&app, Some(&eva)).await;
        let (other, _) = begin(&app, None).await;
        say(&app, &code, "Ich bin umgezogen").await;
        assert_eq!(heard_after(&app, &other, 0).await, Vec::<Value>::new());
        let query = "query($access: ConversationAccessInput!) { conversation(access: $access) { lastSequence } }";
        let own = json!({ "access": { "own": id } });
        assert!(app.ask_as(Some(&eva), query, own.clone()).await.data("conversation.lastSequence").as_i64() > Some(1));
        for stranger in [None, Some(otto.as_str())] {
            assert_eq!(app.ask_as(stranger, query, own.clone()).await.data("conversation"), &Value::Null);
        }
        // The number of one with the proof of the other.
        let (code, other) = (code.as_str().expect("a code"), other.as_str().expect("a code"));
        let mixed = json!({ "access": { "code": format!("{}{}", &code[..10], &other[10..]) } });
        assert_eq!(app.ask(query, mixed).await.data("conversation"), &Value::Null);
    })
    .await;
}

fn follow(app: &TestApp, code: &Value, after: i64) -> BoxStream<'static, Response> {
    let query = "subscription($access: ConversationAccessInput!, $after: Int!) {
        chatEvents(access: $access, after: $after) { sequence text } }";
    let schema = gateway::graphql::schema(app.application.clone());
    let variables = Variables::from_json(json!({ "access": { "code": code }, "after": after }));
    schema.execute_stream(Request::new(query).variables(variables).data(Actor::Anonymous), None)
}

async fn next(stream: &mut BoxStream<'static, Response>) -> Value {
    let response = tokio::time::timeout(std::time::Duration::from_secs(20), stream.next()).await;
    serde_json::to_value(response.expect("it comes").expect("it goes on")).expect("JSON")["data"]["chatEvents"].clone()
}

#[tokio::test]
async fn whoever_was_cut_off_goes_on_after_the_last_number() {
    on_both_engines(async |database| {
        let app = TestApp::with_city(database.clone(), &talking_city()).await;
        let elsewhere = TestApp::with_city(database, &talking_city()).await;
        let (code, _) = begin(&app, None).await;
        let first = say(&app, &code, "Hallo").await;
        let mut stream = follow(&app, &code, 1);
        for number in 2..=first.len() as i64 {
            assert_eq!(next(&mut stream).await["sequence"], number);
        }
        assert!(futures_util::poll!(stream.next()).is_pending(), "everything was told");

        // At another gateway, on the same database; and here.
        let last = first.len() as i64;
        let second = say(&elsewhere, &code, "Ich bin umgezogen").await;
        app.follow().await;
        assert_eq!(next(&mut stream).await["text"], "Ich bin umgezogen");
        for _ in 1..second.len() {
            next(&mut stream).await;
        }
        say(&app, &code, "Danke").await;
        assert_eq!(next(&mut stream).await["text"], "Danke");
        assert_eq!(heard_after(&app, &code, last).await[0]["text"], "Ich bin umgezogen");

        let mut stranger = follow(&app, &json!("0000-0000"), 0);
        let refused = serde_json::to_value(stranger.next().await.expect("an answer")).expect("JSON");
        assert_eq!(refused["errors"][0]["extensions"]["code"], "NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_judged_and_judged_again() {
    on_both_engines(async |database| {
        let app = TestApp::with_city(database, &talking_city()).await;
        let (code, _) = begin(&app, None).await;
        say(&app, &code, "Ich bin umgezogen").await;
        let rate = async |sequence: i64, verdict: &str| {
            let query = "mutation($input: RateAnswerInput!) { rateAnswer(input: $input) { rated problem { code } } }";
            let input = json!({ "access": { "code": code }, "sequence": sequence, "verdict": verdict });
            app.ask(query, json!({ "input": input })).await.data("rateAnswer").clone()
        };
        assert_eq!(rate(2, "NOT_MY_QUESTION").await["rated"], true);
        assert_eq!(rate(2, "HELPFUL").await["rated"], true);
        assert_eq!(heard_after(&app, &code, 1).await[0]["verdict"], "HELPFUL");
        for sequence in [1, 0, 9_999] {
            assert_eq!(rate(sequence, "HELPFUL").await["problem"]["code"], "NOT_AN_ANSWER", "{sequence}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_said_gets_words_and_a_code() {
    on_both_engines(async |database| {
        let app = TestApp::with_city(database, &talking_city()).await;
        let (code, _) = begin(&app, None).await;
        let problem = async |text: &str, key: &str| {
            say_with(&app, &code, text, key).await.data("sendMessage.problem.code").clone()
        };
        assert_eq!(problem("  ", &app.key()).await, "TEXT_LENGTH");
        assert_eq!(problem(&"a".repeat(4_001), &app.key()).await, "TEXT_LENGTH");
        assert_eq!(problem("Hallo", "short").await, "IDEMPOTENCY_KEY_INVALID");
        assert_eq!(problem(&"a b ".repeat(900), &app.key()).await, Value::Null, "long, and answered");
        assert_eq!(problem("💥\u{202e}\u{0}", &app.key()).await, Value::Null, "strange, and answered");
    })
    .await;
}
