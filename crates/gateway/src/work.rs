//! The worker: carries messages, gives lapsed places back and forgets what has ended, in any number of processes.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use applications::Forwarding;
use domain::permission::Actor;
use notifications::Notifications;

use crate::application::Application;
use crate::cli::CommandError;
use crate::configuration::{Configuration, Retention};
use crate::follow::DatabaseAnswers;
use crate::forwarding;
use crate::http::{collect_metrics, worker_router};
use crate::mail;
use crate::measure::measure;
use crate::serve::{bind, local_address};
use crate::shutdown::{self, Drain, Patience};
use crate::upkeep::Upkeep;

/// How often lapsed holds are given back. Search knows by the clock that they have lapsed; this frees them for booking.
const LAPSED_EVERY: Duration = Duration::from_secs(5);
/// How often ended sessions are deleted, in rounds of the above.
const SESSIONS_EVERY: u32 = 12;

/// How often what waits is measured, in the same rounds.
const MEASURED_EVERY: u32 = 6;
/// How often files that have arrived are looked at.
const FILES_EVERY: Duration = Duration::from_secs(2);
/// How often unneeded contents are deleted, in rounds of the above.
const SWEPT_EVERY: u32 = 30;
/// How often the audit log is sealed.
const UPKEEP_EVERY: Duration = Duration::from_mins(1);

/// How long answered requests and delivered events are kept: nobody repeats a request after a day.
const KEPT_MINUTES: i64 = 24 * 60;

/// How long settled deliveries are kept, for whoever asks whether a letter left.
const DELIVERIES_KEPT_MINUTES: i64 = 7 * 24 * 60;

/// Works until `stop`, and ends between two rounds.
pub(crate) async fn work(
    application: Application,
    letters: Notifications,
    forwarding: Option<Forwarding>,
    retention: Retention,
    stop: CancellationToken,
) {
    let upkeep = Upkeep::new(application.clone(), retention);
    tokio::join!(
        // What the rounds hold of cases and files is large; the others need not carry it along.
        Box::pin(tidy(application.clone(), stop.clone())),
        Box::pin(keep_up(upkeep, stop.clone())),
        Box::pin(look_after_files(application, stop.clone())),
        Box::pin(forwarding::carry(forwarding, stop.clone())),
        mail::deliver(letters, stop)
    );
}

/// Looks at files that have arrived, and sweeps what nobody needs. Apart from the other rounds, because a look may take long.
async fn look_after_files(application: Application, stop: CancellationToken) {
    let mut rounds = interval(FILES_EVERY);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut looks, mut sweeps) = (Health::new("files"), Health::new("unneeded files"));
    for round in (0..SWEPT_EVERY).cycle() {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = rounds.tick() => {}
        }
        let looked = application.applications.look_at_files(&Actor::System).await;
        looks.note(looked.map(|looked| looked.clean + looked.infected));
        if round == 0 {
            sweeps.note(application.applications.sweep_files(&Actor::System).await);
        }
    }
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
        let outcome = upkeep.round().await;
        upkeep.measure();
        health.note(outcome.map(|_| 0));
    }
}

/// Opens the listener for figures and probes of a worker on its own, where one is set. It closes with `stop`.
///
/// # Errors
/// The address is taken.
pub(crate) async fn open_figures(
    configuration: &Configuration,
    application: &Application,
    stop: &CancellationToken,
) -> Result<TaskTracker, CommandError> {
    let tasks = TaskTracker::new();
    tasks.close();
    let Some(address) = configuration.worker.internal_listen else { return Ok(tasks) };
    let metrics =
        collect_metrics().map_err(|error| CommandError::Failed(format!("nothing can be measured: {error}")))?;
    let ready = DatabaseAnswers(application.database.clone());
    let routes = worker_router(Arc::new(ready.clone()), metrics.clone());
    let listener = bind("worker.internal_listen", address).await?;
    tracing::info!(address = %local_address(&listener)?, "metrics and probes");
    let (until, patience) = (stop.clone(), Patience { announce: Duration::ZERO, ..Patience::default() });
    tasks.spawn(async move {
        shutdown::serve(vec![(listener, routes)], until.cancelled(), &Drain::default(), patience).await
    });
    let (until, measuring) = (stop.clone(), measure(configuration.clone(), ready, metrics));
    tasks.spawn(async move { until.run_until_cancelled(measuring).await });
    Ok(tasks)
}

async fn tidy(application: Application, stop: CancellationToken) {
    let mut rounds = interval(LAPSED_EVERY);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut lapsed, mut sessions) = (Health::new("lapsed places"), Health::new("ended sessions"));
    let (mut requests, mut deliveries) = (Health::new("old requests"), Health::new("old deliveries"));
    let mut keys = Health::new("signing keys");
    let mut cases = Health::new("cases");
    let mut pickups = Health::new("documents in lockers");
    let mut proofs = Health::new("used proofs of work");
    let mut conversations = Health::new("idle conversations");
    for round in (0..SESSIONS_EVERY).cycle() {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = rounds.tick() => {}
        }
        lapsed.note(application.scheduling.tidy().await.map(|count| count as u64));
        let worked = application.applications.work_through(&Actor::System).await;
        pickups.note(application.scheduling.run_out_pickups().await);
        cases.note(worked.map(|worked| worked.checked + worked.moved + worked.expired));
        if round == 0 {
            let now = application.clock.now();
            sessions.note(application.identity.tidy(now).await);
            keys.note(
                application.identity.rotate_keys_when_due(&Actor::System).await.map(|id| u64::from(id.is_some())),
            );
            proofs.note(application.database.forget_spent_proofs(now).await);
            conversations.note(application.conversations.end_idle().await);
            requests.note(application.database.forget_requests(now.plus_minutes(-KEPT_MINUTES)).await);
            deliveries.note(application.deliveries.forget(now.plus_minutes(-DELIVERIES_KEPT_MINUTES)).await);
        }
        if round % MEASURED_EVERY == 0 {
            mail::measure(&application).await;
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
