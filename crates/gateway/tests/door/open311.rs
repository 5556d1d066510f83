//! Open311 GeoReport v2 through the door, on both engines, in both formats: what others read, and what they report.

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use testkit::{TestApp, on_both_engines};

use crate::application_support::INBOX;
use crate::booking_support::office_id;
use crate::report_support::{HERE, MAIL, NAME, count, moderate, publish, publish_service, report};

const ROAD: &str = "mangel-melden.road";

async fn get(app: &TestApp, path: &str) -> (StatusCode, String) {
    let request = Request::get(format!("/open311/v2/{path}")).body(Body::empty()).expect("a request");
    let (parts, body) = app.respond(request).await.into_parts();
    let protection = parts.headers.get("x-content-type-options").and_then(|value| value.to_str().ok());
    assert!(protection == Some("nosniff") && parts.headers.contains_key("x-request-id"), "{path}");
    let kind = parts.headers[header::CONTENT_TYPE].to_str().expect("text").to_owned();
    assert!(kind.starts_with(if path.contains(".xml") { "application/xml" } else { "application/json" }), "{kind}");
    let text = to_bytes(body, 8 << 20).await.expect("a body").to_vec();
    (parts.status, String::from_utf8(text).expect("UTF-8"))
}

async fn json(app: &TestApp, path: &str) -> Value {
    let (status, text) = get(app, path).await;
    assert_eq!(status, StatusCode::OK, "{text}");
    serde_json::from_str(&text).expect("JSON")
}

/// The texts of all elements of this name, as a reader of XML finds them.
fn texts(xml: &str, name: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(xml).unwrap_or_else(|error| panic!("{error}: {xml}"));
    let named = document.descendants().filter(|node| node.has_tag_name(name));
    named.map(|node| node.text().unwrap_or_default().to_owned()).collect()
}

async fn post(app: &TestApp, end: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = Request::post(format!("/open311/v2/requests.{end}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body));
    let (parts, body) = app.respond(request.expect("a request")).await.into_parts();
    let text = to_bytes(body, 1 << 20).await.expect("a body").to_vec();
    (parts.status, String::from_utf8(text).expect("UTF-8"))
}

/// What a program sends that has read what is asked.
async fn fields(app: &TestApp) -> Vec<(String, String)> {
    let definition = json(app, &format!("services/{ROAD}.json")).await;
    let mut fields: Vec<(String, String)> = [
        ("service_code", ROAD),
        ("lat", "52.37"),
        ("long", "9.7432"),
        ("description", "Ein Loch <im> Radweg & tief."),
        ("first_name", "Erika"),
        ("last_name", "Geheimnis"),
        ("email", MAIL),
        ("jurisdiction_id", "city.example"),
        ("api_key", "whatever"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    for attribute in definition["attributes"].as_array().expect("attributes") {
        if attribute["required"] == true {
            let value = attribute["values"].as_array().and_then(|values| values.last()).expect("one of a list");
            let name = format!("attribute[{}]", attribute["code"].as_str().expect("a code"));
            fields.push((name, value["key"].as_str().expect("a key").to_owned()));
        }
    }
    fields
}

fn borrowed(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

#[tokio::test]
async fn others_learn_what_can_be_reported_and_what_is_asked() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish_service(&app, "mitte").await;
        let discovery = json(&app, "discovery.json").await;
        assert!(
            discovery["endpoints"][0]["url"].as_str().is_some_and(|url| url.ends_with("/open311/v2")),
            "{discovery}"
        );
        let services = json(&app, "services.json").await;
        let codes: Vec<&Value> = services.as_array().expect("a list").iter().map(|one| &one["service_code"]).collect();
        assert!(codes.len() == 8 && codes[0] == ROAD, "{services}");
        assert_eq!(services[0]["metadata"], true);
        let definition = json(&app, &format!("services/{ROAD}.json")).await;
        let asked: Vec<&str> =
            definition["attributes"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
        // What a hole in the road is asked, and no lamp.
        assert!(asked.contains(&"defect.depth") && asked.contains(&"declaration.confirmed"), "{asked:?}");
        assert!(!asked.contains(&"defect.lamp_state") && !asked.contains(&"defect.text"), "{asked:?}");

        assert_eq!(texts(&get(&app, "discovery.xml").await.1, "specification").len(), 1);
        assert_eq!(texts(&get(&app, "services.xml").await.1, "service_code").len(), 8);
        let (_, xml) = get(&app, &format!("services/{ROAD}.xml")).await;
        assert_eq!(texts(&xml, "code"), asked);
        let (status, error) = get(&app, "services/mangel-melden.nothing.json").await;
        assert_eq!(
            (status, serde_json::from_str::<Value>(&error).unwrap()[0]["code"].clone()),
            (StatusCode::NOT_FOUND, json!(404))
        );
    })
    .await;
}

#[tokio::test]
async fn what_another_program_reports_is_a_case_and_is_listed_once_it_is_published() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish_service(&app, "mitte").await;
        let clerk = app.token("clerk.mitte").await;
        let (status, text) = post(&app, "json", &borrowed(&fields(&app).await)).await;
        assert_eq!(status, StatusCode::CREATED, "{text}");
        let answer: Value = serde_json::from_str(&text).expect("JSON");
        let number = answer[0]["service_request_id"].as_str().expect("a number").to_owned();
        let inbox = app.ask_as(Some(&clerk), INBOX, json!({ "office": office_id("mitte") })).await;
        assert_eq!(inbox.data("inbox.nodes.0.case.receiptNumber"), &json!(number), "{inbox:?}");
        assert_eq!(json(&app, "requests.json").await, json!([]));
        assert_eq!(get(&app, &format!("requests/{number}.json")).await.0, StatusCode::NOT_FOUND);

        let case = inbox.data("inbox.nodes.0.case.id").clone();
        let words = json!({ "case": case, "publicText": "Loch <tief> & breit", "idempotencyKey": app.key() });
        let query = "mutation($i: PublishReportInput!) { publishReport(input: $i) { problem { code } } }";
        let done = app.ask_as(Some(&clerk), query, json!({ "i": words })).await;
        assert_eq!(done.data("publishReport.problem"), &Value::Null, "{done:?}");
        let one = json(&app, &format!("requests/{number}.json")).await;
        assert_eq!((&one[0]["description"], &one[0]["status"]), (&json!("Loch <tief> & breit"), &json!("open")));
        assert_eq!((&one[0]["lat"], &one[0]["service_code"]), (&json!(52.37), &json!(ROAD)));
        let (_, xml) = get(&app, &format!("requests/{number}.xml")).await;
        assert_eq!(texts(&xml, "description"), ["Loch <tief> & breit"]);
        let (status, xml) = post(&app, "xml", &borrowed(&fields(&app).await)).await;
        assert_eq!((status, texts(&xml, "service_request_id").len()), (StatusCode::CREATED, 1), "{xml}");

        // Nothing of whoever reported it is in any answer; the control: staff do read the address.
        let query = "query($id: ID!) { case(id: $id) { answers { value } } }";
        let known = app.ask_as(Some(&clerk), query, json!({ "id": case })).await;
        assert!(known.data("case.answers").to_string().contains(MAIL), "{known:?}");
        for path in
            ["requests.json", "requests.xml", &format!("requests/{number}.json"), "services.json", "discovery.json"]
        {
            let (_, text) = get(&app, path).await;
            assert!(!["Geheimnis", MAIL, NAME, "Erika"].iter().any(|word| text.contains(word)), "{path}: {text}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_list_is_narrowed_by_number_category_time_standing_and_place() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish_service(&app, "mitte").await;
        let clerk = app.token("clerk.mitte").await;
        let mut numbers = Vec::new();
        for north in [0.0, 0.01, 0.02] {
            let one = report(&app, None, HERE + north, None).await;
            publish(&app, &clerk, &one, "Ein Loch.").await;
            numbers.push(one);
        }
        let merged = moderate(&app, &clerk, "mergeReports", &numbers[2], json!({ "into": numbers[0].case })).await;
        assert_eq!(merged.data("mergeReports.problem"), &Value::Null, "{merged:?}");
        let found =
            async |query: &str| json(&app, &format!("requests.json?{query}")).await.as_array().expect("a list").len();
        for (query, many) in [
            ("", 3),
            ("service_code=mangel-melden.road", 3),
            ("service_code=mangel-melden.light,mangel-melden.waste", 0),
            ("service_code=nothing", 0),
            ("status=open", 2),
            ("status=closed", 1),
            ("status=open,closed", 3),
            ("lat=52.37&long=9.7432", 1),
            ("lat=52.37&long=9.7432&radius=2000", 2),
            ("end_date=2026-11-01T00:00:00Z", 0),
            ("start_date=2026-11-01T00:00:00%2B01:00", 3),
            ("jurisdiction_id=x&api_key=y&unknown=z", 3),
            ("service_request_id=2026-0000-0000-00", 0),
        ] {
            assert_eq!(found(query).await, many, "{query}");
        }
        let two = format!("service_request_id={},{}&status=closed", numbers[0].number, numbers[1].number);
        assert_eq!(found(&two).await, 2, "whoever names reports asks for nothing else");
        let duplicate = json(&app, &format!("requests/{}.json", numbers[2].number)).await;
        assert_eq!(duplicate[0]["status_notes"], json!(format!("duplicate of {}", numbers[0].number)));
        for wrong in [
            "status=maybe",
            "lat=1",
            "lat=x&long=1",
            "lat=91&long=1",
            "start_date=yesterday",
            "lat=1&long=1&radius=9999",
            "status=open&status=closed",
            "start_date=2026-01-01T00:00:00Z&end_date=2026-11-01T00:00:00Z",
        ] {
            let (status, text) = get(&app, &format!("requests.xml?{wrong}")).await;
            assert_eq!((status, texts(&text, "code")), (StatusCode::BAD_REQUEST, vec!["400".to_owned()]), "{wrong}");
            assert!(!texts(&text, "description")[0].is_empty());
        }
    })
    .await;
}

#[tokio::test]
async fn of_what_is_wrong_nothing_is_written() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish_service(&app, "mitte").await;
        let good = fields(&app).await;
        let with = |name: &str, value: Option<&str>| {
            let mut fields: Vec<(String, String)> = good.iter().filter(|(known, _)| known != name).cloned().collect();
            fields.extend(value.map(|value| (name.to_owned(), value.to_owned())));
            fields
        };
        for (name, value, status) in [
            ("service_code", None, StatusCode::BAD_REQUEST),
            ("service_code", Some("mangel-melden.nothing"), StatusCode::NOT_FOUND),
            ("service_code", Some("nothing"), StatusCode::NOT_FOUND),
            ("lat", Some("91"), StatusCode::BAD_REQUEST),
            ("long", None, StatusCode::BAD_REQUEST),
            ("description", None, StatusCode::BAD_REQUEST),
            ("attribute[defect.depth]", None, StatusCode::BAD_REQUEST),
            ("attribute[defect.depth]", Some("bottomless"), StatusCode::BAD_REQUEST),
            ("attribute[declaration.confirmed]", Some("00"), StatusCode::BAD_REQUEST),
            ("attribute[defect.colour]", Some("red"), StatusCode::BAD_REQUEST),
            ("attribute[defect.text]", Some("other words"), StatusCode::BAD_REQUEST),
        ] {
            let (found, text) = post(&app, "json", &borrowed(&with(name, value))).await;
            assert_eq!(found, status, "{name} {value:?}: {text}");
            let errors: Value = serde_json::from_str(&text).expect("JSON");
            let first = &errors[0];
            assert!(
                first["code"] == status.as_u16()
                    && first["description"].as_str().is_some_and(|words| !words.is_empty()),
                "{errors}"
            );
        }
        let request = Request::post("/open311/v2/requests.json").header(header::CONTENT_TYPE, "application/json");
        let answer = app.send(request.body(Body::from("{}")).expect("a request")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{answer:?}");
        for table in ["application", "case_file", "report", "report_vote", "party"] {
            assert_eq!(count(&app, table).await, 0, "{table}");
        }
        // The control: what is right is taken.
        assert_eq!(post(&app, "json", &borrowed(&good)).await.0, StatusCode::CREATED);
        assert_eq!(count(&app, "report").await, 1);
    })
    .await;
}
