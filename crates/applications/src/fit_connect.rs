//! Carrying cases by FIT-Connect: announce, attachments, submission; then the service's signed word what became of it.
//!
//! No call stands inside a unit. What the service gave is kept before the next step, so that a worker that dies goes on
//! where it was: a case is handed over once, however often it is tried.

mod carry;
mod client;
mod settings;
mod watch;

use std::sync::Arc;

use domain::permission::{Actor, Permission};
use domain::time::Timestamp;

use crate::Applications;
use crate::failure::Failure;
use crate::forward::ForwardState;
use crate::requests::retried;
use crate::store::forwards::{self, ForwardRow};
use crate::store::tasks;
use client::Client;

pub use client::ClientUnusable;
pub use settings::{FitConnectSettings, PlainHttp, SettingsProblem, read_settings};

/// How many cases are looked at in one round.
const PORTION: i64 = 20;
/// How long one worker may have a case in its hands.
const LEASE_MINUTES: i64 = 10;
/// So many attempts to hand a case over: about three days. Its team sees it after minutes.
const MOST_ATTEMPTS: i64 = 80;
/// The longest pause between two attempts.
const LONGEST_MINUTES: i64 = 60;

/// The worker's side: carries cases. Any number of workers may do this at the same time.
#[derive(Debug)]
pub struct Forwarding {
    applications: Arc<Applications>,
    client: Client,
}

/// What a round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Carried {
    /// Cases that the service took, or whose receiver answered.
    pub sent: u64,
    /// Attempts that failed and will be repeated.
    pub failed: u64,
    /// Cases that were given up and are a task.
    pub dead: u64,
}

/// How an attempt ended.
enum Attempt {
    /// The service has it.
    Sent { remote: &'static str },
    /// The receiver took it.
    Accepted,
    /// Nothing new.
    Unchanged { remote: Option<String> },
    /// To be repeated; a stable code.
    Again(String),
    /// Repeating would end the same; a stable code.
    Hopeless(String),
}

impl Forwarding {
    /// Puts the carrier together.
    ///
    /// # Errors
    /// [`ClientUnusable`] when this machine cannot speak HTTPS.
    pub fn new(applications: Arc<Applications>, settings: FitConnectSettings) -> Result<Self, ClientUnusable> {
        Ok(Self { applications, client: Client::new(settings)? })
    }

    /// Carries what is due, until nothing is or `go_on` says no.
    ///
    /// # Errors
    /// [`Failure::Forbidden`], [`Failure::Database`]; what was done stays done, the rest is due again after its lease.
    pub async fn carry_due(&self, actor: &Actor, go_on: &(dyn Fn() -> bool + Sync)) -> Result<Carried, Failure> {
        actor.may(Permission::HandlePersonalData)?;
        let applications = &self.applications;
        applications.vault.unlock(&applications.database, applications.now()).await?;
        let mut carried = Carried::default();
        for row in forwards::due(&applications.database, applications.now(), PORTION).await? {
            if !go_on() {
                break;
            }
            if retried(|| self.take(&row)).await? {
                let row = ForwardRow { attempts: row.attempts + 1, ..row };
                let attempt = self.attempt(&row).await;
                self.put_down(&row, attempt, &mut carried).await?;
            }
        }
        Ok(carried)
    }

    async fn take(&self, row: &ForwardRow) -> Result<bool, Failure> {
        let now = self.applications.now();
        let unit = self.applications.database.begin().await?;
        let taken = forwards::take(&unit, row, now, now.plus_minutes(LEASE_MINUTES)).await?;
        unit.commit().await?;
        Ok(taken)
    }

    async fn attempt(&self, row: &ForwardRow) -> Attempt {
        let outcome = match row.state {
            ForwardState::Waiting => self.hand_over(row).await,
            ForwardState::Sent => self.watch(row).await,
            ForwardState::Done | ForwardState::Dead | ForwardState::Settled => {
                Ok(Attempt::Unchanged { remote: row.remote.clone() })
            }
        };
        outcome.unwrap_or_else(|failure| {
            tracing::error!(case.id = %row.case, sink = row.sink, %failure, "a case cannot be read for its way out");
            Attempt::Again("NOT_READABLE".to_owned())
        })
    }

    async fn put_down(&self, row: &ForwardRow, attempt: Attempt, carried: &mut Carried) -> Result<(), Failure> {
        let now = self.applications.now();
        let later = |attempts| now.plus_seconds(pause_seconds(row, attempts));
        let (next, next_at) = match attempt {
            Attempt::Sent { remote } => {
                carried.sent += 1;
                let remote = Some(remote.to_owned());
                (ForwardRow { state: ForwardState::Sent, attempts: 0, remote, reason: None, ..row.clone() }, later(1))
            }
            Attempt::Accepted => {
                carried.sent += 1;
                let remote = Some("accept-submission".to_owned());
                (ForwardRow { state: ForwardState::Done, remote, reason: None, ..row.clone() }, now)
            }
            Attempt::Unchanged { remote } => (ForwardRow { remote, reason: None, ..row.clone() }, later(row.attempts)),
            Attempt::Again(reason) if row.attempts < MOST_ATTEMPTS || row.state == ForwardState::Sent => {
                carried.failed += 1;
                (ForwardRow { reason: Some(reason), ..row.clone() }, later(row.attempts))
            }
            Attempt::Again(reason) | Attempt::Hopeless(reason) => {
                carried.dead += 1;
                tracing::warn!(case.id = %row.case, sink = row.sink, reason, "a case was given up on its way out");
                (ForwardRow { state: ForwardState::Dead, reason: Some(reason), ..row.clone() }, now)
            }
        };
        retried(|| self.write_down(&next, next_at, now)).await
    }

    async fn write_down(&self, row: &ForwardRow, next_at: Timestamp, now: Timestamp) -> Result<(), Failure> {
        let unit = self.applications.database.begin().await?;
        forwards::put_down(&unit, row, next_at, now).await?;
        match row.state {
            ForwardState::Waiting => {}
            ForwardState::Sent | ForwardState::Done | ForwardState::Settled => {
                tasks::close_one(&unit, row.case, row.task, now).await?;
            }
            ForwardState::Dead => {
                let kind = domain::application::TaskKind::Forward;
                tasks::reopen(&unit, row.case, row.task, kind, &row.team, now).await?;
            }
        }
        let kind = match row.state {
            // Whoever settles it writes the trace.
            ForwardState::Waiting | ForwardState::Settled => None,
            ForwardState::Sent => row.remote.as_deref().filter(|_| row.attempts == 0).map(|_| "case.forward_sent"),
            ForwardState::Done => Some("case.forward_accepted"),
            ForwardState::Dead => Some("case.forward_given_up"),
        };
        if let Some(kind) = kind {
            self.applications.trace(&unit, row.case, kind, None, now).await?;
        }
        unit.commit().await?;
        Ok(())
    }
}

/// 1, 2, 4 … minutes and up to a quarter more, so that what failed together does not come back together.
fn pause_seconds(row: &ForwardRow, attempts: i64) -> i64 {
    let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(16);
    let seconds = (1_i64 << doublings).min(LONGEST_MINUTES) * 60;
    let spread = i64::from(row.case.0.as_bytes()[15]);
    seconds + seconds * spread / 1024
}
