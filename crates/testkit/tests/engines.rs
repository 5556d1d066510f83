//! The database fixtures, tried through the door that tests use.

use database::{Database, Engine};
use testkit::{TestDatabase, engines, on_both_engines};

#[tokio::test]
async fn each_test_gets_a_migrated_and_empty_database() {
    on_both_engines(async |database: Database| {
        let rows = database.rows("SELECT id FROM account", vec![]).await.unwrap();
        assert!(rows.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_one_test_writes_another_does_not_see() {
    for engine in engines() {
        let (one, other) = (TestDatabase::new(engine).await, TestDatabase::new(engine).await);
        let write = "INSERT INTO idempotency (key, request, subject, at) VALUES ($1, $2, $3, 1)";
        let values = vec![vec![1_u8].into(), vec![2_u8].into(), uuid::Uuid::nil().into()];
        one.database().write(write, values).await.unwrap();
        let count =
            async |database: &Database| database.rows("SELECT at FROM idempotency", vec![]).await.unwrap().len();
        assert_eq!((count(one.database()).await, count(other.database()).await), (1, 0));
        one.finish().await;
        other.finish().await;
    }
}

#[tokio::test]
async fn fixtures_made_at_once_do_not_disturb_each_other() {
    let made = engines().into_iter().flat_map(|engine| std::iter::repeat_n(engine, 4));
    let tasks: Vec<_> = made.map(|engine| tokio::spawn(TestDatabase::new(engine))).collect();
    for task in tasks {
        let fresh = task.await.unwrap();
        assert!(matches!(fresh.database().engine(), Engine::Sqlite | Engine::Postgres));
        fresh.finish().await;
    }
}
