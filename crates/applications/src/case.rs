//! A case as it is stored, and what is kept sealed beside it.

use chrono::NaiveDate;
use domain::application::{CaseState, DeliveryChannel, Outcome, ReceiptNumber};
use domain::identifier::{AccountId, ApplicationId, CaseId, DefinitionId, Key};
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

/// By which way an application came to the city.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intake {
    /// The person filled it in.
    Online,
    /// Filled in with somebody at a counter.
    Counter,
    /// Filled in by somebody on the telephone.
    Telephone,
    /// Typed in from paper.
    Paper,
    /// Typed in from a mail.
    Email,
}

impl Intake {
    /// All ways.
    pub const ALL: [Self; 5] = [Self::Online, Self::Counter, Self::Telephone, Self::Paper, Self::Email];

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Counter => "counter",
            Self::Telephone => "telephone",
            Self::Paper => "paper",
            Self::Email => "email",
        }
    }

    /// The way of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|intake| intake.as_str() == word)
    }
}

/// A case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// The application it came from; also whose key seals it.
    pub application: ApplicationId,
    /// The version of the service it was filled in with.
    pub definition: DefinitionId,
    /// The service.
    pub service: Key,
    /// Whose task it is.
    pub team: Key,
    /// How it came.
    pub intake: Intake,
    /// What people quote; absent once it was erased.
    pub receipt: Option<ReceiptNumber>,
    /// Where it stands.
    pub state: CaseState,
    /// What came out.
    pub outcome: Option<Outcome>,
    /// Who works on it.
    pub clerk: Option<AccountId>,
    /// Who wrote the decision.
    pub drafter: Option<AccountId>,
    /// Grows with each change.
    pub generation: i64,
    /// Which version of the answers holds; 1 is what was handed in.
    pub revision: i64,
    /// How many events there are.
    pub(crate) events: i64,
    /// The hash of the last event.
    pub(crate) head: Vec<u8>,
    /// When it was handed in.
    pub submitted_at: Timestamp,
    /// Its last change.
    pub changed_at: Timestamp,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// When it was announced.
    pub delivered_at: Option<Timestamp>,
    /// How it was announced.
    pub channel: Option<DeliveryChannel>,
    /// The local day on which the announcement counts as received.
    pub deemed_received_on: Option<NaiveDate>,
    /// The last local day on which somebody may object.
    pub objection_until: Option<NaiveDate>,
    pub(crate) decision_sealed: Option<Vec<u8>>,
    pub(crate) request_sealed: Option<Vec<u8>>,
    pub(crate) objection_sealed: Option<Vec<u8>>,
}

/// A decision with its reasons. Kept sealed: reasons speak of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What came out.
    pub outcome: Outcome,
    /// Why.
    pub reasons: Vec<DecisionReason>,
    /// Whether the machine decided.
    pub automatic: bool,
    /// The traces of the tables that were asked, as JSON; each can be replayed.
    #[serde(default)]
    pub traces: serde_json::Value,
}

/// One reason of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionReason {
    /// The key of its text in the service's definition; absent where a clerk wrote it.
    #[serde(default)]
    pub key: Option<String>,
    /// Its text, German.
    pub text: String,
    /// The paragraph.
    #[serde(default)]
    pub legal_ref: Option<String>,
}

/// What the applicant was asked for. Kept sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemRequest {
    /// What, one text each.
    pub items: Vec<String>,
    /// What the applicant answered; absent until then.
    #[serde(default)]
    pub answer: Option<String>,
}

/// A deadline of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseDeadline {
    /// What it is about: `processing`, `completion`, `objection`, `fiction`.
    pub kind: String,
    /// When it ends; while it is paused, when it would.
    pub due_at: Timestamp,
    /// Since when it stands.
    pub paused_at: Option<Timestamp>,
}

/// An event of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseEvent {
    /// Its number, from 1.
    pub number: i64,
    /// What happened: a step of the life cycle, or `submit`.
    pub kind: String,
    /// Who did it; absent for citizens without account and for the machine.
    pub actor: Option<AccountId>,
    /// When.
    pub at: Timestamp,
    /// Details as JSON: ids and facts, never answers.
    pub facts: String,
}
