//! Five hundred at once for one lorry: exactly what fits is promised, and the test would see one too many.

use std::future::Future;
use std::sync::Arc;

use applications::{Failure, Problem};
use database::Database;
use domain::permission::Actor;
use testkit::{TestApp, on_both_engines};

use crate::tour_support::{answers, assert_tours_conserved, code, count, hold, one_tour, publish, submission};

const PEOPLE: usize = 500;
/// Cubic metres on the lorry; everybody has one.
const FITS: usize = 37;

/// Asks again while the database asks for it: a crowd may have to wait longer than one request does.
async fn persistent<T, F: Future<Output = Result<T, Failure>>>(work: impl Fn() -> F) -> Result<T, Problem> {
    for _ in 0..50 {
        match work().await {
            Ok(done) => return Ok(done),
            Err(Failure::Problem(problem)) => return Err(problem),
            Err(Failure::Database(_)) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    panic!("the database never got through")
}

#[tokio::test]
async fn of_five_hundred_at_once_exactly_those_get_a_place_who_fit() {
    on_both_engines(async |database| {
        let app = TestApp::start(database).await;
        publish(&app).await;
        let tour = one_tour(&app, FITS as i64 * 1_000).await;
        let features = Arc::clone(&app.application.applications);
        let mut codes = Vec::new();
        for number in 0..PEOPLE {
            let answers = answers(&format!("Wohnung {number}"), "1.0", &format!("p{number}@example.org"));
            codes.push(code(&features, app.key(), answers).await);
        }
        let tasks: Vec<_> = codes
            .into_iter()
            .map(|code| {
                let (features, command) = (Arc::clone(&features), hold(&app, &code, tour));
                tokio::spawn(async move {
                    match persistent(|| features.hold_tour(&Actor::Anonymous, &command)).await {
                        Ok(_) => Some(code),
                        Err(Problem::TourFull) => None,
                        Err(other) => panic!("{other:?}"),
                    }
                })
            })
            .collect();
        let mut winners = Vec::new();
        for task in tasks {
            winners.extend(task.await.expect("no panic"));
        }
        assert_eq!(winners.len(), FITS);
        assert_tours_conserved(&app).await;
        let mut commands = Vec::new();
        for code in &winners {
            commands.push(submission(&app, code).await);
        }
        let tasks: Vec<_> = commands
            .into_iter()
            .map(|command| {
                let features = Arc::clone(&features);
                tokio::spawn(async move { persistent(|| features.submit(&Actor::Anonymous, &command)).await })
            })
            .collect();
        for task in tasks {
            task.await.expect("no panic").expect("what is held is promised");
        }
        let promised = "SELECT COUNT(*) FROM tour_place WHERE state = 'promised'";
        assert_eq!(count(&app, promised).await, FITS as i64);
        assert_eq!(count(&app, "SELECT taken FROM tour").await, FITS as i64 * 1_000);
        assert_tours_conserved(&app).await;
    })
    .await;
}

/// One place, as somebody would take it who looks first and writes then.
async fn looks_first(database: &Database) -> bool {
    let rows = database.rows("SELECT taken, capacity FROM naive_tour", vec![]).await.expect("readable");
    let (taken, capacity): (i64, i64) = (rows[0].at(0).expect("a number"), rows[0].at(1).expect("a number"));
    if taken + 1 > capacity {
        return false;
    }
    tokio::task::yield_now().await;
    database.write("UPDATE naive_tour SET taken = taken + 1", vec![]).await.is_ok()
}

#[tokio::test]
async fn the_control_whoever_looks_first_and_writes_then_sells_too_much() {
    on_both_engines(async |database| {
        database.write("CREATE TABLE naive_tour (taken BIGINT, capacity BIGINT)", vec![]).await.expect("written");
        database.write("INSERT INTO naive_tour VALUES (0, 7)", vec![]).await.expect("written");
        let tasks: Vec<_> = (0..100)
            .map(|_| {
                let database = database.clone();
                tokio::spawn(async move { looks_first(&database).await })
            })
            .collect();
        let mut winners = 0;
        for task in tasks {
            winners += usize::from(task.await.expect("no panic"));
        }
        assert!(winners > 7, "{winners}");
    })
    .await;
}
