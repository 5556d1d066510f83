//! A collection from the first look at the calendar to the lorry: held, promised, moved without being lost, cancelled in time,
//! listed for the crew, collected or not.

use serde_json::{Value, json};
use testkit::{Answer, TestApp, on_both_engines};

use crate::application_support::{CASE, by, step};
use crate::booking_support::office_id;
use crate::tour_support::{
    DAYS, DRAFT, FIRST_DAY, HOLD, LATER, TOUR, answers, assert_tours_conserved, choose, count, days, filled_in, grant,
    hand_in, handed_in, plan, publish, tour_of,
};

const CHANGE: &str = "mutation($input: ChooseTourInput!) { changeTour(input: $input) {
    status { tour { day state } } problem { code } } }";
const CANCEL: &str = "mutation($input: CancelTourInput!) { cancelTour(input: $input) {
    status { status tour { day } } problem { code } } }";
const LIST: &str = "query($id: ID!) { tourList(id: $id) { name mediaType content places } }";
const LETTERS: &str = "query($access: ApplicationAccessInput!) { applicationLetters(access: $access) {
    occasion revokedAt } }";

const DAY: i64 = 24 * 3600;

async fn cancel(app: &TestApp, code: &Value) -> Answer {
    let input = json!({ "access": by(code), "idempotencyKey": app.key() });
    app.ask(CANCEL, json!({ "input": input })).await
}

async fn of_case(app: &TestApp, code: &Value) -> Value {
    let status = app.ask(TOUR, json!({ "access": by(code) })).await;
    status.data("caseStatus").clone()
}

#[tokio::test]
async fn a_day_is_found_held_promised_and_told_with_its_time() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish(&app).await;
        let planned = plan(&app, &["2026-11-26", FIRST_DAY, LATER], 2_000).await;
        assert_eq!(planned.data("planTours.done"), true, "{planned:?}");
        let code = filled_in(&app, answers("Wohnung 1", "1.5", "eva@example.org")).await;
        // Thursday is three working days away, and too soon.
        let found = days(&app, &code).await;
        let offered: Vec<&Value> = found.iter().map(|day| &day["day"]).collect();
        assert_eq!(offered, [FIRST_DAY, LATER]);
        assert_eq!((&found[0]["putOutBy"], &found[0]["freeLitres"]), (&json!("2026-11-27T05:00:00Z"), &json!(2_000)));
        let missing = hand_in(&app, &code).await;
        assert_eq!(missing.data("submitApplication.problem.code"), "TOUR_MISSING", "{missing:?}");

        let held = choose(&app, HOLD, &code, &found[1]["id"]).await;
        assert_eq!(held.data("holdTour.draft.tour.day"), LATER, "{held:?}");
        assert_eq!(held.data("holdTour.draft.tour.heldUntil"), "2026-11-23T09:30:00Z");
        // Choosing another day gives the first one back.
        choose(&app, HOLD, &code, &found[0]["id"]).await;
        assert_tours_conserved(&app).await;
        assert_eq!(days(&app, &code).await[0]["freeLitres"], 2_000, "one's own place is no obstacle");
        let other = filled_in(&app, answers("Wohnung 2", "0.6", "otto@example.org")).await;
        assert_eq!(days(&app, &other).await.len(), 1, "500 litres are left on the first day");

        let receipt = hand_in(&app, &code).await;
        assert_eq!(receipt.data("submitApplication.problem"), &Value::Null, "{receipt:?}");
        let status = of_case(&app, &code).await;
        assert_eq!((&status["tour"]["day"], &status["tour"]["state"]), (&json!(FIRST_DAY), &json!("PROMISED")));
        assert_eq!(status["tour"]["changeUntil"], "2026-11-23");
        assert_eq!(status["calendarFile"], Value::Null, "nothing is granted yet");
        grant(&app, receipt.data("submitApplication.receipt.caseId")).await;
        let file = of_case(&app, &code).await["calendarFile"].as_str().expect("a file").to_owned();
        for line in ["BEGIN:VEVENT", "DTSTART:20261127T043000Z", "DTEND:20261127T050000Z", "SUMMARY:Sperrmüll"] {
            assert!(file.contains(line), "{line} in {file}");
        }
        assert!(!file.contains("Beispiel"), "it names nobody: {file}");
        assert_tours_conserved(&app).await;
    })
    .await;
}

#[tokio::test]
async fn a_hold_that_ran_out_is_told_and_nothing_else_is_lost() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish(&app).await;
        plan(&app, &[LATER], 1_000).await;
        let slow = filled_in(&app, answers("Wohnung 1", "1.0", "eva@example.org")).await;
        let tour = tour_of(&app, &slow, LATER).await;
        choose(&app, HOLD, &slow, &tour).await;
        let quick = filled_in(&app, answers("Wohnung 2", "1.0", "otto@example.org")).await;
        let full = choose(&app, HOLD, &quick, &tour).await;
        assert_eq!(full.data("holdTour.problem.code"), "TOUR_FULL", "{full:?}");
        app.clock.pass_seconds(31 * 60);
        let late = hand_in(&app, &slow).await;
        assert_eq!(late.data("submitApplication.problem.code"), "TOUR_HOLD_EXPIRED", "{late:?}");
        let draft = app.ask(DRAFT, json!({ "access": by(&slow) })).await;
        assert_eq!(draft.data("draft.state"), "DRAFT", "{draft:?}");
        assert_eq!(draft.data("draft.complete"), true);
        assert!(draft.data("draft.tour").is_null());
        // What ran out makes room for others, once.
        let held = choose(&app, HOLD, &quick, &tour).await;
        assert_eq!(held.data("holdTour.problem"), &Value::Null, "{held:?}");
        assert_eq!(choose(&app, HOLD, &slow, &tour).await.data("holdTour.problem.code"), "TOUR_FULL");
        assert_tours_conserved(&app).await;
        // A draft that is given up holds nothing any more.
        let abandon = "mutation($a: ApplicationAccessInput!) { abandonDraft(access: $a) { done } }";
        app.ask(abandon, json!({ "a": by(&quick) })).await;
        let held = choose(&app, HOLD, &slow, &tour).await;
        assert_eq!(held.data("holdTour.draft.tour.day"), LATER, "{held:?}");
        assert_eq!(hand_in(&app, &slow).await.data("submitApplication.problem"), &Value::Null);
        assert_tours_conserved(&app).await;
    })
    .await;
}

#[tokio::test]
async fn an_amount_that_changed_after_the_hold_changes_the_place_or_nothing() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish(&app).await;
        plan(&app, &[LATER], 2_000).await;
        let code = filled_in(&app, answers("Wohnung 1", "1.0", "eva@example.org")).await;
        let tour = tour_of(&app, &code, LATER).await;
        choose(&app, HOLD, &code, &tour).await;
        let more = async |amount: &str| {
            let saved = crate::application_support::save(&app, &code, &[("amount.cubic_metres", json!(amount))]).await;
            assert_eq!(saved.data("saveAnswers.problem"), &Value::Null, "{saved:?}");
        };
        more("2.1").await;
        let full = hand_in(&app, &code).await;
        assert_eq!(full.data("submitApplication.problem.code"), "TOUR_FULL", "{full:?}");
        assert_eq!(app.ask(DRAFT, json!({ "access": by(&code) })).await.data("draft.tour.state"), "HELD");
        more("1.9").await;
        let receipt = hand_in(&app, &code).await;
        assert_eq!(receipt.data("submitApplication.problem"), &Value::Null, "{receipt:?}");
        assert_eq!(count(&app, "SELECT taken FROM tour").await, 1_900);
        assert_tours_conserved(&app).await;
    })
    .await;
}

#[tokio::test]
async fn another_day_is_taken_before_the_old_one_is_given_back() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish(&app).await;
        plan(&app, &[FIRST_DAY, LATER, "2026-12-15"], 3_000).await;
        let (code, case) = handed_in(&app, "Wohnung 1", LATER).await;
        grant(&app, &case).await;
        let (first, last) = (tour_of(&app, &code, FIRST_DAY).await, tour_of(&app, &code, "2026-12-15").await);
        // The other day is filled up meanwhile: the old one stays.
        let big = filled_in(&app, answers("Wohnung 2", "2.9", "otto@example.org")).await;
        choose(&app, HOLD, &big, &last).await;
        let full = choose(&app, CHANGE, &code, &last).await;
        assert_eq!(full.data("changeTour.problem.code"), "TOUR_FULL", "{full:?}");
        assert_eq!(of_case(&app, &code).await["tour"]["day"], LATER);
        let moved = choose(&app, CHANGE, &code, &first).await;
        assert_eq!(moved.data("changeTour.status.tour.day"), FIRST_DAY, "{moved:?}");
        assert_tours_conserved(&app).await;
        // The letter with the old day does not hold any more; a new one does.
        let letters = app.ask(LETTERS, json!({ "access": by(&code) })).await;
        let letters = letters.data("applicationLetters").as_array().expect("letters").clone();
        let grants: Vec<bool> =
            letters.iter().filter(|one| one["occasion"] == "GRANT").map(|one| one["revokedAt"].is_null()).collect();
        assert_eq!(grants, [false, true]);
        let clerk = app.token("clerk.mitte").await;
        let seen = app.ask_as(Some(&clerk), CASE, json!({ "id": case })).await;
        assert_eq!(seen.data("case.historyIntact"), true, "{seen:?}");
        let events = seen.data("case.events").as_array().expect("events");
        assert!(events.iter().any(|event| event["kind"] == "change_tour"), "{events:?}");
        // A day later it is too late to move it, and to cancel it.
        app.clock.pass_seconds(DAY);
        let late = choose(&app, CHANGE, &code, &tour_of(&app, &code, LATER).await).await;
        assert_eq!(late.data("changeTour.problem.code"), "TOUR_TOO_LATE", "{late:?}");
        assert_eq!(cancel(&app, &code).await.data("cancelTour.problem.code"), "TOUR_TOO_LATE");
        assert_tours_conserved(&app).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_cancelled_in_time_frees_the_place_and_the_households_count() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish(&app).await;
        plan(&app, &[LATER], 5_000).await;
        let (undecided, _) = handed_in(&app, "Wohnung 1", LATER).await;
        let (granted, case) = handed_in(&app, "Wohnung 1", LATER).await;
        grant(&app, &case).await;
        for code in [&undecided, &granted] {
            let done = cancel(&app, code).await;
            assert_eq!(done.data("cancelTour.problem"), &Value::Null, "{done:?}");
            assert_eq!(done.data("cancelTour.status.tour"), &Value::Null, "{done:?}");
        }
        assert_eq!(count(&app, "SELECT taken FROM tour").await, 0);
        assert_eq!(count(&app, "SELECT used FROM household_quota").await, 0);
        let clerk = app.token("clerk.mitte").await;
        let seen = app.ask_as(Some(&clerk), CASE, json!({ "id": case })).await;
        assert_eq!(seen.data("case.case.state"), "CLOSED", "{seen:?}");
        // Cancelled is cancelled: it cannot be moved, and not cancelled twice.
        assert_eq!(cancel(&app, &granted).await.data("cancelTour.problem.code"), "WRONG_STATE");
        assert_tours_conserved(&app).await;
    })
    .await;
}

#[tokio::test]
async fn the_crew_has_a_list_and_says_what_became_of_each() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish(&app).await;
        plan(&app, &[LATER, "2026-12-22"], 9_000).await;
        let (gone, first) = handed_in(&app, "Wohnung 1", LATER).await;
        let (stayed, second) = handed_in(&app, "=2+3", LATER).await;
        let (_, undecided) = handed_in(&app, "Wohnung 3", LATER).await;
        let (forgotten, third) = handed_in(&app, "Wohnung 4", LATER).await;
        for case in [&first, &second, &third] {
            grant(&app, case).await;
        }
        let clerk = app.token("clerk.mitte").await;
        let tours =
            "query($o: ID!) { officeTours(office: $o, from: \"2026-11-23\") { id day takenLitres capacityLitres } }";
        let tours = app.ask_as(Some(&clerk), tours, json!({ "o": office_id("mitte") })).await;
        assert_eq!(tours.data("officeTours.0.day"), LATER, "{tours:?}");
        let id = tours.data("officeTours.0.id").clone();
        let list = app.ask_as(Some(&clerk), LIST, json!({ "id": id })).await;
        assert_eq!(list.data("tourList.places"), 3, "{list:?}");
        assert_eq!(list.data("tourList.name"), "tour-2026-12-08-mitte.csv");
        let text = list.data("tourList.content").as_str().expect("a text").to_owned();
        assert_eq!(text.lines().count(), 4, "{text}");
        for part in ["Anschrift", "Beispielstraße 1, 30159 Hannover", "Eva Beispiel", "Sofa", "An die Straße"] {
            assert!(text.contains(part), "{part} in {text}");
        }
        // Another office learns nothing, and reading left a trace.
        let nord = app.token("clerk.nord").await;
        assert_eq!(app.ask_as(Some(&nord), LIST, json!({ "id": id })).await.data("tourList"), &Value::Null);
        assert_eq!(count(&app, "SELECT COUNT(*) FROM audit WHERE action = 'case.read'").await, 1);

        let record = async |case: &Value, missed: Value| {
            step(&app, &clerk, "recordCollection", "RecordCollectionInput", case, json!({ "missed": missed })).await
        };
        let early = record(&undecided, Value::Null).await;
        assert_eq!(early.data("recordCollection.problem.code"), "WRONG_STATE", "{early:?}");
        let done = record(&first, Value::Null).await;
        assert_eq!(done.data("recordCollection.case.state"), "CLOSED", "{done:?}");
        let missed = record(&second, json!("NO_ACCESS")).await;
        assert_eq!(missed.data("recordCollection.case.state"), "FULFILLING", "{missed:?}");
        assert_eq!(of_case(&app, &gone).await["tour"]["state"], "COLLECTED");
        assert_eq!(of_case(&app, &stayed).await["tour"]["state"], "MISSED");
        // What was missed is a task, until whoever applied chooses another day.
        let inbox =
            app.ask_as(Some(&clerk), crate::application_support::INBOX, json!({ "office": office_id("mitte") })).await;
        let tasks = inbox.data("inbox.nodes").as_array().expect("tasks").clone();
        assert!(tasks.iter().any(|task| task["task"] == "FULFIL" && task["case"]["id"] == second), "{tasks:?}");
        let other = tour_of(&app, &stayed, "2026-12-22").await;
        let moved = choose(&app, CHANGE, &stayed, &other).await;
        assert_eq!(moved.data("changeTour.status.tour.state"), "PROMISED", "{moved:?}");
        // Of one nobody said anything: some days after the tour it is a task by itself, although nobody can object any more.
        app.clock.pass_seconds(40 * DAY);
        app.application.applications.work_through(&domain::permission::Actor::System).await.expect("the worker works");
        assert_eq!(of_case(&app, &forgotten).await["tour"]["state"], "MISSED");
        let clerk = app.token("clerk.mitte").await;
        let seen = app.ask_as(Some(&clerk), CASE, json!({ "id": third })).await;
        assert_eq!(seen.data("case.case.state"), "FULFILLING", "{seen:?}");
        assert_tours_conserved(&app).await;
    })
    .await;
}

#[tokio::test]
async fn tours_are_planned_by_leads_and_go_where_they_go() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish(&app).await;
        assert_eq!(plan(&app, &[LATER], 1_500).await.data("planTours.done"), true);
        handed_in(&app, "Wohnung 1", LATER).await;
        let smaller = plan(&app, &[LATER], 900).await;
        assert_eq!(smaller.data("planTours.problem.code"), "TOUR_TAKEN", "{smaller:?}");
        for (days, litres) in [(vec![], 1), (vec!["2026-11-23"], 1), (vec![LATER], -1), (vec![LATER], 1_000_001)] {
            let refused = plan(&app, &days, litres).await;
            assert_eq!(refused.data("planTours.problem.code"), "TOUR_PLAN_INVALID", "{days:?} {litres} {refused:?}");
        }
        // Elsewhere goes another tour, or none.
        let mut elsewhere = answers("Wohnung 1", "1.0", "eva@example.org");
        elsewhere.push(applications::AnswerChange::Set {
            path: "home.address".to_owned(),
            value: json!({ "street": "Weg", "number": "1", "postcode": "30823", "town": "Garbsen" }),
        });
        let code = filled_in(&app, elsewhere).await;
        let found = app.ask(DAYS, json!({ "access": by(&code) })).await;
        assert_eq!(found.data("tourDays.problem.code"), "TOUR_ELSEWHERE", "{found:?}");
        let nobody = app.ask(DAYS, json!({ "access": { "code": "0000-0000-AAAA-AAAA" } })).await;
        assert_eq!(nobody.data("tourDays"), &Value::Null, "{nobody:?}");
    })
    .await;
}
