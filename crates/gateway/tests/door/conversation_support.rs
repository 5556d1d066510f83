//! What stories of conversations have in common.

use serde_json::{Value, json};
use testkit::{Answer, TestApp, TestCity};

pub(super) const EVENTS: &str =
    "sequence speaker kind text citation { source date serviceKey } services reason verdict";

/// The test city, in which the chatbot knows about `residence` in German.
pub(super) fn talking_city() -> TestCity {
    let text = "valid_from = 2026-01-01\nsource = \"§ 17 BMG\"\nname = \"Wohnung anmelden\"\n\
        synonyms = [\"umziehen\", \"umgezogen\", \"neue Wohnung\", \"Anmeldung\", \"anmelden\", \"Wohnsitz\", \"Umzug\", \"Meldeamt\"]\n\
        questions = [\n{ text = \"Ich bin umgezogen, was muss ich tun?\", by = \"colloquial\" },\n\
        { text = \"Wo melde ich meine neue Wohnung an?\", by = \"colloquial\" },\n\
        { text = \"Wie melde ich mich nach dem Umzug an?\", by = \"colloquial\" },\n\
        { text = \"Wir haben eine neue Wohnung, wohin?\", by = \"situation\" },\n\
        { text = \"Anmeldung des Wohnsitzes\", by = \"official\" },\n]\n\
        text = \"Wer umzieht, meldet die neue Wohnung an.\"\n";
    TestCity::default().chat("chat/de/residence.toml", text)
}

/// Begins a conversation and gives its code and its id.
pub(super) async fn begin(app: &TestApp, token: Option<&str>) -> (Value, Value) {
    let query = "mutation($input: StartConversationInput!) { startConversation(input: $input) {
        code conversation { id state } problem { code } } }";
    let begun = app.ask_as(token, query, json!({ "input": { "idempotencyKey": app.key() } })).await;
    assert_eq!(begun.data("startConversation.problem"), &Value::Null, "{begun:?}");
    (begun.data("startConversation.code").clone(), begun.data("startConversation.conversation.id").clone())
}

/// Says something with a key of the test's own.
pub(super) async fn say_with(app: &TestApp, code: &Value, text: &str, key: &str) -> Answer {
    let query = format!(
        "mutation($input: SendMessageInput!) {{ sendMessage(input: $input) {{
            conversation {{ state bot lastSequence }} events {{ {EVENTS} }} problem {{ code }} }} }}"
    );
    let input = json!({ "access": { "code": code }, "text": text, "idempotencyKey": key });
    app.ask(&query, json!({ "input": input })).await
}

/// Says something and gives the events that came of it.
pub(super) async fn say(app: &TestApp, code: &Value, text: &str) -> Vec<Value> {
    let said = say_with(app, code, text, &app.key()).await;
    assert_eq!(said.data("sendMessage.problem"), &Value::Null, "{said:?}");
    said.data("sendMessage.events").as_array().unwrap_or_else(|| panic!("{said:?}")).clone()
}

/// What was said after a number, as whoever has the code reads it.
pub(super) async fn heard_after(app: &TestApp, code: &Value, after: i64) -> Vec<Value> {
    let query = format!(
        "query($access: ConversationAccessInput!, $after: Int!) {{
            conversation(access: $access) {{ events(after: $after) {{ {EVENTS} }} }} }}"
    );
    let heard = app.ask(&query, json!({ "access": { "code": code }, "after": after })).await;
    heard.data("conversation.events").as_array().unwrap_or_else(|| panic!("{heard:?}")).clone()
}

/// Asks for a person.
pub(super) async fn request(app: &TestApp, code: &Value, call_back: Value) -> Answer {
    let query = "mutation($input: RequestPersonInput!) { requestPerson(input: $input) {
        conversation { state wish staffed } problem { code } } }";
    let mut input = json!({ "access": { "code": code }, "idempotencyKey": app.key() });
    if !call_back.is_null() {
        input["callBack"] = call_back;
    }
    app.ask(query, json!({ "input": input })).await
}

/// A step of staff, and what stands in its answer.
pub(super) async fn step(app: &TestApp, token: &str, field: &str, input: &str, id: &Value, more: Value) -> Value {
    let query = format!(
        "mutation($input: {input}!) {{ {field}(input: $input) {{ entry {{ state bot }} problem {{ code }} }} }}"
    );
    let mut wanted = json!({ "conversation": id, "idempotencyKey": app.key() });
    for (name, value) in more.as_object().into_iter().flatten() {
        wanted[name] = value.clone();
    }
    app.ask_as(Some(token), &query, json!({ "input": wanted })).await.data(field).clone()
}

/// The words at one key of each event.
pub(super) fn words<'a>(events: &'a [Value], key: &str) -> Vec<&'a str> {
    events.iter().map(|event| event[key].as_str().unwrap_or_default()).collect()
}
