//! What time and second thoughts do to applications: clocks, corrections, withdrawals, forgotten drafts.

use domain::permission::Actor;
use serde_json::{Value, json};
use testkit::{Answer, TestApp, TestService, on_both_engines};

use crate::application_support::{CASE, START, by, car, handed_in, save, start, status, step, submit};
use crate::booking_support::service_id;

const DAY: i64 = 24 * 3600;

async fn worked(app: &TestApp) -> applications::Worked {
    app.application.applications.work_through(&Actor::System).await.expect("the worker works")
}

async fn seen(app: &TestApp, case: &Value) -> Answer {
    let clerk = app.token("clerk.mitte").await;
    app.ask_as(Some(&clerk), CASE, json!({ "id": case })).await
}

async fn keys(app: &TestApp) -> i64 {
    let rows = app.application.database.rows("SELECT COUNT(*) FROM subject_key", vec![]).await.expect("readable");
    rows[0].at(0).expect("a number")
}

#[tokio::test]
async fn silence_means_consent_only_while_the_citys_clock_runs() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        let fiction = "[fiction]\nperiod = \"P3M\"\nlegal_basis = \"§ 6a Abs. 1 GewO\"\n";
        app.publish(&TestService::default().degree("assist").with(fiction)).await;
        let (code, silent) = handed_in(&app, 1_000).await;
        let (_, asked) = handed_in(&app, 1_000).await;
        let clerk = app.token("clerk.mitte").await;
        step(&app, &clerk, "claimCase", "CaseStepInput", &asked, json!({})).await;
        step(&app, &clerk, "requestItems", "RequestItemsInput", &asked, json!({ "items": ["Bitte."] })).await;
        app.clock.pass_seconds(91 * DAY);
        assert_eq!(worked(&app).await.moved, 0, "three months are not over");
        app.clock.pass_seconds(3 * DAY);
        assert_eq!(worked(&app).await.moved, 1);
        assert_eq!(worked(&app).await.moved, 0, "once");
        let seen_silent = seen(&app, &silent).await;
        assert_eq!(seen_silent.data("case.case.outcome"), "DEEMED_GRANTED", "{seen_silent:?}");
        assert_eq!(seen(&app, &asked).await.data("case.case.state"), "AWAITING_APPLICANT");
        // The certificate is a task; once it is announced and nobody objects, the case rests.
        let clerk = app.token("clerk.mitte").await;
        step(&app, &clerk, "deliverDecision", "DeliverDecisionInput", &silent, json!({ "channel": "POST" })).await;
        assert_eq!(status(&app, &code).await["notice"]["reasons"][0]["legalReference"], "§ 6a Abs. 1 GewO");
        app.clock.pass_seconds(40 * DAY);
        worked(&app).await;
        assert_eq!(seen(&app, &silent).await.data("case.case.state"), "CLOSED");
        let object =
            "mutation($input: ObjectToDecisionInput!) { objectToDecision(input: $input) { problem { code } } }";
        let input = json!({ "access": by(&code), "text": "Zu spät.", "idempotencyKey": app.key() });
        let late = app.ask(object, json!({ "input": input })).await;
        assert_eq!(late.data("objectToDecision.problem.code"), "TOO_LATE", "{late:?}");
    })
    .await;
}

#[tokio::test]
async fn what_nobody_goes_on_with_is_deleted_with_its_key() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        app.publish(&TestService::default()).await;
        let (real, rehearsal) = (start(&app, None, "REAL").await, start(&app, None, "REHEARSAL").await);
        let (kept, _) = handed_in(&app, 1_000).await;
        app.clock.pass_seconds(20 * DAY);
        save(&app, &real, &car(1_000)).await;
        app.clock.pass_seconds(20 * DAY);
        assert_eq!(worked(&app).await.expired, 1, "the rehearsal; the draft was edited");
        app.clock.pass_seconds(20 * DAY);
        assert_eq!(worked(&app).await.expired, 1);
        let query = "query($access: ApplicationAccessInput!) { draft(access: $access) { rev } }";
        for code in [&real, &rehearsal] {
            let gone = app.ask(query, json!({ "access": by(code) })).await;
            assert_eq!(gone.data("draft"), &Value::Null, "{gone:?}");
        }
        assert_eq!(status(&app, &kept).await["status"], "COMPLETED", "the control: what was handed in stays");
        assert_eq!(keys(&app).await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_taken_back_makes_room_for_the_next() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        app.publish(&TestService::default().degree("assist")).await;
        let operator = app.token("operator").await;
        let quota = "mutation($input: SetServiceQuotaInput!) { setServiceQuota(input: $input) { done problem { code } } }";
        let input = json!({
            "service": service_id("parking"), "from": "2026-11-01T00:00:00Z", "until": "2026-12-01T00:00:00Z", "most": 1,
        });
        let set = app.ask_as(Some(&operator), quota, json!({ "input": input })).await;
        assert_eq!(set.data("setServiceQuota.done"), true, "{set:?}");
        let (first, case) = handed_in(&app, 1_000).await;
        let second = start(&app, None, "REAL").await;
        save(&app, &second, &car(1_000)).await;
        let full = submit(&app, None, &second).await;
        assert_eq!(full.data("submitApplication.problem.code"), "QUOTA_EXHAUSTED", "{full:?}");
        let withdraw = "mutation($input: WithdrawApplicationInput!) { withdrawApplication(input: $input) {
            status { status notice { outcome objectionUntil } } problem { code } } }";
        let input = json!({ "access": by(&first), "idempotencyKey": app.key() });
        for _ in 0..2 {
            let taken = app.ask(withdraw, json!({ "input": input })).await;
            assert_eq!(taken.data("withdrawApplication.status.notice.outcome"), "WITHDRAWN", "{taken:?}");
            assert_eq!(taken.data("withdrawApplication.status.notice.objectionUntil"), &Value::Null);
        }
        let again = json!({ "access": by(&first), "idempotencyKey": app.key() });
        let again = app.ask(withdraw, json!({ "input": again })).await;
        assert_eq!(again.data("withdrawApplication.problem.code"), "WRONG_STATE", "{again:?}");
        assert_eq!(seen(&app, &case).await.data("case.historyIntact"), true);
        let room = submit(&app, None, &second).await;
        assert_eq!(room.data("submitApplication.problem"), &Value::Null, "{room:?}");
    })
    .await;
}

#[tokio::test]
async fn answers_are_corrected_with_a_reason_and_handed_out_to_whom_they_belong() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        app.publish(&TestService::default().degree("assist")).await;
        let (code, case) = handed_in(&app, 1_000).await;
        let clerk = app.token("clerk.mitte").await;
        step(&app, &clerk, "claimCase", "CaseStepInput", &case, json!({})).await;
        let change = |value: u32, reason: &str| {
            json!({ "changes": [{ "set": { "path": "vehicle.weight", "value": value } }], "reason": reason })
        };
        let silent = step(&app, &clerk, "correctData", "CorrectDataInput", &case, change(1_200, " ")).await;
        assert_eq!(silent.data("correctData.problem.code"), "REASON_MISSING", "{silent:?}");
        let corrected = change(1_200, "laut Fahrzeugschein");
        let corrected = step(&app, &clerk, "correctData", "CorrectDataInput", &case, corrected).await;
        assert_eq!(corrected.data("correctData.problem"), &Value::Null, "{corrected:?}");
        let now = seen(&app, &case).await;
        assert_eq!(now.data("case.case.revision"), 2);
        assert!(now.body.to_string().contains("1200") && !now.body.to_string().contains("1000,"), "{now:?}");

        let export = "query($access: ApplicationAccessInput!) { exportApplication(access: $access) }";
        let export = app.ask(export, json!({ "access": by(&code) })).await;
        let document: Value = serde_json::from_str(export.data("exportApplication").as_str().expect("a text")).unwrap();
        assert_eq!(document["answers"]["applicant.name"], "Eva Beispiel");
        assert_eq!(document["answers"]["vehicle.weight"], 1_200);
        assert_eq!(document["case"]["events"].as_array().map(Vec::len), Some(4));
    })
    .await;
}

#[tokio::test]
async fn beginning_twice_with_one_key_is_one_draft_and_giving_up_leaves_nothing() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        app.publish(&TestService::default()).await;
        let input = json!({ "service": service_id("parking"), "idempotencyKey": app.key() });
        let first = app.ask(START, json!({ "input": input })).await;
        let again = app.ask(START, json!({ "input": input })).await;
        assert_eq!(first.data("startDraft.code"), again.data("startDraft.code"));
        let other =
            json!({ "service": service_id("parking"), "kind": "REHEARSAL", "idempotencyKey": input["idempotencyKey"] });
        assert_eq!(app.ask(START, json!({ "input": other })).await.code(), "IDEMPOTENCY_MISMATCH");
        let unknown = json!({ "service": service_id("nothing"), "idempotencyKey": app.key() });
        let unknown = app.ask(START, json!({ "input": unknown })).await;
        assert_eq!(unknown.data("startDraft.problem.code"), "UNKNOWN_SERVICE", "{unknown:?}");
        let counter = json!({ "service": service_id("parking"), "intake": "COUNTER", "idempotencyKey": app.key() });
        let refused = app.ask(START, json!({ "input": counter })).await;
        assert_eq!(refused.code(), "FORBIDDEN", "{refused:?}");
        let clerk = app.token("clerk.mitte").await;
        let at_the_counter = app.ask_as(Some(&clerk), START, json!({ "input": counter })).await;
        assert_eq!(at_the_counter.data("startDraft.problem"), &Value::Null, "{at_the_counter:?}");

        let abandon =
            "mutation($access: ApplicationAccessInput!) { abandonDraft(access: $access) { done problem { code } } }";
        let before = keys(&app).await;
        let code = first.data("startDraft.code");
        let gone = app.ask(abandon, json!({ "access": by(code) })).await;
        assert_eq!(gone.data("abandonDraft.done"), true, "{gone:?}");
        assert_eq!(keys(&app).await, before - 1);
        let twice = app.ask(abandon, json!({ "access": by(code) })).await;
        assert_eq!(twice.data("abandonDraft.problem.code"), "NOT_FOUND");
    })
    .await;
}
