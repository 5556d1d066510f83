//! One step of a case: the new state, its event in the chain, its task, its clocks and its traces, in one unit.

use database::{AuditEntry, Event, IdempotencyKey, Unit};
use domain::application::{CaseState, CaseStep, Outcome};
use domain::identifier::{AccountId, CaseId, EventId};
use domain::permission::{Actor, Permission};
use domain::time::Timestamp;
use serde_json::Value;

use crate::Applications;
use crate::case::Case;
use crate::chain::{self, Link};
use crate::failure::{Failure, Problem};
use crate::feed::Changed;
use crate::letter::Occasion;
use crate::report::ReportedPlace;
use crate::store::cases::{self, Found};
use crate::store::{Reader, events, intakes, parties, quotas, report_steps, tasks, tours};
use crate::tour::PlaceState;

/// A step that was decided and is to be written.
pub(crate) struct Step {
    /// Which step of the life cycle.
    pub(crate) taken: CaseStep,
    /// The case with the fields that the step changes; state and counters are set when it is written.
    pub(crate) case: Case,
    /// What stands in the event: ids and facts, never answers.
    pub(crate) facts: Value,
    pub(crate) effects: Vec<Effect>,
}

/// What a step does beside the case itself.
pub(crate) enum Effect {
    SetDeadline(&'static str, Timestamp),
    EndDeadline(&'static str),
    /// A new version of the answers: its hash, and its sealed content.
    Snapshot(String, Vec<u8>),
    GiveBackQuota,
    /// What became of the place on a tour.
    SettlePlace(PlaceState),
    /// A report is elsewhere, or about something else, than was said first.
    Relocate(ReportedPlace),
}

impl Step {
    /// A step that changes nothing but the state.
    pub(crate) const fn plain(taken: CaseStep, case: Case) -> Self {
        Self { taken, case, facts: Value::Null, effects: Vec::new() }
    }
}

impl Applications {
    /// A case of the asker's own office. Of others nobody learns whether they exist.
    pub(crate) async fn team_case(&self, reader: Reader<'_>, actor: &Actor, id: CaseId) -> Result<Found, Failure> {
        actor.may(Permission::WorkOnCases)?;
        let found = cases::by_id(reader, id).await?.ok_or(Problem::NotFound)?;
        actor.may_in(Permission::WorkOnCases, &found.case.team).map_err(|_| Problem::NotFound)?;
        Ok(found)
    }

    /// A case that the asker may work on: of their own office, and not their own.
    ///
    /// # Errors
    /// [`Problem::OwnCase`]; as [`Applications::team_case`].
    pub(crate) async fn case_to_work_on(
        &self,
        reader: Reader<'_>,
        actor: &Actor,
        id: CaseId,
    ) -> Result<Found, Failure> {
        let found = self.team_case(reader, actor, id).await?;
        self.is_impartial(reader, actor, &found.case).await?;
        Ok(found)
    }

    /// Whoever takes part in an application is excluded from the proceedings (§ 20 (1) No. 1 VwVfG).
    pub(crate) async fn is_impartial(&self, reader: Reader<'_>, actor: &Actor, case: &Case) -> Result<(), Failure> {
        let Some(account) = actor.account() else { return Ok(()) };
        let parties = parties::of(reader, case.application).await?;
        let takes_part = parties.iter().any(|party| party.account == Some(account))
            || intakes::takes_part(reader, case.id, account).await?;
        if takes_part { Err(Problem::OwnCase.into()) } else { Ok(()) }
    }

    /// Lets staff of its office take one step with a case, once however often it is asked for. `decide` is pure; it may be
    /// asked again.
    pub(crate) async fn staff_step(
        &self,
        actor: &Actor,
        id: CaseId,
        key: &IdempotencyKey,
        decide: impl Fn(&Found, Timestamp) -> Result<Step, Failure>,
    ) -> Result<Case, Failure> {
        actor.may(Permission::WorkOnCases)?;
        self.vault.unlock(&self.database, self.now()).await?;
        let work = async || {
            let found = self.case_to_work_on(Reader::Database(&self.database), actor, id).await?;
            let now = self.now();
            let step = decide(&found, now)?;
            let unit = self.database.begin().await?;
            let case = self.take_step(&unit, &found.case, step, actor.account(), now).await?;
            unit.remember(key, id.0, now).await?;
            unit.commit().await?;
            self.tell(&case);
            Ok(id.0)
        };
        self.once(key, work).await?;
        Ok(self.team_case(Reader::Database(&self.database), actor, id).await?.case)
    }

    /// Writes one step of a case that stood at `before`.
    ///
    /// # Errors
    /// [`Problem::WrongState`]; [`Problem::ChangedMeanwhile`] when somebody changed the case since it was read.
    pub(crate) async fn take_step(
        &self,
        unit: &Unit,
        before: &Case,
        step: Step,
        actor: Option<AccountId>,
        now: Timestamp,
    ) -> Result<Case, Failure> {
        let state = before.state.after(step.taken)?;
        let (kind, traced) = words(step.taken);
        let link = next_link(before, kind, actor, &step.facts, now);
        let case = Case {
            state,
            generation: before.generation + 1,
            events: link.number,
            head: link.hash.clone(),
            changed_at: now,
            ..step.case
        };
        if !cases::update(unit, &case, before.generation).await? {
            return Err(Problem::ChangedMeanwhile.into());
        }
        events::insert(unit, case.id, &link).await?;
        tasks::close(unit, case.id, now).await?;
        if let Some(task) = state.task() {
            tasks::open(unit, case.id, link.number, task, &case.team, now).await?;
        }
        match (before.state.clock_runs(), state.clock_runs()) {
            (true, false) => cases::pause_clocks(unit, case.id, now).await?,
            (false, true) => cases::resume_clocks(unit, case.id, now).await?,
            (true, true) | (false, false) => {}
        }
        if state == CaseState::Closed || before.state == CaseState::Closed {
            let closed_at = (state == CaseState::Closed).then_some(now);
            // What rests because nobody objected was not mended by that.
            let fixed_at = closed_at.filter(|_| actor.is_some() && case.outcome.is_some_and(is_done));
            report_steps::close(unit, case.id, closed_at, fixed_at).await?;
        }
        for effect in step.effects {
            self.effect(unit, &case, effect, actor, now).await?;
        }
        self.plan_after_decision(unit, &case, now).await?;
        self.give_back_places(unit, &case, now).await?;
        if state == CaseState::Closed || (state == CaseState::Decided && !case.outcome.is_some_and(is_done)) {
            // Whoever wants it again after that begins anew.
            intakes::release(unit, case.id).await?;
        }
        if let Some(occasion) = Occasion::of(step.taken, case.outcome) {
            self.issue_letter(unit, case.id, occasion, now).await?;
        }
        self.trace(unit, case.id, traced, actor, now).await?;
        Ok(case)
    }

    async fn effect(
        &self,
        unit: &Unit,
        case: &Case,
        effect: Effect,
        actor: Option<AccountId>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        match effect {
            Effect::SetDeadline(kind, due_at) => cases::set_deadline(unit, case.id, kind, due_at).await?,
            Effect::EndDeadline(kind) => cases::end_deadline(unit, case.id, kind, now).await?,
            Effect::Snapshot(sha256, content) => {
                cases::insert_snapshot(unit, case, &sha256, content, actor, now).await?;
            }
            Effect::Relocate(place) => report_steps::relocate(unit, case.id, &place, now).await?,
            Effect::SettlePlace(state) => {
                if !tours::settle(unit, case.application, state, now).await? {
                    return Err(Problem::TourMissing.into());
                }
            }
            Effect::GiveBackQuota => quotas::give_back(unit, &case.service, case.submitted_at).await?,
        }
        Ok(())
    }

    /// The traces of every change: an event for those who follow, an audit entry for those who ask later.
    pub(crate) async fn trace(
        &self,
        unit: &Unit,
        case: CaseId,
        kind: &'static str,
        actor: Option<AccountId>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let id = EventId(self.entropy.id(now));
        let event = Event { id, kind, subject: case.0, payload: "{}".into(), at: now, origin: self.origin };
        unit.record(&event).await?;
        let id = EventId(self.entropy.id(now));
        unit.audit(&AuditEntry { id, actor, action: kind, subject: case.0, at: now }).await?;
        Ok(())
    }

    /// Tells those who listen here, after the commit.
    pub(crate) fn tell(&self, case: &Case) {
        self.feed.tell(Changed { case: case.id, team: case.team.clone() });
    }
}

/// Whether what was asked for is done once the case is closed.
const fn is_done(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Granted | Outcome::PartlyGranted | Outcome::DeemedGranted => true,
        Outcome::Refused | Outcome::Forwarded | Outcome::Withdrawn | Outcome::Settled => false,
    }
}

/// The word of a step in the chain, and in outbox and audit log.
const fn words(step: CaseStep) -> (&'static str, &'static str) {
    let traced = match step {
        CaseStep::DecideAutomatically => "case.decide_automatically",
        CaseStep::OpenForReview => "case.open_for_review",
        CaseStep::Claim => "case.claim",
        CaseStep::RequestItems => "case.request_items",
        CaseStep::AnswerRequest => "case.answer_request",
        CaseStep::AskThirdParty => "case.ask_third_party",
        CaseStep::ThirdPartyAnswers => "case.third_party_answers",
        CaseStep::CorrectData => "case.correct_data",
        CaseStep::DraftDecision => "case.draft_decision",
        CaseStep::ReturnDraft => "case.return_draft",
        CaseStep::Approve => "case.approve",
        CaseStep::DeemGranted => "case.deem_granted",
        CaseStep::Merge => "case.merge",
        CaseStep::Withdraw => "case.withdraw",
        CaseStep::Deliver => "case.deliver",
        CaseStep::Fulfil => "case.fulfil",
        CaseStep::ChangeTour => "case.change_tour",
        CaseStep::CancelTour => "case.cancel_tour",
        CaseStep::Collect => "case.collect",
        CaseStep::MissCollection => "case.miss_collection",
        CaseStep::Close => "case.close",
        CaseStep::Object => "case.object",
        CaseStep::Reopen => "case.reopen",
        CaseStep::Erase => "case.erase",
    };
    (step.as_str(), traced)
}

/// The next event of a case.
pub(crate) fn next_link(before: &Case, kind: &str, actor: Option<AccountId>, facts: &Value, now: Timestamp) -> Link {
    let facts = if facts.is_null() { "{}".to_owned() } else { facts.to_string() };
    let number = before.events + 1;
    let mut link = Link { number, kind: kind.to_owned(), actor, at: now, facts, hash: Vec::new() };
    link.hash = chain::hash(&before.head, before.id, &link);
    link
}
