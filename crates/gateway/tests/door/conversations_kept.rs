//! What is kept of conversations: nothing in the clear, not for ever, and nothing of somebody who is erased.

use database::Database;
use domain::permission::Actor;
use gateway::configuration::Configuration;
use gateway::retention;
use serde_json::{Value, json};
use testkit::{TestApp, on_both_engines};

use crate::conversation_support::{begin, heard_after, request, say, say_with, talking_city};

/// Every text and every byte of the tables of this feature, and of those that learn of it.
async fn everything(database: &Database) -> Vec<u8> {
    let mut bytes = Vec::new();
    let texts = [
        "SELECT number || ' ' || services || ' ' || state || ' ' || coalesce(reason, '') FROM conversation",
        "SELECT speaker || coalesce(verdict, '') FROM conversation_event",
        "SELECT kind || ' ' || payload FROM outbox",
        "SELECT action FROM audit",
    ];
    for sql in texts {
        for row in database.rows(sql, vec![]).await.expect("readable") {
            bytes.extend(row.at::<String>(0).expect("a text").into_bytes());
        }
    }
    for sql in ["SELECT dialogue_sealed FROM conversation", "SELECT content_sealed FROM conversation_event"] {
        for row in database.rows(sql, vec![]).await.expect("readable") {
            bytes.extend(row.at::<Vec<u8>>(0).expect("bytes"));
        }
    }
    bytes
}

async fn rows(database: &Database, table: &str) -> i64 {
    let rows = database.rows(&format!("SELECT count(*) FROM {table}"), vec![]).await.expect("readable");
    rows[0].at(0).expect("a number")
}

async fn keys(database: &Database) -> i64 {
    rows(database, "subject_key WHERE subject IN (SELECT id FROM conversation)").await
}

fn contains(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|window| window == word.as_bytes())
}

#[tokio::test]
async fn what_somebody_types_lies_nowhere_in_the_clear() {
    on_both_engines(async |database| {
        let app = TestApp::with_city(database.clone(), &talking_city()).await;
        let (code, _) = begin(&app, None).await;
        let typed = "Ich bin Zacharias Unverwechselbar, zacharias@unverwechselbar.example, 0511 98765432";
        let events = say(&app, &code, typed).await;
        let redacted = events[0]["text"].as_str().expect("a text");
        assert!(!redacted.contains("unverwechselbar.example"), "{redacted}");
        let bytes = everything(&database).await;
        for word in ["Unverwechselbar", "unverwechselbar", "98765432", "umgezogen"] {
            assert!(!contains(&bytes, word), "{word}");
        }
        // The search finds what is there.
        assert!(contains(&bytes, "conversation.said"));
        assert!(contains(&bytes, "person"));
    })
    .await;
}

#[tokio::test]
async fn a_conversation_ends_after_a_day_and_is_gone_after_thirty() {
    on_both_engines(async |database| {
        let app = TestApp::with_city(database.clone(), &talking_city()).await;
        let settings = Configuration::default().retention;
        let (code, _) = begin(&app, None).await;
        let (waiting, _) = begin(&app, None).await;
        say(&app, &code, "Ich bin umgezogen").await;
        request(&app, &waiting, Value::Null).await;
        app.clock.pass_seconds(24 * 60 * 60);
        let over = say_with(&app, &code, "Hallo?", &app.key()).await;
        assert_eq!(over.data("sendMessage.problem.code"), "ENDED", "before anybody tidied");
        assert_eq!(app.application.conversations.end_idle().await.expect("tidied"), 1, "whoever waits stays");
        assert!(!heard_after(&app, &code, 0).await.is_empty(), "it can still be read");

        let due = async || {
            let plan = retention::plan(&app.application, &settings, app.now()).await.expect("a plan");
            plan.into_iter().find(|due| due.class == "conversation").expect("the class").count
        };
        app.clock.pass_seconds(29 * 24 * 60 * 60 - 60);
        assert_eq!((due().await, keys(&database).await), (0, 2));
        app.clock.pass_seconds(60);
        assert_eq!(due().await, 2);
        retention::apply(&app.application, &settings, app.now()).await.expect("applied");
        assert_eq!(rows(&database, "conversation").await + rows(&database, "conversation_event").await, 0);
        assert_eq!(rows(&database, "outbox WHERE kind LIKE 'conversation.%' AND payload <> '{}'").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_person_gets_what_they_said_and_is_erased_with_it() {
    on_both_engines(async |database| {
        let app = TestApp::with_city(database.clone(), &talking_city()).await;
        let eva = app.token("eva@example.org").await;
        let (code, _) = begin(&app, Some(&eva)).await;
        let (stranger, _) = begin(&app, None).await;
        say(&app, &code, "Ich bin umgezogen").await;
        say(&app, &stranger, "Hallo").await;
        let exported = app.ask_as(Some(&eva), "{ exportMyData }", json!({})).await;
        let exported = exported.data("exportMyData").to_string();
        assert!(exported.contains("Ich bin umgezogen") && exported.contains("conversations"), "{exported}");
        assert!(!exported.contains("Hallo"));
        let erased = app.ask_as(Some(&eva), "mutation { eraseMyData { conversations account } }", json!({})).await;
        assert_eq!(erased.data("eraseMyData.conversations"), 1, "{erased:?}");
        assert_eq!((rows(&database, "conversation").await, keys(&database).await), (1, 1));
        let query = "query($access: ConversationAccessInput!) { conversation(access: $access) { id } }";
        let gone = app.ask(query, json!({ "access": { "code": code } })).await;
        assert_eq!(gone.data("conversation"), &Value::Null);
        assert!(!heard_after(&app, &stranger, 0).await.is_empty());
        let again = app.application.conversations.erase_person(&Actor::Anonymous, erased_account()).await;
        assert!(again.is_err(), "nobody erases somebody else");
    })
    .await;
}

fn erased_account() -> domain::identifier::AccountId {
    domain::identifier::AccountId(uuid::Uuid::from_u128(7))
}
