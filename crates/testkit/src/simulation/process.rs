//! One process of the simulated town hall: the real application on the shared database, with a clock of its own.

use std::sync::Arc;
use std::time::Duration;

use applications::{FilePlace, FileStore, PracticeBank, UploadSettings};
use database::{ConnectOptions, Database, DatabaseError, Engine, within_statements};
use domain::environment::{Clock, Entropy};
use gateway::application::{Application, Parts};
use identity::IdentitySettings;
use scheduling::Scheduling;
use tokio::task::JoinHandle;

use crate::{FixedClock, SeededEntropy};

/// A process that runs.
pub(super) struct Process {
    pub(super) application: Application,
    pub(super) clock: FixedClock,
    /// How far its clock is off, in seconds.
    pub(super) skew: i64,
    desk: JoinHandle<()>,
    /// Its booking desk fails after some statements, so every booking may.
    pub(super) is_failing: bool,
}

impl Process {
    /// Starts on a database, with a desk that fails after so many statements, if any.
    pub(super) async fn start(url: &str, clock: FixedClock, seed: u64, fails_after: Option<u32>) -> Self {
        let options = ConnectOptions {
            url: url.to_owned(),
            // As few as may be: one request after the other reaches the database, each time in the same order.
            max_connections: 1,
            acquire_timeout: Duration::from_secs(30),
        };
        let database = Database::connect(&options).await.expect("the database is there");
        let (application, desk) = Application::new(Parts {
            database,
            clock: Arc::new(clock.clone()) as Arc<dyn Clock>,
            entropy: Arc::new(SeededEntropy::new(seed)) as Arc<dyn Entropy>,
            master: [7; 32],
            vault: [7; 32],
            scheduling: settings(),
            identity: IdentitySettings::new("https://stadt.example", "servicepoint", 2),
            openid: vec![],
            secure_cookies: true,
            files: FileStore::open(&FilePlace::Memory).expect("memory can be used"),
            uploads: UploadSettings::default(),
            zones: Arc::default(),
            practice_bank: PracticeBank::Open,
            model: None,
        });
        let desk = match fails_after {
            Some(statements) => tokio::spawn(within_statements(statements, desk.run())),
            None => tokio::spawn(desk.run()),
        };
        let process = Self { application, clock, skew: 0, desk, is_failing: fails_after.is_some() };
        process.scheduling().follow_changes().await.expect("the database answers");
        process
    }

    pub(super) fn scheduling(&self) -> &Scheduling {
        &self.application.scheduling
    }

    /// Waits until the engine has done, or undone, whatever was under way when somebody hung up: until then two readings of
    /// the books may differ rightly.
    pub(super) async fn comes_to_rest(&self) -> Result<(), DatabaseError> {
        let database = &self.application.database;
        // On SQLite there is one writer, so whoever has a turn is the only one.
        database.begin().await?.commit().await?;
        let busy = match database.engine() {
            Engine::Sqlite => return Ok(()),
            Engine::Postgres => {
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
                 AND backend_type = 'client backend' AND state <> 'idle'"
            }
        };
        while database.row(busy, vec![]).await?.is_some() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(())
    }

    /// Dies in the middle of whatever it does.
    pub(super) async fn die(self) {
        self.desk.abort();
        // Its connections close as the kernel would close them; we wait, because a file is deleted at the end.
        let _ = self.desk.await;
        let _ = self.application.database.close().await;
    }
}

/// Short times, so that much lapses in a story; few places for one person, so that limits are met.
fn settings() -> scheduling::Settings {
    scheduling::Settings {
        hold_minutes: 10,
        confirm_minutes: 30,
        bookings_per_person: 2,
        holds_per_session: 2,
        return_minutes: 5,
        ..scheduling::Settings::default()
    }
}
