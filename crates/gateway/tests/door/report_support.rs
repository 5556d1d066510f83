//! What stories of reports have in common.

use applications::{OlderDrafts, PublishDefinition};
use axum::http::StatusCode;
use domain::identifier::Key;
use domain::permission::Actor;
use serde_json::{Value, json};
use testkit::{Answer, TestApp};

use crate::application_shipped::FORM;
use crate::application_support::{START, SUBMIT, by, save, summary};
use crate::booking_support::service_id;
use crate::upload_support::{Announced, announcement, create, look, put};

/// The town hall of the story.
pub(super) const HERE: f64 = 52.37;
/// What only the city may know.
pub(super) const NAME: &str = "Erika Geheimnis";
pub(super) const MAIL: &str = "erika.geheimnis@example.org";
const SEEN: &str = "number category categoryLabel text photo state votes distanceMetres publishedAt closedAt mergedInto \
                    position { latitude longitude }";

/// A report that was handed in.
#[derive(Debug, Clone)]
pub(super) struct Reported {
    pub(super) code: Value,
    pub(super) case: Value,
    pub(super) number: String,
    /// The file id of its photo, if it has one.
    pub(super) photo: Value,
}

/// Publishes the shipped service for an office.
pub(super) async fn publish_service(app: &TestApp, office: &str) {
    let files = applications::shipped_service("mangel-melden").expect("it is shipped");
    let team = Key::new(office).expect("a key");
    let command = PublishDefinition { files, team, drafts: OlderDrafts::Keep };
    app.application.applications.publish_definition(&Actor::System, &command).await.expect("published");
}

/// Begins a report; with its photo first, if there is one.
async fn begun(app: &TestApp, token: Option<&str>, photo: Option<&[u8]>) -> (Value, Value) {
    let input = json!({ "service": service_id("mangel-melden"), "idempotencyKey": app.key() });
    let started = app.ask_as(token, START, json!({ "input": input })).await;
    let code = started.data("startDraft.code").clone();
    let Some(photo) = photo else { return (code, Value::Null) };
    let mut input = announcement(app, &code, "Erika Geheimnis.jpg", photo.len(), "image/jpeg");
    input["path"] = json!("defect.photo");
    let created = create(app, input).await;
    let text = |path: &str| created.data(path).as_str().unwrap_or_else(|| panic!("{created:?}")).to_owned();
    let id = created.data("createUpload.upload.fileId").clone();
    let place = Announced { id: id.clone(), address: text("createUpload.address"), token: text("createUpload.token") };
    assert_eq!(put(app, &place, photo).await.0, StatusCode::CREATED);
    look(app).await;
    let saved = save(app, &code, &[("defect.photo", json!([{ "id": id }]))]).await;
    assert_eq!(saved.data("saveAnswers.problem"), &Value::Null, "{saved:?}");
    (code, id)
}

/// Reports a hole in the road, so far in the north, and hands it in.
pub(super) async fn report(app: &TestApp, token: Option<&str>, latitude: f64, photo: Option<&[u8]>) -> Reported {
    let (code, photo) = begun(app, token, photo).await;
    let form = app.ask(FORM, json!({ "access": by(&code) })).await;
    let steps = form.data("draft.steps").as_array().expect("steps");
    let mut fields = steps.iter().flat_map(|step| step["fields"].as_array().expect("fields"));
    let declared = fields.find(|field| field["path"] == "declaration.confirmed").expect("a declaration");
    let answers = [
        ("defect.category", json!("road")),
        ("defect.danger", json!(false)),
        ("defect.text", json!(format!("Ein Loch. Rufen Sie {NAME} an."))),
        ("defect.depth", json!("flat")),
        ("place.point", json!({ "latitude": latitude, "longitude": 9.7432 })),
        ("place.ground", json!("public")),
        ("contact.wanted", json!(true)),
        ("contact.email", json!(MAIL)),
        ("declaration.confirmed", json!({ "text_sha256": declared["declaration"]["sha256"] })),
    ];
    let saved = save(app, &code, &answers).await;
    assert_eq!(saved.data("saveAnswers.draft.complete"), true, "{saved:?}");
    let input = json!({ "access": by(&code), "summarySha256": summary(app, &code).await, "submissionKey": app.key() });
    let receipt = app.ask_as(token, SUBMIT, json!({ "input": input })).await;
    let number = receipt.data("submitApplication.receipt.number").as_str().unwrap_or_else(|| panic!("{receipt:?}"));
    let case = receipt.data("submitApplication.receipt.caseId").clone();
    Reported { code, case, number: number.to_owned(), photo }
}

/// A mutation of staff about a report.
pub(super) async fn moderate(app: &TestApp, token: &str, field: &str, report: &Reported, more: Value) -> Answer {
    let input = format!("{}{}Input", field[..1].to_uppercase(), &field[1..]);
    crate::application_support::step(app, token, field, &input, &report.case, more).await
}

/// Publishes a report in these words.
pub(super) async fn publish(app: &TestApp, token: &str, report: &Reported, words: &str) {
    let done = moderate(app, token, "publishReport", report, json!({ "publicText": words })).await;
    assert_eq!(done.data("publishReport.problem"), &Value::Null, "{done:?}");
}

/// What somebody finds near a place.
pub(super) async fn near(app: &TestApp, latitude: f64, radius: Option<i32>) -> Vec<Value> {
    let query = format!("query($near: ReportsNearInput!) {{ reportsNear(near: $near) {{ {SEEN} }} }}");
    let place = json!({ "latitude": latitude, "longitude": 9.7432 });
    let near = json!({ "service": service_id("mangel-melden"), "position": place, "radiusMetres": radius });
    let found = app.ask(&query, json!({ "near": near })).await;
    found.data("reportsNear").as_array().unwrap_or_else(|| panic!("{found:?}")).clone()
}

/// One report, as everybody reads it.
pub(super) async fn seen(app: &TestApp, number: &str) -> Value {
    let query = format!("query($number: String!) {{ defectReport(number: $number) {{ {SEEN} }} }}");
    let found = app.ask(&query, json!({ "number": number })).await;
    found.data("defectReport").clone()
}

/// "Me too."
pub(super) async fn support(app: &TestApp, account: Option<&str>, number: &str, token: Option<&str>) -> Answer {
    let query = "mutation($input: SupportReportInput!) {
        supportReport(input: $input) { report { number votes } problem { code } } }";
    app.ask_as(account, query, json!({ "input": { "number": number, "token": token } })).await
}

/// How many rows a table has.
pub(super) async fn count(app: &TestApp, table: &str) -> i64 {
    let rows = app.application.database.rows(&format!("SELECT COUNT(*) FROM {table}"), vec![]).await;
    rows.expect("readable")[0].at(0).expect("a number")
}
