//! What stories of bulky waste have in common: the shipped service, households, tours.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use applications::{
    Access, AnswerChange, Applications, HoldTour, Intake, OlderDrafts, PlanTours, Practice, PublishDefinition,
    SaveAnswers, StartDraft, Submit,
};
use domain::identifier::{Key, TourId};
use domain::permission::Actor;
use serde_json::{Value, json};
use testkit::{Answer, TestApp};

use crate::application_support::{SUBMIT, by, summary};
use crate::booking_support::service_id;

/// The first day that is four working days away from the Monday on which the tests play.
pub(super) const FIRST_DAY: &str = "2026-11-27";
/// A later one.
pub(super) const LATER: &str = "2026-12-08";

/// How many cases were handed in by [`handed_in`].
static DRAWN: AtomicU32 = AtomicU32::new(0);

pub(super) const PLAN: &str =
    "mutation($input: PlanToursInput!) { planTours(input: $input) { done problem { code } } }";
pub(super) const DAYS: &str = "query($access: ApplicationAccessInput!) { tourDays(access: $access) {
    days { id day putOutBy freeLitres } problem { code } } }";
pub(super) const HOLD: &str = "mutation($input: ChooseTourInput!) { holdTour(input: $input) {
    draft { feeCents householdUsed tour { id day state heldUntil litres } } problem { code } } }";
pub(super) const TOUR: &str =
    "query($access: ApplicationAccessInput!) { caseStatus(access: $access) { status calendarFile
    tour { id day putOutBy district litres state changeUntil } notice { outcome } } }";
pub(super) const DRAFT: &str = "query($access: ApplicationAccessInput!) { draft(access: $access) {
    rev complete state feeCents householdUsed answers { path value } tour { day state heldUntil } } }";

/// Publishes the shipped service for the office `mitte`.
pub(super) async fn publish(app: &TestApp) {
    let files = applications::shipped_service("sperrmuell").expect("it is shipped");
    let team = Key::new("mitte").expect("a key");
    let command = PublishDefinition { files, team, drafts: OlderDrafts::Keep };
    app.application.applications.publish_definition(&Actor::System, &command).await.expect("published");
}

/// Plans tours through the middle of the city, with so many litres on each.
pub(super) async fn plan(app: &TestApp, days: &[&str], litres: i32) -> Answer {
    let lead = app.token("lead.mitte").await;
    let input =
        json!({ "service": service_id("sperrmuell"), "district": "mitte", "days": days, "capacityLitres": litres });
    app.ask_as(Some(&lead), PLAN, json!({ "input": input })).await
}

/// The answers of a household in a house of the middle of the city, with so much for a tour.
pub(super) fn answers(flat: &str, cubic_metres: &str, mail: &str) -> Vec<AnswerChange> {
    let set = |path: &str, value: Value| AnswerChange::Set { path: path.to_owned(), value };
    let row = "01HZZZZZZZZZZZZZZZZZZZZZZZ".to_owned();
    let address = json!({
        "street": "Beispielstraße", "number": "1", "postcode": "30159", "town": "Hannover", "extra": flat,
    });
    vec![
        set("home.address", address),
        set("home.role", json!("tenant")),
        AnswerChange::AddRow { group: "items".to_owned(), row: row.clone() },
        set(&format!("items[{row}].kind"), json!("sofa")),
        set(&format!("items[{row}].count"), json!(1)),
        set(&format!("items[{row}].too_big"), json!(false)),
        set("amount.cubic_metres", json!(cubic_metres)),
        set("day.speed", json!("tour")),
        set("day.place", json!("kerb")),
        set("person.name", json!("Eva Beispiel")),
        set("person.email", json!(mail)),
        set("declaration.confirmed", json!({ "text_sha256": declared() })),
    ]
}

/// The hash of what is declared.
fn declared() -> String {
    use sha2::{Digest as _, Sha256};
    hex::encode(Sha256::digest("Alle Angaben stimmen."))
}

/// A draft with all answers; gives its code.
pub(super) async fn filled_in(app: &TestApp, answers: Vec<AnswerChange>) -> Value {
    json!(code(&app.application.applications, app.key(), answers).await)
}

/// The same for many at once.
pub(super) async fn code(features: &Arc<Applications>, key: String, answers: Vec<AnswerChange>) -> String {
    let begin = StartDraft {
        service: Key::new("sperrmuell").expect("a key"),
        practice: Practice::Real,
        intake: Intake::Online,
        language: domain::text::Language::German,
        idempotency_key: key,
    };
    let started = features.start_draft(&Actor::Anonymous, &begin).await.expect("it begins");
    let access = Access::Code(started.code.clone());
    let save = SaveAnswers { access, rev: started.draft.rev, changes: answers };
    let saved = features.save_answers(&Actor::Anonymous, &save).await.expect("it is saved");
    assert!(saved.answered.complete, "{:?}", saved.answered.errors);
    started.code
}

/// The days on which it fits.
pub(super) async fn days(app: &TestApp, code: &Value) -> Vec<Value> {
    let found = app.ask(DAYS, json!({ "access": by(code) })).await;
    assert_eq!(found.data("tourDays.problem"), &Value::Null, "{found:?}");
    found.data("tourDays.days").as_array().unwrap_or_else(|| panic!("{found:?}")).clone()
}

/// The id of the tour of a day.
pub(super) async fn tour_of(app: &TestApp, code: &Value, day: &str) -> Value {
    let days = days(app, code).await;
    let found = days.iter().find(|found| found["day"] == day);
    found.unwrap_or_else(|| panic!("{day} is none of {days:?}"))["id"].clone()
}

/// Chooses a tour by `holdTour` or `changeTour`.
pub(super) async fn choose(app: &TestApp, mutation: &str, code: &Value, tour: &Value) -> Answer {
    let input = json!({ "access": by(code), "tour": tour, "idempotencyKey": app.key() });
    app.ask(mutation, json!({ "input": input })).await
}

/// Hands in.
pub(super) async fn hand_in(app: &TestApp, code: &Value) -> Answer {
    let input = json!({ "access": by(code), "summarySha256": summary(app, code).await, "submissionKey": app.key() });
    app.ask(SUBMIT, json!({ "input": input })).await
}

/// A case of a household with a day on a tour; gives code and case.
pub(super) async fn handed_in(app: &TestApp, flat: &str, day: &str) -> (Value, Value) {
    // Each has another amount, so that none is taken for the same that arrived twice.
    let number = DRAWN.fetch_add(1, Ordering::SeqCst) % 20;
    let amount = format!("{}.{}", 1 + number / 10, number % 10);
    let name: String = flat.chars().filter(char::is_ascii_alphanumeric).collect();
    let code = filled_in(app, answers(flat, &amount, &format!("{name}@example.org"))).await;
    let tour = tour_of(app, &code, day).await;
    let held = choose(app, HOLD, &code, &tour).await;
    assert_eq!(held.data("holdTour.problem"), &Value::Null, "{held:?}");
    let receipt = hand_in(app, &code).await;
    assert_eq!(receipt.data("submitApplication.problem"), &Value::Null, "{receipt:?}");
    (code, receipt.data("submitApplication.receipt.caseId").clone())
}

/// Lets staff grant a case and announce it.
pub(super) async fn grant(app: &TestApp, case: &Value) {
    let clerk = app.token("clerk.mitte").await;
    let reasons = json!({ "outcome": "GRANTED", "reasons": [{ "text": "Menge, Dinge und Tag passen." }] });
    for (field, input, more) in [
        ("claimCase", "CaseStepInput", json!({})),
        ("draftDecision", "DraftDecisionInput", reasons),
        ("approveDecision", "ApproveDecisionInput", json!({})),
        ("deliverDecision", "DeliverDecisionInput", json!({ "channel": "PORTAL" })),
    ] {
        let done = crate::application_support::step(app, &clerk, field, input, case, more).await;
        assert_eq!(done.data(&format!("{field}.problem")), &Value::Null, "{done:?}");
    }
}

/// Says that what tours have taken is exactly what the places on them are, and never more than fits.
pub(super) async fn assert_tours_conserved(app: &TestApp) {
    let sql = "SELECT t.taken, t.capacity, CAST(COALESCE((SELECT SUM(p.litres) FROM tour_place p WHERE p.tour = t.id), 0) \
               AS BIGINT) FROM tour t";
    for row in app.application.database.rows(sql, vec![]).await.expect("readable") {
        let number = |at: usize| row.at::<i64>(at).expect("a number");
        let (taken, capacity, places) = (number(0), number(1), number(2));
        assert_eq!(taken, places, "what is taken is what the places are");
        assert!(taken <= capacity, "{taken} of {capacity}");
    }
}

/// A number out of the database.
pub(super) async fn count(app: &TestApp, sql: &str) -> i64 {
    let rows = app.application.database.rows(sql, vec![]).await.expect("readable");
    rows.first().map_or(0, |row| row.at(0).expect("a number"))
}

/// Plans one tour and gives its id.
pub(super) async fn one_tour(app: &TestApp, litres: i64) -> TourId {
    let command = PlanTours {
        service: Key::new("sperrmuell").expect("a key"),
        district: "mitte".to_owned(),
        days: vec![LATER.parse().expect("a day")],
        capacity_litres: litres,
    };
    app.application.applications.plan_tours(&Actor::System, &command).await.expect("planned");
    let rows = app.application.database.rows("SELECT id FROM tour", vec![]).await.expect("readable");
    TourId(rows[0].at(0).expect("an id"))
}

/// What holds a place for somebody.
pub(super) fn hold(app: &TestApp, code: &str, tour: TourId) -> HoldTour {
    HoldTour { access: Access::Code(code.to_owned()), tour, idempotency_key: app.key() }
}

/// What hands in whatever stands there now.
pub(super) async fn submission(app: &TestApp, code: &str) -> Submit {
    let access = Access::Code(code.to_owned());
    let summary = app.application.applications.summary(&Actor::Anonymous, &access).await.expect("a summary");
    let handling = applications::Handling::MachineMayDecide;
    Submit { access, summary_sha256: summary.sha256, handling, submission_key: app.key() }
}
