//! What stories of applications have in common.

use serde_json::{Value, json};
use testkit::{Answer, TestApp};

use crate::booking_support::service_id;

pub(super) const START: &str = "mutation($input: StartDraftInput!) { startDraft(input: $input) {
    code draft { id rev kind version steps { key } errors { path code } parties { role state } } problem { code } } }";
pub(super) const SAVE: &str = "mutation($input: SaveAnswersInput!) { saveAnswers(input: $input) {
    draft { rev complete state answers { path value } errors { path code message } parties { role state } }
    problem { code fields { path code } } } }";
pub(super) const SUMMARY: &str = "query($access: ApplicationAccessInput!) { applicationSummary(access: $access) {
    sha256 draft { rev version role answers { path value } steps { key } parties { role state } } } }";
pub(super) const SUBMIT: &str = "mutation($input: SubmitApplicationInput!) { submitApplication(input: $input) {
    receipt { number caseId applicationId } problem { code roles fields { path code } neededTrust } } }";
pub(super) const STATUS: &str = "query($access: ApplicationAccessInput!) { caseStatus(access: $access) {
    status receiptNumber askedFor deadlines { kind dueAt pausedAt }
    notice { outcome automatic receivedOn objectionUntil reasons { text legalReference } } } }";
pub(super) const CASE: &str = "query($id: ID!) { case(id: $id) { case { state outcome revision clerkId }
    answers { path value } decision { outcome automatic traces } events { number kind facts } request { items answer }
    objection historyIntact historyBrokenAt decisionReplay deadlines { kind pausedAt } } }";
pub(super) const INBOX: &str = "query($office: ID!) { inbox(office: $office) {
    nodes { task dueAt case { id state receiptNumber } } pageInfo { hasNextPage } } }";

/// The right of whoever has a code.
pub(super) fn by(code: &Value) -> Value {
    json!({ "code": code })
}

/// Begins an application and gives its code.
pub(super) async fn start(app: &TestApp, token: Option<&str>, kind: &str) -> Value {
    let input = json!({ "service": service_id("parking"), "kind": kind, "idempotencyKey": app.key() });
    let started = app.ask_as(token, START, json!({ "input": input })).await;
    assert_eq!(started.data("startDraft.problem"), &Value::Null, "{started:?}");
    started.data("startDraft.code").clone()
}

/// Saves answers on top of the newest state.
pub(super) async fn save(app: &TestApp, code: &Value, answers: &[(&str, Value)]) -> Answer {
    let draft = app.ask(
        "query($access: ApplicationAccessInput!) { draft(access: $access) { rev } }",
        json!({ "access": by(code) }),
    );
    let rev = draft.await.data("draft.rev").clone();
    save_at(app, code, &rev, answers).await
}

/// Saves answers on top of a state.
pub(super) async fn save_at(app: &TestApp, code: &Value, rev: &Value, answers: &[(&str, Value)]) -> Answer {
    let changes: Vec<Value> =
        answers.iter().map(|(path, value)| json!({ "set": { "path": path, "value": value } })).collect();
    app.ask(SAVE, json!({ "input": { "access": by(code), "rev": rev, "changes": changes } })).await
}

/// The answers of somebody with a car of this weight.
pub(super) fn car(weight: u32) -> [(&'static str, Value); 3] {
    [("applicant.name", json!("Eva Beispiel")), ("vehicle.weight", json!(weight)), ("vehicle.own_garage", json!(false))]
}

/// The hash of the summary.
pub(super) async fn summary(app: &TestApp, code: &Value) -> Value {
    let summary = app.ask(SUMMARY, json!({ "access": by(code) })).await;
    summary.data("applicationSummary.sha256").clone()
}

/// Hands in what stands there now.
pub(super) async fn submit(app: &TestApp, token: Option<&str>, code: &Value) -> Answer {
    let input = json!({ "access": by(code), "summarySha256": summary(app, code).await, "submissionKey": app.key() });
    app.ask_as(token, SUBMIT, json!({ "input": input })).await
}

/// Begins, fills in and hands in; gives the code and the case.
pub(super) async fn handed_in(app: &TestApp, weight: u32) -> (Value, Value) {
    let code = start(app, None, "REAL").await;
    let saved = save(app, &code, &car(weight)).await;
    assert_eq!(saved.data("saveAnswers.draft.complete"), true, "{saved:?}");
    let submitted = submit(app, None, &code).await;
    assert_eq!(submitted.data("submitApplication.problem"), &Value::Null, "{submitted:?}");
    (code, submitted.data("submitApplication.receipt.caseId").clone())
}

/// How a case stands for its applicant.
pub(super) async fn status(app: &TestApp, code: &Value) -> Value {
    let status = app.ask(STATUS, json!({ "access": by(code) })).await;
    status.data("caseStatus").clone()
}

/// A step of staff that takes more than the case and a key.
pub(super) async fn step(app: &TestApp, token: &str, field: &str, input: &str, case: &Value, more: Value) -> Answer {
    let mutation = format!(
        "mutation($input: {input}!) {{ {field}(input: $input) {{ case {{ state outcome }} problem {{ code message }} }} }}"
    );
    let mut wanted = json!({ "case": case, "idempotencyKey": app.key() });
    for (name, value) in more.as_object().into_iter().flatten() {
        wanted[name] = value.clone();
    }
    app.ask_as(Some(token), &mutation, json!({ "input": wanted })).await
}
