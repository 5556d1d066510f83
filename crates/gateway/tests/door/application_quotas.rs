//! A thousand at once for the last of a quota: exactly so many succeed as there are.

use std::sync::Arc;

use applications::{
    Access, AnswerChange, Failure, Handling, Intake, Practice, Problem, SaveAnswers, SetQuota, StartDraft, Submit,
};
use domain::identifier::Key;
use domain::permission::Actor;
use testkit::{TestApp, TestService, on_both_engines};

const PEOPLE: usize = 1_000;
const PLACES: u32 = 7;

/// An application that waits to be handed in.
async fn ready(app: &TestApp) -> Submit {
    let features = &app.application.applications;
    let command = StartDraft {
        service: Key::new("parking").unwrap(),
        practice: Practice::Real,
        intake: Intake::Online,
        language: domain::text::Language::German,
        idempotency_key: app.key(),
    };
    let started = features.start_draft(&Actor::Anonymous, &command).await.expect("it begins");
    let access = Access::Code(started.code);
    let set = |(path, value): (&str, serde_json::Value)| AnswerChange::Set { path: path.into(), value };
    let changes = crate::application_support::car(1_800).map(set).into();
    let save = SaveAnswers { access: access.clone(), rev: started.draft.rev, changes };
    features.save_answers(&Actor::Anonymous, &save).await.expect("it is saved");
    let summary = features.summary(&Actor::Anonymous, &access).await.expect("a summary");
    let handling = Handling::MachineMayDecide;
    Submit { access, summary_sha256: summary.sha256, handling, submission_key: app.key() }
}

/// Hands all in at once; gives how many got a receipt and how many were told that none is left.
async fn rush(app: &TestApp, people: usize) -> (usize, usize) {
    let mut commands = Vec::new();
    for _ in 0..people {
        commands.push(ready(app).await);
    }
    let tasks: Vec<_> = commands
        .into_iter()
        .map(|command| {
            let features = Arc::clone(&app.application.applications);
            tokio::spawn(async move {
                // A crowd this large may have to wait longer than one request does; the key makes asking again harmless.
                for _ in 0..50 {
                    match features.submit(&Actor::Anonymous, &command).await {
                        Ok(_) => return true,
                        Err(Failure::Problem(Problem::QuotaExhausted)) => return false,
                        Err(Failure::Database(_)) => {}
                        Err(other) => panic!("{other:?}"),
                    }
                }
                panic!("the database never got through")
            })
        })
        .collect();
    let mut winners = 0;
    for task in tasks {
        winners += usize::from(task.await.expect("no panic"));
    }
    (winners, people - winners)
}

#[tokio::test]
async fn a_thousand_at_once_for_the_last_places_take_exactly_those() {
    on_both_engines(async |database| {
        let app = TestApp::start(database.clone()).await;
        app.publish(&TestService::default()).await;
        // The control: without a quota everybody succeeds.
        assert_eq!(rush(&app, 20).await, (20, 0));
        let quota = SetQuota {
            service: Key::new("parking").unwrap(),
            from: app.now(),
            until: app.now().plus_minutes(24 * 60),
            most: i64::from(PLACES),
        };
        app.application.applications.set_quota(&Actor::System, &quota).await.expect("it is set");
        assert_eq!(rush(&app, PEOPLE).await, (PLACES as usize, PEOPLE - PLACES as usize));
        let rows = database.rows("SELECT used FROM quota_ledger", vec![]).await.expect("readable");
        assert_eq!(rows[0].at::<i64>(0).expect("a number"), i64::from(PLACES));
        let cases = database.rows("SELECT COUNT(*) FROM case_file", vec![]).await.expect("readable");
        assert_eq!(cases[0].at::<i64>(0).expect("a number"), 20 + i64::from(PLACES));
        // Below what is taken it cannot go; above it there is room again.
        let fewer = SetQuota { most: i64::from(PLACES) - 1, ..quota.clone() };
        let refused = app.application.applications.set_quota(&Actor::System, &fewer).await;
        assert!(matches!(refused, Err(Failure::Problem(Problem::QuotaExhausted))), "{refused:?}");
        let more = SetQuota { most: i64::from(PLACES) + 1, ..quota };
        app.application.applications.set_quota(&Actor::System, &more).await.expect("it is set");
        assert_eq!(rush(&app, 3).await, (1, 2));
    })
    .await;
}
