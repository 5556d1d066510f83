//! A database in trouble: the request is told so, nothing is half written, and the next request works.

use database::{ConnectOptions, Database, Engine};
use serde_json::{Value, json};
use testkit::{TestApp, TestDatabase, engines};

use crate::booking_support::{book, first_start};

#[tokio::test]
async fn a_locked_database_is_unavailable_and_then_works_again() {
    for engine in engines() {
        let test = TestDatabase::new(engine).await;
        let app = TestApp::start(test.database().clone()).await;
        let start = first_start(&app, "residence", None).await;
        let contact = json!({ "name": "Otto Muster", "mail": "otto@example.org" });
        let options = ConnectOptions {
            url: test.url().to_owned(),
            max_connections: 2,
            acquire_timeout: std::time::Duration::from_secs(5),
        };
        let other = Database::connect(&options).await.expect("a second program on the same database");
        let lock = other.begin().await.expect("nobody else writes");
        if engine == Engine::Postgres {
            lock.execute("LOCK TABLE capacity_cell IN ACCESS EXCLUSIVE MODE", vec![]).await.expect("the lock");
        }
        let refused = book(&app, None, "MAIL_LINK", &start, contact.clone()).await;
        assert_eq!(refused.code(), "UNAVAILABLE", "{engine:?}: {refused:?}");
        assert_eq!(refused.status.as_u16(), 200);
        // Search needs no database.
        assert_eq!(first_start(&app, "residence", None).await["startsAt"], start["startsAt"]);
        drop(lock);
        let booked = book(&app, None, "MAIL_LINK", &start, contact).await;
        assert_eq!(booked.data("bookAppointment.problem"), &Value::Null, "{engine:?}: {booked:?}");
        app.assert_conserved().await;
    }
}

/// SQLite undoes a unit by itself when the disk is full; here somebody does it for it.
#[tokio::test]
async fn what_is_confirmed_after_the_engine_undid_a_unit_is_kept() {
    let test = TestDatabase::new(Engine::Sqlite).await;
    let database = test.database();
    let insert = "INSERT INTO idempotency (key, request, subject, at) VALUES ($1, $1, $1, 0)";
    let undone = database.begin().await.expect("a unit");
    undone.execute("ROLLBACK", vec![]).await.expect("the engine undoes it");
    drop(undone);
    let dropped = database.begin().await.expect("a unit");
    dropped.execute(insert, vec![vec![1_u8; 16].into()]).await.expect("it writes");
    drop(dropped);
    let kept = database.begin().await.expect("a unit");
    kept.execute(insert, vec![vec![2_u8; 16].into()]).await.expect("it writes");
    kept.commit().await.expect("it is kept");
    let rows = database.rows("SELECT key FROM idempotency", vec![]).await.expect("another connection reads");
    assert_eq!(rows.len(), 1, "what was confirmed is there, what was dropped is not");
}
