//! The residents' parking permit as it is shipped, from the blank form to a warden without network.

use std::collections::BTreeMap;

use applications::{PermitCheck, PressedButton, check_permit, read_register};
use chrono::NaiveDate;
use domain::identifier::Key;
use domain::permission::Actor;
use identity::is_stamped;
use serde_json::{Value, json};
use testkit::{TestApp, on_both_engines, qr_codes_of};

use crate::application_letters::{fetched, letters, verification_code, verified};
use crate::application_shipped::{FORM, files, services};
use crate::application_support::{CASE, START, by, save, status, step, submit};
use crate::booking_support::service_id;
use crate::payments::{at_bank, hear, press};
use crate::town::Town;
use crate::upload_support::sent_for;

/// Publishes the permit as it is shipped, but for two things that a test cannot have: nobody proves who they are, and no
/// case is drawn for people to look at.
async fn publish(app: &TestApp) {
    let root = services().join("bewohnerparken");
    let mut found = BTreeMap::new();
    files(&root, &root, &mut found);
    let service = found.get_mut("service.toml").expect("service.toml");
    *service = service.replace("trust = \"substantial\"", "trust = \"none\"");
    *service = service.replace("trust = \"low\"", "trust = \"none\"");
    *service = service.replace("sample_permille = 50", "sample_permille = 0");
    let command = applications::PublishDefinition {
        files: found,
        team: Key::new("mitte").expect("a key"),
        drafts: applications::OlderDrafts::Keep,
    };
    let done = app.application.applications.publish_definition(&Actor::System, &command).await;
    done.unwrap_or_else(|failure| panic!("it is refused: {failure:?}"));
}

/// Fills in the form; gives the code.
async fn filled(app: &TestApp, changes: &[(&str, Value)]) -> Value {
    let input = json!({ "service": service_id("bewohnerparken"), "idempotencyKey": app.key() });
    let started = app.ask(START, json!({ "input": input })).await;
    let code = started.data("startDraft.code").clone();
    let certificate = json!([{ "id": sent_for(app, &code, "vehicle.certificate").await }]);
    let address = json!({ "street": "Beispielstr.", "number": "7", "postcode": "30167", "town": "Hannover" });
    let mut answers: BTreeMap<&str, Value> = [
        ("request.kind", json!("new")),
        ("request.months", json!("twelve")),
        ("request.start", json!("2026-12-01")),
        ("person.name", json!("Eva Beispiel")),
        ("person.birth_date", json!("1990-05-17")),
        ("person.email", json!("eva@example.org")),
        ("home.address", address),
        ("home.residence", json!("main")),
        ("home.own_space", json!(false)),
        ("home.other_permit", json!(false)),
        ("vehicle.plate", json!("H-AB 123")),
        ("vehicle.weight_kg", json!(1_850)),
        ("vehicle.keeper", json!("self")),
        ("vehicle.certificate", certificate),
    ]
    .into();
    for (path, value) in changes {
        answers.insert(path, value.clone());
    }
    let answers: Vec<(&str, Value)> = answers.into_iter().filter(|(_, value)| !value.is_null()).collect();
    let saved = save(app, &code, &answers).await;
    assert_eq!(saved.data("saveAnswers.problem"), &Value::Null, "{saved:?}");
    let form = app.ask(FORM, json!({ "access": by(&code) })).await;
    let steps = form.data("draft.steps").as_array().expect("steps");
    let mut declared = steps.iter().flat_map(|step| step["fields"].as_array().expect("fields"));
    let declared = declared.rfind(|field| field["path"] == "declaration.confirmed").expect("declared");
    let answer = json!({ "text_sha256": declared["declaration"]["sha256"] });
    let saved = save(app, &code, &[("declaration.confirmed", answer)]).await;
    assert_eq!(saved.data("saveAnswers.draft.complete"), true, "{saved:?}");
    code
}

/// Fills in, pays and hands in; gives the code, and the case.
async fn applied(app: &TestApp, changes: &[(&str, Value)]) -> (Value, Value) {
    let code = filled(app, changes).await;
    let early = submit(app, None, &code).await;
    assert_eq!(early.data("submitApplication.problem.code"), "PAYMENT_DUE", "{early:?}");
    let reference = at_bank(app, &code).await;
    let paid = press(app, &reference, PressedButton::Pay).await;
    assert!(hear(app, &paid).await);
    let submitted = submit(app, None, &code).await;
    assert_eq!(submitted.data("submitApplication.problem"), &Value::Null, "{submitted:?}");
    (code, submitted.data("submitApplication.receipt.caseId").clone())
}

async fn register(app: &TestApp) -> String {
    app.ask("{ permitRegister }", json!({})).await.data("permitRegister").as_str().expect("a text").to_owned()
}

/// What a warden learns who has nothing but the register.
fn warden(register: &str, token: &str, today: &str) -> PermitCheck {
    let register = read_register(register, is_stamped).expect("a register");
    check_permit(token, &register, today.parse::<NaiveDate>().expect("a day"), is_stamped)
}

fn token_of(pdf: &[u8]) -> String {
    let codes = qr_codes_of(pdf);
    let tokens: Vec<&String> = codes.iter().filter(|text| text.starts_with("SP1.")).collect();
    assert_eq!(tokens.len(), 1, "{codes:?}");
    tokens[0].clone()
}

#[tokio::test]
async fn from_the_blank_form_to_a_paper_that_a_warden_checks_without_network() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish(&app).await;
        let (code, case) = applied(&app, &[]).await;
        let told = status(&app, &code).await;
        assert_eq!((&told["status"], &told["notice"]["automatic"]), (&json!("COMPLETED"), &json!(true)), "{told}");
        assert_eq!(told["notice"]["outcome"], "GRANTED");
        assert!(told["notice"]["reasons"][0]["legalReference"].as_str().unwrap().contains("§ 46 (5) StVO"), "{told}");

        let issued = letters(&app, &code).await;
        let (pdf, _) = fetched(&app, &code, &issued[1], "GERMAN").await;
        let token = token_of(&pdf);
        let told =
            app.ask("query($a: ApplicationAccessInput!) { exportApplication(access: $a) }", json!({ "a": by(&code) }));
        let told: Value = serde_json::from_str(told.await.data("exportApplication").as_str().expect("a text")).unwrap();
        assert_eq!(
            (&told["permit"]["validUntil"], &told["payments"][0]["state"]),
            (&json!("2027-11-30"), &json!("paid"))
        );
        let carried = register(&app).await;
        let PermitCheck::Valid(permit) = warden(&carried, &token, "2026-12-01") else { panic!("it is valid") };
        assert_eq!((permit.holder.as_str(), permit.zone.as_str()), ("H-AB 123", "N3"));
        assert_eq!(permit.valid_until.to_string(), "2027-11-30");
        assert!(matches!(warden(&carried, &token, "2026-11-30"), PermitCheck::NotYet(_)));
        assert!(matches!(warden(&carried, &token, "2027-12-01"), PermitCheck::Expired(_)));
        assert!(!carried.contains("H-AB") && !token.contains("Eva"));
        let mut forged = token.clone().into_bytes();
        forged[40] = if forged[40] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(forged).expect("signs");
        assert_eq!(warden(&carried, &forged, "2026-12-01"), PermitCheck::Forged);

        // Whoever moves away gives it back: the next register says so, and so does the page.
        let link = verification_code(&pdf);
        assert_eq!(verified(&app, &link).await["validUntil"], "2027-11-30");
        let clerk = app.token("clerk.mitte").await;
        let moved = json!({ "reason": "MOVED" });
        let revoked = step(&app, &clerk, "revokePermit", "RevokePermitInput", &case, moved.clone()).await;
        assert_eq!(revoked.data("revokePermit.problem"), &Value::Null, "{revoked:?}");
        let again = step(&app, &clerk, "revokePermit", "RevokePermitInput", &case, moved).await;
        assert_eq!(again.data("revokePermit.problem.code"), "NOT_FOUND", "{again:?}");
        assert!(matches!(warden(&register(&app).await, &token, "2026-12-01"), PermitCheck::Revoked(_)));
        assert!(
            matches!(warden(&carried, &token, "2026-12-01"), PermitCheck::Valid(_)),
            "the old register knows nothing"
        );
        assert_eq!(verified(&app, &link).await["standing"], "REVOKED");
    })
    .await;
}

#[tokio::test]
async fn the_odd_case_lies_on_a_persons_desk_with_the_reason() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish(&app).await;
        let clerk = app.token("clerk.mitte").await;
        let elsewhere = json!({ "street": "Beispielstraße", "number": "21", "postcode": "30167", "town": "Hannover" });
        for (change, why) in [
            (("vehicle.weight_kg", json!(3_501)), "too_heavy"),
            (("home.address", elsewhere), "out_of_zone"),
            (("home.own_space", json!(true)), "own_space"),
        ] {
            let (code, case) = applied(&app, std::slice::from_ref(&change)).await;
            assert_eq!(status(&app, &code).await["status"], "PROCESSING", "{change:?}");
            let seen = app.ask_as(Some(&clerk), CASE, json!({ "id": case })).await;
            assert_eq!(seen.data("case.case.state"), "OPEN");
            let events = seen.data("case.events").to_string();
            assert!(events.contains("table") && events.contains(why), "{events}");
            assert_eq!(letters(&app, &code).await.len(), 1, "the receipt alone");
        }
    })
    .await;
}

#[tokio::test]
async fn a_new_plate_ends_the_old_permit_and_keeps_its_end_but_only_ones_own() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish(&app).await;
        let (code, _) = applied(&app, &[]).await;
        let old = fetched(&app, &code, &letters(&app, &code).await[1], "GERMAN").await.0;
        let number = status(&app, &code).await["receiptNumber"].clone();
        let change = |name: &str| {
            vec![
                ("request.kind", json!("change_plate")),
                ("request.months", Value::Null),
                ("request.old_number", number.clone()),
                ("person.name", json!(name)),
                ("vehicle.plate", json!("H-CD 456")),
            ]
        };
        let (stranger, _) = applied(&app, &change("Otto Fremd")).await;
        assert_eq!(status(&app, &stranger).await["status"], "PROCESSING", "a number that somebody found opens nothing");
        let before = register(&app).await;
        assert!(matches!(warden(&before, &token_of(&old), "2026-12-01"), PermitCheck::Valid(_)));

        let (own, _) = applied(&app, &change("Eva Beispiel")).await;
        assert_eq!(status(&app, &own).await["notice"]["outcome"], "GRANTED");
        let new = fetched(&app, &own, &letters(&app, &own).await[1], "GERMAN").await.0;
        let after = register(&app).await;
        let PermitCheck::Valid(permit) = warden(&after, &token_of(&new), "2026-12-01") else { panic!("it is valid") };
        assert_eq!((permit.holder.as_str(), permit.valid_until.to_string().as_str()), ("H-CD 456", "2027-11-30"));
        assert!(matches!(warden(&after, &token_of(&old), "2026-12-01"), PermitCheck::Revoked(_)));

        // A renewal in time lets the permit of before run out.
        let number = status(&app, &own).await["receiptNumber"].clone();
        let renewal = [
            ("request.kind", json!("renew")),
            ("request.old_number", number),
            ("request.start", json!("2027-12-01")),
            ("vehicle.plate", json!("H-CD 456")),
        ];
        let (renewed, _) = applied(&app, &renewal).await;
        assert_eq!(status(&app, &renewed).await["notice"]["outcome"], "GRANTED");
        let next = fetched(&app, &renewed, &letters(&app, &renewed).await[1], "GERMAN").await.0;
        let after = register(&app).await;
        assert!(matches!(warden(&after, &token_of(&new), "2027-11-30"), PermitCheck::Valid(_)));
        assert!(matches!(warden(&after, &token_of(&next), "2028-11-30"), PermitCheck::Valid(_)));
    })
    .await;
}

#[tokio::test]
async fn the_applicant_is_told_and_reminded_once_before_the_permit_ends() {
    on_both_engines(async |database| {
        let town = Town::start(database).await;
        publish(&town.app).await;
        let (code, _) = applied(&town.app, &[]).await;
        let number = status(&town.app, &code).await["receiptNumber"].as_str().expect("a number").to_owned();
        let told = town.post().await;
        assert_eq!(told.len(), 1, "it was decided at once, so nobody reads that it came in: {told:?}");
        assert!(told[0].contains(&format!("über Ihren Antrag {number}")), "{}", told[0]);
        assert!(!told[0].contains("Eva") && !told[0].contains("H-AB"), "{}", told[0]);
        let work = async || town.app.application.applications.work_through(&Actor::System).await.expect("it works");
        town.app.clock.pass_seconds(343 * 24 * 3600);
        assert_eq!(work().await.reminded, 0, "on 1 November 2027 it is too early");
        town.app.clock.pass_seconds(24 * 3600);
        assert_eq!((work().await.reminded, work().await.reminded), (1, 0), "once");
        let told = town.post().await;
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("gilt noch bis Dienstag, 30. November 2027"), "{}", told[0]);
    })
    .await;
}
