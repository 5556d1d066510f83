//! Several people in one application: own parts, one identity each, consent to exactly what stands there.

use serde_json::{Value, json};
use testkit::{Answer, TestApp, TestService, on_both_engines};

use crate::application_support::{SUMMARY, by, car, save, start, submit, summary};

const INVITE: &str = "mutation($input: InvitePartyInput!) { inviteParty(input: $input) { code problem { code } } }";
const JOIN: &str =
    "mutation($code: String!) { joinParty(code: $code) { code draft { role } problem { code neededTrust } } }";
const CONSENT: &str = "mutation($input: ConsentInput!) { consentToApplication(input: $input) {
    draft { parties { role state } } problem { code fields { path } } } }";

async fn invite(app: &TestApp, code: &Value) -> Value {
    let input = json!({ "access": by(code), "role": "partner" });
    let invited = app.ask(INVITE, json!({ "input": input })).await;
    assert_eq!(invited.data("inviteParty.problem"), &Value::Null, "{invited:?}");
    invited.data("inviteParty.code").clone()
}

async fn join(app: &TestApp, token: Option<&str>, code: &Value) -> Answer {
    app.ask_as(token, JOIN, json!({ "code": code })).await
}

async fn consent(app: &TestApp, code: &Value, sha256: &Value) -> Answer {
    let input = json!({ "access": by(code), "summarySha256": sha256 });
    app.ask(CONSENT, json!({ "input": input })).await
}

#[tokio::test]
async fn whoever_agrees_agrees_to_exactly_this_and_any_change_voids_it() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        app.publish(&TestService::default().with_partner()).await;
        let first = start(&app, None, "REAL").await;
        save(&app, &first, &car(1_800)).await;
        let alone = submit(&app, None, &first).await;
        let fields = alone.data("submitApplication.problem.fields");
        assert_eq!(fields, &json!([{ "path": "", "code": "OTHER_PARTY" }]), "no word about whose or what: {alone:?}");
        let invitation = invite(&app, &first).await;
        let joined = join(&app, None, &invitation).await;
        assert_eq!(joined.data("joinParty.draft.role"), "partner", "{joined:?}");
        let second = joined.data("joinParty.code").clone();
        let used = join(&app, None, &invitation).await;
        assert_eq!(used.data("joinParty.problem.code"), "NOT_FOUND", "it works once: {used:?}");

        // Each sees and changes the own part alone.
        let foreign = save(&app, &second, &[("vehicle.weight", json!(1_000))]).await;
        assert_eq!(foreign.data("saveAnswers.problem.code"), "NOT_YOUR_SECTION", "{foreign:?}");
        save(&app, &second, &[("partner.name", json!("Otto Geheim"))]).await;
        let read = app.ask(SUMMARY, json!({ "access": by(&first) })).await;
        assert!(!read.body.to_string().contains("Geheim"), "{read:?}");
        let own = app.ask(SUMMARY, json!({ "access": by(&second) })).await;
        assert!(own.body.to_string().contains("Geheim"), "the control: {own:?}");
        assert!(!own.body.to_string().contains("Eva Beispiel"));

        let early = submit(&app, None, &first).await;
        assert_eq!(early.data("submitApplication.problem.code"), "CONSENT_MISSING", "{early:?}");
        assert_eq!(early.data("submitApplication.problem.roles"), &json!(["partner"]));
        let stale = consent(&app, &second, &json!("0".repeat(64))).await;
        assert_eq!(stale.data("consentToApplication.problem.code"), "SUMMARY_CHANGED", "{stale:?}");
        let agreed = consent(&app, &second, &summary(&app, &second).await).await;
        assert_eq!(agreed.data("consentToApplication.draft.parties.1.state"), "CONSENTED", "{agreed:?}");

        let changed = save(&app, &first, &[("vehicle.weight", json!(1_900))]).await;
        assert_eq!(changed.data("saveAnswers.draft.parties.1.state"), "SECTION_DONE", "{changed:?}");
        let void = submit(&app, None, &first).await;
        assert_eq!(void.data("submitApplication.problem.code"), "CONSENT_MISSING", "{void:?}");
        consent(&app, &second, &summary(&app, &second).await).await;
        let done = submit(&app, None, &first).await;
        assert_eq!(done.data("submitApplication.problem"), &Value::Null, "{done:?}");
        let late = consent(&app, &second, &json!("0".repeat(64))).await;
        assert!(!late.data("consentToApplication.problem").is_null(), "{late:?}");
    })
    .await;
}

#[tokio::test]
async fn nobody_is_two_parties_and_a_second_invitation_voids_the_first() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        app.publish(&TestService::default().with_partner()).await;
        let (eva, otto) = (app.token("eva@example.org").await, app.token("otto@example.org").await);
        let first = start(&app, Some(&eva), "REAL").await;
        let old = invite(&app, &first).await;
        let invitation = invite(&app, &first).await;
        let voided = join(&app, Some(&otto), &old).await;
        assert_eq!(voided.data("joinParty.problem.code"), "NOT_FOUND", "{voided:?}");
        let same = join(&app, Some(&eva), &invitation).await;
        assert_eq!(same.data("joinParty.problem.code"), "SAME_PERSON", "{same:?}");
        let other = join(&app, Some(&otto), &invitation).await;
        assert_eq!(other.data("joinParty.draft.role"), "partner", "the control: {other:?}");
        let mine = app.ask_as(Some(&otto), "{ myApplications { service role state } }", json!({})).await;
        assert_eq!(mine.data("myApplications.0.role"), "partner", "{mine:?}");
    })
    .await;
}

#[tokio::test]
async fn an_identity_that_is_not_sure_enough_is_told_so() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        app.publish(&TestService::default().with_partner().trust("high")).await;
        let first = start(&app, None, "REAL").await;
        let invitation = invite(&app, &first).await;
        let refused = join(&app, None, &invitation).await;
        assert_eq!(refused.data("joinParty.problem.code"), "TRUST_TOO_LOW", "{refused:?}");
        assert_eq!(refused.data("joinParty.problem.neededTrust"), "HIGH");
    })
    .await;
}
