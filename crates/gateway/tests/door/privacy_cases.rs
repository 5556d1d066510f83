//! What a person can ask about their applications: handing out with files, erasing, and how long the rest is kept.

use std::io::{Cursor, Read};

use applications::Expiring;
use axum::http::StatusCode;
use domain::permission::Actor;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use testkit::{TestApp, TestService, on_both_engines};

use crate::application_support::{by, car, save, start, step, submit};
use crate::upload_support::{Filing, attach, fetch, look, pdf, sent};

const DAY: i64 = 24 * 3_600;

async fn count(app: &TestApp, table: &str) -> i64 {
    let rows = app.application.database.rows(&format!("SELECT COUNT(*) FROM {table}"), vec![]).await;
    rows.expect("readable")[0].at(0).expect("a number")
}

/// A case with a file of an account, closed.
async fn closed_case(app: &TestApp, token: &str, file: &[u8]) -> Value {
    let code = start(app, Some(token), "REAL").await;
    save(app, &code, &car(1_800)).await;
    let id = sent(app, &code, "Schein.pdf", file, "application/pdf").await;
    look(app).await;
    attach(app, &code, &[&id]).await;
    let submitted = submit(app, Some(token), &code).await;
    let case = submitted.data("submitApplication.receipt.caseId").clone();
    let clerk = app.token("clerk.mitte").await;
    for (field, input, more) in [
        ("claimCase", "CaseStepInput", json!({})),
        ("draftDecision", "DraftDecisionInput", json!({ "outcome": "GRANTED", "reasons": [] })),
        ("approveDecision", "ApproveDecisionInput", json!({ "verdict": "APPROVE" })),
        ("deliverDecision", "DeliverDecisionInput", json!({ "channel": "PORTAL" })),
        ("closeCase", "CaseStepInput", json!({})),
    ] {
        let done = step(app, &clerk, field, input, &case, more).await;
        assert_eq!(done.data(&format!("{field}.problem")), &Value::Null, "{done:?}");
    }
    case
}

#[tokio::test]
async fn a_person_gets_everything_with_the_files_and_nothing_of_others() {
    on_both_engines(async |database| {
        let filing = Filing::start(database, None).await;
        let app = &filing.app;
        app.publish(&TestService::default().degree("assist")).await;
        let citizen = app.token("eva@example.org").await;
        let file = pdf("Fahrzeugschein", 300_000);
        closed_case(app, &citizen, &file).await;
        start(app, Some(&citizen), "REAL").await;
        start(app, None, "REAL").await;

        let told = app.ask_as(Some(&citizen), "{ exportMyData exportMyArchive { address } }", json!({})).await;
        let document: Value = serde_json::from_str(told.data("exportMyData").as_str().expect("a text")).expect("JSON");
        let applications = document["applications"].as_array().expect("a list");
        assert_eq!(applications.len(), 2, "{document}");
        let closed = applications.iter().find(|application| !application["case"].is_null()).expect("the case");
        assert_eq!(closed["case"]["status"], "completed", "{document}");
        assert_eq!(closed["answers"]["applicant.name"], "Eva Beispiel");
        let occasions: Vec<&Value> =
            closed["letters"].as_array().expect("letters").iter().map(|letter| &letter["occasion"]).collect();
        assert_eq!(occasions, ["receipt", "grant"], "{document}");
        assert_eq!((&closed["payments"], &closed["permit"]), (&json!([]), &Value::Null));

        let address = told.data("exportMyArchive.address").clone();
        let (status, headers, bytes) = fetch(app, &address).await;
        assert_eq!((status, headers["content-type"].as_bytes()), (StatusCode::OK, &b"application/zip"[..]));
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
        let mut entry = |name: &str| {
            let mut content = Vec::new();
            archive.by_name(name).expect("an entry").read_to_end(&mut content).expect("whole");
            content
        };
        let manifest: Value = serde_json::from_slice(&entry("manifest.json")).expect("JSON");
        let listed = manifest["entries"].as_array().expect("a list");
        assert_eq!(listed.len(), 2, "{manifest}");
        for one in listed {
            let content = entry(one["path"].as_str().expect("a path"));
            assert_eq!(one["sha256"], hex::encode(Sha256::digest(&content)), "{manifest}");
        }
        let path = listed[1]["path"].as_str().expect("a path");
        assert!(path.starts_with("files/") && path.ends_with("/Schein.pdf") && entry(path) == file, "{path}");
        assert!(!String::from_utf8_lossy(&entry("person.json")).contains("clerk"), "nothing about who worked on it");

        // A ticket is one account's and ends; nobody asks about others.
        app.clock.pass_seconds(61);
        assert_eq!(fetch(app, &address).await.0, StatusCode::NOT_FOUND);
        assert_eq!(fetch(app, &json!("/my-data/x")).await.0, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn erasing_oneself_takes_drafts_and_leaves_what_the_law_keeps() {
    on_both_engines(async |database| {
        let filing = Filing::start(database, None).await;
        let app = &filing.app;
        app.publish(&TestService::default().degree("assist")).await;
        let citizen = app.token("eva@example.org").await;
        closed_case(app, &citizen, &pdf("", 2_000)).await;
        let draft = start(app, Some(&citizen), "REAL").await;
        sent(app, &draft, "a.pdf", &pdf("", 2_000), "application/pdf").await;
        let others = start(app, None, "REAL").await;
        assert_eq!((count(app, "application").await, filing.lies_there().len()), (3, 2));

        let erase = "mutation { eraseMyData { account drafts cases keptCases } }";
        let erased = app.ask_as(Some(&citizen), erase, json!({})).await;
        let done = json!({ "account": true, "drafts": 1, "cases": 0, "keptCases": 1 });
        assert_eq!(erased.data("eraseMyData"), &done, "{erased:?}");
        assert_eq!((count(app, "application").await, filing.lies_there().len()), (2, 1));
        assert_eq!(count(app, "party WHERE account IS NOT NULL").await, 0, "nothing leads to the account");
        let still = app
            .ask(
                "query($access: ApplicationAccessInput!) { draft(access: $access) { rev } }",
                json!({ "access": by(&others) }),
            )
            .await;
        assert_eq!(still.data("draft.rev"), 1, "others keep theirs");
    })
    .await;
}

#[tokio::test]
async fn whoever_was_invited_leaves_and_the_others_go_on() {
    on_both_engines(async |database| {
        let filing = Filing::start(database, None).await;
        let app = &filing.app;
        app.publish(&TestService::default().degree("assist").with_partner()).await;
        let citizen = app.token("eva@example.org").await;
        let code = start(app, None, "REAL").await;
        save(app, &code, &car(1_800)).await;
        let invite = "mutation($input: InvitePartyInput!) { inviteParty(input: $input) { code } }";
        let invited = app.ask(invite, json!({ "input": { "access": by(&code), "role": "partner" } })).await;
        let join = "mutation($code: String!) { joinParty(code: $code) { code } }";
        let joined = app.ask_as(Some(&citizen), join, json!({ "code": invited.data("inviteParty.code") })).await;
        let partner = joined.data("joinParty.code").clone();
        let said = save(app, &partner, &[("partner.name", json!("Ida Muster"))]).await;
        assert!(said.body.to_string().contains("Ida Muster"));

        app.ask_as(Some(&citizen), "mutation { eraseMyData { account } }", json!({})).await;
        let gone = app
            .ask(
                "query($access: ApplicationAccessInput!) { draft(access: $access) { rev } }",
                json!({ "access": by(&partner) }),
            )
            .await;
        assert_eq!(gone.data("draft"), &Value::Null, "the code opens nothing any more");
        let query = "query($access: ApplicationAccessInput!) { draft(access: $access) { complete answers { path value }
            parties { role state } } }";
        let left = app.ask(query, json!({ "access": by(&code) })).await;
        assert_eq!(left.data("draft.parties.1.state"), "EXPECTED", "{left:?}");
        assert_eq!(left.data("draft.complete"), false, "what they said is gone");
        assert!(left.body.to_string().contains("Eva Beispiel"), "{left:?}");
    })
    .await;
}

#[tokio::test]
async fn what_the_definition_says_is_kept_so_long_and_no_longer() {
    on_both_engines(async |database| {
        let filing = Filing::start(database, None).await;
        let app = &filing.app;
        app.publish(&TestService::default().degree("assist")).await;
        let citizen = app.token("eva@example.org").await;
        closed_case(app, &citizen, &pdf("", 2_000)).await;
        let applications = &app.application.applications;
        let due = async |what| applications.count_due(&Actor::System, what).await.expect("counted");
        let erase = async |what| applications.erase_due(&Actor::System, what).await.expect("erased");

        // The test's service keeps files for a year and cases for ten.
        app.clock.pass_seconds(364 * DAY);
        assert_eq!((due(Expiring::FilesOfCases).await, due(Expiring::Cases).await), (0, 0));
        assert_eq!(erase(Expiring::FilesOfCases).await, 0);
        assert_eq!(filing.lies_there().len(), 1);
        app.clock.pass_seconds(DAY);
        assert_eq!((due(Expiring::FilesOfCases).await, due(Expiring::Cases).await), (1, 0));
        assert_eq!(filing.lies_there().len(), 1, "counting changes nothing");
        assert_eq!(erase(Expiring::FilesOfCases).await, 1);
        assert!(filing.lies_there().is_empty());
        assert_eq!(due(Expiring::FilesOfCases).await, 0);

        // Until 23 November 2036, with three leap days.
        app.clock.pass_seconds((9 * 365 + 2) * DAY);
        assert_eq!(due(Expiring::Cases).await, 0);
        app.clock.pass_seconds(DAY);
        assert_eq!(due(Expiring::Cases).await, 1);
        assert_eq!(erase(Expiring::Cases).await, 1);
        assert_eq!(count(app, "case_file WHERE state = 'erased'").await, 1, "a tombstone for the figures");
        for table in ["application", "party", "case_snapshot", "case_event", "attachment"] {
            assert_eq!(count(app, table).await, 0, "{table}");
        }
        assert_eq!(due(Expiring::Cases).await, 0);
    })
    .await;
}
