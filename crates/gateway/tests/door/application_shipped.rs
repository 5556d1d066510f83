//! The services that the product ships: all can be published, and one is filed from the empty form with what the API says
//! alone, on both engines.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use domain::identifier::Key;
use domain::permission::Actor;
use serde_json::{Value, json};
use testkit::{TestApp, on_both_engines};

use crate::application_support::{INBOX, START, by, save, status, submit};
use crate::booking_support::{office_id, service_id};

pub(super) const FORM: &str = "query($access: ApplicationAccessInput!) { draft(access: $access) {
    rev complete steps { key fields { path label required declaration { text sha256 } } } } }";

pub(super) fn services() -> PathBuf {
    Path::new(env!("REPOSITORY_ROOT")).join("crates/applications/services")
}

pub(super) fn files(root: &Path, folder: &Path, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(root, &path, found);
        } else {
            let name = path.strip_prefix(root).expect("inside").to_str().expect("UTF-8").to_owned();
            found.insert(name, fs::read_to_string(&path).expect("text"));
        }
    }
}

/// Publishes every service for the office `mitte` and gives their number.
pub(super) async fn publish_all(app: &TestApp) -> usize {
    let mut published = 0;
    for entry in fs::read_dir(services()).expect("the services") {
        let root = entry.expect("an entry").path();
        let mut found = BTreeMap::new();
        files(&root, &root, &mut found);
        let command = applications::PublishDefinition {
            files: found,
            team: Key::new("mitte").expect("a key"),
            drafts: applications::OlderDrafts::Keep,
        };
        let done = app.application.applications.publish_definition(&Actor::System, &command).await;
        done.unwrap_or_else(|failure| panic!("{} is refused: {failure:?}", root.display()));
        published += 1;
    }
    published
}

#[tokio::test]
async fn a_dangerous_hole_is_reported_without_an_account_and_lies_on_a_persons_desk() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        assert_eq!(publish_all(&app).await, 9);
        let input = json!({ "service": service_id("mangel-melden"), "idempotencyKey": app.key() });
        let started = app.ask(START, json!({ "input": input })).await;
        let code = started.data("startDraft.code").clone();
        let answers = [
            ("defect.category", json!("road")),
            ("defect.danger", json!(true)),
            ("defect.text", json!("Ein Loch im Radweg.")),
            ("defect.depth", json!("flat")),
            ("place.point", json!({ "latitude": 52.37, "longitude": 9.7432 })),
            ("place.ground", json!("public")),
            ("contact.wanted", json!(false)),
        ];
        save(&app, &code, &answers).await;

        // What is declared comes from the form itself; nobody need know it before.
        let form = app.ask(FORM, json!({ "access": by(&code) })).await;
        let steps = form.data("draft.steps").as_array().expect("steps");
        let fields: Vec<&Value> = steps.iter().flat_map(|step| step["fields"].as_array().expect("fields")).collect();
        assert!(fields.iter().all(|field| field["label"].as_str().is_some_and(|label| !label.is_empty())), "{form:?}");
        let declared = fields.iter().find(|field| field["path"] == "declaration.confirmed").expect("a declaration");
        assert!(declared["declaration"]["text"].as_str().is_some_and(|text| text.len() > 20), "{declared}");
        let answer = json!({ "text_sha256": declared["declaration"]["sha256"] });
        let saved = save(&app, &code, &[("declaration.confirmed", answer)]).await;
        assert_eq!(saved.data("saveAnswers.draft.complete"), true, "{saved:?}");

        let submitted = submit(&app, None, &code).await;
        assert_eq!(submitted.data("submitApplication.problem"), &Value::Null, "{submitted:?}");
        assert_eq!(status(&app, &code).await["status"], "PROCESSING");
        let clerk = app.token("clerk.mitte").await;
        let inbox = app.ask_as(Some(&clerk), INBOX, json!({ "office": office_id("mitte") })).await;
        let case = inbox.data("inbox.nodes.0.case");
        assert_eq!(&case["id"], submitted.data("submitApplication.receipt.caseId"), "{inbox:?}");
    })
    .await;
}
