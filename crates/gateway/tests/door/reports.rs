//! Reports of places, on both engines: what everybody sees and what nobody does, "me too", two that become one, and what goes.

use axum::http::StatusCode;
use serde_json::{Value, json};
use testkit::{Browser, TestApp, on_both_engines};

use crate::application_support::{INBOX, status, step};
use crate::booking_support::{office_id, service_id};
use crate::report_support::{
    HERE, MAIL, NAME, Reported, count, moderate, near, publish, publish_service, report, seen, support,
};
use crate::upload_support::{Filing, fetch};

/// Takes a report from the desk to its end.
async fn mended(app: &TestApp, clerk: &str, report: &Reported) {
    for (field, input, more) in [
        ("claimCase", "CaseStepInput", json!({})),
        ("draftDecision", "DraftDecisionInput", json!({ "outcome": "GRANTED", "reasons": [] })),
        ("approveDecision", "ApproveDecisionInput", json!({ "verdict": "APPROVE" })),
        ("deliverDecision", "DeliverDecisionInput", json!({ "channel": "PORTAL" })),
        ("closeCase", "CaseStepInput", json!({})),
    ] {
        let done = step(app, clerk, field, input, &report.case, more).await;
        assert_eq!(done.data(&format!("{field}.problem")), &Value::Null, "{done:?}");
    }
}

#[tokio::test]
async fn what_is_reported_with_a_photo_is_seen_nearby_once_somebody_has_looked_at_it() {
    on_both_engines(async |database| {
        let filing = Filing::start(database, None).await;
        let app = &filing.app;
        publish_service(app, "mitte").await;
        let hole = report(app, None, HERE, Some(&crate::uploads_scanned::photo())).await;
        let clerk = app.token("clerk.mitte").await;
        let address = json!(format!("/reports/{}/photo", hole.number));
        assert_eq!(near(app, HERE, Some(5_000)).await, Vec::<Value>::new());
        assert_eq!(seen(app, &hole.number).await, Value::Null);
        assert_eq!(fetch(app, &address).await.0, StatusCode::NOT_FOUND);

        // Words alone first: a photo is a decision of its own.
        publish(app, &clerk, &hole, "Ein Loch im Radweg.").await;
        let found = near(app, HERE, None).await;
        assert_eq!(found.len(), 1, "{found:?}");
        let expected = ("Ein Loch im Radweg.", "RECEIVED", 1, Value::Null);
        let shown = &found[0];
        assert_eq!(
            (&shown["text"], &shown["state"], &shown["votes"], &shown["photo"]),
            (&json!(expected.0), &json!(expected.1), &json!(expected.2), &expected.3)
        );
        assert_eq!((&shown["distanceMetres"], &shown["category"]), (&json!(0), &json!("road")));
        assert_eq!(shown["position"], json!({ "latitude": HERE, "longitude": 9.7432 }));
        assert!(shown["categoryLabel"].as_str().is_some_and(|label| label != "road"), "{shown}");
        assert_eq!(fetch(app, &address).await.0, StatusCode::NOT_FOUND, "nobody has let the photo out");

        // 0.002 degrees are 222 metres, 0.003 are 334; the service says 250.
        assert_eq!(near(app, HERE + 0.002, None).await.len(), 1);
        assert_eq!(near(app, HERE + 0.003, None).await.len(), 0);
        assert_eq!(near(app, HERE + 0.003, Some(400)).await.len(), 1);

        let more = json!({ "publicText": "Ein Loch im Radweg.", "photo": hole.photo });
        let done = moderate(app, &clerk, "publishReport", &hole, more).await;
        assert_eq!(done.data("publishReport.problem"), &Value::Null, "{done:?}");
        let (status, headers, picture) = fetch(app, &address).await;
        assert_eq!((status, headers["content-type"].to_str().unwrap()), (StatusCode::OK, "image/jpeg"));
        assert!(picture.len() > 100 && headers.get("content-disposition").is_none());
        let secret = String::from_utf8_lossy(&picture).contains("Geheimnis");
        assert!(!secret && picture.len() < crate::uploads_scanned::photo().len(), "the camera's words are gone");

        // The photo of another report is none of this one's.
        let other = report(app, None, HERE, None).await;
        let foreign = json!({ "publicText": "Fremd.", "photo": hole.photo });
        let refused = moderate(app, &clerk, "publishReport", &other, foreign).await;
        assert_eq!(refused.data("publishReport.problem.code"), "NOT_FOUND", "{refused:?}");

        // Nothing of whoever reported it is in what everybody reads; the control: staff do read it.
        let everything =
            format!("{:?} {} {headers:?}", near(app, HERE, Some(5_000)).await, seen(app, &hole.number).await);
        assert!(!everything.contains(NAME) && !everything.contains(MAIL), "{everything}");
        let case = app
            .ask_as(Some(&clerk), "query($id: ID!) { case(id: $id) { answers { value } } }", json!({ "id": hole.case }))
            .await;
        let known = case.data("case.answers").to_string();
        assert!(known.contains(NAME) && known.contains(MAIL), "{known}");
    })
    .await;
}

#[tokio::test]
async fn what_is_withheld_or_taken_back_is_seen_by_nobody_and_other_offices_and_reporters_publish_nothing() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish_service(&app, "mitte").await;
        let hole = report(&app, None, HERE, None).await;
        let (clerk, nord) = (app.token("clerk.mitte").await, app.token("clerk.nord").await);
        let words = json!({ "publicText": "Ein Loch." });
        let strange = moderate(&app, &nord, "publishReport", &hole, words.clone()).await;
        assert_eq!(strange.data("publishReport.problem.code"), "NOT_FOUND", "{strange:?}");
        let empty = moderate(&app, &clerk, "publishReport", &hole, json!({ "publicText": " " })).await;
        assert_eq!(empty.data("publishReport.problem.code"), "TEXT_LENGTH", "{empty:?}");
        let own = report(&app, Some(&clerk), HERE, None).await;
        let refused = moderate(&app, &clerk, "publishReport", &own, words.clone()).await;
        assert_eq!(refused.data("publishReport.problem.code"), "OWN_CASE", "{refused:?}");
        assert_eq!(near(&app, HERE, None).await.len(), 0);

        publish(&app, &clerk, &hole, "Ein Loch.").await;
        assert_eq!(near(&app, HERE, None).await.len(), 1, "the control: it can be seen");
        let done = moderate(&app, &clerk, "withholdReport", &hole, json!({})).await;
        assert_eq!(done.data("withholdReport.problem"), &Value::Null, "{done:?}");
        assert_eq!((near(&app, HERE, None).await.len(), seen(&app, &hole.number).await), (0, Value::Null));
        let nobody = support(&app, None, &hole.number, Some("0123456789abcdef")).await;
        assert_eq!(nobody.data("supportReport.problem.code"), "NOT_FOUND", "{nobody:?}");

        publish(&app, &clerk, &hole, "Ein Loch.").await;
        let take_back = "mutation($input: WithdrawApplicationInput!) { withdrawApplication(input: $input) { problem { code } } }";
        let input = json!({ "access": { "code": hole.code }, "idempotencyKey": app.key() });
        let taken = app.ask(take_back, json!({ "input": input })).await;
        assert_eq!(taken.data("withdrawApplication.problem"), &Value::Null, "{taken:?}");
        assert_eq!((near(&app, HERE, None).await.len(), seen(&app, &hole.number).await), (0, Value::Null));

        let wrong = json!({ "service": service_id("mangel-melden"), "position": { "latitude": HERE, "longitude": 9.7 }, "radiusMetres": 5_001 });
        let far = app.ask("query($near: ReportsNearInput!) { reportsNear(near: $near) { number } }", json!({ "near": wrong })).await;
        assert_eq!(far.code(), "RADIUS_INVALID", "{far:?}");
    })
    .await;
}

#[tokio::test]
async fn me_too_counts_once_each_and_goes_with_the_person() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish_service(&app, "mitte").await;
        let hole = report(&app, None, HERE, None).await;
        let clerk = app.token("clerk.mitte").await;
        publish(&app, &clerk, &hole, "Ein Loch.").await;
        let citizen = app.token("eva@example.org").await;
        let votes = async |account: Option<&str>, token: Option<&str>| {
            let answer = support(&app, account, &hole.number, token).await;
            assert_eq!(answer.data("supportReport.problem"), &Value::Null, "{answer:?}");
            answer.data("supportReport.report.votes").as_i64().expect("a number")
        };
        assert_eq!(votes(Some(&citizen), None).await, 2);
        assert_eq!(votes(Some(&citizen), Some("another-token-of-16")).await, 2, "an account is one person");
        assert_eq!(votes(None, Some("0123456789abcdef")).await, 3);
        assert_eq!(votes(None, Some("0123456789abcdef")).await, 3);
        let many =
            futures_util::future::join_all((0..8).map(|_| support(&app, None, &hole.number, Some("fedcba9876543210"))));
        assert!(many.await.iter().all(|answer| answer.data("supportReport.report.votes") == 4));
        for token in [None, Some("short"), Some("with spaces in it and long")] {
            let refused = support(&app, None, &hole.number, token).await;
            assert_eq!(refused.data("supportReport.problem.code"), "SUPPORTER_UNKNOWN", "{refused:?}");
        }
        // What stands for people leads to nobody, and goes with the account.
        let told = app.ask_as(Some(&citizen), "{ exportMyData }", json!({})).await;
        assert!(told.data("exportMyData").as_str().is_some_and(|text| text.contains(&hole.number)), "{told:?}");
        let browser = Browser::of(&app, "eva@example.org").await;
        let erased = browser.ask("mutation { eraseMyData { account } }", json!({})).await;
        assert_eq!(erased.data("eraseMyData.account"), true, "{erased:?}");
        assert_eq!(seen(&app, &hole.number).await["votes"], 3);
        assert_eq!(count(&app, "report_vote").await, 3);
    })
    .await;
}

#[tokio::test]
async fn two_about_the_same_become_one_with_all_their_supporters() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish_service(&app, "mitte").await;
        let (clerk, nord) = (app.token("clerk.mitte").await, app.token("clerk.nord").await);
        let mut reports = Vec::new();
        for north in [0.0, 0.001, 0.006] {
            let one = report(&app, None, HERE + north, None).await;
            publish(&app, &clerk, &one, "Ein Loch.").await;
            reports.push(one);
        }
        let [first, second, third] = reports.try_into().expect("three");
        for (number, token) in [(&first.number, "aaaaaaaaaaaaaaaa"), (&second.number, "aaaaaaaaaaaaaaaa"), (&second.number, "bbbbbbbbbbbbbbbb")] {
            support(&app, None, number, Some(token)).await;
        }
        // Staff look further, and see what was not published.
        moderate(&app, &clerk, "withholdReport", &third, json!({})).await;
        let query = "query($office: ID!, $near: ReportsNearInput!) { officeReportsNear(office: $office, near: $near) { caseId report { text distanceMetres } } }";
        let place = json!({ "service": service_id("mangel-melden"), "position": { "latitude": HERE, "longitude": 9.7432 } });
        let variables = json!({ "office": office_id("mitte"), "near": place });
        let found = app.ask_as(Some(&clerk), query, variables.clone()).await;
        let cases: Vec<&Value> = found.data("officeReportsNear").as_array().expect("a list").iter().map(|one| &one["caseId"]).collect();
        assert_eq!(cases, [&first.case, &second.case, &third.case], "{found:?}");
        assert_eq!(app.ask_as(Some(&nord), query, variables).await.code(), "FORBIDDEN");

        let into = |other: &Reported| json!({ "into": other.case });
        for (who, token, of, to, code) in [
            ("itself", &clerk, &first, &first, "MERGE_REFUSED"),
            ("another office", &nord, &second, &first, "NOT_FOUND"),
        ] {
            let refused = moderate(&app, token, "mergeReports", of, into(to)).await;
            assert_eq!(refused.data("mergeReports.problem.code"), code, "{who}: {refused:?}");
        }
        let merged = moderate(&app, &clerk, "mergeReports", &second, into(&first)).await;
        assert_eq!(merged.data("mergeReports.case"), &json!({ "state": "CLOSED", "outcome": "SETTLED" }), "{merged:?}");
        assert_eq!(seen(&app, &first.number).await["votes"], 4, "two reporters, and two supporters of whom one is in both");
        let gone = seen(&app, &second.number).await;
        assert_eq!((&gone["state"], &gone["mergedInto"]), (&json!("DUPLICATE"), &json!(first.number)));
        assert_eq!(near(&app, HERE, None).await.len(), 1);
        let told = status(&app, &second.code).await;
        assert!(told["notice"]["reasons"][0]["text"].as_str().is_some_and(|text| text.contains(&first.number)), "{told}");
        let moved = support(&app, None, &second.number, Some("cccccccccccccccc")).await;
        assert_eq!(moved.data("supportReport.report"), &json!({ "number": first.number, "votes": 5 }), "{moved:?}");

        // No circles: neither back, nor once more, nor into one that went on elsewhere.
        for (of, to, code) in [(&first, &second, "MERGE_REFUSED"), (&third, &second, "MERGE_REFUSED"), (&second, &third, "MERGE_REFUSED")] {
            let refused = moderate(&app, &clerk, "mergeReports", of, into(to)).await;
            assert_eq!(refused.data("mergeReports.problem.code"), code, "{refused:?}");
        }
        // What went on in the first goes on with it.
        let merged = moderate(&app, &clerk, "mergeReports", &first, into(&third)).await;
        assert_eq!(merged.data("mergeReports.problem"), &Value::Null, "{merged:?}");
        publish(&app, &clerk, &third, "Ein Loch.").await;
        assert_eq!(seen(&app, &second.number).await["mergedInto"], json!(third.number));
        assert_eq!(seen(&app, &third.number).await["votes"], 6);
    })
    .await;
}

#[tokio::test]
async fn of_two_that_merge_into_each_other_at_once_one_goes_on() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish_service(&app, "mitte").await;
        let clerk = app.token("clerk.mitte").await;
        let (one, other) = (report(&app, None, HERE, None).await, report(&app, None, HERE, None).await);
        let (there, back) = tokio::join!(
            moderate(&app, &clerk, "mergeReports", &one, json!({ "into": other.case })),
            moderate(&app, &clerk, "mergeReports", &other, json!({ "into": one.case })),
        );
        let done = [&there, &back].iter().filter(|answer| answer.data("mergeReports.problem").is_null()).count();
        assert_eq!(done, 1, "{there:?} {back:?}");
        let inbox = app.ask_as(Some(&clerk), INBOX, json!({ "office": office_id("mitte") })).await;
        assert_eq!(inbox.data("inbox.nodes").as_array().map(Vec::len), Some(1), "{inbox:?}");
    })
    .await;
}

#[tokio::test]
async fn a_report_goes_from_received_to_fixed_and_nothing_of_it_stays_when_it_is_erased() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish_service(&app, "mitte").await;
        let (clerk, operator) = (app.token("clerk.mitte").await, app.token("operator").await);
        let (hole, light) = (report(&app, None, HERE, None).await, report(&app, None, HERE, None).await);
        publish(&app, &clerk, &hole, "Ein Loch.").await;
        support(&app, None, &hole.number, Some("0123456789abcdef")).await;
        let claimed = step(&app, &clerk, "claimCase", "CaseStepInput", &hole.case, json!({})).await;
        assert_eq!(claimed.data("claimCase.problem"), &Value::Null, "{claimed:?}");
        assert_eq!(seen(&app, &hole.number).await["state"], "IN_PROGRESS");
        // Where it is was wrong; others find it where it is.
        let change = json!({ "changes": [{ "set": { "path": "place.point", "value": { "latitude": HERE + 0.02, "longitude": 9.7432 } } }], "reason": "Ortstermin" });
        let corrected = step(&app, &clerk, "correctData", "CorrectDataInput", &hole.case, change).await;
        assert_eq!(corrected.data("correctData.problem"), &Value::Null, "{corrected:?}");
        assert_eq!((near(&app, HERE, None).await.len(), near(&app, HERE + 0.02, None).await.len()), (0, 1));
        mended(&app, &clerk, &hole).await;
        let fixed = seen(&app, &hole.number).await;
        assert!(fixed["state"] == "FIXED" && !fixed["closedAt"].is_null(), "{fixed}");
        assert_eq!(near(&app, HERE + 0.02, None).await.len(), 1);

        assert_eq!((count(&app, "report").await, count(&app, "report_vote").await), (2, 3));
        let erased = app.ask_as(Some(&operator), "mutation($c: ID!) { eraseCase(case: $c) { problem { code } } }", json!({ "c": hole.case })).await;
        assert_eq!(erased.data("eraseCase.problem"), &Value::Null, "{erased:?}");
        assert_eq!((near(&app, HERE + 0.02, None).await.len(), seen(&app, &hole.number).await), (0, Value::Null));
        assert_eq!((count(&app, "report").await, count(&app, "report_vote").await), (1, 1), "the other one stays");
        publish(&app, &clerk, &light, "Ein Licht.").await;
    })
    .await;
}
