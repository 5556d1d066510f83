//! Questions about conversations.

use conversations::{
    Access, EndConversation, Learning, ProposeText, RequestPerson, StartConversation, TakeConversation, Wished,
};
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
        let learning = Learning::Refused;
        let command = StartConversation { language, learning, idempotency_key: self.app.key() };
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
        "chatClusters" => {
            let cluster = gid("ChatCluster", town.unanswered().await.0);
            Ask::new(caller, "{ chatClusters { id examples } }", json!({})).finding(cluster)
        }
        "staleTutorials" => Ask::new(caller, "{ staleTutorials { title } }", json!({})),
        "tutorial" => {
            let query = "{ tutorial(serviceKey: \"residence\", language: GERMAN) { title } }";
            Ask::new(caller, query, json!({}))
        }
        "chatTexts" => {
            let text = town.proposed().await;
            Ask::new(caller, "{ chatTexts(state: PROPOSED) { id text } }", json!({})).finding(text)
        }
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
        "confirmTutorial" | "dismissChatCluster" | "proposeChatText" | "publishChatText" | "withdrawChatText" => {
            return Some(of_editing(town, row, caller).await);
        }
        "rateAnswer" | "requestPerson" | "sendMessage" | "setChatLearning" => {
            return Some(of_people(town, row, caller, relation).await);
        }
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
        "setChatLearning" => (
            "mutation($i: SetChatLearningInput!) { setChatLearning(input: $i) { conversation { id } problem { code } } }",
            json!({ "learning": "ALLOWED" }),
        ),
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
        self.say_text(code, "Hallo").await;
    }

    async fn say_text(&self, code: &str, text: &str) {
        let application = self.app.application.clone();
        let tools = gateway::chat_tools::ChatTools { application, actor: Actor::Anonymous };
        let (access, idempotency_key) = (Access::Code(code.to_owned()), self.app.key());
        let command = conversations::Say { access, text: text.to_owned(), idempotency_key };
        let said = self.app.application.conversations.say(&Actor::Anonymous, &command, &tools).await;
        said.expect("said");
    }
}

async fn of_editing(town: &Town, row: &Row, caller: &Caller) -> Ask {
    let key = town.app.key();
    let (kind, selection, input) = match row.field {
        "confirmTutorial" => {
            let input = json!({ "serviceKey": "residence", "language": "GERMAN", "formSha256": town.form_of_guide().await,
                "idempotencyKey": key });
            ("ConfirmTutorialInput", "tutorial { title }", input)
        }
        "dismissChatCluster" => {
            let cluster = gid("ChatCluster", town.unanswered().await.0);
            ("DismissChatClusterInput", "dismissed", json!({ "cluster": cluster, "idempotencyKey": key }))
        }
        "proposeChatText" => {
            let text = format!("Huhn Nummer {}", town.number());
            let input = json!({ "serviceKey": "residence", "language": "GERMAN", "kind": "SYNONYM", "text": text,
                "idempotencyKey": key });
            ("ProposeChatTextInput", "text { id }", input)
        }
        "publishChatText" => {
            let texts = [town.proposed().await];
            ("PublishChatTextInput", "texts { id }", json!({ "texts": texts, "idempotencyKey": key }))
        }
        _ => {
            let text = town.proposed().await;
            ("WithdrawChatTextInput", "text { id }", json!({ "text": text, "idempotencyKey": key }))
        }
    };
    let query = format!("mutation($i: {kind}!) {{ {}(input: $i) {{ {selection} problem {{ code }} }} }}", row.field);
    Ask::new(caller, &query, json!({ "i": input }))
}

impl Town {
    /// The version of the form that a guide is about.
    async fn form_of_guide(&self) -> String {
        let service = domain::identifier::Key::new("residence").expect("a key");
        let form = self.app.application.applications.newest_form(&service, domain::text::Language::German).await;
        form.expect("published").sha256
    }

    /// A proposal of somebody.
    async fn proposed(&self) -> String {
        let command = ProposeText {
            service: "residence".to_owned(),
            language: chatbot::language::ChatLanguage::German,
            kind: chatbot::content::AdditionKind::Synonym,
            text: format!("Huhn Nummer {}", self.number()),
            cluster: None,
            idempotency_key: self.app.key(),
        };
        let proposed = self.app.application.conversations.propose_text(&Actor::System, &command).await;
        gid("ChatText", proposed.expect("proposed").id.0)
    }

    /// An open cluster of two questions that were not understood.
    pub(super) async fn unanswered(&self) -> domain::identifier::ChatClusterId {
        let conversations = &self.app.application.conversations;
        // What somebody put aside before.
        self.write("UPDATE chat_cluster SET state = 'open'", vec![]).await;
        let open = conversations.chat_clusters(&Actor::System, None, 1).await.expect("readable");
        if let Some(cluster) = open.first() {
            return cluster.id;
        }
        for text in ["Xylophonkonzert Querflöte", "Querflöte Xylophonkonzert"] {
            let language = chatbot::language::ChatLanguage::German;
            let (learning, idempotency_key) = (Learning::Allowed, self.app.key());
            let command = StartConversation { language, learning, idempotency_key };
            let started = conversations.start_conversation(&Actor::Anonymous, &command).await.expect("begun");
            self.say_text(&started.code, text).await;
            let (access, conversation) = (Access::Code(started.code), started.conversation.id);
            let command = RequestPerson { access, wish: Wished::Now, idempotency_key: self.app.key() };
            conversations.request_person(&Actor::Anonymous, &command).await.expect("the offices are open");
            let command = TakeConversation { conversation, idempotency_key: self.app.key() };
            conversations.take_conversation(&self.colleague.actor, &command).await.expect("nobody has it");
            let command = EndConversation { conversation, idempotency_key: self.app.key() };
            conversations.end_conversation(&self.colleague.actor, &command).await.expect("ended");
        }
        conversations.gather_questions(&Actor::System).await.expect("gathered");
        let open = conversations.chat_clusters(&Actor::System, None, 1).await.expect("readable");
        open.first().expect("two questions that mean the same").id
    }
}
