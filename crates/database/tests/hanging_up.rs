//! Whoever hangs up while a unit begins leaves nothing behind: the next writer on the same connection keeps what it writes.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use database::{ConnectOptions, Database};
use testkit::{TestDatabase, engines};

/// More turns than beginning a unit takes.
const TURNS: u32 = 12;

/// Polls `work` so many times, then drops it.
async fn hang_up_after<T>(turns: u32, work: impl Future<Output = T>) {
    let mut work = pin!(work);
    let mut left = turns;
    poll_fn(move |context| match work.as_mut().poll(context) {
        Poll::Pending if left > 1 => {
            left -= 1;
            Poll::Pending
        }
        Poll::Pending | Poll::Ready(_) => Poll::Ready(()),
    })
    .await;
}

#[tokio::test]
async fn what_is_written_after_somebody_hung_up_while_a_unit_began_is_kept() {
    for engine in engines() {
        let test = TestDatabase::new(engine).await;
        let options = ConnectOptions {
            url: test.url().to_owned(),
            max_connections: 1,
            acquire_timeout: std::time::Duration::from_secs(30),
        };
        let database = Database::connect(&options).await.expect("the database is there");
        let insert = "INSERT INTO idempotency (key, request, subject, at) VALUES ($1, $1, $2, 0)";
        for turns in 1..=TURNS {
            hang_up_after(turns, database.begin()).await;
            // Two connections: both are asked.
            for half in 0..2_u8 {
                let id = uuid::Uuid::from_u128(u128::from(turns) * 2 + u128::from(half));
                let key = id.as_bytes().to_vec();
                database.write(insert, vec![key.into(), id.into()]).await.expect("it writes");
            }
        }
        let rows = test.database().rows("SELECT key FROM idempotency", vec![]).await.expect("another one reads");
        assert_eq!(rows.len(), 2 * TURNS as usize, "{engine:?}: what was confirmed is there");
        database.close().await.expect("closes");
        test.finish().await;
    }
}
