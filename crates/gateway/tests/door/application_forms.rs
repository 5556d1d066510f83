//! A form can be drawn from what the API says alone, in the language of whoever fills it in.

use serde_json::{Value, json};
use testkit::{TestApp, on_both_engines};

use crate::application_shipped::{FORM, publish_all};
use crate::application_support::{START, by, save};
use crate::booking_support::service_id;

const SERVICE_FORM: &str = "query($service: String!, $language: Language) {
    serviceForm(service: $service, language: $language) { version sha256 title purpose legalBasis parties { role title }
        steps { key title groups { key title item fewestRows mostRows fields {
            path kind label help required options { key label } minimum maximum mostCharacters accept mostBytes } } } } }";
const PINNED: &str = "query($access: ApplicationAccessInput!) { draft(access: $access) {
    language form { sha256 title } errors { path message } } }";

async fn form(app: &TestApp, service: &str, language: &str) -> Value {
    let asked = app.ask(SERVICE_FORM, json!({ "service": service, "language": language })).await;
    assert_eq!(asked.code(), "", "{asked:?}");
    asked.data("serviceForm").clone()
}

fn fields(form: &Value) -> Vec<&Value> {
    let steps = form["steps"].as_array().expect("steps").iter();
    let groups = steps.flat_map(|step| step["groups"].as_array().expect("groups"));
    groups.flat_map(|group| group["fields"].as_array().expect("fields")).collect()
}

#[tokio::test]
async fn every_question_of_every_service_has_words_a_kind_and_its_limits_in_three_languages() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish_all(&app).await;
        let services = app.ask("{ onlineServices { key sha256 } }", json!({})).await;
        for service in services.data("onlineServices").as_array().expect("services") {
            let key = service["key"].as_str().expect("a key");
            let german = form(&app, key, "GERMAN").await;
            assert_eq!(german["sha256"], service["sha256"]);
            for language in ["GERMAN", "PLAIN_GERMAN", "ENGLISH"] {
                let form = form(&app, key, language).await;
                assert!(form["purpose"].as_str().is_some_and(|text| !text.is_empty()), "{key} {language}");
                for field in fields(&form) {
                    let said = field["label"].as_str().is_some_and(|label| !label.is_empty());
                    assert!(said || field["kind"] == "declaration", "{key} {language} {field}");
                    let chooses = field["kind"].as_str().is_some_and(|kind| kind.ends_with("choice"));
                    let options = field["options"].as_array().expect("options");
                    assert_eq!(chooses, !options.is_empty(), "{key} {field}");
                }
            }
            assert_ne!(form(&app, key, "ENGLISH").await["title"], german["title"], "{key}");
        }
        let parking = form(&app, "bewohnerparken", "ENGLISH").await;
        let fields = fields(&parking);
        let find = |path: &str| *fields.iter().find(|field| field["path"] == path).expect("the field");
        assert_eq!(find("request.kind")["options"][1], json!({ "key": "renew", "label": "Renew my permit" }));
        assert_eq!(find("request.kind")["required"], "SHOWN");
        assert_eq!(find("vehicle.certificate")["kind"], "file");
        assert!(find("vehicle.certificate")["mostBytes"].as_u64().is_some_and(|bytes| bytes > 0));
        let unknown = app.ask(SERVICE_FORM, json!({ "service": "no-such-service", "language": "GERMAN" })).await;
        assert_eq!((unknown.code(), unknown.data("serviceForm")), ("", &Value::Null));
    })
    .await;
}

#[tokio::test]
async fn who_begins_in_english_reads_english() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish_all(&app).await;
        let service = service_id("bewohnerparken");
        let begin = async |language: &str| {
            let input = json!({ "service": service, "language": language, "idempotencyKey": app.key() });
            let started = app.ask(START, json!({ "input": input })).await;
            started.data("startDraft.code").clone()
        };
        let (german, english) = (begin("GERMAN").await, begin("ENGLISH").await);
        let labels = async |code: &Value| {
            let draft = app.ask(FORM, json!({ "access": by(code) })).await;
            draft.data("draft.steps.0.fields.0.label").clone()
        };
        assert_eq!(labels(&english).await, "What would you like?");
        assert_ne!(labels(&german).await, labels(&english).await);
        let told = app.ask(PINNED, json!({ "access": by(&english) })).await;
        assert_eq!(told.data("draft.language"), "ENGLISH");
        assert_eq!(told.data("draft.form.title"), "Residents' parking permit");
        let words =
            |answer: &testkit::Answer| answer.data("draft.errors.0.message").as_str().expect("words").to_owned();
        let told_in_german = app.ask(PINNED, json!({ "access": by(&german) })).await;
        assert_ne!(words(&told), words(&told_in_german));

        // What was declared in English counts as what was read.
        let draft = app.ask(FORM, json!({ "access": by(&english) })).await;
        let steps = draft.data("draft.steps").as_array().expect("steps");
        let mut fields = steps.iter().flat_map(|step| step["fields"].as_array().expect("fields"));
        let declared = fields.find(|field| field["path"] == "declaration.confirmed").expect("declared");
        let answer = json!({ "text_sha256": declared["declaration"]["sha256"] });
        let saved = save(&app, &english, &[("declaration.confirmed", answer)]).await;
        assert_eq!(saved.data("saveAnswers.problem"), &Value::Null, "{saved:?}");
        let errors = saved.data("saveAnswers.draft.errors").to_string();
        assert!(!errors.contains("declaration.confirmed"), "{errors}");
    })
    .await;
}
