//! Guides: bound to a version of a form, stale once another one is published, a task until somebody has looked.

use std::collections::BTreeMap;
use std::path::Path;

use applications::{OlderDrafts, PublishDefinition, shipped_service};
use chatbot::content::{self, Content};
use city::CityFile;
use domain::identifier::Key;
use domain::permission::Actor;
use serde_json::{Value, json};
use testkit::{TestApp, TestService, on_both_engines};

use crate::conversation_support::{begin, say, talking_city, words};

const READ: &str = "query($k: String!, $l: ChatLanguage!) { tutorial(serviceKey: $k, language: $l) {
    language title standing formSha256 publishedSha256 publishedVersion steps { number text formStep } } }";
const STALE: &str = "{ staleTutorials { serviceKey language standing publishedSha256 } }";

/// The files of an online service of the test city, `residence`.
fn service(title: &'static str) -> BTreeMap<String, String> {
    let mut files = TestService::default().degree("assist").fee("with_decision").title(title).files();
    for text in files.values_mut() {
        *text = text.replace("key = \"parking\"", "key = \"residence\"");
    }
    files
}

async fn publish(app: &TestApp, title: &'static str) -> String {
    let team = Key::new("mitte").expect("a key");
    let command = PublishDefinition { files: service(title), team, drafts: OlderDrafts::Keep };
    let published = app.application.applications.publish_definition(&Actor::System, &command).await;
    published.unwrap_or_else(|failure| panic!("{failure:?}")).sha256
}

fn guide(sha256: &str) -> String {
    format!(
        "valid_from = 2026-01-01\nsource = \"tests\"\ntitle = \"Online anmelden\"\nform_sha256 = \"{sha256}\"\n\
         [[steps]]\ntext = \"Den Ausweis bereitlegen.\"\n[[steps]]\ntext = \"Alles ausfüllen.\"\nform_step = \"vehicle\"\n"
    )
}

async fn read(app: &TestApp, language: &str) -> Value {
    let answer = app.ask(READ, json!({ "k": "residence", "l": language })).await;
    answer.data("tutorial").clone()
}

async fn stale(app: &TestApp, token: &str) -> Vec<Value> {
    let answer = app.ask_as(Some(token), STALE, json!({})).await;
    answer.data("staleTutorials").as_array().unwrap_or_else(|| panic!("{answer:?}")).clone()
}

async fn confirm(app: &TestApp, token: &str, sha256: &Value) -> Value {
    let query = "mutation($i: ConfirmTutorialInput!) { confirmTutorial(input: $i) {
        tutorial { standing } problem { code } } }";
    let input = json!({ "serviceKey": "residence", "language": "GERMAN", "formSha256": sha256,
        "idempotencyKey": app.key() });
    app.ask_as(Some(token), query, json!({ "i": input })).await.data("confirmTutorial").clone()
}

/// Whether the chatbot offers the guide, and what it tells when somebody takes the offer.
async fn told(app: &TestApp) -> String {
    let (code, _) = begin(app, None).await;
    say(app, &code, "Ich bin umgezogen").await;
    words(&say(app, &code, "Schritt für Schritt: Wohnung anmelden").await, "text").join("\n")
}

#[tokio::test]
async fn another_version_of_a_form_makes_its_guide_a_task_until_somebody_has_looked() {
    on_both_engines(async |database| {
        let app = TestApp::with_city(database.clone(), &talking_city()).await;
        assert_eq!(read(&app, "GERMAN").await, Value::Null, "nobody has written one");
        let first = publish(&app, "Anmeldung").await;
        app.load(&talking_city().chat("chat/tutorials/de/residence.toml", &guide(&first))).await;
        app.learn().await;
        let lead = app.token("lead.mitte").await;
        for language in ["GERMAN", "TURKISH"] {
            let view = read(&app, language).await;
            assert_eq!((&view["standing"], &view["language"]), (&json!("HOLDS"), &json!("GERMAN")), "{view}");
            assert_eq!(view["steps"][1], json!({ "number": 2, "text": "Alles ausfüllen.", "formStep": "vehicle" }));
        }
        assert_eq!(stale(&app, &lead).await, Vec::<Value>::new());
        let guide = told(&app).await;
        assert!(guide.contains("1. Den Ausweis bereitlegen."), "{guide}");

        let second = publish(&app, "Neue Anmeldung").await;
        assert_ne!(first, second, "the control: it is another version");
        let view = read(&app, "GERMAN").await;
        assert_eq!((&view["standing"], &view["publishedVersion"]), (&json!("STALE"), &json!(2)), "{view}");
        let tasks = stale(&app, &lead).await;
        assert_eq!((tasks.len(), &tasks[0]["serviceKey"]), (1, &json!("residence")), "{tasks:?}");
        assert!(!told(&app).await.contains("Den Ausweis bereitlegen"), "the chatbot does not tell it any more");
        let clerk = app.token("clerk.mitte").await;
        assert_eq!(app.ask_as(Some(&clerk), STALE, json!({})).await.code(), "FORBIDDEN");

        assert_eq!(confirm(&app, &lead, &json!(first)).await["problem"]["code"], "CHANGED_MEANWHILE");
        assert_eq!(confirm(&app, &lead, &view["publishedSha256"]).await["tutorial"]["standing"], "HOLDS");
        assert_eq!(stale(&app, &lead).await, Vec::<Value>::new());
        let guide = told(&app).await;
        assert!(guide.contains("1. Den Ausweis bereitlegen."), "{guide}");
        let sql = "SELECT count(*) FROM audit WHERE action = 'tutorial.confirm'";
        let rows = database.rows(sql, vec![]).await.expect("readable");
        assert_eq!(rows[0].at::<i64>(0).expect("a number"), 1);

        publish(&app, "Neueste Anmeldung").await;
        assert_eq!(stale(&app, &lead).await.len(), 1, "who looked at the second has not looked at the third");
    })
    .await;
}

/// Every file of the demo city below `chat/tutorials/`, and its services.
fn demo() -> Vec<CityFile> {
    fn read(root: &Path, folder: &Path, files: &mut Vec<CityFile>) {
        for entry in std::fs::read_dir(folder).expect("the folder exists") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                read(root, &path, files);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                let parts: Vec<_> =
                    path.strip_prefix(root).expect("below").iter().map(|part| part.to_string_lossy()).collect();
                files.push(CityFile { path: parts.join("/"), text });
            }
        }
    }
    let root = Path::new(env!("REPOSITORY_ROOT")).join("deploy/demo/hannover");
    let mut files = Vec::new();
    read(&root, &root, &mut files);
    files
}

/// What guides were written for another form than the one that is shipped, or name a step that it does not have.
fn wrong(content: &Content) -> Vec<String> {
    let mut wrong = Vec::new();
    for tutorial in content.tutorials.values() {
        let files = shipped_service(tutorial.service.as_str()).expect("it is shipped");
        let form = forms::load(&files).expect("it is in order").definition;
        if form.sha256() != tutorial.form_sha256 {
            wrong.push(format!("{}: read it again and write form_sha256 = \"{}\"", tutorial.path, form.sha256()));
        }
        let steps: Vec<&str> = form.form().steps.iter().map(|step| step.key.as_str()).collect();
        let named = tutorial.steps.iter().filter_map(|step| step.form_step.as_deref());
        let strange = named.filter(|step| !steps.contains(step));
        wrong.extend(strange.map(|step| format!("{}: the form has no step {step}", tutorial.path)));
    }
    wrong
}

#[test]
fn the_guides_of_the_demo_city_hold_for_the_forms_that_are_shipped() {
    let files = demo();
    let services = city::check(&files).expect("the demo city has no problems").city.services;
    let mut content = content::read(&files, &services).expect("its texts have none either");
    assert!(content.tutorials.len() >= 9, "three services in three languages");
    let found = wrong(&content);
    assert!(found.is_empty(), "{}", found.join("\n"));
    // The control: another form and a step that is not there are found.
    let one = content.tutorials.values_mut().next().expect("there is one");
    one.form_sha256 = "0".repeat(64);
    one.steps[0].form_step = Some("unheard-of".to_owned());
    assert_eq!(wrong(&content).len(), 2);
}
