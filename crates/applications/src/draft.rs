//! A draft as the person who fills it in sees it.

use domain::application::{ApplicationState, PartyState};
use domain::identifier::{ApplicationId, CaseId, DefinitionId, Key, PartyId};
use domain::law::TrustLevel;
use domain::text::Language;
use domain::time::Timestamp;

use crate::move_draft::DroppedAnswer;
use crate::tour::ChosenTour;

/// Whether it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Practice {
    /// An application.
    Real,
    /// A rehearsal: the same form with a made-up identity, which touches nothing and is never decided.
    Rehearsal,
}

/// A draft.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Its id.
    pub id: ApplicationId,
    /// Whether it counts.
    pub practice: Practice,
    /// The service.
    pub service: Key,
    /// The version of the form it is pinned to.
    pub definition: DefinitionId,
    /// The hash of that version, 64 hexadecimal digits.
    pub definition_sha256: String,
    /// The number of that version.
    pub sequence: i64,
    /// Where it stands.
    pub state: ApplicationState,
    /// The language that was chosen when it began: of labels, errors and messages about it.
    pub language: Language,
    /// Grows with each change; the next change names it.
    pub rev: i64,
    /// The part of whoever reads.
    pub role: String,
    /// What stands in the parts that the reader may see, by path.
    pub answers: Vec<(String, serde_json::Value)>,
    /// What was answered before the form changed and has no place in it now, as far as the reader could see it.
    pub dropped: Vec<DroppedAnswer>,
    /// What the answers amount to.
    pub answered: Answered,
    /// Everybody who takes part; the first is who began.
    pub parties: Vec<PartyView>,
    /// When it is deleted if nobody goes on with it.
    pub expires_at: Timestamp,
    /// The case, once it was handed in.
    pub case: Option<CaseId>,
    /// How many of this year the household has had, where the service counts them and the address is known.
    pub household_used: Option<u32>,
    /// The day of the collection that is held for it.
    pub tour: Option<ChosenTour>,
}

/// What answers amount to: what is asked, what is wrong, what it costs, what is to be handed in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answered {
    /// The steps that are shown to the reader, in order.
    pub steps: Vec<StepView>,
    /// What is wrong or missing, in the order of the form.
    pub errors: Vec<AnswerError>,
    /// The fee in euro cents; absent while something needed for it is missing.
    pub fee_cents: Option<i64>,
    /// What is to be handed in.
    pub documents: Vec<DocumentView>,
    /// Whether nothing is wrong or missing in any part.
    pub complete: bool,
}

/// A step that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepView {
    /// Its key.
    pub key: String,
    /// The fields that are shown, by path, in order.
    pub fields: Vec<FieldView>,
}

/// A field that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldView {
    /// Its path.
    pub path: String,
    /// What is asked, in the language of the draft.
    pub label: String,
    /// Whether it must be answered.
    pub required: bool,
    /// Of a declaration: what is declared, in the language of the draft, and the hash of that text, which the answer carries.
    pub declaration: Option<DeclarationView>,
}

/// What somebody declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclarationView {
    /// The words.
    pub text: String,
    /// Their hash, 64 hexadecimal digits; the answer is `{"text_sha256": ...}`.
    pub sha256: String,
}

/// What is wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerError {
    /// The path of the field.
    pub path: String,
    /// What is wrong; a stable word.
    pub code: String,
    /// The same in the language of the draft, naming field, row and reason.
    pub message: String,
}

/// Something to hand in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentView {
    /// Its key.
    pub key: String,
    /// Where the law asks for it.
    pub legal_ref: Option<String>,
}

/// Somebody who takes part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyView {
    /// The id of the part.
    pub id: PartyId,
    /// The part.
    pub role: String,
    /// Where they stand.
    pub state: PartyState,
    /// How sure it is who they are.
    pub trust: TrustLevel,
    /// Until when their invitation can be taken up.
    pub invited_until: Option<Timestamp>,
    /// When they agreed to what stands there now.
    pub consented_at: Option<Timestamp>,
}

/// One of the applications of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MyApplication {
    /// Its id.
    pub id: ApplicationId,
    /// The service.
    pub service: Key,
    /// The part of the account in it.
    pub role: String,
    /// Where it stands.
    pub state: ApplicationState,
    /// The case, once it was handed in.
    pub case: Option<CaseId>,
}
