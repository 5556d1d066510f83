//! Stories of cases that go to another body by FIT-Connect, against a double of the service, on both engines.

use domain::permission::Actor;
use serde_json::{Value, json};
use testkit::{TestApp, TestService, on_both_engines};

use crate::application_support::{CASE, INBOX, car, handed_in, save, start, step, submit};
use crate::booking_support::office_id;
use crate::fit_connect_support::{Double, carry};
use crate::upload_support::{Filing, attach, look, pdf, sent};

const SINK: &str = "[[sink]]\nkey = \"office\"\nkind = \"fit-connect\"\n\
    destination = \"11111111-2222-3333-4444-555555555555\"\nschema_uri = \"https://schema.example/parken\"\n\
    service_identifier = \"urn:example:parken\"\n";
const AFTER_DECISION: &str = "[[sink]]\nkey = \"office\"\nkind = \"fit-connect\"\nafter = \"decision\"\n\
    destination = \"11111111-2222-3333-4444-555555555555\"\nschema_uri = \"https://schema.example/parken\"\n\
    service_identifier = \"urn:example:parken\"\n";
const FORWARDS: &str = "query($id: ID!) { case(id: $id) { forwards { sink state attempts remoteEvent reason } } }";

/// Tokens are short-lived, and these stories long: each look has its own.
async fn clerk(app: &TestApp) -> String {
    app.token("clerk.mitte").await
}

async fn forward(app: &TestApp, case: &Value) -> Value {
    let read = app.ask_as(Some(&clerk(app).await), FORWARDS, json!({ "id": case })).await;
    let forwards = read.data("case.forwards");
    assert_eq!(forwards.as_array().map(Vec::len), Some(1), "{read:?}");
    forwards[0].clone()
}

async fn tasks(app: &TestApp) -> Vec<String> {
    let inbox = app.ask_as(Some(&clerk(app).await), INBOX, json!({ "office": office_id("mitte") })).await;
    let nodes = inbox.data("inbox.nodes").as_array().cloned().unwrap_or_default();
    nodes.iter().filter_map(|node| node["task"].as_str().map(str::to_owned)).collect()
}

async fn silent(app: &TestApp) -> i64 {
    app.application.applications.silent_cases().await.expect("the database answers")
}

#[tokio::test]
async fn a_case_reaches_its_destination_once_and_is_accepted() {
    on_both_engines(async |database| {
        let (app, double) = (TestApp::start(database).await, Double::open().await);
        app.publish(&TestService::default().with(SINK)).await;
        let carrier = double.carrier(&app);
        let (_, case) = handed_in(&app, 1_800).await;
        assert_eq!(forward(&app, &case).await["state"], "WAITING");
        assert_eq!(carry(&carrier).await.sent, 1);
        let seen = double.seen().await;
        let submission = &seen["submissions"][0];
        let data = submission["data"]["content"].as_str().expect("opened");
        assert!(data.contains(">Eva Beispiel<") && data.contains(">1800<"), "{data}");
        assert_eq!(submission["data"]["header"]["cty"], "application/xml");
        let about = &submission["metadata"]["contentStructure"]["data"];
        assert_eq!(about["submissionSchema"]["schemaUri"], "https://schema.example/parken");
        let sent = forward(&app, &case).await;
        assert_eq!((&sent["state"], &sent["remoteEvent"]), (&json!("SENT"), &json!("submit-submission")));
        // Nothing more happens until the receiver says something.
        app.clock.pass_seconds(3_600);
        assert_eq!(carry(&carrier).await.sent, 0);
        double.act(&submission["id"], "accept-submission", Value::Null).await;
        app.clock.pass_seconds(3_600);
        assert_eq!(carry(&carrier).await.sent, 1);
        assert_eq!(forward(&app, &case).await["state"], "DONE");
        app.clock.pass_seconds(86_400);
        carry(&carrier).await;
        assert_eq!(double.seen().await["submissions"].as_array().map(Vec::len), Some(1));
    })
    .await;
}

#[tokio::test]
async fn a_case_goes_with_its_files_or_becomes_a_task() {
    on_both_engines(async |database| {
        let (filing, double) = (Filing::start(database, None).await, Double::open().await);
        let app = &filing.app;
        app.publish(&TestService::default().with(SINK)).await;
        let carrier = double.carrier(app);
        for (words, lost) in [("Fahrzeugschein", false), ("verloren", true)] {
            let code = start(app, None, "REAL").await;
            save(app, &code, &car(1_800)).await;
            let id = sent(app, &code, "schein.pdf", &pdf(words, 2_000), "application/pdf").await;
            look(app).await;
            attach(app, &code, &[&id]).await;
            let case = submit(app, None, &code).await.data("submitApplication.receipt.caseId").clone();
            if lost {
                filing.lies_there().iter().for_each(|file| std::fs::remove_file(file).expect("it is lost"));
                carry(&carrier).await;
                assert_ne!(forward(app, &case).await["state"], "SENT", "never without its file");
                continue;
            }
            assert_eq!(carry(&carrier).await.sent, 1);
            let seen = double.seen().await;
            let attached = seen["submissions"][0]["attachments"].as_object().expect("attachments");
            let contents: Vec<&str> = attached.values().filter_map(Value::as_str).collect();
            assert_eq!(contents.len(), 1);
            assert!(contents[0].starts_with("%PDF") && contents[0].contains("Fahrzeugschein"));
        }
    })
    .await;
}

#[tokio::test]
async fn a_lost_answer_is_no_second_submission() {
    on_both_engines(async |database| {
        let (app, double) = (TestApp::start(database).await, Double::open().await);
        app.publish(&TestService::default().with(SINK)).await;
        let carrier = double.carrier(&app);
        let (_, case) = handed_in(&app, 1_800).await;
        double.plan(json!({ "loseAnswer": true })).await;
        assert_eq!(carry(&carrier).await.failed, 1);
        let waiting = forward(&app, &case).await;
        assert_eq!((&waiting["state"], &waiting["reason"]), (&json!("WAITING"), &json!("UNREACHABLE")));
        app.clock.pass_seconds(120);
        assert_eq!(carry(&carrier).await.sent, 1);
        let seen = double.seen().await;
        assert_eq!(seen["submissions"].as_array().map(Vec::len), Some(1), "{seen}");
        assert_eq!(seen["submissions"][0]["submits"], 1);
        assert_eq!(seen["counts"]["submit"], 1, "it was not even tried again");
    })
    .await;
}

#[tokio::test]
async fn a_sink_that_is_down_for_half_an_hour_is_a_task_and_nothing_is_lost() {
    on_both_engines(async |database| {
        let (app, double) = (TestApp::start(database).await, Double::open().await);
        app.publish(&TestService::default().with(SINK)).await;
        let carrier = double.carrier(&app);
        double.plan(json!({ "status": 503 })).await;
        let (_, case) = handed_in(&app, 1_800).await;
        for minute in 0..30 {
            carry(&carrier).await;
            app.application.applications.work_through(&Actor::System).await.expect("the database answers");
            assert_eq!(silent(&app).await, 0, "minute {minute}");
            assert_eq!(tasks(&app).await.contains(&"FORWARD".to_owned()), minute >= 5, "minute {minute}");
            app.clock.pass_seconds(60);
        }
        let failing = forward(&app, &case).await;
        assert_eq!(failing["reason"], "HTTP_503");
        assert!(failing["attempts"].as_i64().is_some_and(|attempts| (4..=8).contains(&attempts)), "{failing}");
        double.plan(json!({})).await;
        for _ in 0..60 {
            carry(&carrier).await;
            app.clock.pass_seconds(60);
        }
        assert_eq!(forward(&app, &case).await["state"], "SENT");
        assert_eq!(tasks(&app).await, Vec::<String>::new(), "the task is gone with its reason");
        let seen = double.seen().await;
        assert_eq!((&seen["submissions"][0]["submits"], silent(&app).await), (&json!(1), 0), "{seen}");
        // The control: a case that nobody carries and nobody has as a task is counted.
        handed_in(&app, 1_900).await;
        app.clock.pass_seconds(11 * 60);
        assert_eq!(silent(&app).await, 1);
        app.application.applications.work_through(&Actor::System).await.expect("the database answers");
        assert_eq!(silent(&app).await, 0);
    })
    .await;
}

#[tokio::test]
async fn what_the_receiver_refuses_is_a_task_until_somebody_sends_it_again() {
    on_both_engines(async |database| {
        let (app, double) = (TestApp::start(database).await, Double::open().await);
        app.publish(&TestService::default().with(SINK)).await;
        let carrier = double.carrier(&app);
        let (_, case) = handed_in(&app, 1_800).await;
        carry(&carrier).await;
        let first = double.seen().await["submissions"][0]["id"].clone();
        let problem = "https://schema.fitko.de/fit-connect/events/problems/schema-violation";
        double.act(&first, "reject-submission", json!({ "problems": [{ "type": problem }] })).await;
        app.clock.pass_seconds(600);
        assert_eq!(carry(&carrier).await.dead, 1);
        let dead = forward(&app, &case).await;
        assert_eq!((&dead["state"], &dead["reason"]), (&json!("DEAD"), &json!("REJECTED schema-violation")));
        assert_eq!(tasks(&app).await, ["FORWARD"]);
        app.clock.pass_seconds(86_400);
        assert_eq!((carry(&carrier).await.sent, silent(&app).await), (0, 0), "it waits for people");
        let again =
            step(&app, &clerk(&app).await, "retryForward", "RetryForwardInput", &case, json!({ "sink": "office" }))
                .await;
        assert_eq!(again.data("retryForward.problem"), &Value::Null, "{again:?}");
        assert_eq!(carry(&carrier).await.sent, 1);
        let seen = double.seen().await;
        assert_eq!(seen["submissions"].as_array().map(Vec::len), Some(2), "{seen}");
        assert_eq!(tasks(&app).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn what_was_given_up_can_be_settled_otherwise_and_is_tried_no_more() {
    on_both_engines(async |database| {
        let (app, double) = (TestApp::start(database).await, Double::open().await);
        app.publish(&TestService::default().with(SINK)).await;
        let carrier = double.carrier(&app);
        double.plan(json!({ "key": { "alg": "RSA-OAEP" } })).await;
        let (_, case) = handed_in(&app, 1_800).await;
        let clerk = clerk(&app).await;
        let post = json!({ "sink": "office", "by": "POST" });
        let early = step(&app, &clerk, "settleForward", "SettleForwardInput", &case, post.clone()).await;
        assert_eq!(early.data("settleForward.problem.code"), "NOTHING_GIVEN_UP", "{early:?}");
        assert_eq!(carry(&carrier).await.dead, 1);
        assert_eq!(tasks(&app).await, ["FORWARD"]);
        let settled = step(&app, &clerk, "settleForward", "SettleForwardInput", &case, post).await;
        assert_eq!(settled.data("settleForward.problem"), &Value::Null, "{settled:?}");
        let seen = forward(&app, &case).await;
        assert_eq!((&seen["state"], &seen["reason"]), (&json!("SETTLED"), &json!("SETTLED_BY_POST")));
        assert_eq!(tasks(&app).await, Vec::<String>::new());
        app.clock.pass_seconds(86_400);
        assert_eq!(
            (carry(&carrier).await.sent, silent(&app).await),
            (0, 0),
            "nobody tries it, and nothing is forgotten"
        );
        let traces = "SELECT COUNT(*) FROM audit WHERE action = 'case.forward_settled' AND actor IS NOT NULL";
        assert_eq!(crate::tour_support::count(&app, traces).await, 1);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_sealed_for_a_wrong_key_and_no_forged_event_is_believed() {
    on_both_engines(async |database| {
        let (app, double) = (TestApp::start(database).await, Double::open().await);
        app.publish(&TestService::default().with(SINK)).await;
        let carrier = double.carrier(&app);
        double.plan(json!({ "key": { "alg": "RSA-OAEP" } })).await;
        let (_, case) = handed_in(&app, 1_800).await;
        assert_eq!(carry(&carrier).await.dead, 1);
        assert_eq!(forward(&app, &case).await["reason"], "KEY_REFUSED");
        assert_eq!(double.seen().await["submissions"], json!([]), "nothing was even announced");
        // The right key, and a receiver that speaks for another destination.
        double.plan(json!({ "receiver": "99999999-2222-3333-4444-555555555555" })).await;
        step(&app, &clerk(&app).await, "retryForward", "RetryForwardInput", &case, json!({ "sink": "office" })).await;
        assert_eq!(carry(&carrier).await.sent, 1);
        let id = double.seen().await["submissions"][0]["id"].clone();
        double.act(&id, "accept-submission", Value::Null).await;
        app.clock.pass_seconds(3_600);
        carry(&carrier).await;
        assert_eq!(forward(&app, &case).await["state"], "SENT", "it was not the receiver who said so");
        // The receiver itself, about other envelopes than ours.
        double.plan(json!({})).await;
        let other = json!({ "authenticationTags": { "metadata": "x", "data": "y", "attachments": {} } });
        double.act(&id, "accept-submission", other).await;
        app.clock.pass_seconds(7_200);
        carry(&carrier).await;
        assert_eq!(forward(&app, &case).await["reason"], "ACCEPTED_SOMETHING_ELSE");
    })
    .await;
}

#[tokio::test]
async fn a_sink_for_decisions_gets_the_decision_and_a_rehearsal_goes_nowhere() {
    on_both_engines(async |database| {
        let (app, double) = (TestApp::start(database).await, Double::open().await);
        app.publish(&TestService::default().with(AFTER_DECISION)).await;
        let carrier = double.carrier(&app);
        let code = start(&app, None, "REHEARSAL").await;
        save(&app, &code, &car(1_800)).await;
        let finish = "mutation($code: String!) { finishRehearsal(code: $code) { rehearsal { outcome } } }";
        app.ask(finish, json!({ "code": code })).await;
        // A heavy car is for people: nothing is decided yet.
        let (_, heavy) = handed_in(&app, 5_000).await;
        let open = app.ask_as(Some(&clerk(&app).await), FORWARDS, json!({ "id": heavy })).await;
        assert_eq!(open.data("case.forwards"), &json!([]));
        let (_, light) = handed_in(&app, 1_800).await;
        assert_eq!(forward(&app, &light).await["state"], "WAITING");
        assert_eq!(carry(&carrier).await.sent, 1);
        let seen = double.seen().await;
        assert_eq!(seen["submissions"].as_array().map(Vec::len), Some(1));
        let data = seen["submissions"][0]["data"]["content"].as_str().expect("opened").to_owned();
        assert!(data.contains("ergebnis>granted<"), "{data}");
        let whole = app.ask_as(Some(&clerk(&app).await), CASE, json!({ "id": light })).await;
        assert_eq!(whole.data("case.historyIntact"), true, "{whole:?}");
    })
    .await;
}
