//! Stories of new versions of a service while people are filling in an older one, on both engines.

use std::collections::BTreeMap;

use applications::{
    Access, AnswerChange, Handling, OlderDrafts, Practice, Problem, PublishDefinition, Published, SaveAnswers,
    StartDraft, Submit,
};
use domain::identifier::Key;
use domain::permission::Actor;
use forms::CompatClass;
use serde_json::{Value, json};
use testkit::{TestApp, TestService, on_both_engines};

use crate::application_support::{by, car, save, start, submit};

const DROPPED: &str = "query($access: ApplicationAccessInput!) { draft(access: $access) {
    version rev complete answers { path value } dropped { path label value } errors { path code } } }";

type Files = BTreeMap<String, String>;

async fn publish(app: &TestApp, files: Files, drafts: OlderDrafts) -> Result<Published, applications::Failure> {
    let command = PublishDefinition { files, team: Key::new("mitte").expect("a key"), drafts };
    app.application.applications.publish_definition(&Actor::System, &command).await
}

/// The service with one more question that must be answered.
fn with_colour() -> Files {
    let mut files = TestService::default().files();
    let form = files.get_mut("form.toml").expect("the form");
    form.push_str("\n[[steps.groups.fields]]\nkey = \"colour\"\ntype = \"text\"\n");
    let texts = files.get_mut("texts/de.toml").expect("the texts");
    *texts = texts.replace("weight = {", "colour = { label = \"Farbe\" }\nweight = {");
    files
}

/// The service that asks for the name in another way.
fn without_name() -> Files {
    let mut files = TestService::default().files();
    let form = files.get_mut("form.toml").expect("the form");
    *form = form.replace("key = \"name\"\ntype = \"person_name\"", "key = \"family_name\"\ntype = \"person_name\"");
    let texts = files.get_mut("texts/de.toml").expect("the texts");
    *texts = texts.replace("name = { label = \"Ihr Name\" }", "family_name = { label = \"Ihr Familienname\" }");
    files
}

async fn draft(app: &TestApp, code: &Value) -> Value {
    app.ask(DROPPED, json!({ "access": by(code) })).await.data("draft").clone()
}

#[tokio::test]
async fn a_thousand_drafts_in_flight_are_finished_with_the_version_they_began_with() {
    const DRAFTS: usize = 1_000;
    on_both_engines(async |database| {
        let app = TestApp::start(database.clone()).await;
        let first = app.publish(&TestService::default()).await;
        let applications = &app.application.applications;
        let mut codes = Vec::new();
        for number in 0..DRAFTS {
            let command = StartDraft {
                service: Key::new("parking").expect("a key"),
                practice: Practice::Real,
                intake: applications::Intake::Online,
                language: domain::text::Language::German,
                idempotency_key: format!("the-key-of-draft-{number:05}"),
            };
            codes.push(applications.start_draft(&Actor::Anonymous, &command).await.expect("a draft").code);
        }
        let second = publish(&app, without_name(), OlderDrafts::Keep).await.expect("published");
        assert_eq!((second.sequence, second.older_drafts), (first.sequence + 1, DRAFTS as i64));
        for (number, code) in codes.into_iter().enumerate() {
            let access = Access::Code(code);
            let set = |path: &str, value: Value| AnswerChange::Set { path: path.to_owned(), value };
            let changes = car(1_800).into_iter().map(|(path, value)| set(path, value)).collect();
            let saved = SaveAnswers { access: access.clone(), rev: 1, changes };
            let saved = applications.save_answers(&Actor::Anonymous, &saved).await.expect("saved");
            assert!(saved.answered.complete && saved.definition_sha256 == first.sha256);
            let summary = applications.summary(&Actor::Anonymous, &access).await.expect("a summary");
            let command = Submit {
                access,
                summary_sha256: summary.sha256,
                handling: Handling::PersonDecides,
                submission_key: format!("the-key-of-case-{number:06}"),
            };
            applications.submit(&Actor::Anonymous, &command).await.expect("handed in");
        }
        let sql = "SELECT v.sha256, COUNT(*) FROM case_file c JOIN definition_version v ON v.id = c.definition \
                   GROUP BY v.sha256";
        let rows = database.rows(sql, vec![]).await.expect("the database answers");
        let counted: Vec<(String, i64)> =
            rows.iter().map(|row| (row.at(0).expect("a hash"), row.at(1).expect("a count"))).collect();
        assert_eq!(counted, [(first.sha256.clone(), DRAFTS as i64)]);
        // The control: a draft that begins now has the new version.
        let code = start(&app, None, "REAL").await;
        assert_eq!(draft(&app, &code).await["version"], second.sequence);
    })
    .await;
}

#[tokio::test]
async fn publishing_says_what_changed() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        assert_eq!(app.publish(&TestService::default()).await.report, None);
        let class = async |files| publish(&app, files, OlderDrafts::Keep).await.expect("published").report;
        let words = class(TestService::default().title("Parken").files()).await.expect("a report");
        assert_eq!(words.class, CompatClass::TextOnly);
        let more = class(with_colour()).await.expect("a report");
        assert_eq!(more.class, CompatClass::AdditiveRequired);
        assert!(more.changes.iter().any(|change| change.what == "field.vehicle.colour"), "{more:?}");
        let operator = app.token("operator").await;
        let files: Vec<Value> =
            without_name().into_iter().map(|(path, text)| json!({ "path": path, "text": text })).collect();
        let query = "mutation($i: PublishDefinitionInput!) { publishDefinition(input: $i) {
            version compatibility changes { class what } olderDrafts problem { code } } }";
        let input = json!({ "files": files, "office": crate::booking_support::office_id("mitte"), "drafts": "KEEP" });
        let told = app.ask_as(Some(&operator), query, json!({ "i": input })).await;
        assert_eq!(told.data("publishDefinition.compatibility"), "REMOVED", "{told:?}");
    })
    .await;
}

#[tokio::test]
async fn drafts_move_with_their_answers_where_nothing_is_lost() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        app.publish(&TestService::default()).await;
        let code = start(&app, None, "REAL").await;
        save(&app, &code, &car(1_800)).await;
        let refused = publish(&app, without_name(), OlderDrafts::Migrate).await.expect_err("an answer would be lost");
        let applications::Failure::Problem(Problem::DraftsCannotMove { changes }) = refused else {
            panic!("{refused:?}");
        };
        assert!(changes.contains(&"removed: field.applicant.name".to_owned()), "{changes:?}");
        assert_eq!(draft(&app, &code).await["version"], 1, "nothing was published");
        publish(&app, with_colour(), OlderDrafts::Migrate).await.expect("published");
        let moved = draft(&app, &code).await;
        assert_eq!((&moved["version"], &moved["complete"]), (&json!(2), &json!(false)), "{moved}");
        assert_eq!(moved["answers"].as_array().map(Vec::len), Some(3));
        assert_eq!(moved["errors"][0]["path"], "vehicle.colour");
        save(&app, &code, &[("vehicle.colour", json!("rot"))]).await;
        let handed_in = submit(&app, None, &code).await;
        assert_eq!(handed_in.data("submitApplication.problem"), &Value::Null, "{handed_in:?}");
    })
    .await;
}

#[tokio::test]
async fn drafts_that_begin_again_keep_what_fits_and_show_the_rest() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        app.publish(&TestService::default()).await;
        let code = start(&app, None, "REAL").await;
        save(&app, &code, &car(1_800)).await;
        publish(&app, without_name(), OlderDrafts::Restart).await.expect("published");
        let carried = draft(&app, &code).await;
        assert_eq!(carried["version"], 2, "{carried}");
        let dropped = json!([{ "path": "applicant.name", "label": "Ihr Name", "value": "Eva Beispiel" }]);
        assert_eq!(carried["dropped"], dropped);
        assert_eq!(carried["answers"].as_array().map(Vec::len), Some(2));
        // Reading again changes nothing, and what was dropped stays visible until it is handed in.
        assert_eq!(draft(&app, &code).await, carried);
        save(&app, &code, &[("applicant.family_name", json!("Beispiel"))]).await;
        assert_eq!(draft(&app, &code).await["dropped"], dropped);
        let handed_in = submit(&app, None, &code).await;
        assert_eq!(handed_in.data("submitApplication.problem"), &Value::Null, "{handed_in:?}");
        let rows =
            app.application.database.rows("SELECT COUNT(*) FROM application WHERE dropped_sealed IS NOT NULL", vec![]);
        assert_eq!(rows.await.expect("the database answers")[0].at::<i64>(0).expect("a count"), 0);
    })
    .await;
}

#[tokio::test]
async fn drafts_can_be_kept_for_a_time() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        app.publish(&TestService::default()).await;
        let code = start(&app, None, "REAL").await;
        save(&app, &code, &car(1_800)).await;
        let until = app.now().plus_minutes(3 * 24 * 60);
        publish(&app, without_name(), OlderDrafts::KeepUntil(until)).await.expect("published");
        app.clock.pass_seconds(2 * 86_400);
        // Going on with it does not lengthen its time.
        let saved = save(&app, &code, &car(1_700)).await;
        assert_eq!(saved.data("saveAnswers.problem"), &Value::Null, "{saved:?}");
        app.clock.pass_seconds(2 * 86_400);
        app.application.applications.work_through(&Actor::System).await.expect("the database answers");
        assert_eq!(draft(&app, &code).await, Value::Null);
    })
    .await;
}
