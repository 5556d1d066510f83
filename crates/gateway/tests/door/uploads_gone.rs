//! Files go when nobody needs them: with the draft, with the case, when no answer names them, and when nobody knows them.

use std::fs::{self, File};
use std::time::{Duration, SystemTime};

use domain::permission::Actor;
use serde_json::{Value, json};
use testkit::{TestApp, TestService, on_both_engines};
use uuid::Uuid;

use crate::application_support::{by, car, save, start, step, submit};
use crate::upload_support::{Filing, announce, attach, look, pdf, put, sent, standing};

async fn rows(app: &TestApp, table: &str) -> i64 {
    let rows = app.application.database.rows(&format!("SELECT COUNT(*) FROM {table}"), vec![]).await;
    rows.expect("readable")[0].at(0).expect("a number")
}

#[tokio::test]
async fn files_go_with_their_draft_and_those_that_no_answer_names_when_it_is_handed_in() {
    on_both_engines(async |database| {
        let filing = Filing::start(database, None).await;
        let app = &filing.app;
        app.publish(&TestService::default().degree("assist")).await;
        let given_up = start(app, None, "REAL").await;
        sent(app, &given_up, "a.pdf", &pdf("", 2_000), "application/pdf").await;
        let abandon = "mutation($access: ApplicationAccessInput!) { abandonDraft(access: $access) { done } }";
        app.ask(abandon, json!({ "access": by(&given_up) })).await;
        assert!(filing.lies_there().is_empty(), "at once");

        let forgotten = start(app, None, "REAL").await;
        sent(app, &forgotten, "a.pdf", &pdf("", 2_000), "application/pdf").await;
        let rehearsed = start(app, None, "REHEARSAL").await;
        sent(app, &rehearsed, "a.pdf", &pdf("", 2_000), "application/pdf").await;
        let code = start(app, None, "REAL").await;
        save(app, &code, &car(1_800)).await;
        let kept = sent(app, &code, "a.pdf", &pdf("", 2_000), "application/pdf").await;
        let wrong = sent(app, &code, "b.pdf", &pdf("", 2_000), "application/pdf").await;
        look(app).await;
        attach(app, &code, &[&kept]).await;
        submit(app, None, &code).await;
        assert_eq!(standing(app, &code, &wrong).await, Value::Null);
        assert_eq!(standing(app, &code, &kept).await["state"], "CLEAN");
        app.application.applications.sweep_files(&Actor::System).await.expect("swept");
        assert_eq!(filing.lies_there().len(), 3);

        app.clock.pass_seconds(40 * 24 * 3_600);
        app.application.applications.work_through(&Actor::System).await.expect("a round");
        app.application.applications.sweep_files(&Actor::System).await.expect("swept");
        assert_eq!((filing.lies_there().len(), rows(app, "attachment").await), (1, 1), "what was handed in");
        assert_eq!(rows(app, "blob_garbage").await, 0);
    })
    .await;
}

#[tokio::test]
async fn erasing_a_case_erases_its_files_at_once() {
    on_both_engines(async |database| {
        let filing = Filing::start(database, None).await;
        let app = &filing.app;
        app.publish(&TestService::default().degree("assist")).await;
        let code = start(app, None, "REAL").await;
        save(app, &code, &car(1_800)).await;
        let id = sent(app, &code, "a.pdf", &pdf("", 2_000), "application/pdf").await;
        look(app).await;
        attach(app, &code, &[&id]).await;
        let submitted = submit(app, None, &code).await;
        let case = submitted.data("submitApplication.receipt.caseId").clone();
        let clerk = app.token("clerk.mitte").await;
        let decision = json!({ "outcome": "GRANTED", "reasons": [] });
        step(app, &clerk, "claimCase", "CaseStepInput", &case, json!({})).await;
        step(app, &clerk, "draftDecision", "DraftDecisionInput", &case, decision).await;
        step(app, &clerk, "approveDecision", "ApproveDecisionInput", &case, json!({ "verdict": "APPROVE" })).await;
        step(app, &clerk, "deliverDecision", "DeliverDecisionInput", &case, json!({ "channel": "PORTAL" })).await;
        let closed = step(app, &clerk, "closeCase", "CaseStepInput", &case, json!({})).await;
        assert_eq!(closed.data("closeCase.case.state"), "CLOSED", "{closed:?}");
        assert_eq!(filing.lies_there().len(), 1, "the control");
        let operator = app.token("operator").await;
        let erase = "mutation($case: ID!) { eraseCase(case: $case) { case { state } problem { code } } }";
        let erased = app.ask_as(Some(&operator), erase, json!({ "case": case })).await;
        assert_eq!(erased.data("eraseCase.case.state"), "ERASED", "{erased:?}");
        assert!(filing.lies_there().is_empty());
        assert_eq!((rows(app, "attachment").await, rows(app, "blob_garbage").await), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn what_nobody_knows_of_is_swept() {
    on_both_engines(async |database| {
        let filing = Filing::start(database, None).await;
        let app = &filing.app;
        app.publish(&TestService::default()).await;
        let code = start(app, None, "REAL").await;
        let place = announce(app, &code, "a.pdf", 2_000, "application/pdf").await;
        put(app, &place, &pdf("", 2_000)).await;
        let known = filing.lies_there();
        let folder = known[0].parent().expect("a folder").to_owned();
        let of_day = |millis: u64| uuid::Builder::from_unix_timestamp_millis(millis, &[7; 10]).into_uuid();
        let stranger = folder.join(of_day(1_700_000_000_000).simple().to_string());
        let now = u64::try_from(app.now().millis()).expect("after 1970");
        let young = folder.join(of_day(now - 60_000).simple().to_string());
        let half = folder.join(format!("{}#1", Uuid::nil().simple()));
        let arriving = folder.join(format!("{}#2", Uuid::nil().simple()));
        for path in [&stranger, &young, &half, &arriving] {
            fs::write(path, b"left behind").expect("written");
        }
        let long_ago = SystemTime::now() - Duration::from_hours(3);
        File::options().write(true).open(&half).and_then(|file| file.set_modified(long_ago)).expect("older");
        let swept = app.application.applications.sweep_strangers(&Actor::System).await.expect("swept");
        assert_eq!(swept, 2);
        assert!(known[0].exists() && young.exists() && arriving.exists());
        assert!(!stranger.exists() && !half.exists());
    })
    .await;
}
