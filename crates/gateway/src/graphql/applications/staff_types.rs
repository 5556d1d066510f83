//! What staff read about cases.

use applications::{Arrival, Case, CaseEvent, CaseView, ChainFlaw, Decision, ForwardView, InboxEntry, ItemRequest};
use async_graphql::connection::PageInfo;
use async_graphql::{ID, Object, SimpleObject};

use crate::graphql::applications::files::UploadedFile;
use crate::graphql::applications::tours::ChosenTourObject;
use crate::graphql::applications::types::{AnswerObject, DeadlineObject, ReasonObject, answers};
use crate::graphql::applications::words::{
    ArrivalReason, CaseState, DeliveryChannel, ForwardState, Intake, Outcome, Replay, TaskKind,
};
use crate::graphql::ids::Global;
use crate::graphql::paging::cursor;
use crate::graphql::scalars::{Instant, LocalDate};

/// A case, for staff of its office.
pub(crate) struct CaseNode(pub(crate) Case);

/// A case, for staff of its office: the outside of the file.
#[Object(name = "Case")]
impl CaseNode {
    /// Its global id.
    async fn id(&self) -> ID {
        Global::Case(self.0.id).id()
    }

    /// The key of the service.
    async fn service(&self) -> &str {
        self.0.service.as_str()
    }

    /// The key of the office whose task it is.
    async fn office_key(&self) -> &str {
        self.0.team.as_str()
    }

    /// What the applicant quotes; null once it was erased.
    async fn receipt_number(&self) -> Option<&str> {
        self.0.receipt.as_ref().map(domain::application::ReceiptNumber::as_str)
    }

    /// How it came.
    async fn intake(&self) -> Intake {
        self.0.intake.into()
    }

    /// Where it stands.
    async fn state(&self) -> CaseState {
        self.0.state.into()
    }

    /// What came out, also of a decision that is not approved yet.
    async fn outcome(&self) -> Option<Outcome> {
        self.0.outcome.map(Into::into)
    }

    /// The global id of the account that works on it.
    async fn clerk_id(&self) -> Option<ID> {
        self.0.clerk.map(|account| Global::Account(account).id())
    }

    /// Which version of the answers holds; 1 is what was handed in.
    async fn revision(&self) -> i64 {
        self.0.revision
    }

    /// When it was handed in, UTC.
    async fn submitted_at(&self) -> Instant {
        self.0.submitted_at.into()
    }

    /// Its last change, UTC.
    async fn changed_at(&self) -> Instant {
        self.0.changed_at.into()
    }

    /// When it was decided, UTC.
    async fn decided_at(&self) -> Option<Instant> {
        self.0.decided_at.map(Instant)
    }

    /// When the decision was announced, UTC.
    async fn delivered_at(&self) -> Option<Instant> {
        self.0.delivered_at.map(Instant)
    }

    /// How the decision was announced.
    async fn channel(&self) -> Option<DeliveryChannel> {
        self.0.channel.map(Into::into)
    }

    /// The day of the city's calendar on which the decision counts as received.
    async fn received_on(&self) -> Option<LocalDate> {
        self.0.deemed_received_on.map(LocalDate)
    }

    /// The last day of the city's calendar on which the applicant may object.
    async fn objection_until(&self) -> Option<LocalDate> {
        self.0.objection_until.map(LocalDate)
    }
}

/// A case with everything in it.
pub(crate) struct CaseDetails(pub(crate) CaseView);

/// A case with everything in it. Reading it leaves a trace.
#[Object]
impl CaseDetails {
    /// The outside of the file.
    async fn case(&self) -> CaseNode {
        CaseNode(self.0.case.clone())
    }

    /// What was said, in the version that holds.
    async fn answers(&self) -> Vec<AnswerObject> {
        answers(self.0.answers.clone())
    }

    /// The files that were handed in and in which nothing was found.
    async fn files(&self) -> Vec<UploadedFile> {
        self.0.files.iter().cloned().map(Into::into).collect()
    }

    /// The decision, also one that is not approved yet.
    async fn decision(&self) -> Option<CaseDecision> {
        self.0.decision.clone().map(CaseDecision::from)
    }

    /// What asking the tables of the decision once more shows.
    async fn decision_replay(&self) -> Replay {
        self.0.replay.into()
    }

    /// What the applicant was asked for last.
    async fn request(&self) -> Option<CaseRequest> {
        self.0.request.clone().map(CaseRequest::from)
    }

    /// Why the applicant objected.
    async fn objection(&self) -> Option<&str> {
        self.0.objection.as_deref()
    }

    /// The deadlines that matter now, soonest first.
    async fn deadlines(&self) -> Vec<DeadlineObject> {
        self.0.deadlines.iter().cloned().map(Into::into).collect()
    }

    /// The day of the collection, where something is collected.
    async fn tour(&self) -> Option<ChosenTourObject> {
        self.0.tour.clone().map(Into::into)
    }

    /// Where it stands on its way to other bodies.
    async fn forwards(&self) -> Vec<CaseForward> {
        self.0.forwards.iter().cloned().map(Into::into).collect()
    }

    /// How it arrived, oldest first; also what arrived like it and joined it. `separateIntake` takes those apart.
    async fn arrivals(&self) -> Vec<CaseArrival> {
        self.0.arrivals.iter().cloned().map(Into::into).collect()
    }

    /// Everything that happened, in order.
    async fn events(&self) -> Vec<CaseEventObject> {
        self.0.events.iter().cloned().map(Into::into).collect()
    }

    /// Whether the chain of events is whole: nothing was changed, moved or taken away.
    async fn history_intact(&self) -> bool {
        self.0.flaw.is_none()
    }

    /// The number of the first event at which the chain is broken; 0 when events are missing at the end.
    async fn history_broken_at(&self) -> Option<i64> {
        self.0.flaw.map(|flaw| match flaw {
            ChainFlaw::Event(number) => number,
            ChainFlaw::Length => 0,
        })
    }
}

/// An arrival of an application at the city.
#[derive(SimpleObject)]
struct CaseArrival {
    /// Its id.
    id: ID,
    /// By which way it came.
    way: Intake,
    /// Why it belongs to this case.
    reason: ArrivalReason,
    /// When, UTC.
    arrived_at: Instant,
    /// The global id of the account that typed it in for somebody; null where the person did.
    recorded_by_id: Option<ID>,
    /// What was said in it, where it joined the case. What the case began with stands in `answers` of the case.
    answers: Vec<AnswerObject>,
}

impl From<Arrival> for CaseArrival {
    fn from(arrival: Arrival) -> Self {
        Self {
            id: ID(arrival.id.0.simple().to_string()),
            way: arrival.way.into(),
            reason: arrival.reason.into(),
            arrived_at: arrival.arrived_at.into(),
            recorded_by_id: arrival.recorded_by.map(|account| Global::Account(account).id()),
            answers: answers(arrival.answers),
        }
    }
}

/// A case on its way to another body.
#[derive(SimpleObject)]
struct CaseForward {
    /// The key of the sink, as the definition of the service names it.
    sink: String,
    /// Where it stands.
    state: ForwardState,
    /// How often it was tried.
    attempts: i64,
    /// The last event that the delivery service told of, such as `submit-submission`.
    remote_event: Option<String>,
    /// Why it is not there yet: a stable code such as `UNREACHABLE` or `REJECTED`.
    reason: Option<String>,
}

impl From<ForwardView> for CaseForward {
    fn from(view: ForwardView) -> Self {
        let ForwardView { sink, number: _, state, attempts, remote, reason } = view;
        Self { sink, state: state.into(), attempts, remote_event: remote, reason }
    }
}

/// A decision as staff see it.
#[derive(SimpleObject)]
struct CaseDecision {
    /// What came out.
    outcome: Outcome,
    /// Why.
    reasons: Vec<ReasonObject>,
    /// Whether the machine decided.
    automatic: bool,
    /// Which table said what to which question, as JSON; null where no table was asked. Each trace can be replayed.
    traces: serde_json::Value,
}

impl From<Decision> for CaseDecision {
    fn from(decision: Decision) -> Self {
        Self {
            outcome: decision.outcome.into(),
            reasons: decision.reasons.into_iter().map(Into::into).collect(),
            automatic: decision.automatic,
            traces: decision.traces,
        }
    }
}

/// What an applicant was asked for.
#[derive(SimpleObject)]
struct CaseRequest {
    /// What, one text each.
    items: Vec<String>,
    /// What the applicant answered; null until then.
    answer: Option<String>,
}

impl From<ItemRequest> for CaseRequest {
    fn from(request: ItemRequest) -> Self {
        Self { items: request.items, answer: request.answer }
    }
}

/// Something that happened to a case.
#[derive(SimpleObject)]
#[graphql(name = "CaseEvent")]
struct CaseEventObject {
    /// Its number, from 1.
    number: i64,
    /// What happened: `submit`, `claim`, `deliver` and other steps.
    kind: String,
    /// The global id of the account that did it; null for applicants without account and for the machine.
    actor_id: Option<ID>,
    /// When, UTC.
    at: Instant,
    /// Details as the text of a JSON object: ids and facts, never answers.
    facts: String,
}

impl From<CaseEvent> for CaseEventObject {
    fn from(event: CaseEvent) -> Self {
        Self {
            number: event.number,
            kind: event.kind,
            actor_id: event.actor.map(|account| Global::Account(account).id()),
            at: event.at.into(),
            facts: event.facts,
        }
    }
}

/// A page of tasks.
pub(crate) struct InboxConnection {
    entries: Vec<InboxEntry>,
    has_next: bool,
    is_first: bool,
}

impl InboxConnection {
    /// A page out of one more entry than it shows.
    pub(crate) fn new(mut entries: Vec<InboxEntry>, size: usize, is_first: bool) -> Self {
        let has_next = entries.len() > size;
        entries.truncate(size);
        Self { entries, has_next, is_first }
    }
}

/// A page of tasks.
#[Object]
impl InboxConnection {
    /// The tasks with their cursors.
    async fn edges(&self) -> Vec<InboxEdge> {
        self.entries.iter().map(|entry| InboxEdge { cursor: place(entry), node: InboxTask(entry.clone()) }).collect()
    }

    /// The tasks.
    async fn nodes(&self) -> Vec<InboxTask> {
        self.entries.iter().cloned().map(InboxTask).collect()
    }

    /// Whether there are more.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_previous_page: !self.is_first,
            has_next_page: self.has_next,
            start_cursor: self.entries.first().map(place),
            end_cursor: self.entries.last().map(place),
        }
    }
}

fn place(entry: &InboxEntry) -> String {
    cursor(&(entry.since, entry.case.id.0))
}

/// A task with its cursor.
#[derive(SimpleObject)]
struct InboxEdge {
    /// Where the list goes on behind this task.
    cursor: String,
    /// The task.
    node: InboxTask,
}

/// Something an office has to do.
struct InboxTask(InboxEntry);

/// Something an office has to do for a case.
#[Object]
impl InboxTask {
    /// What to do.
    async fn task(&self) -> TaskKind {
        self.0.task.into()
    }

    /// Since when, UTC.
    async fn since(&self) -> Instant {
        self.0.since.into()
    }

    /// The soonest deadline that runs, UTC.
    async fn due_at(&self) -> Option<Instant> {
        self.0.due_at.map(Instant)
    }

    /// The case.
    async fn case(&self) -> CaseNode {
        CaseNode(self.0.case.clone())
    }
}
