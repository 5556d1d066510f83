//! One intake: what arrives twice, on whatever way, is one case with two arrivals, until somebody says that it is two.

use std::sync::Arc;

use applications::{AnswerChange, Failure, Problem};
use domain::permission::Actor;
use serde_json::{Value, json};
use testkit::{TestApp, on_both_engines};

use crate::application_support::{START, by, status, step};
use crate::booking_support::service_id;
use crate::tour_support::{
    FIRST_DAY, HOLD, LATER, answers, assert_tours_conserved, choose, code, count, filled_in, hold, one_tour, plan,
    publish, submission, tour_of,
};

const SUBMIT: &str = "mutation($input: SubmitApplicationInput!) { submitApplication(input: $input) {
    receipt { number caseId joined } problem { code } } }";
const ARRIVALS: &str = "query($id: ID!) { case(id: $id) { case { receiptNumber state } historyIntact events { kind }
    arrivals { id way reason recordedById answers { path value } } } }";
const CASES: &str = "SELECT COUNT(*) FROM case_file";

/// The same wish in other words: another order of capitals and blanks, and another place to put it.
fn again(mail: &str) -> Vec<AnswerChange> {
    let mut changes = answers(" wohnung 1", "1.0", mail);
    changes.push(AnswerChange::Set { path: "day.place".to_owned(), value: json!("yard") });
    changes
}

async fn hand_in(app: &TestApp, token: Option<&str>, code: &Value, day: &str) -> Value {
    let tour = tour_of(app, code, day).await;
    choose(app, HOLD, code, &tour).await;
    let sha256 = crate::application_support::summary(app, code).await;
    let input = json!({ "access": by(code), "summarySha256": sha256, "submissionKey": app.key() });
    let done = app.ask_as(token, SUBMIT, json!({ "input": input })).await;
    assert_eq!(done.data("submitApplication.problem"), &Value::Null, "{done:?}");
    // The same key gives the same receipt.
    assert_eq!(app.ask_as(token, SUBMIT, json!({ "input": input })).await.body, done.body);
    done.data("submitApplication.receipt").clone()
}

/// Staff type in what came on paper; gives the code.
async fn on_paper(app: &TestApp, clerk: &str, mail: &str) -> Value {
    let input = json!({ "service": service_id("sperrmuell"), "intake": "PAPER", "idempotencyKey": app.key() });
    let started = app.ask_as(Some(clerk), START, json!({ "input": input })).await;
    let code = started.data("startDraft.code").clone();
    let command = applications::SaveAnswers {
        access: applications::Access::Code(code.as_str().expect("a code").to_owned()),
        rev: 1,
        changes: again(mail),
    };
    app.application.applications.save_answers(&Actor::Anonymous, &command).await.expect("saved");
    code
}

#[tokio::test]
async fn a_form_that_comes_once_more_on_paper_joins_the_first_case_and_can_be_separated() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish(&app).await;
        plan(&app, &[FIRST_DAY, LATER], 50_000).await;
        let online = filled_in(&app, answers("Wohnung 1", "1.0", "eva@example.org")).await;
        let first = hand_in(&app, None, &online, FIRST_DAY).await;
        assert_eq!(first["joined"], Value::Null);
        app.clock.pass_seconds(3_600);
        let clerk = app.token("clerk.mitte").await;
        let paper = on_paper(&app, &clerk, "EVA@example.org").await;
        let second = hand_in(&app, Some(&clerk), &paper, LATER).await;
        assert_eq!((&second["number"], &second["joined"]), (&first["number"], &json!("SAME_CONTACT")));
        assert_eq!(count(&app, CASES).await, 1);
        assert_eq!(count(&app, "SELECT used FROM household_quota").await, 1, "it is counted once");
        assert_eq!(count(&app, "SELECT COUNT(*) FROM tour_place").await, 1, "and collected once");
        // Whoever typed the same address reads nothing of the case by it.
        assert_eq!(status(&app, &paper).await, Value::Null);
        assert_eq!(status(&app, &online).await["status"], "PROCESSING");

        let seen = app.ask_as(Some(&clerk), ARRIVALS, json!({ "id": first["caseId"] })).await;
        assert_eq!(seen.data("case.historyIntact"), true, "{seen:?}");
        let arrivals = seen.data("case.arrivals").as_array().expect("arrivals").clone();
        let told: Vec<(&Value, &Value)> = arrivals.iter().map(|one| (&one["way"], &one["reason"])).collect();
        assert_eq!(told, [(&json!("ONLINE"), &json!("FIRST")), (&json!("PAPER"), &json!("SAME_CONTACT"))]);
        assert!(arrivals[0]["recordedById"].is_null() && arrivals[1]["recordedById"].is_string());
        assert!(arrivals[1]["answers"].to_string().contains("yard"), "{arrivals:?}");

        // They were two after all.
        let more = json!({ "arrival": arrivals[1]["id"] });
        let separated =
            step(&app, &clerk, "separateIntake", "SeparateIntakeInput", &first["caseId"], more.clone()).await;
        assert_eq!(separated.data("separateIntake.problem"), &Value::Null, "{separated:?}");
        assert_eq!(count(&app, CASES).await, 2);
        assert_eq!(status(&app, &paper).await["status"], "PROCESSING", "now the code leads to a case of its own");
        assert_eq!(count(&app, "SELECT used FROM household_quota").await, 2);
        let once = step(&app, &clerk, "separateIntake", "SeparateIntakeInput", &first["caseId"], more).await;
        assert_eq!(once.data("separateIntake.problem.code"), "NOT_FOUND", "{once:?}");
        let seen = app.ask_as(Some(&clerk), ARRIVALS, json!({ "id": first["caseId"] })).await;
        assert_eq!(seen.data("case.historyIntact"), true, "{seen:?}");
        assert_eq!(seen.data("case.arrivals").as_array().map(Vec::len), Some(1));
        assert_tours_conserved(&app).await;
    })
    .await;
}

#[tokio::test]
async fn another_amount_another_person_and_another_month_are_other_matters() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish(&app).await;
        plan(&app, &[LATER, "2027-02-02"], 50_000).await;
        let wish = async |changes: Vec<AnswerChange>, day: &str| {
            let code = filled_in(&app, changes).await;
            hand_in(&app, None, &code, day).await["joined"].clone()
        };
        assert_eq!(wish(answers("Wohnung 1", "1.0", "eva@example.org"), LATER).await, Value::Null);
        assert_eq!(wish(answers("Wohnung 1", "1.1", "eva@example.org"), LATER).await, Value::Null);
        assert_eq!(wish(answers("Wohnung 2", "1.0", "eva@example.org"), LATER).await, Value::Null);
        assert_eq!(wish(answers("Wohnung 1", "1.0", "otto@example.org"), LATER).await, Value::Null);
        assert_eq!(wish(again("eva@example.org"), LATER).await, "SAME_CONTACT", "the control");
        app.clock.pass_seconds(14 * 24 * 3600 + 1);
        assert_eq!(wish(answers("Wohnung 2", "1.0", "eva@example.org"), "2027-02-02").await, Value::Null);
        assert_eq!(count(&app, CASES).await, 5);
    })
    .await;
}

#[tokio::test]
async fn what_was_taken_back_is_begun_anew_and_what_is_erased_takes_its_twin_along() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish(&app).await;
        plan(&app, &[LATER], 50_000).await;
        let first = filled_in(&app, answers("Wohnung 1", "1.0", "eva@example.org")).await;
        let receipt = hand_in(&app, None, &first, LATER).await;
        let twin = filled_in(&app, again("eva@example.org")).await;
        assert_eq!(hand_in(&app, None, &twin, LATER).await["joined"], "SAME_CONTACT");
        let keys = "SELECT COUNT(*) FROM subject_key WHERE subject IN (SELECT application FROM case_intake)";
        assert_eq!(count(&app, keys).await, 2);
        let withdraw =
            "mutation($input: WithdrawApplicationInput!) { withdrawApplication(input: $input) { problem { code } } }";
        let input = json!({ "access": by(&first), "idempotencyKey": app.key() });
        app.ask(withdraw, json!({ "input": input })).await;
        let anew = filled_in(&app, answers("Wohnung 1", "1.0", "eva@example.org")).await;
        assert_eq!(hand_in(&app, None, &anew, LATER).await["joined"], Value::Null);
        let clerk = app.token("clerk.mitte").await;
        step(&app, &clerk, "closeCase", "CaseStepInput", &receipt["caseId"], json!({})).await;
        let operator = app.token("operator").await;
        let erase = "mutation($c: ID!) { eraseCase(case: $c) { problem { code } } }";
        let done = app.ask_as(Some(&operator), erase, json!({ "c": receipt["caseId"] })).await;
        assert_eq!(done.data("eraseCase.problem"), &Value::Null, "{done:?}");
        assert_eq!(count(&app, keys).await, 1, "the keys of both are gone; that of the new case is there");
        assert_eq!(count(&app, "SELECT COUNT(*) FROM application").await, 1);
    })
    .await;
}

/// So many arrivals belong to one case.
const TWINS: usize = 10;

#[tokio::test]
async fn ten_twins_at_once_are_one_case_and_an_eleventh_is_looked_at_alone() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish(&app).await;
        let tour = one_tour(&app, 1_000_000).await;
        let features = Arc::clone(&app.application.applications);
        let mut commands = Vec::new();
        for _ in 0..=TWINS {
            let code = code(&features, app.key(), answers("Wohnung 1", "1.0", "eva@example.org")).await;
            features.hold_tour(&Actor::Anonymous, &hold(&app, &code, tour)).await.expect("held");
            commands.push(submission(&app, &code).await);
        }
        let late = commands.pop().expect("one more");
        let tasks: Vec<_> = commands
            .into_iter()
            .map(|mut command| {
                let features = Arc::clone(&features);
                tokio::spawn(async move {
                    for _ in 0..50 {
                        match features.submit(&Actor::Anonymous, &command).await {
                            Ok(receipt) => return receipt,
                            Err(Failure::Database(_)) => {}
                            // The first one was counted for the household meanwhile: they read it again.
                            Err(Failure::Problem(Problem::SummaryChanged)) => {
                                let read = features.summary(&Actor::Anonymous, &command.access).await;
                                command.summary_sha256 = read.expect("a summary").sha256;
                                command.submission_key.push('1');
                            }
                            Err(other) => panic!("{other:?}"),
                        }
                    }
                    panic!("the database never got through")
                })
            })
            .collect();
        let mut began = 0;
        for task in tasks {
            began += usize::from(task.await.expect("no panic").joined.is_none());
        }
        assert_eq!(began, 1);
        assert_eq!(count(&app, CASES).await, 1);
        assert_eq!(count(&app, "SELECT COUNT(*) FROM case_intake").await, TWINS as i64);
        assert_eq!(count(&app, "SELECT used FROM household_quota").await, 1);
        assert_tours_conserved(&app).await;
        // What it read of the household has changed meanwhile.
        assert!(features.submit(&Actor::Anonymous, &late).await.is_err());
        let applications::Access::Code(code) = &late.access else { panic!("it came by code") };
        let receipt = features.submit(&Actor::Anonymous, &submission(&app, code).await).await.expect("handed in");
        assert_eq!(receipt.joined, None);
        assert_eq!(count(&app, CASES).await, 2);
        assert_tours_conserved(&app).await;
    })
    .await;
}
