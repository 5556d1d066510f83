//! A person takes over: the queue, two clerks, silence of the chatbot, call backs, outside of hours.

use serde_json::{Value, json};
use testkit::{TestApp, on_both_engines};

use crate::conversation_support::{begin, heard_after, request, say, step, talking_city, words};

const QUEUE: &str = "{ chatQueue { conversationId state reason wish services turns callAt } }";
const READ: &str = "query($id: ID!) { staffConversation(id: $id) { phone events { speaker text } entry { turns } } }";

async fn queue(app: &TestApp, token: &str) -> Vec<Value> {
    let queue = app.ask_as(Some(token), QUEUE, json!({})).await;
    queue.data("chatQueue").as_array().unwrap_or_else(|| panic!("{queue:?}")).clone()
}

async fn audited(app: &TestApp, action: &str) -> i64 {
    let sql = "SELECT count(*) FROM audit WHERE action = $1";
    let rows = app.application.database.rows(sql, vec![action.into()]).await.expect("readable");
    rows[0].at(0).expect("a number")
}

#[tokio::test]
async fn of_two_clerks_one_takes_over_and_the_chatbot_is_silent_until_it_is_asked_again() {
    on_both_engines(async |database| {
        let app = TestApp::with_city(database, &talking_city()).await;
        let (mitte, nord) = (app.token("clerk.mitte").await, app.token("clerk.nord").await);
        let (code, id) = begin(&app, None).await;
        say(&app, &code, "Ich bin umgezogen").await;
        assert_eq!(queue(&app, &mitte).await, Vec::<Value>::new());
        let nothing = app.ask_as(Some(&mitte), READ, json!({ "id": id })).await;
        assert_eq!(
            nothing.data("staffConversation"),
            &Value::Null,
            "whoever talks with the chatbot is nobody's business"
        );

        // Monday, 10:00: the offices are open.
        let waiting = request(&app, &code, Value::Null).await;
        assert_eq!(waiting.data("requestPerson.conversation.state"), "WAITING", "{waiting:?}");
        let waits = &queue(&app, &nord).await[0];
        assert_eq!((&waits["conversationId"], &waits["reason"]), (&id, &json!("ASKED")));
        assert_eq!((&waits["services"][0], &waits["turns"]), (&json!("residence"), &json!(1)));

        let take =
            async |token: &str| step(&app, token, "takeConversation", "ConversationStepInput", &id, json!({})).await;
        let (one, other) = tokio::join!(take(&mitte), take(&nord));
        let taken = [&one, &other].into_iter().filter(|taken| taken["entry"]["state"] == "TAKEN").count();
        assert_eq!(taken, 1, "{one} {other}");
        let (clerk, colleague) = if one["problem"].is_null() { (&mitte, &nord) } else { (&nord, &mitte) };
        assert_eq!(take(clerk).await["problem"]["code"], "WRONG_STATE");
        assert_eq!(queue(&app, colleague).await, Vec::<Value>::new());
        assert_eq!(queue(&app, clerk).await.len(), 1);

        let read = app.ask_as(Some(clerk), READ, json!({ "id": id })).await;
        assert_eq!(read.data("staffConversation.events.0.text"), "Ich bin umgezogen", "{read:?}");
        assert_eq!(audited(&app, "conversation.read").await, 1, "reading leaves a trace");
        let hidden = app.ask_as(Some(colleague), READ, json!({ "id": id })).await;
        assert_eq!(hidden.data("staffConversation"), &Value::Null);

        let before = heard_after(&app, &code, 0).await.len() as i64;
        let silent = say(&app, &code, "Sind Sie ein Mensch?").await;
        assert_eq!(words(&silent, "speaker"), ["PERSON"], "the chatbot is silent");
        let answer = json!({ "text": "Ja, guten Tag." });
        let answered = step(&app, clerk, "answerConversation", "AnswerConversationInput", &id, answer.clone()).await;
        assert_eq!(answered["problem"], Value::Null);
        let refused = step(&app, colleague, "answerConversation", "AnswerConversationInput", &id, answer).await;
        assert_eq!(refused["problem"]["code"], "NOT_FOUND");
        let heard = heard_after(&app, &code, before).await;
        assert_eq!(words(&heard, "speaker"), ["PERSON", "CLERK"]);
        assert_eq!(heard[1]["text"], "Ja, guten Tag.");

        let on = step(&app, clerk, "switchBot", "SwitchBotInput", &id, json!({ "bot": "ON" })).await;
        assert_eq!(on["entry"]["bot"], "ON", "{on}");
        let events = say(&app, &code, "Ich bin umgezogen").await;
        assert!(words(&events, "speaker").contains(&"BOT"), "{events:?}");

        let ended = step(&app, clerk, "endConversation", "ConversationStepInput", &id, json!({})).await;
        assert_eq!(ended["entry"]["state"], "ENDED");
        let over = crate::conversation_support::say_with(&app, &code, "Hallo?", &app.key()).await;
        assert_eq!(over.data("sendMessage.problem.code"), "ENDED");
        assert_eq!(audited(&app, "conversation.taken").await, 1);
        assert_eq!(audited(&app, "conversation.answered").await, 1);
    })
    .await;
}

#[tokio::test]
async fn outside_of_hours_there_is_a_call_back() {
    on_both_engines(async |database| {
        let app = TestApp::with_city(database.clone(), &talking_city()).await;
        let (code, id) = begin(&app, None).await;
        // Monday, 22:00.
        app.clock.pass_seconds(12 * 60 * 60);
        let clerk = app.token("clerk.mitte").await;
        let nobody = request(&app, &code, Value::Null).await;
        assert_eq!(nobody.data("requestPerson.problem.code"), "NOBODY_THERE", "{nobody:?}");
        let wrong = request(&app, &code, json!({ "phone": "abc" })).await;
        assert_eq!(wrong.data("requestPerson.problem.code"), "PHONE_INVALID");
        for at in ["2026-11-23T08:00:00Z", "2026-12-24T08:00:00Z"] {
            let wrong = request(&app, &code, json!({ "phone": "0511 1234567", "at": at })).await;
            assert_eq!(wrong.data("requestPerson.problem.code"), "TIME_INVALID", "{at}");
        }
        let ticket = json!({ "phone": "0511 1234567", "at": "2026-11-24T09:00:00Z" });
        let waiting = request(&app, &code, ticket).await;
        assert_eq!(waiting.data("requestPerson.conversation.wish"), "CALL_BACK", "{waiting:?}");
        assert_eq!(waiting.data("requestPerson.conversation.staffed"), false);
        let waits = &queue(&app, &clerk).await[0];
        assert_eq!((&waits["wish"], &waits["callAt"]), (&json!("CALL_BACK"), &json!("2026-11-24T09:00:00Z")));
        let read = app.ask_as(Some(&clerk), READ, json!({ "id": id })).await;
        let phone = read.data("staffConversation.phone").as_str().expect("a number").to_owned();
        assert!(phone.ends_with("1234567"), "{phone}");
        let sealed = database.rows("SELECT call_back_sealed FROM conversation", vec![]).await.expect("readable");
        let sealed: Vec<u8> = sealed[0].at(0).expect("bytes");
        assert!(!sealed.windows(7).any(|window| window == b"1234567"));
    })
    .await;
}

#[tokio::test]
async fn nobody_answers_themselves_and_strangers_see_no_queue() {
    on_both_engines(async |database| {
        let app = TestApp::with_city(database, &talking_city()).await;
        let clerk = app.token("clerk.mitte").await;
        let (code, id) = begin(&app, Some(&clerk)).await;
        request(&app, &code, Value::Null).await;
        assert_eq!(queue(&app, &clerk).await, Vec::<Value>::new());
        let own = step(&app, &clerk, "takeConversation", "ConversationStepInput", &id, json!({})).await;
        assert_eq!(own["problem"]["code"], "OWN_CONVERSATION");
        for stranger in [app.token("eva@example.org").await, app.token("operator").await] {
            assert_eq!(app.ask_as(Some(&stranger), QUEUE, json!({})).await.code(), "FORBIDDEN");
        }
        assert_eq!(app.ask(QUEUE, json!({})).await.code(), "FORBIDDEN");
    })
    .await;
}
