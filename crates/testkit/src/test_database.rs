//! A fresh, migrated database for each test, on each engine.

mod postgres;
mod sqlite;

use std::io::Write;
use std::sync::Once;
use std::time::Duration;

use database::{ConnectOptions, Database, Engine};
use tempfile::TempDir;

/// Names the address of a throw-away PostgreSQL server: `postgres://user@127.0.0.1:5433/postgres`.
const POSTGRES: &str = "SERVICEPOINT_TEST_POSTGRES";
/// Set to `1`, a missing server is a failure instead of a gap.
const REQUIRE_POSTGRES: &str = "SERVICEPOINT_REQUIRE_POSTGRES";

/// A migrated and empty database that belongs to one test.
///
/// On SQLite it is a file that goes when this value is dropped. On PostgreSQL it is a database of its own, which
/// [`TestDatabase::finish`] drops; after a failed test it stays to be looked at, until the throw-away server goes.
#[derive(Debug)]
pub struct TestDatabase {
    database: Database,
    url: String,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Folder(#[expect(dead_code, reason = "held for its Drop, which removes the folder")] TempDir),
    Server { maintenance: String, name: String },
}

impl TestDatabase {
    /// Makes a database on `engine`.
    ///
    /// # Panics
    /// When the database cannot be made; a test has nothing better to do.
    pub async fn new(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => {
                let (folder, url) = sqlite::copy_of_template().await;
                Self { database: connect(&url, 4).await, url, place: Place::Folder(folder) }
            }
            Engine::Postgres => {
                let maintenance = std::env::var(POSTGRES)
                    .unwrap_or_else(|_| panic!("{POSTGRES} must name a throw-away PostgreSQL server"));
                let (name, url) = postgres::copy_of_template(&maintenance).await;
                let database = connect(&url, 5).await;
                Self { database, url, place: Place::Server { maintenance, name } }
            }
        }
    }

    /// The open database.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The address, for a second process or a second pool (two gateways on one database).
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Closes the connections and takes the database away.
    ///
    /// # Panics
    /// When that fails.
    pub async fn finish(self) {
        self.database.close().await.expect("an open database can be closed");
        match self.place {
            Place::Folder(_) => {}
            Place::Server { maintenance, name } => postgres::drop(&maintenance, &name).await,
        }
    }
}

/// The engines that tests run on: SQLite always, PostgreSQL when `SERVICEPOINT_TEST_POSTGRES` names a server.
///
/// # Panics
/// When `SERVICEPOINT_REQUIRE_POSTGRES` is `1` and no server is named.
pub fn engines() -> Vec<Engine> {
    static SAID: Once = Once::new();
    if std::env::var_os(POSTGRES).is_some_and(|url| !url.is_empty()) {
        return vec![Engine::Sqlite, Engine::Postgres];
    }
    let required = std::env::var(REQUIRE_POSTGRES).is_ok_and(|value| value == "1");
    assert!(!required, "{REQUIRE_POSTGRES} is 1, but {POSTGRES} names no PostgreSQL server");
    SAID.call_once(|| {
        // The test harness hides what the print macros write in tests that pass; this must be seen.
        let _ = writeln!(
            std::io::stderr(),
            "LEFT OUT: the PostgreSQL half of these tests, because {POSTGRES} names no server. `cargo xtask test` runs both halves."
        );
    });
    vec![Engine::Sqlite]
}

/// Runs `test` once on each of [`engines`], each time with a fresh database.
///
/// # Panics
/// As the test does; the output names the engine.
pub async fn on_both_engines(test: impl AsyncFn(Database)) {
    for engine in engines() {
        eprintln!("on {engine:?}:");
        let fresh = TestDatabase::new(engine).await;
        test(fresh.database.clone()).await;
        fresh.finish().await;
    }
}

async fn connect(url: &str, max_connections: u32) -> Database {
    let options = ConnectOptions {
        url: url.to_owned(),
        max_connections,
        // Tests share the machine with builds.
        acquire_timeout: Duration::from_secs(30),
    };
    Database::connect(&options).await.expect("the test database can be reached")
}
