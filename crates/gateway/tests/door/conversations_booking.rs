//! What somebody tells the chatbot about themselves to book is for their eyes alone.

use serde_json::{Value, json};
use testkit::{TestApp, on_both_engines};

use crate::conversation_support::{begin, say, step, talking_city, words};

#[tokio::test]
async fn who_takes_over_reads_what_was_said_without_names_and_addresses() {
    on_both_engines(async |database| {
        let app = TestApp::with_city(database, &talking_city()).await;
        let (code, id) = begin(&app, None).await;
        say(&app, &code, "Ich brauche am Freitag einen Termin").await;
        say(&app, &code, "Ich bin Eva Beispiel, eva@example.org").await;
        let called = say(&app, &code, "Ich möchte mit einem Mitarbeiter sprechen").await;
        assert!(words(&called, "kind").contains(&"HAND_OVER"), "{called:?}");
        let clerk = app.token("clerk.mitte").await;
        let taken = step(&app, &clerk, "takeConversation", "ConversationStepInput", &id, json!({})).await;
        assert_eq!(taken["problem"], Value::Null, "{taken}");
        let query = "query($id: ID!) { staffConversation(id: $id) { events { text } } }";
        let read = app.ask_as(Some(&clerk), query, json!({ "id": id })).await;
        let told = read.data("staffConversation.events").to_string();
        assert!(told.contains("Termin") && !told.contains("Eva") && !told.contains("eva@"), "{told}");
    })
    .await;
}
