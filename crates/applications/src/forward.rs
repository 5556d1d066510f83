//! Cases that go to another body: planned in the transaction that causes them, carried by a worker, a task if they are late.

use domain::application::{CaseState, TaskKind};
use domain::identifier::CaseId;
use domain::permission::Actor;
use domain::time::Timestamp;
use forms::SinkMoment;

use crate::Applications;
use crate::case::Case;
use crate::definition::Pinned;
use crate::failure::{Failure, Problem};
use crate::requests::retried;
use crate::store::{Reader, cases, forwards, tasks};

/// So many minutes a case may be on its way before its team sees it. Less than a case may be silent.
const LATE_MINUTES: i64 = 5;
/// How many tasks are opened in one round.
const PORTION: i64 = 200;

/// Where a case stands on its way to another body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ForwardState {
    /// It has not left.
    Waiting,
    /// The service has it; the receiver has not said that it took it.
    Sent,
    /// The receiver took it.
    Done,
    /// It cannot be sent, or was refused; somebody must look.
    Dead,
    /// Staff saw to it in another way.
    Settled,
}

impl ForwardState {
    const ALL: [Self; 5] = [Self::Waiting, Self::Sent, Self::Done, Self::Dead, Self::Settled];

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Done => "done",
            Self::Dead => "dead",
            Self::Settled => "settled",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// A case on its way, as its team sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForwardView {
    /// The sink, as the service's definition names it.
    pub sink: String,
    /// The number of the event that caused it.
    pub number: i64,
    /// Where it stands.
    pub state: ForwardState,
    /// How often it was tried since somebody last asked for it.
    pub attempts: i64,
    /// The last event the service told of: `submit-submission`.
    pub remote: Option<String>,
    /// Why it is not there yet; a stable code such as `UNREACHABLE`.
    pub reason: Option<String>,
}

/// How many cases are on their way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ForwardBacklog {
    /// So many wait.
    pub waiting: i64,
    /// So many were given up and are somebody's task.
    pub dead: i64,
}

/// Tries a given-up case again.
#[derive(Debug, Clone)]
pub struct RetryForward {
    /// Which case.
    pub case: CaseId,
    /// Which sink.
    pub sink: String,
}

impl Applications {
    /// Plans where a case goes at this moment, in the unit that makes it so.
    pub(crate) async fn plan_forwards(
        &self,
        unit: &database::Unit,
        case: &Case,
        (pinned, used): (&Pinned, &[String]),
        moment: SinkMoment,
        now: Timestamp,
    ) -> Result<(), Failure> {
        for (position, sink) in (1..).zip(&pinned.form.service().sinks) {
            let is_due = sink.fit_connect.as_ref().is_some_and(|target| target.after == moment);
            if is_due && used.contains(&sink.key) {
                let task = -(case.events * 100 + position);
                forwards::plan(unit, (case.id, &sink.key, case.events, task), &case.team, now).await?;
            }
        }
        Ok(())
    }

    /// Plans where a decided case goes. Without a sink that waits for decisions nothing is opened or evaluated.
    pub(crate) async fn plan_after_decision(
        &self,
        unit: &database::Unit,
        case: &Case,
        now: Timestamp,
    ) -> Result<(), Failure> {
        if case.state != CaseState::Decided {
            return Ok(());
        }
        let pinned = self.pinned(case.definition).await?;
        let waits = |sink: &forms::Sink| sink.fit_connect.as_ref().is_some_and(|to| to.after == SinkMoment::Decision);
        if !pinned.form.service().sinks.iter().any(waits) {
            return Ok(());
        }
        let found = cases::by_id(Reader::Unit(unit), case.id).await?.ok_or(Problem::NotFound)?;
        let snapshot = self.snapshot(Reader::Unit(unit), &found).await?;
        let calendar = self.calendar()?;
        let day = case.submitted_at.local_date(calendar.time_zone);
        let used = pinned.evaluate_snapshot(&snapshot, &calendar, day).sinks;
        self.plan_forwards(unit, case, (&pinned, &used), SinkMoment::Decision, now).await
    }

    /// Opens a task for every case that is late or given up on its way. Part of each round of the worker, whether or not
    /// anything carries cases: what is not set up is late, too.
    pub(crate) async fn show_late_forwards(&self) -> Result<u64, Failure> {
        let now = self.now();
        let late = forwards::without_task(Reader::Database(&self.database), now.plus_minutes(-LATE_MINUTES), PORTION);
        let late = late.await?;
        for row in &late {
            let unit = self.database.begin().await?;
            tasks::reopen(&unit, row.case, row.task, TaskKind::Forward, &row.team, now).await?;
            unit.commit().await?;
        }
        Ok(late.len() as u64)
    }

    /// Tries a given-up case again, at once. Where nothing was given up nothing changes.
    ///
    /// # Errors
    /// [`Problem::OwnCase`], [`Failure::Forbidden`]; [`Problem::NotFound`].
    pub async fn retry_forward(&self, actor: &Actor, command: &RetryForward) -> Result<Case, Failure> {
        let found = self.case_to_work_on(Reader::Database(&self.database), actor, command.case).await?;
        retried(|| self.retry_once(actor, command, &found.case)).await?;
        Ok(found.case)
    }

    async fn retry_once(&self, actor: &Actor, command: &RetryForward, case: &Case) -> Result<(), Failure> {
        let now = self.now();
        let unit = self.database.begin().await?;
        if forwards::again(&unit, case.id, &command.sink, now).await? {
            self.trace(&unit, case.id, "case.forward_again", actor.account(), now).await?;
            unit.commit().await?;
        }
        Ok(())
    }

    /// How many cases wait on their way or were given up.
    ///
    /// # Errors
    /// See [`database::DatabaseError`].
    pub async fn forward_backlog(&self) -> Result<ForwardBacklog, database::DatabaseError> {
        let (waiting, dead) = forwards::backlog(Reader::Database(&self.database)).await?;
        Ok(ForwardBacklog { waiting, dead })
    }
}
