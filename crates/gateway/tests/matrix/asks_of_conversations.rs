//! Questions about conversations.

use conversations::{Access, RequestPerson, StartConversation, TakeConversation, Wished};
use domain::permission::{Actor, Permission};
use gateway::graphql::{Relation, Row};
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::asks_of_applications::no_access as no_application;
use crate::asks_of_appointments::guessed;
use crate::town::{Caller, Town, gid, no_such};

/// A conversation that somebody has begun, with what opens it.
#[derive(Debug, Clone)]
struct Begun {
    id: String,
    conversation: domain::identifier::ConversationId,
    code: String,
}

impl Town {
    /// A conversation of this relation. Offices play no part.
    async fn talking(&self, caller: &Caller, relation: Relation) -> Begun {
        let actor = match relation {
            Relation::Own => &caller.actor,
            Relation::Another | Relation::OtherOffice => &self.stranger.actor,
        };
        let language = chatbot::language::ChatLanguage::German;
        let command = StartConversation { language, idempotency_key: self.app.key() };
        let started = self.app.application.conversations.start_conversation(actor, &command).await.expect("begun");
        let conversation = started.conversation.id;
        Begun { id: gid("Conversation", conversation.0), conversation, code: started.code }
    }

    /// One in which somebody waits for a person.
    async fn waiting(&self, caller: &Caller, relation: Relation) -> Begun {
        let begun = self.talking(caller, relation).await;
        let access = Access::Code(begun.code.clone());
        let command = RequestPerson { access, wish: Wished::Now, idempotency_key: self.app.key() };
        let waiting = self.app.application.conversations.request_person(&Actor::Anonymous, &command).await;
        waiting.expect("the offices are open");
        begun
    }

    /// The id of one in which somebody waits.
    pub(super) async fn conversation_that_waits(&self, caller: &Caller, relation: Relation) -> String {
        self.waiting(caller, relation).await.id
    }

    /// One that the caller has taken, if they may.
    async fn taken(&self, caller: &Caller, relation: Relation) -> Begun {
        let begun = self.waiting(caller, relation).await;
        if relation != Relation::Own && caller.actor.may(Permission::AnswerChats).is_ok() {
            let command = TakeConversation { conversation: begun.conversation, idempotency_key: self.app.key() };
            let taken = self.app.application.conversations.take_conversation(&caller.actor, &command).await;
            taken.expect("nobody else has it");
        }
        begun
    }
}

fn access(way: &str, begun: &Begun, relation: Relation) -> Value {
    match way {
        "own" => json!({ "own": begun.id }),
        _ if relation == Relation::Own => json!({ "code": begun.code }),
        _ => json!({ "code": guessed(&begun.code) }),
    }
}

fn no_access(way: &str) -> Value {
    match way {
        "own" => json!({ "own": no_such("Conversation") }),
        _ => no_application(way),
    }
}

pub(super) async fn of(town: &Town, row: &Row, caller: &Caller, relation: Relation) -> Option<Ask> {
    match row.kind {
        "Query" | "Subscription" => of_reading(town, row, caller, relation).await,
        _ => of_talking(town, row, caller, relation).await,
    }
}

async fn of_reading(town: &Town, row: &Row, caller: &Caller, relation: Relation) -> Option<Ask> {
    let by_access = |begun: &Begun, operation: &str, selection: &str| {
        let query = format!("{operation}($a: ConversationAccessInput!) {{ {}(access: $a) {selection} }}", row.field);
        let variables = |access: Value| json!({ "a": access });
        Ask::new(caller, &query, variables(access(row.way, begun, relation))).beside(variables(no_access(row.way)))
    };
    let ask = match row.field {
        "chatEvents" => by_access(&town.waiting(caller, relation).await, "subscription", "{ sequence }"),
        "chatQueue" => {
            let begun = town.waiting(caller, relation).await;
            Ask::new(caller, "{ chatQueue { conversationId } }", json!({})).finding(begun.id)
        }
        "conversation" => {
            let begun = town.talking(caller, relation).await;
            by_access(&begun, "query", "{ id events { sequence } }").finding(begun.id)
        }
        "siteSearch" => Ask::new(caller, "{ siteSearch(text: \"residence\") { serviceKey } }", json!({})),
        "staffConversation" => {
            let begun = town.waiting(caller, relation).await;
            let query = "query($id: ID!) { staffConversation(id: $id) { entry { conversationId } } }";
            Ask::new(caller, query, json!({ "id": begun.id }))
                .finding(begun.id)
                .beside(json!({ "id": no_such("Conversation") }))
        }
        _ => return None,
    };
    Some(ask)
}

async fn of_talking(town: &Town, row: &Row, caller: &Caller, relation: Relation) -> Option<Ask> {
    let (input, more) = match row.field {
        "answerConversation" => ("AnswerConversationInput", json!({ "text": "Guten Tag." })),
        "endConversation" | "takeConversation" => ("ConversationStepInput", json!({})),
        "switchBot" => ("SwitchBotInput", json!({ "bot": "ON" })),
        "rateAnswer" | "requestPerson" | "sendMessage" => return Some(of_people(town, row, caller, relation).await),
        "startConversation" => {
            let query = "mutation($i: StartConversationInput!) {
                startConversation(input: $i) { conversation { id } problem { code } } }";
            return Some(Ask::new(caller, query, json!({ "i": { "idempotencyKey": town.app.key() } })));
        }
        _ => return None,
    };
    let begun = match row.field {
        "takeConversation" => town.waiting(caller, relation).await,
        _ => town.taken(caller, relation).await,
    };
    let query = format!(
        "mutation($i: {input}!) {{ {}(input: $i) {{ entry {{ conversationId }} problem {{ code }} }} }}",
        row.field
    );
    let input = |conversation: &str| {
        let mut input = more.clone();
        input["conversation"] = json!(conversation);
        input["idempotencyKey"] = json!(town.app.key());
        json!({ "i": input })
    };
    Some(Ask::new(caller, &query, input(&begun.id)).beside(input(&no_such("Conversation"))))
}

async fn of_people(town: &Town, row: &Row, caller: &Caller, relation: Relation) -> Ask {
    let begun = town.talking(caller, relation).await;
    let key = town.app.key();
    let (query, more) = match row.field {
        "rateAnswer" => {
            town.say(&begun.code).await;
            (
                "mutation($i: RateAnswerInput!) { rateAnswer(input: $i) { rated problem { code } } }",
                json!({ "sequence": 2, "verdict": "HELPFUL" }),
            )
        }
        "requestPerson" => (
            "mutation($i: RequestPersonInput!) { requestPerson(input: $i) { conversation { id } problem { code } } }",
            json!({ "idempotencyKey": key }),
        ),
        _ => (
            "mutation($i: SendMessageInput!) { sendMessage(input: $i) { conversation { id } problem { code } } }",
            json!({ "text": "Hallo", "idempotencyKey": key }),
        ),
    };
    let input = |access: Value| {
        let mut input = more.clone();
        input["access"] = access;
        json!({ "i": input })
    };
    Ask::new(caller, query, input(access(row.way, &begun, relation))).beside(input(no_access(row.way)))
}

impl Town {
    /// A message and its answer.
    async fn say(&self, code: &str) {
        let application = self.app.application.clone();
        let tools = gateway::chat_tools::ChatTools { application, actor: Actor::Anonymous };
        let (access, idempotency_key) = (Access::Code(code.to_owned()), self.app.key());
        let command = conversations::Say { access, text: "Hallo".to_owned(), idempotency_key };
        let said = self.app.application.conversations.say(&Actor::Anonymous, &command, &tools).await;
        said.expect("said");
    }
}
