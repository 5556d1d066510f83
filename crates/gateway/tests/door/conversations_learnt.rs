//! What the chatbot did not understand: kept with leave alone and without a way back, gathered, answered by editors after a
//! trial, taken back.

use database::Database;
use domain::permission::Actor;
use gateway::configuration::Configuration;
use gateway::retention;
use serde_json::{Value, json};
use testkit::{Answer, TestApp, on_both_engines};

use crate::conversation_support::{begin, heard_after, say, talking_city};

const DAY: i64 = 24 * 60 * 60;
const CLUSTERS: &str = "{ chatClusters { id size language examples troubles { trouble count } serviceKeys } }";
const CHICKEN: &str = "Brauche ich für einen Hühnerstall eine Genehmigung? 0511 98765432";

/// Begins a conversation in which questions may be kept.
async fn begin_learning(app: &TestApp) -> Value {
    let query = "mutation($input: StartConversationInput!) { startConversation(input: $input) {
        code conversation { learning } problem { code } } }";
    let begun = app.ask(query, json!({ "input": { "learning": "ALLOWED", "idempotencyKey": app.key() } })).await;
    assert_eq!(begun.data("startConversation.conversation.learning"), "ALLOWED", "{begun:?}");
    begun.data("startConversation.code").clone()
}

async fn set_learning(app: &TestApp, code: &Value, learning: &str) -> Answer {
    let query = "mutation($input: SetChatLearningInput!) { setChatLearning(input: $input) {
        conversation { learning } problem { code } } }";
    app.ask(query, json!({ "input": { "access": { "code": code }, "learning": learning } })).await
}

/// Conversations end and the worker's round comes. Gives how many questions it kept.
async fn gather(app: &TestApp) -> u64 {
    app.clock.pass_seconds(DAY);
    app.application.conversations.end_idle().await.expect("tidied");
    app.application.conversations.gather_questions(&Actor::System).await.expect("gathered").questions
}

/// Conversations in which each of these was asked.
async fn asked(app: &TestApp, questions: &[&str]) {
    for question in questions {
        let code = begin_learning(app).await;
        say(app, &code, question).await;
    }
}

async fn clusters(app: &TestApp, token: &str) -> Vec<Value> {
    let answer = app.ask_as(Some(token), CLUSTERS, json!({})).await;
    answer.data("chatClusters").as_array().unwrap_or_else(|| panic!("{answer:?}")).clone()
}

async fn propose(app: &TestApp, token: &str, service: &str, kind: &str, text: &str, cluster: &Value) -> Value {
    let query = "mutation($input: ProposeChatTextInput!) { proposeChatText(input: $input) {
        text { id state text serviceKey } problem { code } } }";
    let input = json!({ "serviceKey": service, "language": "GERMAN", "kind": kind, "text": text, "cluster": cluster,
        "idempotencyKey": app.key() });
    app.ask_as(Some(token), query, json!({ "input": input })).await.data("proposeChatText").clone()
}

async fn publish(app: &TestApp, token: &str, texts: &[&Value], key: &str) -> Value {
    let query = "mutation($input: PublishChatTextInput!) { publishChatText(input: $input) { texts { state }
        evaluation { asked rightBefore rightAfter turnedWrong } problem { code } } }";
    let input = json!({ "texts": texts, "idempotencyKey": key });
    app.ask_as(Some(token), query, json!({ "input": input })).await.data("publishChatText").clone()
}

async fn withdraw(app: &TestApp, token: &str, text: &Value) -> Value {
    let query = "mutation($input: WithdrawChatTextInput!) { withdrawChatText(input: $input) {
        text { state } problem { code } } }";
    let input = json!({ "text": text, "idempotencyKey": app.key() });
    app.ask_as(Some(token), query, json!({ "input": input })).await.data("withdrawChatText").clone()
}

async fn found(app: &TestApp, words: &str) -> Vec<String> {
    let answer = app.ask("query($t: String!) { siteSearch(text: $t) { serviceKey } }", json!({ "t": words })).await;
    let hits = answer.data("siteSearch").as_array().unwrap_or_else(|| panic!("{answer:?}")).clone();
    hits.iter().map(|hit| hit["serviceKey"].as_str().unwrap_or_default().to_owned()).collect()
}

async fn count(database: &Database, what: &str) -> i64 {
    let rows = database.rows(&format!("SELECT count(*) FROM {what}"), vec![]).await.expect("readable");
    rows[0].at(0).expect("a number")
}

#[tokio::test]
async fn a_question_is_kept_with_leave_alone_and_leads_to_nobody() {
    on_both_engines(async |database| {
        let app = TestApp::with_city(database.clone(), &talking_city()).await;
        let (silent, _) = begin(&app, None).await;
        let (allowed, doubted) = (begin_learning(&app).await, begin_learning(&app).await);
        for code in [&silent, &allowed, &doubted] {
            say(&app, code, CHICKEN).await;
        }
        say(&app, &allowed, "Ich bin umgezogen").await;
        assert_eq!(set_learning(&app, &doubted, "REFUSED").await.data("setChatLearning.problem"), &Value::Null);
        let early = app.application.conversations.gather_questions(&Actor::System).await.expect("gathered");
        assert_eq!(early.questions, 0, "nothing is taken out of what goes on");
        assert_eq!(gather(&app).await, 1, "one of three, and not what was understood");
        assert_eq!(
            clusters(&app, &app.token("lead.mitte").await).await,
            Vec::<Value>::new(),
            "what one asked is shown to nobody"
        );
        let late = set_learning(&app, &allowed, "REFUSED").await;
        assert_eq!(late.data("setChatLearning.problem.code"), "ALREADY_GATHERED");
        assert!(!heard_after(&app, &allowed, 0).await.is_empty(), "the conversation itself is untouched");

        // Nothing in the clear, no time but the day, nothing of the conversation.
        let row = database.rows("SELECT text_sealed, id, day FROM chat_question", vec![]).await.expect("readable");
        let (sealed, id): (Vec<u8>, uuid::Uuid) = (row[0].at(0).expect("bytes"), row[0].at(1).expect("an id"));
        assert!(!sealed.windows(5).any(|window| window == b"stall"));
        assert_eq!(id.get_version_num(), 4, "an id that tells no time");
        assert_eq!(count(&database, "chat_question q JOIN conversation c ON c.id = q.id").await, 0);

        // The control: with leave it comes, redacted.
        asked(&app, &[CHICKEN, "Brauche ich für den Hühnerstall eine Genehmigung?"]).await;
        assert_eq!(gather(&app).await, 2);
        let shown = clusters(&app, &app.token("lead.mitte").await).await;
        assert_eq!((&shown[0]["size"], &shown[0]["language"]), (&json!(3), &json!("GERMAN")), "{shown:?}");
        assert_eq!(shown[0]["troubles"], json!([{ "trouble": "NOTHING_FOUND", "count": 3 }]));
        let examples = shown[0]["examples"].to_string();
        assert!(examples.contains("[phone]"), "{examples}");
        assert!(!examples.contains("98765432"), "{examples}");
        assert_eq!(count(&database, "audit WHERE action = 'chat_cluster.read'").await, 1, "reading leaves a trace");
        assert_eq!(app.application.conversations.gather_questions(&Actor::System).await.expect("again").questions, 0);
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_was_no_answer_is_kept_and_one_that_helped_is_not() {
    on_both_engines(async |database| {
        let app = TestApp::with_city(database.clone(), &talking_city()).await;
        let rate = "mutation($input: RateAnswerInput!) { rateAnswer(input: $input) { rated } }";
        for verdict in ["NOT_MY_QUESTION", "NOT_MY_QUESTION", "HELPFUL"] {
            let code = begin_learning(&app).await;
            let events = say(&app, &code, "Ich bin umgezogen").await;
            let line = events.iter().find(|event| event["kind"] == "LINE").expect("an answer");
            let input = json!({ "access": { "code": code }, "sequence": line["sequence"], "verdict": verdict });
            let rated = app.ask(rate, json!({ "input": input })).await;
            assert_eq!(rated.data("rateAnswer.rated"), true, "{rated:?}");
        }
        assert_eq!(gather(&app).await, 2);
        let shown = clusters(&app, &app.token("operator").await).await;
        assert_eq!(shown[0]["troubles"], json!([{ "trouble": "NOT_MY_QUESTION", "count": 2 }]), "{shown:?}");
        assert_eq!(shown[0]["serviceKeys"], json!(["residence"]), "what it was taken for");
    })
    .await;
}

#[tokio::test]
async fn questions_go_after_their_time_with_their_keys() {
    on_both_engines(async |database| {
        let app = TestApp::with_city(database.clone(), &talking_city()).await;
        let settings = Configuration::default().retention;
        asked(&app, &[CHICKEN, "Brauche ich für den Hühnerstall eine Genehmigung?"]).await;
        assert_eq!(gather(&app).await, 2);
        let keys = async || count(&database, "subject_key WHERE subject IN (SELECT id FROM chat_question)").await;
        let due = async || {
            let plan = retention::plan(&app.application, &settings, app.now()).await.expect("a plan");
            plan.into_iter().find(|due| due.class == "chat_question").expect("the class").count
        };
        app.clock.pass_seconds(89 * DAY);
        assert_eq!((due().await, keys().await), (0, 2));
        app.clock.pass_seconds(DAY);
        assert_eq!(due().await, 2);
        retention::apply(&app.application, &settings, app.now()).await.expect("applied");
        assert_eq!((count(&database, "chat_question").await, count(&database, "chat_cluster").await), (0, 0));
        assert_eq!(keys().await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_text_is_published_after_a_trial_outlives_the_city_and_is_taken_back() {
    on_both_engines(async |database| {
        let app = TestApp::with_city(database.clone(), &talking_city()).await;
        app.learn().await;
        asked(&app, &["Behausung gewechselt", "Behausung gewechselt, was nun?", "Wann tagt der Rat"]).await;
        gather(&app).await;
        let lead = app.token("lead.mitte").await;
        let shown = clusters(&app, &lead).await;
        assert_eq!(shown.len(), 1, "{shown:?}");
        let cluster = &shown[0]["id"];
        assert_eq!(found(&app, "Behausung gewechselt").await, [""; 0]);

        let refused = async |text: &str| {
            propose(&app, &lead, "residence", "SYNONYM", text, cluster).await["problem"]["code"].clone()
        };
        assert_eq!(refused("Bude für 10 Euro").await, "TEXT_COPIED");
        assert_eq!(refused("Bude von huhn@example.org").await, "TEXT_PERSONAL");
        assert_eq!(refused(" ").await, "TEXT_LENGTH");
        assert_eq!(refused("UMZUG").await, "TEXT_KNOWN");
        let strange = propose(&app, &lead, "unheard-of", "SYNONYM", "Bude", cluster).await;
        assert_eq!(strange["problem"]["code"], "SERVICE_UNKNOWN");

        let proposed = propose(&app, &lead, "residence", "SYNONYM", "Behausung gewechselt", cluster).await;
        let text = &proposed["text"]["id"];
        assert_eq!((&proposed["text"]["state"], &proposed["problem"]), (&json!("PROPOSED"), &Value::Null));
        assert_eq!(refused("Behausung gewechselt").await, "TEXT_KNOWN", "the database decides");
        app.learn().await;
        assert_eq!(found(&app, "Behausung gewechselt").await, [""; 0], "a proposal changes nothing");

        let key = app.key();
        let done = publish(&app, &lead, &[text], &key).await;
        assert_eq!((&done["problem"], &done["texts"][0]["state"]), (&Value::Null, &json!("PUBLISHED")), "{done}");
        assert!(done["evaluation"]["asked"].as_i64() > Some(500), "{done}");
        let again = publish(&app, &lead, &[text], &key).await;
        assert_eq!((&again["evaluation"], &again["texts"][0]["state"]), (&Value::Null, &json!("PUBLISHED")));
        assert_eq!(publish(&app, &lead, &[text], &app.key()).await["problem"]["code"], "WRONG_STATE");
        assert!(app.learn().await, "the chatbot is made anew");
        assert_eq!(found(&app, "Behausung gewechselt").await, ["residence"]);
        assert_eq!(clusters(&app, &lead).await, Vec::<Value>::new(), "it is settled");

        app.load(&talking_city().closed_on("2026-12-01")).await;
        assert!(app.learn().await);
        assert_eq!(found(&app, "Behausung gewechselt").await, ["residence"], "it outlives the next load of the city");

        assert_eq!(withdraw(&app, &lead, text).await["text"]["state"], "WITHDRAWN");
        assert_eq!(withdraw(&app, &lead, text).await["problem"]["code"], "WRONG_STATE");
        assert!(app.learn().await);
        assert_eq!(found(&app, "Behausung gewechselt").await, [""; 0]);
        assert_eq!(clusters(&app, &lead).await.len(), 1, "it is open again");

        let query = "mutation($input: DismissChatClusterInput!) { dismissChatCluster(input: $input) { dismissed } }";
        let input = json!({ "input": { "cluster": cluster, "idempotencyKey": app.key() } });
        let dismissed = app.ask_as(Some(&lead), query, input.clone()).await;
        assert_eq!(dismissed.data("dismissChatCluster.dismissed"), true, "{dismissed:?}");
        assert_eq!(clusters(&app, &lead).await, Vec::<Value>::new());
        for action in ["chat_text.propose", "chat_text.publish", "chat_text.withdraw", "chat_cluster.dismiss"] {
            assert_eq!(count(&database, &format!("audit WHERE action = '{action}'")).await, 1, "{action}");
        }
        let clerk = app.token("clerk.mitte").await;
        assert_eq!(app.ask_as(Some(&clerk), CLUSTERS, json!({})).await.code(), "FORBIDDEN");
    })
    .await;
}

/// Words of one matter, proposed for another.
const STOLEN: [&str; 13] = [
    "Ich bin umgezogen, was muss ich tun?",
    "Wo melde ich meine neue Wohnung an?",
    "Wie melde ich mich nach dem Umzug an?",
    "Wir haben eine neue Wohnung, wohin?",
    "Anmeldung des Wohnsitzes",
    "Wohnung anmelden",
    "umziehen",
    "umgezogen",
    "neue Wohnung",
    "Anmeldung",
    "anmelden",
    "Wohnsitz",
    "Umzug",
];

#[tokio::test]
async fn what_makes_right_answers_wrong_is_not_published() {
    on_both_engines(async |database| {
        let app = TestApp::with_city(database.clone(), &talking_city()).await;
        app.learn().await;
        let operator = app.token("operator").await;
        let mut stolen = Vec::new();
        for text in STOLEN {
            stolen.push(
                propose(&app, &operator, "certificate", "SYNONYM", text, &Value::Null).await["text"]["id"].clone(),
            );
        }
        let stolen: Vec<&Value> = stolen.iter().collect();
        let refused = publish(&app, &operator, &stolen, &app.key()).await;
        assert_eq!(refused["problem"]["code"], "EVALUATION_FALLS", "{refused}");
        let turned = refused["evaluation"]["turnedWrong"].as_array().expect("a list").clone();
        assert!(turned.len() > 2, "{turned:?}");
        assert!(turned.contains(&json!("Wo melde ich meine neue Wohnung an?")), "{turned:?}");
        assert!(refused["texts"].as_array().is_some_and(|texts| texts.iter().all(|text| text["state"] == "PROPOSED")));
        assert!(!app.learn().await, "nothing was published");
        assert_eq!(
            found(&app, "Wo melde ich meine neue Wohnung an?").await.first().map(String::as_str),
            Some("residence")
        );
        assert_eq!(count(&database, "audit WHERE action = 'chat_text.publish'").await, 0);

        // The control: what harms nothing passes the same trial, and of two at once nobody publishes what is untried.
        let mut harmless = Vec::new();
        for text in ["Xylophonkarte", "Querflötenschein"] {
            harmless.push(
                propose(&app, &operator, "certificate", "SYNONYM", text, &Value::Null).await["text"]["id"].clone(),
            );
        }
        let (one_key, other_key) = (app.key(), app.key());
        let (first, second) = ([&harmless[0]], [&harmless[1]]);
        let (one, other) =
            tokio::join!(publish(&app, &operator, &first, &one_key), publish(&app, &operator, &second, &other_key));
        let codes = [&one["problem"]["code"], &other["problem"]["code"]];
        assert!(codes.contains(&&Value::Null), "{one} {other}");
        assert!(codes.iter().all(|code| code.is_null() || **code == "CHANGED_MEANWHILE"), "{one} {other}");
        let published = codes.iter().filter(|code| code.is_null()).count() as i64;
        assert_eq!(count(&database, "chat_addition WHERE state = 'published'").await, published);
        let edition = database.rows("SELECT number FROM chat_edition", vec![]).await.expect("readable");
        assert_eq!(edition[0].at::<i64>(0).expect("a number"), published);
    })
    .await;
}
