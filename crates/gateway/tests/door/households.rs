//! A household gets so much of a service in a year: counted for it, given back in time, and never one too many.

use std::sync::Arc;

use applications::{Failure, Problem};
use domain::permission::Actor;
use serde_json::{Value, json};
use testkit::{TestApp, on_both_engines};

use crate::application_support::by;
use crate::tour_support::{
    DRAFT, LATER, answers, assert_tours_conserved, code, count, filled_in, grant, hand_in, handed_in, hold, one_tour,
    plan, publish, submission,
};

const PEOPLE: usize = 100;
const WITHDRAW: &str = "mutation($input: WithdrawApplicationInput!) {
    withdrawApplication(input: $input) { status { status } problem { code } } }";

const USED: &str = "SELECT COALESCE(MAX(used), 0) FROM household_quota";

/// What a draft says about the household: how many it has had, and what the next one costs in cents.
async fn told(app: &TestApp, code: &Value) -> (Value, Value) {
    let draft = app.ask(DRAFT, json!({ "access": by(code) })).await;
    (draft.data("draft.householdUsed").clone(), draft.data("draft.feeCents").clone())
}

#[tokio::test]
async fn two_are_free_two_are_paid_and_a_fifth_there_is_not() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish(&app).await;
        plan(&app, &[LATER], 50_000).await;
        for (had, cents) in [(0, 0), (1, 0), (2, 5_000), (3, 5_000)] {
            let next = filled_in(&app, answers("Wohnung 1", "1.0", "eva@example.org")).await;
            assert_eq!(told(&app, &next).await, (json!(had), json!(cents)));
            handed_in(&app, "Wohnung 1", LATER).await;
        }
        let fifth = filled_in(&app, answers("wohnung 1.", "1.0", "eva@example.org")).await;
        assert_eq!(told(&app, &fifth).await.0, json!(4), "the same flat, written otherwise");
        let tour = crate::tour_support::tour_of(&app, &fifth, LATER).await;
        crate::tour_support::choose(&app, crate::tour_support::HOLD, &fifth, &tour).await;
        let refused = hand_in(&app, &fifth).await;
        assert_eq!(refused.data("submitApplication.problem.code"), "HOUSEHOLD_EXHAUSTED", "{refused:?}");
        // Nothing of it is lost, and neighbours are another household.
        assert_eq!(app.ask(DRAFT, json!({ "access": by(&fifth) })).await.data("draft.tour.state"), "HELD");
        let neighbour = filled_in(&app, answers("Wohnung 2", "1.0", "otto@example.org")).await;
        assert_eq!(told(&app, &neighbour).await, (json!(0), json!(0)));
        // Another year is another count.
        app.clock.pass_seconds(60 * 24 * 3600);
        let next_year = filled_in(&app, answers("Wohnung 1", "1.0", "eva@example.org")).await;
        assert_eq!(told(&app, &next_year).await, (json!(0), json!(0)));
        // What was counted in the old one is forgotten.
        let features = &app.application.applications;
        features.erase_due(&Actor::System, applications::Expiring::Drafts).await.expect("it goes");
        assert_eq!(count(&app, "SELECT COUNT(*) FROM household_quota").await, 0);
        assert_tours_conserved(&app).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_taken_back_in_time_or_refused_is_given_back() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish(&app).await;
        plan(&app, &[LATER], 50_000).await;
        let (early, _) = handed_in(&app, "Wohnung 1", LATER).await;
        let (late, _) = handed_in(&app, "Wohnung 1", LATER).await;
        let (_, refused) = handed_in(&app, "Wohnung 1", LATER).await;
        assert_eq!(count(&app, USED).await, 3);
        let withdraw = async |code: &Value| {
            let input = json!({ "access": by(code), "idempotencyKey": app.key() });
            let done = app.ask(WITHDRAW, json!({ "input": input })).await;
            assert_eq!(done.data("withdrawApplication.problem"), &Value::Null, "{done:?}");
        };
        withdraw(&early).await;
        assert_eq!(count(&app, USED).await, 2);
        let clerk = app.token("clerk.mitte").await;
        let reasons = json!({ "outcome": "REFUSED", "reasons": [{ "text": "Das ist kein Sperrmüll." }] });
        for (field, input, more) in [
            ("claimCase", "CaseStepInput", json!({})),
            ("draftDecision", "DraftDecisionInput", reasons),
            ("approveDecision", "ApproveDecisionInput", json!({})),
        ] {
            crate::application_support::step(&app, &clerk, field, input, &refused, more).await;
        }
        assert_eq!(count(&app, USED).await, 1);
        // After the cut-off the lorry is planned: the place is free, the household has had it.
        app.clock.pass_seconds(12 * 24 * 3600);
        withdraw(&late).await;
        assert_eq!(count(&app, USED).await, 1);
        assert_eq!(count(&app, "SELECT COUNT(*) FROM tour_place").await, 0);
        assert_tours_conserved(&app).await;
    })
    .await;
}

/// Hands in for one household from so many browsers at once; gives how many got a receipt, and what the others were told.
async fn rush(app: &TestApp, flats: impl Fn(usize) -> String, people: usize) -> (usize, Vec<Problem>) {
    let tour = one_tour(app, 1_000_000).await;
    let features = &app.application.applications;
    let mut commands = Vec::new();
    for number in 0..people {
        let code = code(features, app.key(), answers(&flats(number), "1.0", &format!("p{number}@example.org"))).await;
        features.hold_tour(&Actor::Anonymous, &hold(app, &code, tour)).await.expect("held");
        commands.push(submission(app, &code).await);
    }
    let tasks: Vec<_> = commands
        .into_iter()
        .map(|command| {
            let features = Arc::clone(features);
            tokio::spawn(async move {
                // A crowd may have to wait longer than one request does; the key makes asking again harmless.
                for _ in 0..50 {
                    match features.submit(&Actor::Anonymous, &command).await {
                        Ok(_) => return None,
                        Err(Failure::Problem(problem)) => return Some(problem),
                        Err(Failure::Database(_)) => {}
                        Err(other) => panic!("{other:?}"),
                    }
                }
                panic!("the database never got through")
            })
        })
        .collect();
    let mut refused = Vec::new();
    for task in tasks {
        refused.extend(task.await.expect("no panic"));
    }
    (people - refused.len(), refused)
}

#[tokio::test]
async fn of_a_hundred_at_once_for_the_last_of_a_household_one_gets_it() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish(&app).await;
        plan(&app, &[LATER], 50_000).await;
        for _ in 0..3 {
            handed_in(&app, "Wohnung 1", LATER).await;
        }
        let (won, refused) = rush(&app, |_| "Wohnung 1".to_owned(), PEOPLE).await;
        assert_eq!(won, 1);
        // Whoever looks after the last one went is told that the summary names another count; whoever looked before, that
        // there is none left.
        let is_told = |problem: &Problem| matches!(problem, Problem::HouseholdExhausted | Problem::SummaryChanged);
        assert!(refused.iter().all(is_told), "{refused:?}");
        assert_eq!(count(&app, USED).await, 4);
        assert_eq!(count(&app, "SELECT COUNT(*) FROM household_unit").await, 4);
        // The control: as many households as people, and everybody gets one.
        let (won, refused) = rush(&app, |number| format!("Haus {number}"), PEOPLE).await;
        assert_eq!((won, refused.len()), (PEOPLE, 0));
        assert_tours_conserved(&app).await;
    })
    .await;
}

#[tokio::test]
async fn whoever_read_of_a_free_one_does_not_get_a_paid_one() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish(&app).await;
        plan(&app, &[LATER], 50_000).await;
        handed_in(&app, "Wohnung 1", LATER).await;
        let (won, refused) = rush(&app, |_| "Wohnung 1".to_owned(), 10).await;
        assert_eq!(won, 1, "one is free; for the others the price is another now");
        assert!(refused.iter().all(|problem| *problem == Problem::SummaryChanged), "{refused:?}");
        // What was granted keeps what it cost when it was handed in, whatever came after it.
        let cases = app.application.database.rows("SELECT id FROM case_file ORDER BY submitted_at, id", vec![]).await;
        assert_eq!(cases.expect("readable").len(), 2);
        let (code, case) = handed_in(&app, "Wohnung 1", LATER).await;
        grant(&app, &case).await;
        let letters = app.ask(
            "query($access: ApplicationAccessInput!) { applicationLetters(access: $access) { occasion } }",
            json!({ "access": by(&code) }),
        );
        let letters = letters.await;
        assert_eq!(letters.data("applicationLetters.1.occasion"), "GRANT", "{letters:?}");
    })
    .await;
}
