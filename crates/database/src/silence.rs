//! Connections to PostgreSQL that have gone silent: whoever gives up waiting raises doubt, and doubtful connections are
//! tried for a moment before anybody waits on them again.
//!
//! A connection that is tried also leaves a unit behind that somebody hung up on.
//!
//! After a change of the server or of a firewall nobody says that a connection is dead; the system finds out after a
//! quarter of an hour. A pool full of such connections would refuse everybody for as long.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sea_orm::SqlxError;
use sea_orm::sqlx::postgres::PgConnection;
use sea_orm::sqlx::raw_sql;
use tokio::time::timeout;

/// A connection that does not answer a ping within this time is dead. A healthy one needs a thousandth of it.
const ANSWER: Duration = Duration::from_millis(250);
/// A connection that nobody used for this long is tried first.
const IDLE: Duration = Duration::from_secs(2);

/// How many connections are still in doubt.
#[derive(Debug, Clone)]
pub(crate) struct Silence {
    doubtful: Arc<AtomicU32>,
    all: u32,
}

/// Raises doubt unless the work it stands for was finished.
struct Waiting<'a>(Option<&'a Silence>);

impl Silence {
    /// Nothing is in doubt in a pool of so many connections.
    pub(crate) fn of(connections: u32) -> Self {
        Self { doubtful: Arc::default(), all: connections }
    }

    /// Does the work. If it is given up half-way, all connections are in doubt.
    pub(crate) async fn watch<T>(&self, work: impl Future<Output = T>) -> T {
        let mut waiting = Waiting(Some(self));
        let outcome = work.await;
        waiting.0 = None;
        outcome
    }

    /// Looks at a connection that comes back from work, which a doubtful one may never do.
    ///
    /// # Errors
    /// It does not answer: close it without a word.
    pub(crate) async fn returned(&self, connection: &mut PgConnection) -> Result<bool, SqlxError> {
        if self.is_in_doubt() { self.answers(connection).await } else { Ok(true) }
    }

    /// Looks at a connection that goes to work after it was idle for some time.
    ///
    /// # Errors
    /// As [`Silence::returned`].
    pub(crate) async fn before_work(&self, connection: &mut PgConnection, idle: Duration) -> Result<bool, SqlxError> {
        if idle >= IDLE || self.is_in_doubt() { self.answers(connection).await } else { Ok(true) }
    }

    async fn answers(&self, connection: &mut PgConnection) -> Result<bool, SqlxError> {
        // Whoever is dropped while a unit begins leaves it open, and the driver does not know: whatever the next one writes
        // would be confirmed and not kept. Where no unit is open this begins and ends an empty one.
        let answer = timeout(ANSWER, raw_sql("BEGIN; ROLLBACK").execute(&mut *connection)).await;
        if !matches!(answer, Ok(Ok(_))) {
            // Where one is dead there are more.
            self.raise();
        }
        answer.map_err(|_| SqlxError::Io(std::io::ErrorKind::TimedOut.into()))?.map(|_| true)
    }

    /// Going to work and coming back are two looks at each connection.
    fn raise(&self) {
        self.doubtful.store(2 * self.all, Ordering::Relaxed);
    }

    fn is_in_doubt(&self) -> bool {
        let less = |count: u32| count.checked_sub(1);
        self.doubtful.load(Ordering::Relaxed) > 0
            && self.doubtful.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(silence) = self.0 {
            silence.raise();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use crate::silence::Silence;

    #[tokio::test]
    async fn doubts_every_connection_twice_after_work_that_was_given_up() {
        let silence = Silence::of(3);
        silence.watch(std::future::ready(())).await;
        assert!(!silence.is_in_doubt());
        let given_up = timeout(Duration::from_millis(1), silence.watch(std::future::pending::<()>())).await;
        assert!(given_up.is_err());
        assert_eq!((0..10).filter(|_| silence.is_in_doubt()).count(), 6);
    }
}
