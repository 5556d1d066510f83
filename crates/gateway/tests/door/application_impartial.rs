//! Nobody at the city works on a case of their own, and who may do something is asked before what they wrote is read.

use serde_json::{Value, json};
use testkit::{TestApp, TestService, on_both_engines};

use crate::application_support::{by, car, save, start, step, submit};

/// A case that this member of staff handed in as a citizen.
async fn own_case(app: &TestApp, token: &str) -> Value {
    let code = start(app, Some(token), "REAL").await;
    save(app, &code, &car(1_800)).await;
    let submitted = submit(app, Some(token), &code).await;
    submitted.data("submitApplication.receipt.caseId").clone()
}

#[tokio::test]
async fn nobody_works_on_a_case_of_their_own() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        app.publish(&TestService::default().degree("assist")).await;
        let (clerk, colleague) = (app.token("clerk.mitte").await, app.token("lead.mitte").await);
        let case = own_case(&app, &clerk).await;
        let granted = json!({ "outcome": "GRANTED", "reasons": [{ "text": "Weil ich es bin." }] });
        let change = json!({ "changes": [{ "set": { "path": "vehicle.weight", "value": 1 } }], "reason": "Waage" });
        let steps = [
            ("claimCase", "CaseStepInput", json!({})),
            ("requestItems", "RequestItemsInput", json!({ "items": ["Schein"] })),
            ("correctData", "CorrectDataInput", change),
            ("draftDecision", "DraftDecisionInput", granted.clone()),
            ("approveDecision", "ApproveDecisionInput", json!({ "verdict": "APPROVE" })),
            ("deliverDecision", "DeliverDecisionInput", json!({ "channel": "PORTAL" })),
            ("closeCase", "CaseStepInput", json!({})),
            ("reopenCase", "ReopenCaseInput", json!({ "reason": "NEW_FACTS" })),
        ];
        let refused = async |when: &str| {
            for (field, input, more) in &steps {
                let answer = step(&app, &clerk, field, input, &case, more.clone()).await;
                let code = answer.data(&format!("{field}.problem.code"));
                assert_eq!(code, "OWN_CASE", "{field} {when}: {answer:?}");
            }
        };
        refused("while it is open").await;
        let told = app
            .ask_as(
                Some(&clerk),
                "mutation($input: CaseStepInput!) { claimCase(input: $input) { problem { legalReference } } }",
                json!({ "input": { "case": case, "idempotencyKey": app.key() } }),
            )
            .await;
        assert_eq!(told.data("claimCase.problem.legalReference"), "§ 20 Abs. 1 Satz 1 Nr. 1 VwVfG");

        // A colleague does, and at no stage the one whose case it is.
        for (field, input, more) in [
            ("claimCase", "CaseStepInput", json!({})),
            ("draftDecision", "DraftDecisionInput", granted),
            ("approveDecision", "ApproveDecisionInput", json!({ "verdict": "APPROVE" })),
            ("deliverDecision", "DeliverDecisionInput", json!({ "channel": "PORTAL" })),
            ("closeCase", "CaseStepInput", json!({})),
        ] {
            let done = step(&app, &colleague, field, input, &case, more).await;
            assert_eq!(done.data(&format!("{field}.problem")), &Value::Null, "{field}: {done:?}");
            refused(field).await;
        }
    })
    .await;
}

#[tokio::test]
async fn taking_part_is_enough_also_for_whoever_was_invited() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        app.publish(&TestService::default().degree("assist").with_partner()).await;
        let clerk = app.token("clerk.mitte").await;
        let code = start(&app, None, "REAL").await;
        save(&app, &code, &car(1_800)).await;
        let invite = "mutation($input: InvitePartyInput!) { inviteParty(input: $input) { code } }";
        let invited = app.ask(invite, json!({ "input": { "access": by(&code), "role": "partner" } })).await;
        let join = "mutation($code: String!) { joinParty(code: $code) { code problem { code } } }";
        let joined = app.ask_as(Some(&clerk), join, json!({ "code": invited.data("inviteParty.code") })).await;
        let partner = joined.data("joinParty.code").clone();
        save(&app, &partner, &[("partner.name", json!("Ich Selbst"))]).await;
        let sha256 = crate::application_support::summary(&app, &partner).await;
        let consent = "mutation($input: ConsentInput!) { consentToApplication(input: $input) { problem { code } } }";
        app.ask_as(Some(&clerk), consent, json!({ "input": { "access": by(&partner), "summarySha256": sha256 } }))
            .await;
        let submitted = submit(&app, None, &code).await;
        let case = submitted.data("submitApplication.receipt.caseId").clone();
        assert_ne!(case, Value::Null, "{submitted:?}");
        let refused = step(&app, &clerk, "claimCase", "CaseStepInput", &case, json!({})).await;
        assert_eq!(refused.data("claimCase.problem.code"), "OWN_CASE", "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn who_may_is_asked_before_what_they_wrote() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        app.publish(&TestService::default().degree("assist")).await;
        let (_, case) = crate::application_support::handed_in(&app, 1_000).await;
        let nord = app.token("clerk.nord").await;
        for (field, input, nonsense, words) in [
            ("draftDecision", "DraftDecisionInput", json!({ "outcome": "REFUSED", "reasons": [] }), "REASONS_MISSING"),
            ("correctData", "CorrectDataInput", json!({ "changes": [], "reason": " " }), "REASON_MISSING"),
            ("requestItems", "RequestItemsInput", json!({ "items": [] }), "NOTHING_ASKED"),
        ] {
            let refused = step(&app, &nord, field, input, &case, nonsense.clone()).await;
            assert_eq!(refused.data(&format!("{field}.problem.code")), "NOT_FOUND", "{refused:?}");
            let nobody = json!({ "input": {
                "case": case, "idempotencyKey": app.key(), "outcome": nonsense["outcome"], "reasons": nonsense["reasons"],
                "changes": nonsense["changes"], "reason": nonsense["reason"], "items": nonsense["items"],
            } });
            let mut nobody = nobody;
            if let Some(fields) = nobody["input"].as_object_mut() {
                fields.retain(|_, value| !value.is_null());
            }
            let query = format!("mutation($input: {input}!) {{ {field}(input: $input) {{ problem {{ code }} }} }}");
            assert_eq!(app.ask(&query, nobody).await.code(), "FORBIDDEN", "{field}");
            // The control: whoever may hears about the words.
            let clerk = app.token("clerk.mitte").await;
            let told = step(&app, &clerk, field, input, &case, nonsense).await;
            assert_eq!(told.data(&format!("{field}.problem.code")), words, "{told:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_quota_below_nothing_is_refused() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        app.publish(&TestService::default()).await;
        let lead = app.token("lead.mitte").await;
        let set = async |most: i64| {
            let input = json!({
                "service": crate::booking_support::service_id("parking"), "most": most,
                "from": "2026-01-01T00:00:00Z", "until": "2027-01-01T00:00:00Z",
            });
            let query = "mutation($input: SetServiceQuotaInput!) {
                setServiceQuota(input: $input) { done problem { code } } }";
            app.ask_as(Some(&lead), query, json!({ "input": input })).await
        };
        let refused = set(-1).await;
        assert_eq!(refused.data("setServiceQuota.problem.code"), "QUOTA_INVALID", "{refused:?}");
        let none = set(0).await;
        assert_eq!(none.data("setServiceQuota.done"), true, "{none:?}");
    })
    .await;
}
