//! A file on its way from the field of a form to the desk of a clerk, on both engines.

use axum::http::StatusCode;
use domain::permission::Actor;
use serde_json::{Value, json};
use testkit::{TestApp, TestService, on_both_engines};
use uuid::Uuid;

use crate::application_support::{CASE, by, car, save, start, step, submit};
use crate::clamd_support::Clamd;
use crate::upload_support::{Filing, announce, attach, fetch, look, pdf, put, sent, standing};

const FILES: &str = "query($id: ID!) { case(id: $id) { files { fileId name mediaType bytes sha256 state } } }";
const DOWNLOAD: &str =
    "query($case: ID!, $file: String!) { caseFileDownload(case: $case, fileId: $file) { address until } }";
const OWN: &str = "query($access: ApplicationAccessInput!, $file: String!) {
    uploadDownload(access: $access, fileId: $file) { address } }";

async fn traces(app: &TestApp) -> i64 {
    let sql = "SELECT COUNT(*) FROM audit WHERE action = 'case.read_file'";
    app.application.database.rows(sql, vec![]).await.expect("readable")[0].at(0).expect("a number")
}

#[tokio::test]
async fn a_file_goes_from_the_field_to_the_clerk_and_nothing_lies_open() {
    let clamd = Clamd::start();
    on_both_engines(async |database| {
        let filing = Filing::start(database.clone(), Some(clamd.socket())).await;
        let app = &filing.app;
        app.publish(&TestService::default().degree("assist")).await;
        let code = start(app, None, "REAL").await;
        save(app, &code, &car(1_800)).await;
        // Longer than a chunk, so that chunks have an order.
        let bytes = pdf("Fahrzeugschein von Eva Beispiel", 300_000);
        let place = announce(app, &code, "Fahrzeugschein Eva.pdf", bytes.len(), "application/pdf").await;
        assert_eq!(standing(app, &code, &place.id).await["state"], "ANNOUNCED");
        let early = attach(app, &code, &[&place.id]).await;
        assert_eq!(early.data("saveAnswers.problem.fields.0.code"), "FILE_PENDING", "{early:?}");
        let (status, answer) = put(app, &place, &bytes).await;
        assert_eq!((status, &answer["state"]), (StatusCode::CREATED, &json!("scanning")), "{answer}");

        // It may be named at once, and is handed in once somebody has looked at it.
        let named = attach(app, &code, &[&place.id]).await;
        assert_eq!(named.data("saveAnswers.problem"), &Value::Null, "{named:?}");
        let early = submit(app, None, &code).await;
        assert_eq!(early.data("submitApplication.problem.code"), "INCOMPLETE", "{early:?}");
        assert_eq!(early.data("submitApplication.problem.fields.0.code"), "FILE_PENDING");
        assert_eq!(early.data("submitApplication.problem.fields.0.path"), "vehicle.papers");
        assert_eq!(look(app).await.clean, 1);
        let clean = standing(app, &code, &place.id).await;
        assert_eq!((&clean["state"], &clean["mediaType"]), (&json!("CLEAN"), &json!("application/pdf")), "{clean}");
        let submitted = submit(app, None, &code).await;
        assert_eq!(submitted.data("submitApplication.problem"), &Value::Null, "{submitted:?}");
        let case = submitted.data("submitApplication.receipt.caseId").clone();

        // Sealed: neither words nor name lie in the folder or in the rows.
        for path in filing.lies_there() {
            let content = std::fs::read(path).expect("readable");
            assert!(!String::from_utf8_lossy(&content).contains("Eva"));
        }
        let rows = database.rows("SELECT about_sealed FROM attachment", vec![]).await.expect("readable");
        let about: Vec<u8> = rows[0].at(0).expect("bytes");
        assert!(rows.len() == 1 && !String::from_utf8_lossy(&about).contains("Eva"));

        let clerk = app.token("clerk.mitte").await;
        let files = app.ask_as(Some(&clerk), FILES, json!({ "id": case })).await;
        assert_eq!(files.data("case.files.0.name"), "Fahrzeugschein Eva.pdf", "{files:?}");
        assert_eq!(files.data("case.files.0.bytes"), 300_000);
        let answers = app.ask_as(Some(&clerk), CASE, json!({ "id": case })).await;
        assert!(answers.body.to_string().contains(clean["sha256"].as_str().expect("a hash")), "the answer names it");
        assert_eq!(traces(app).await, 0);
        let ticket = app.ask_as(Some(&clerk), DOWNLOAD, json!({ "case": case, "file": place.id })).await;
        assert_eq!(traces(app).await, 1, "reading leaves one trace");
        let address = ticket.data("caseFileDownload.address").clone();
        let (status, headers, fetched) = fetch(app, &address).await;
        assert_eq!(status, StatusCode::OK);
        assert!(fetched == bytes, "byte for byte");
        assert_eq!(headers["content-type"], "application/pdf");
        assert_eq!(headers["content-disposition"], "attachment; filename*=UTF-8''Fahrzeugschein%20Eva.pdf");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert!(headers["content-security-policy"].to_str().expect("text").contains("sandbox"));

        // A ticket is for this file and a minute; another office has none.
        let other = address
            .as_str()
            .expect("text")
            .replace(place.id.as_str().expect("text"), &Uuid::nil().simple().to_string());
        assert_eq!(fetch(app, &json!(other)).await.0, StatusCode::NOT_FOUND);
        app.clock.pass_seconds(61);
        assert_eq!(fetch(app, &address).await.0, StatusCode::NOT_FOUND);
        let stranger = app.token("clerk.nord").await;
        let nothing = app.ask_as(Some(&stranger), DOWNLOAD, json!({ "case": case, "file": place.id })).await;
        assert_eq!(nothing.data("caseFileDownload"), &Value::Null, "{nothing:?}");
        assert_eq!(traces(app).await, 1);
        let own = app.ask(OWN, json!({ "access": by(&code), "file": place.id })).await;
        assert!(fetch(app, own.data("uploadDownload.address")).await.2 == bytes);
    })
    .await;
}

#[tokio::test]
async fn the_file_of_somebody_else_is_no_such_file() {
    on_both_engines(async |database| {
        let filing = Filing::start(database, None).await;
        let app = &filing.app;
        app.publish(&TestService::default().degree("assist").with_partner()).await;
        let (mine, other) = (start(app, None, "REAL").await, start(app, None, "REAL").await);
        let id = sent(app, &mine, "a.pdf", &pdf("", 2_000), "application/pdf").await;
        look(app).await;
        let foreign = standing(app, &other, &id).await;
        let unknown = standing(app, &other, &json!(Uuid::nil())).await;
        assert_eq!((&foreign, &foreign), (&Value::Null, &unknown));
        for named in [id.clone(), json!(Uuid::nil()), json!("x"), json!(7)] {
            let refused = attach(app, &other, &[&named]).await;
            assert_eq!(refused.data("saveAnswers.problem.fields.0.code"), "FILE_UNKNOWN", "{refused:?}");
        }
        // What a client says about a file counts for nothing.
        let lie = json!([{ "id": id, "name": "b.exe", "media_type": "image/png", "bytes": 1, "sha256": "00" }]);
        let saved = save(app, &mine, &[("vehicle.papers", lie)]).await;
        let answers = saved.data("saveAnswers.draft.answers").to_string();
        assert!(answers.contains("a.pdf") && answers.contains("application/pdf"), "{answers}");
        assert!(!answers.contains("b.exe") && !answers.contains("image/png"), "{answers}");
        // The other person of the same application has a part of their own.
        let invite = "mutation($input: InvitePartyInput!) { inviteParty(input: $input) { code } }";
        let invited = app.ask(invite, json!({ "input": { "access": by(&mine), "role": "partner" } })).await;
        let join = "mutation($code: String!) { joinParty(code: $code) { code } }";
        let joined = app.ask(join, json!({ "code": invited.data("inviteParty.code") })).await;
        let partner = joined.data("joinParty.code").clone();
        assert_eq!(standing(app, &partner, &id).await, Value::Null);
    })
    .await;
}

#[tokio::test]
async fn a_clerk_asks_for_papers_and_they_come_along() {
    on_both_engines(async |database| {
        let filing = Filing::start(database, None).await;
        let app = &filing.app;
        app.publish(&TestService::default().degree("assist")).await;
        let (code, case) = crate::application_support::handed_in(app, 1_000).await;
        let create = |path: Value| {
            let mut input = crate::upload_support::announcement(app, &code, "Schein.pdf", 2_000, "application/pdf");
            input["path"] = path;
            crate::upload_support::create(app, input)
        };
        let nobody_asked = create(Value::Null).await;
        assert_eq!(nobody_asked.data("createUpload.problem.code"), "NO_PLACE_FOR_FILES", "{nobody_asked:?}");
        let too_late = create(json!("vehicle.papers")).await;
        assert_eq!(too_late.data("createUpload.problem.code"), "WRONG_STATE", "{too_late:?}");
        let clerk = app.token("clerk.mitte").await;
        step(app, &clerk, "claimCase", "CaseStepInput", &case, json!({})).await;
        let asked = json!({ "items": ["Fahrzeugschein"] });
        step(app, &clerk, "requestItems", "RequestItemsInput", &case, asked).await;
        let created = create(Value::Null).await;
        let place = crate::upload_support::Announced {
            id: created.data("createUpload.upload.fileId").clone(),
            address: created.data("createUpload.address").as_str().expect("an address").to_owned(),
            token: created.data("createUpload.token").as_str().expect("a token").to_owned(),
        };
        assert_eq!(put(app, &place, &pdf("", 2_000)).await.0, StatusCode::CREATED);
        let answer = "mutation($input: AnswerRequestInput!) { answerRequest(input: $input) {
            status { status } problem { code fields { code } } } }";
        let input = || json!({ "input": { "access": by(&code), "answer": "Anbei.", "idempotencyKey": app.key() } });
        let early = app.ask(answer, input()).await;
        assert_eq!(early.data("answerRequest.problem.fields.0.code"), "FILE_PENDING", "{early:?}");
        look(app).await;
        let answered = app.ask(answer, input()).await;
        assert_eq!(answered.data("answerRequest.problem"), &Value::Null, "{answered:?}");
        let files = app.ask_as(Some(&clerk), FILES, json!({ "id": case })).await;
        assert_eq!(files.data("case.files.0.fileId"), &place.id, "{files:?}");
    })
    .await;
}

#[tokio::test]
async fn whoever_follows_a_file_hears_how_it_ends() {
    use async_graphql::{Executor, Request, Variables};
    use futures_util::StreamExt;

    on_both_engines(async |database| {
        let filing = Filing::start(database, None).await;
        let app = &filing.app;
        app.publish(&TestService::default()).await;
        let code = start(app, None, "REAL").await;
        let id = sent(app, &code, "a.pdf", &pdf("", 2_000), "application/pdf").await;
        let query = "subscription($access: ApplicationAccessInput!, $file: String!) {
            uploadState(access: $access, fileId: $file) { state } }";
        let schema = gateway::graphql::schema(app.application.clone());
        let variables = Variables::from_json(json!({ "access": by(&code), "file": id }));
        let request = Request::new(query).variables(variables).data(Actor::Anonymous);
        let mut states = schema.execute_stream(request, None);
        let heard = async |states: &mut futures_util::stream::BoxStream<'static, async_graphql::Response>| {
            let next = tokio::time::timeout(std::time::Duration::from_secs(20), states.next()).await.expect("in time");
            next.map(|response| serde_json::to_value(response).expect("JSON")["data"]["uploadState"]["state"].clone())
        };
        assert_eq!(heard(&mut states).await, Some(json!("SCANNING")));
        look(app).await;
        assert_eq!(heard(&mut states).await, Some(json!("CLEAN")));
        assert_eq!(heard(&mut states).await, None, "it cannot change any more");
    })
    .await;
}
