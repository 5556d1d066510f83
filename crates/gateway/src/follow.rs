//! Keeps the picture in memory up to date, and says whether it is good enough to serve from.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use database::Database;

use crate::application::Application;
use crate::http::Readiness;

/// How often the database is asked for changes.
const EVERY: Duration = Duration::from_secs(1);
/// How often keys that other processes made are read, in rounds of the above. Much more often than a new one comes into force.
const KEYS_EVERY: u32 = 20;
/// A look that takes longer is given up; the next one starts afresh.
const PATIENCE: Duration = Duration::from_secs(10);
/// A picture older than this is too old to serve from.
const FRESH: Duration = Duration::from_secs(15);
/// The database answers a trivial question within this time, or it is not there.
const PING: Duration = Duration::from_secs(1);

/// Follows what other processes and operators change.
#[derive(Debug)]
pub(crate) struct Follower {
    application: Application,
    state: Mutex<State>,
}

#[derive(Debug, Clone, Copy)]
struct State {
    standing: Standing,
    followed_at: Option<Instant>,
}

/// How the last look ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    NotLookedYet,
    NoCity,
    Following,
    Failing,
}

impl Follower {
    /// A follower that has not looked yet.
    pub(crate) fn new(application: Application) -> Arc<Self> {
        let state = State { standing: Standing::NotLookedYet, followed_at: None };
        Arc::new(Self { application, state: Mutex::new(state) })
    }

    /// Follows for ever.
    pub(crate) async fn run(&self) {
        // Making the chatbot anew takes a moment, in which everything else goes on.
        tokio::join!(self.follow(), self.learn());
    }

    /// Makes the chatbot anew whenever the city or its texts changed.
    async fn learn(&self) {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            match self.application.conversations.learn().await {
                Ok(true) => tracing::info!("the chatbot knows the city that serves"),
                Ok(false) => {}
                Err(error) => tracing::debug!(%error, "the chatbot cannot be made anew"),
            }
        }
    }

    async fn follow(&self) {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for round in (0..KEYS_EVERY).cycle() {
            ticks.tick().await;
            self.look().await;
            self.hear().await;
            if round == 0 {
                self.learn_keys().await;
            }
        }
    }

    /// Looks once. If that fails the last picture goes on serving; a change from good to bad or back is logged once.
    pub(crate) async fn look(&self) {
        let (standing, reason) = match timeout(PATIENCE, self.application.scheduling.follow_changes()).await {
            Ok(Ok(true)) => (Standing::Following, String::new()),
            Ok(Ok(false)) => (Standing::NoCity, String::new()),
            Ok(Err(failure)) => (Standing::Failing, failure.to_string()),
            Err(_) => (Standing::Failing, format!("no answer within {} s", PATIENCE.as_secs())),
        };
        if self.note(standing) == standing {
            return;
        }
        match standing {
            Standing::Following => tracing::info!(city.version = self.version(), "serving the city"),
            Standing::NoCity => tracing::warn!("no city has been loaded; `servicepoint city load DIR` loads one"),
            Standing::Failing => tracing::error!(reason, "changes cannot be followed; serving what was known last"),
            Standing::NotLookedYet => {}
        }
    }

    /// Hears once what was revoked. A database that does not answer is logged by `look`; the next time catches up.
    async fn hear(&self) {
        if let Ok(Err(error)) = timeout(PATIENCE, self.application.identity.follow_revocations()).await {
            tracing::debug!(%error, "revocations cannot be followed");
        }
        if let Ok(Err(error)) = timeout(PATIENCE, self.application.applications.follow_changes()).await {
            tracing::debug!(%error, "cases cannot be followed");
        }
        if let Ok(Err(error)) = timeout(PATIENCE, self.application.conversations.follow_changes()).await {
            tracing::debug!(%error, "conversations cannot be followed");
        }
    }

    /// Reads the keys that other processes made or destroyed: whoever is looked up is looked up by all of them.
    async fn learn_keys(&self) {
        let Application { vault, database, .. } = &self.application;
        if let Ok(Err(error)) = timeout(PATIENCE, vault.refresh(database)).await {
            tracing::debug!(%error, "keys cannot be read");
        }
    }

    /// Enters how a look ended and gives how the one before did.
    fn note(&self, standing: Standing) -> Standing {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let before = state.standing;
        let followed_at = if standing == Standing::Failing { state.followed_at } else { Some(Instant::now()) };
        *state = State { standing, followed_at };
        before
    }

    fn version(&self) -> Option<i64> {
        self.application.scheduling.board().picture().ok().map(|picture| picture.version)
    }

    fn can_serve(&self) -> Result<(), String> {
        let State { standing, followed_at } = *self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if self.version().is_none() {
            return Err(match standing {
                Standing::NoCity | Standing::NotLookedYet => "NO_CITY: no city has been loaded".to_owned(),
                Standing::Following | Standing::Failing => "NO_CITY: the city cannot be read".to_owned(),
            });
        }
        match followed_at {
            Some(at) if at.elapsed() < FRESH => Ok(()),
            _ => Err(format!("STALE: the picture is older than {} s", FRESH.as_secs())),
        }
    }
}

/// Ready when the database answers, a city is there and the picture of it is fresh.
#[derive(Debug, Clone)]
pub(crate) struct Ready(pub(crate) Arc<Follower>);

impl Readiness for Ready {
    fn check(&self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async {
            self.0.can_serve()?;
            answers(&self.0.application.database).await.map_err(|reason| format!("DATABASE: {reason}"))
        })
    }
}

/// Ready when the database answers: a worker needs no more.
#[derive(Debug, Clone)]
pub(crate) struct DatabaseAnswers(pub(crate) Database);

impl Readiness for DatabaseAnswers {
    fn check(&self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async { answers(&self.0).await.map_err(|reason| format!("DATABASE: {reason}")) })
    }
}

/// Whether the database answers a trivial question within a second.
///
/// # Errors
/// Why not.
pub(crate) async fn answers(database: &Database) -> Result<(), String> {
    match timeout(PING, database.row("SELECT 1 AS one", vec![])).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("no answer within {} s", PING.as_secs())),
    }
}
