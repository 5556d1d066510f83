//! The worker: sends letters, gives lapsed places back and forgets what has ended, in any number of processes.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use notifications::Notifications;

use crate::application::Application;
use crate::configuration::Retention;
use crate::mail;
use crate::upkeep::Upkeep;

/// How often lapsed holds are given back. Search knows by the clock that they have lapsed; this frees them for booking.
const LAPSED_EVERY: Duration = Duration::from_secs(5);
/// How often ended sessions are deleted, in rounds of the above.
const SESSIONS_EVERY: u32 = 12;

/// How often the audit log is sealed.
const UPKEEP_EVERY: Duration = Duration::from_mins(1);

/// How long answered requests and delivered events are kept: nobody repeats a request after a day.
const KEPT_MINUTES: i64 = 24 * 60;

/// Works until `stop`, and ends between two rounds.
pub(crate) async fn work(
    application: Application,
    letters: Notifications,
    retention: Retention,
    stop: CancellationToken,
) {
    let upkeep = Upkeep::new(application.clone(), retention);
    tokio::join!(tidy(application, stop.clone()), keep_up(upkeep, stop.clone()), mail::deliver(letters, stop));
}

/// Seals, erases and changes keys, minute by minute.
async fn keep_up(mut upkeep: Upkeep, stop: CancellationToken) {
    let mut rounds = interval(UPKEEP_EVERY);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut health = Health::new("upkeep");
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = rounds.tick() => {}
        }
        // What was sealed is no news.
        health.note(upkeep.round().await.map(|_| 0));
    }
}

async fn tidy(application: Application, stop: CancellationToken) {
    let mut rounds = interval(LAPSED_EVERY);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut lapsed, mut sessions) = (Health::new("lapsed places"), Health::new("ended sessions"));
    let mut requests = Health::new("old requests");
    let mut proofs = Health::new("used proofs of work");
    for round in (0..SESSIONS_EVERY).cycle() {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = rounds.tick() => {}
        }
        lapsed.note(application.scheduling.tidy().await.map(|count| count as u64));
        if round == 0 {
            let now = application.clock.now();
            sessions.note(application.identity.tidy(now).await);
            proofs.note(application.database.forget_spent_proofs(now).await);
            requests.note(application.database.forget_requests(now.plus_minutes(-KEPT_MINUTES)).await);
        }
    }
}

/// Whether one kind of work succeeds; a change is logged once, not every round.
struct Health {
    what: &'static str,
    is_failing: bool,
}

impl Health {
    const fn new(what: &'static str) -> Self {
        Self { what, is_failing: false }
    }

    fn note(&mut self, outcome: Result<u64, impl std::fmt::Display>) {
        match outcome {
            Ok(count) => {
                if std::mem::take(&mut self.is_failing) {
                    tracing::info!(what = self.what, "tidying works again");
                }
                if count > 0 {
                    tracing::info!(what = self.what, count, "tidied");
                }
            }
            Err(error) => {
                if !std::mem::replace(&mut self.is_failing, true) {
                    tracing::error!(what = self.what, %error, "tidying fails; it is tried again");
                }
            }
        }
    }
}
