//! Letters about cases: issued with what they tell of, the same to the byte for ever, and genuine or not to whoever asks.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use testkit::{TestApp, TestService, on_both_engines, pages_of, qr_codes_of};

use crate::application_support::{by, handed_in, step};
use crate::town::Town;

pub(super) const LETTERS: &str = "query($access: ApplicationAccessInput!) {
    applicationLetters(access: $access) { id occasion issuedAt revokedAt } }";
const LETTER: &str = "query($access: ApplicationAccessInput!, $letter: ID!, $language: Language!) {
    applicationLetter(access: $access, letterId: $letter, language: $language) { name mediaType content sha256 } }";
pub(super) const VERIFY: &str = "query($code: String!) {
    verifyDocument(code: $code) { title occasion issuedOn standing validUntil } }";

/// The letters about a case, oldest first.
pub(super) async fn letters(app: &TestApp, code: &Value) -> Vec<Value> {
    let letters = app.ask(LETTERS, json!({ "access": by(code) })).await;
    letters.data("applicationLetters").as_array().unwrap_or_else(|| panic!("{letters:?}")).clone()
}

/// One of them: the PDF, and its hash.
pub(super) async fn fetched(app: &TestApp, code: &Value, letter: &Value, language: &str) -> (Vec<u8>, String) {
    let variables = json!({ "access": by(code), "letter": letter["id"], "language": language });
    let file = app.ask(LETTER, variables).await;
    assert_eq!(file.data("applicationLetter.mediaType"), "application/pdf", "{:.300}", format!("{file:?}"));
    let content = file.data("applicationLetter.content").as_str().expect("base64");
    let sha256 = file.data("applicationLetter.sha256").as_str().expect("a hash").to_owned();
    (STANDARD.decode(content).expect("base64"), sha256)
}

/// The code in the QR code of a letter.
pub(super) fn verification_code(pdf: &[u8]) -> String {
    let codes = qr_codes_of(pdf);
    let links: Vec<&str> = codes.iter().filter_map(|text| text.strip_prefix("https://stadt.example/verify/")).collect();
    assert_eq!(links.len(), 1, "{codes:?}");
    links[0].to_owned()
}

pub(super) async fn verified(app: &TestApp, code: &str) -> Value {
    app.ask(VERIFY, json!({ "code": code })).await.data("verifyDocument").clone()
}

#[tokio::test]
async fn a_letter_is_the_same_to_the_byte_whoever_writes_it_again_and_whenever() {
    on_both_engines(async |database| {
        let app = TestApp::start(database.clone()).await;
        app.publish(&TestService::default()).await;
        let (code, _) = handed_in(&app, 1_000).await;
        let issued = letters(&app, &code).await;
        let occasions: Vec<&Value> = issued.iter().map(|letter| &letter["occasion"]).collect();
        assert_eq!(occasions, ["RECEIPT", "GRANT"], "{issued:?}");
        let (pdf, sha256) = fetched(&app, &code, &issued[1], "GERMAN").await;
        assert!(pdf.starts_with(b"%PDF-1.7") && pages_of(&pdf) == 1);

        // A year later, in another process, after the service got a new version with other words.
        app.publish(&TestService::default().title("Ausweis fürs Parken")).await;
        let later = TestApp::start(database).await;
        later.clock.pass_seconds(365 * 24 * 3600);
        assert_eq!(fetched(&later, &code, &issued[1], "GERMAN").await, (pdf.clone(), sha256));
        // The control: another letter, another language, another hash.
        assert_ne!(fetched(&later, &code, &issued[0], "GERMAN").await.0, pdf);
        let explained = fetched(&later, &code, &issued[1], "PLAIN_GERMAN").await.0;
        assert_eq!(pages_of(&explained), 2, "a page in plain German explains it");

        // Strangers get nothing, of a letter that exists as of one that does not.
        let (other, _) = handed_in(&app, 1_000).await;
        for letter in [&issued[1]["id"], &json!("ffffffffffffffffffffffffffffffff"), &json!("x")] {
            let variables = json!({ "access": by(&other), "letter": letter, "language": "GERMAN" });
            let foreign = app.ask(LETTER, variables).await;
            assert_eq!(foreign.data("applicationLetter"), &Value::Null, "{foreign:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_holds_a_letter_learns_whether_it_is_genuine_and_nothing_else() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        let app = &town.app;
        app.publish(&TestService::default().degree("assist")).await;
        let (code, case) = handed_in(app, 1_000).await;
        let clerk = app.token("clerk.mitte").await;
        let decide = async |outcome: &str| {
            step(app, &clerk, "claimCase", "CaseStepInput", &case, json!({})).await;
            let decision = json!({ "outcome": outcome, "reasons": [{ "text": "Eva Beispiel wohnt dort." }] });
            step(app, &clerk, "draftDecision", "DraftDecisionInput", &case, decision).await;
            step(app, &clerk, "approveDecision", "ApproveDecisionInput", &case, json!({})).await;
            let channel = json!({ "channel": "PORTAL" });
            let done = step(app, &clerk, "deliverDecision", "DeliverDecisionInput", &case, channel).await;
            assert_eq!(done.data("deliverDecision.problem"), &Value::Null, "{done:?}");
        };
        decide("REFUSED").await;
        let refusal = letters(app, &code).await[1].clone();
        let (pdf, _) = fetched(app, &code, &refusal, "GERMAN").await;
        let link = verification_code(&pdf);
        let answer = verified(app, &link).await;
        assert_eq!(
            answer,
            json!({ "title": "Parkausweis", "occasion": "REFUSE", "issuedOn": "2026-11-23", "standing": "VALID",
                    "validUntil": null })
        );
        let page = town.open(&format!("/verify/{}", link.replace('-', ""))).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("Dieser Brief ist echt") && page.text.contains("Ablehnung"), "{}", page.text);
        assert!(!page.text.contains("Eva") && !page.text.contains("Beispiel"), "{}", page.text);

        // A code that is nearly right stands on no letter.
        let forged = format!("{}{}", &link[..link.len() - 1], if link.ends_with('0') { '1' } else { '0' });
        for wrong in [forged.as_str(), "K7M4", "", code.as_str().expect("a code")] {
            assert_eq!(verified(app, wrong).await, Value::Null, "{wrong}");
        }
        let page = town.open(&format!("/verify/{forged}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);

        // A second decision takes the place of the first.
        let object =
            "mutation($input: ObjectToDecisionInput!) { objectToDecision(input: $input) { problem { code } } }";
        let input = json!({ "access": by(&code), "text": "Ich wohne dort.", "idempotencyKey": app.key() });
        app.ask(object, json!({ "input": input })).await;
        assert_eq!(verified(app, &link).await["standing"], "VALID", "an objection alone changes nothing");
        decide("GRANTED").await;
        assert_eq!(verified(app, &link).await["standing"], "REVOKED");
        let page = town.open(&format!("/verify/{link}?language=en")).await;
        assert!(page.text.contains("does not hold any more"), "{}", page.text);
        let issued = letters(app, &code).await;
        assert!(!issued[1]["revokedAt"].is_null() && issued[2]["revokedAt"].is_null(), "{issued:?}");
        let (pdf, _) = fetched(app, &code, &issued[2], "GERMAN").await;
        assert_eq!(verified(app, &verification_code(&pdf)).await["standing"], "VALID");
    })
    .await;
}

#[tokio::test]
async fn what_was_asked_for_is_a_letter_and_erasing_a_case_leaves_none() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        app.publish(&TestService::default().degree("assist")).await;
        let (code, case) = handed_in(&app, 1_000).await;
        let clerk = app.token("clerk.mitte").await;
        step(&app, &clerk, "claimCase", "CaseStepInput", &case, json!({})).await;
        let asked = json!({ "items": ["Fahrzeugschein #panic(\"x\") *fett*"] });
        step(&app, &clerk, "requestItems", "RequestItemsInput", &case, asked).await;
        let issued = letters(&app, &code).await;
        assert_eq!(issued[1]["occasion"], "REQUEST", "{issued:?}");
        let (pdf, _) = fetched(&app, &code, &issued[1], "ENGLISH").await;
        assert_eq!(pages_of(&pdf), 2);
        let link = verification_code(&pdf);
        assert_eq!(verified(&app, &link).await["occasion"], "REQUEST");

        let withdraw = "mutation($input: WithdrawApplicationInput!) { withdrawApplication(input: $input) {
            problem { code } } }";
        let input = json!({ "access": by(&code), "idempotencyKey": app.key() });
        app.ask(withdraw, json!({ "input": input })).await;
        assert_eq!(letters(&app, &code).await[2]["occasion"], "END");
        step(&app, &clerk, "closeCase", "CaseStepInput", &case, json!({})).await;
        let operator = app.token("operator").await;
        let erase = "mutation($case: ID!) { eraseCase(case: $case) { problem { code } } }";
        let erased = app.ask_as(Some(&operator), erase, json!({ "case": case })).await;
        assert_eq!(erased.data("eraseCase.problem"), &Value::Null, "{erased:?}");
        assert_eq!(verified(&app, &link).await, Value::Null);
        let rows = app.application.database.rows("SELECT COUNT(*) FROM case_letter", vec![]).await.expect("readable");
        assert_eq!(rows[0].at::<i64>(0).expect("a number"), 0);
    })
    .await;
}
