//! What people read about their applications.

use applications::{
    Answered, CaseDeadline, CaseStatus, DecisionReason, Draft, Notice, PartyView, PublishedService, Receipt, Rehearsed,
    Summary,
};
use async_graphql::{Context, ID, Object, Result, SimpleObject};

use crate::graphql::applications::form::ServiceForm;
use crate::graphql::applications::problem::{FieldProblem, refused};
use crate::graphql::applications::tours::ChosenTourObject;
use crate::graphql::applications::words::{
    ApplicationState, ArrivalReason, DeliveryChannel, Outcome, PartyState, Practice, PublicStatus,
};
use crate::graphql::context::ContextExtensions;
use crate::graphql::ids::Global;
use crate::graphql::scalars::{Instant, LocalDate};
use crate::graphql::words::{Language, TrustLevel};

/// A service that can be applied for online.
#[derive(SimpleObject)]
pub(crate) struct OnlineService {
    /// Its key, as in the catalogue.
    key: String,
    /// The number of its newest version, from 1.
    version: i64,
    /// The hash of that version: 64 hexadecimal digits.
    sha256: String,
    /// Who takes part, by role; the first begins.
    roles: Vec<String>,
}

impl From<PublishedService> for OnlineService {
    fn from(service: PublishedService) -> Self {
        let PublishedService { key, sequence, sha256, roles } = service;
        Self { key: key.to_string(), version: sequence, sha256, roles }
    }
}

/// An answer that has no place in the form any more.
#[derive(SimpleObject)]
struct DroppedAnswer {
    /// Where it stood.
    path: String,
    /// What the field was called, German.
    label: String,
    /// What it was.
    value: serde_json::Value,
}

impl From<applications::DroppedAnswer> for DroppedAnswer {
    fn from(dropped: applications::DroppedAnswer) -> Self {
        let applications::DroppedAnswer { path, label, value, .. } = dropped;
        Self { path, label, value }
    }
}

/// An answer as it was typed.
#[derive(SimpleObject)]
pub(crate) struct AnswerObject {
    /// Where it stands: `group.field`, in a repeated group `group[ROW].field`.
    path: String,
    /// What it says.
    value: serde_json::Value,
}

/// Answers by path.
pub(crate) fn answers(answers: Vec<(String, serde_json::Value)>) -> Vec<AnswerObject> {
    answers.into_iter().map(|(path, value)| AnswerObject { path, value }).collect()
}

/// A step of the form that is shown.
#[derive(SimpleObject)]
pub(crate) struct FormStep {
    /// Its key.
    key: String,
    /// The fields that are shown, in order.
    fields: Vec<FormField>,
}

/// A field of the form that is shown.
#[derive(SimpleObject)]
pub(crate) struct FormField {
    /// Its path.
    path: String,
    /// What is asked, in the language of the draft.
    label: String,
    /// Whether it must be answered.
    required: bool,
    /// What is declared, if it is a declaration.
    declaration: Option<FormDeclaration>,
}

/// What somebody declares in a form.
#[derive(SimpleObject)]
pub(crate) struct FormDeclaration {
    /// The words, in the language of the draft.
    text: String,
    /// The hash of these words, 64 hexadecimal digits. The answer of the field is `{"text_sha256": "..."}` with it, so that it
    /// is certain what was read.
    sha256: String,
}

impl From<&applications::FieldView> for FormField {
    fn from(field: &applications::FieldView) -> Self {
        let applications::FieldView { path, label, required, declaration } = field.clone();
        let declaration = declaration.map(|declared| FormDeclaration { text: declared.text, sha256: declared.sha256 });
        Self { path, label, required, declaration }
    }
}

/// Something to hand in.
#[derive(SimpleObject)]
pub(crate) struct RequiredDocument {
    /// Its key.
    key: String,
    /// Where the law asks for it.
    legal_reference: Option<String>,
}

/// An application that is being filled in, as whoever asks sees it.
pub(crate) struct DraftNode(pub(crate) Draft);

/// An application that is being filled in, as whoever asks sees it. The version of its form never changes.
#[Object(name = "ApplicationDraft")]
impl DraftNode {
    /// Its global id.
    async fn id(&self) -> ID {
        Global::Application(self.0.id).id()
    }

    /// Whether it counts.
    async fn kind(&self) -> Practice {
        self.0.practice.into()
    }

    /// The key of the service.
    async fn service(&self) -> &str {
        self.0.service.as_str()
    }

    /// The number of the form's version.
    async fn version(&self) -> i64 {
        self.0.sequence
    }

    /// The hash of that version: 64 hexadecimal digits.
    async fn sha256(&self) -> &str {
        &self.0.definition_sha256
    }

    /// Where it stands.
    async fn state(&self) -> ApplicationState {
        self.0.state.into()
    }

    /// Grows with each change; the next change names it.
    async fn rev(&self) -> i64 {
        self.0.rev
    }

    /// The language of labels and errors here: the one that was chosen when it began.
    async fn language(&self) -> Language {
        self.0.language.into()
    }

    /// The whole form of the version that the draft is pinned to.
    async fn form(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language of the words; absent: that of the draft.")] language: Option<Language>,
    ) -> Result<ServiceForm> {
        let language = language.map_or(self.0.language, Into::into);
        let form = ctx.application().applications.form(self.0.definition, language).await;
        Ok(form.map_err(|failure| refused(&failure))?.into())
    }

    /// The part of whoever asks.
    async fn role(&self) -> &str {
        &self.0.role
    }

    /// What stands in the parts that one may see. Empty once it was handed in.
    async fn answers(&self) -> Vec<AnswerObject> {
        answers(self.0.answers.clone())
    }

    /// What was answered before the form changed and has no place in it now. Show it to the person once more.
    async fn dropped(&self) -> Vec<DroppedAnswer> {
        self.0.dropped.iter().cloned().map(Into::into).collect()
    }

    /// The steps that are shown, in order.
    async fn steps(&self) -> Vec<FormStep> {
        let Answered { steps, .. } = &self.0.answered;
        let step = |step: &applications::StepView| FormStep {
            key: step.key.clone(),
            fields: step.fields.iter().map(FormField::from).collect(),
        };
        steps.iter().map(step).collect()
    }

    /// What is wrong or missing in the parts that one may see, in the order of the form.
    async fn errors(&self) -> Vec<FieldProblem> {
        self.0.answered.errors.iter().cloned().map(FieldProblem::from).collect()
    }

    /// Whether nothing is wrong or missing in any part.
    async fn complete(&self) -> bool {
        self.0.answered.complete
    }

    /// The fee in euro cents; null without one, and while something needed for it is missing.
    async fn fee_cents(&self) -> Option<i64> {
        self.0.answered.fee_cents
    }

    /// What is to be handed in.
    async fn documents(&self) -> Vec<RequiredDocument> {
        let document = |document: &applications::DocumentView| RequiredDocument {
            key: document.key.clone(),
            legal_reference: document.legal_ref.clone(),
        };
        self.0.answered.documents.iter().map(document).collect()
    }

    /// Everybody who takes part; the first is who began.
    async fn parties(&self) -> Vec<PartyObject> {
        self.0.parties.iter().cloned().map(PartyObject::from).collect()
    }

    /// When it is deleted if nobody goes on with it, UTC.
    async fn expires_at(&self) -> Instant {
        self.0.expires_at.into()
    }

    /// The global id of the case, once it was handed in.
    async fn case_id(&self) -> Option<ID> {
        self.0.case.map(|case| Global::Case(case).id())
    }

    /// How many of this calendar year the household has had already; null where the service does not count them, and while
    /// the address is missing.
    async fn household_used(&self) -> Option<u32> {
        self.0.household_used
    }

    /// The day of the collection that is held; null where nothing is.
    async fn tour(&self) -> Option<ChosenTourObject> {
        self.0.tour.clone().map(Into::into)
    }
}

/// Somebody who takes part in an application.
#[derive(SimpleObject)]
#[graphql(name = "ApplicationParty")]
pub(crate) struct PartyObject {
    /// The part.
    role: String,
    /// Where they stand.
    state: PartyState,
    /// How sure it is who they are.
    trust: TrustLevel,
    /// Until when their invitation can be taken up, UTC.
    invited_until: Option<Instant>,
    /// When they agreed to what stands there now, UTC.
    consented_at: Option<Instant>,
}

impl From<PartyView> for PartyObject {
    fn from(party: PartyView) -> Self {
        Self {
            role: party.role,
            state: party.state.into(),
            trust: party.trust.into(),
            invited_until: party.invited_until.map(Instant),
            consented_at: party.consented_at.map(Instant),
        }
    }
}

/// Everything on one page, to be checked before it is handed in or agreed to (§ 9a OZG).
#[derive(SimpleObject)]
#[graphql(name = "ApplicationSummary")]
pub(crate) struct SummaryObject {
    /// The draft.
    draft: DraftNode,
    /// The hash of everybody's answers, the declarations and the version of the form. Whoever agrees or hands in names it.
    sha256: String,
}

impl From<Summary> for SummaryObject {
    fn from(summary: Summary) -> Self {
        Self { draft: DraftNode(summary.draft), sha256: summary.sha256 }
    }
}

/// What one gets for handing in.
#[derive(SimpleObject)]
#[graphql(name = "ApplicationReceipt")]
pub(crate) struct ReceiptObject {
    /// The global id of the application.
    application_id: ID,
    /// The global id of the case.
    case_id: ID,
    /// The key of the service.
    service: String,
    /// What to quote; mistyping shows.
    number: String,
    /// When it was handed in, UTC.
    submitted_at: Instant,
    /// Why no case began: the same application arrived before. Then number and case are those of the first one, and this
    /// receipt opens nothing of it. Null where a case began.
    joined: Option<ArrivalReason>,
}

impl From<Receipt> for ReceiptObject {
    fn from(receipt: Receipt) -> Self {
        Self {
            application_id: Global::Application(receipt.application).id(),
            case_id: Global::Case(receipt.case).id(),
            service: receipt.service.to_string(),
            number: receipt.number.to_string(),
            submitted_at: receipt.submitted_at.into(),
            joined: receipt.joined.map(Into::into),
        }
    }
}

/// Why something was decided.
#[derive(SimpleObject)]
#[graphql(name = "DecisionReason")]
pub(crate) struct ReasonObject {
    /// The reason, German.
    text: String,
    /// The paragraph.
    legal_reference: Option<String>,
}

impl From<DecisionReason> for ReasonObject {
    fn from(reason: DecisionReason) -> Self {
        Self { text: reason.text, legal_reference: reason.legal_ref }
    }
}

/// How a rehearsal ended.
#[derive(SimpleObject)]
#[graphql(name = "Rehearsal")]
pub(crate) struct RehearsalObject {
    /// The key of the service.
    service: String,
    /// What the tables would say; null where people would decide.
    outcome: Option<Outcome>,
    /// Why.
    reasons: Vec<ReasonObject>,
    /// What must stand across every page that shows this.
    watermark: String,
}

impl From<Rehearsed> for RehearsalObject {
    fn from(rehearsed: Rehearsed) -> Self {
        Self {
            service: rehearsed.service.to_string(),
            outcome: rehearsed.outcome.map(Into::into),
            reasons: rehearsed.reasons.into_iter().map(Into::into).collect(),
            watermark: rehearsed.watermark.to_owned(),
        }
    }
}

/// How a case stands, for its applicant.
#[derive(SimpleObject)]
#[graphql(name = "CaseStatus")]
pub(crate) struct CaseStatusObject {
    /// The global id of the case.
    case_id: ID,
    /// The key of the service.
    service: String,
    /// What to quote; null once it was erased.
    receipt_number: Option<String>,
    /// Where it stands.
    status: PublicStatus,
    /// When it was handed in, UTC.
    submitted_at: Instant,
    /// Its last change, UTC.
    changed_at: Instant,
    /// What the city asked for, while it waits for the answer.
    asked_for: Vec<String>,
    /// The deadlines that matter now, soonest first.
    deadlines: Vec<DeadlineObject>,
    /// The decision, once it was announced.
    notice: Option<NoticeObject>,
    /// The day of the collection, where something is collected.
    tour: Option<ChosenTourObject>,
    /// The day of the collection as an iCalendar file, once the decision was announced.
    calendar_file: Option<String>,
}

impl From<CaseStatus> for CaseStatusObject {
    fn from(status: CaseStatus) -> Self {
        Self {
            case_id: Global::Case(status.case).id(),
            service: status.service.to_string(),
            receipt_number: status.receipt.map(|number| number.to_string()),
            status: status.status.into(),
            submitted_at: status.submitted_at.into(),
            changed_at: status.changed_at.into(),
            asked_for: status.asked,
            deadlines: status.deadlines.into_iter().map(Into::into).collect(),
            notice: status.notice.map(Into::into),
            tour: status.tour.map(Into::into),
            calendar_file: status.calendar_file,
        }
    }
}

/// A deadline of a case.
#[derive(SimpleObject)]
#[graphql(name = "CaseDeadline")]
pub(crate) struct DeadlineObject {
    /// What it is about: `processing`, `completion`, `objection`, `fiction`.
    kind: String,
    /// When it is over, UTC; while it stands, when it would be.
    due_at: Instant,
    /// Since when it stands, UTC.
    paused_at: Option<Instant>,
}

impl From<CaseDeadline> for DeadlineObject {
    fn from(deadline: CaseDeadline) -> Self {
        Self { kind: deadline.kind, due_at: deadline.due_at.into(), paused_at: deadline.paused_at.map(Instant) }
    }
}

/// A decision as it was announced.
#[derive(SimpleObject)]
#[graphql(name = "DecisionNotice")]
pub(crate) struct NoticeObject {
    /// What came out.
    outcome: Outcome,
    /// Why.
    reasons: Vec<ReasonObject>,
    /// Whether the machine decided; then anybody may ask for a person.
    automatic: bool,
    /// How it was announced.
    channel: Option<DeliveryChannel>,
    /// The day of the city's calendar on which it counts as received.
    received_on: Option<LocalDate>,
    /// The last day of the city's calendar on which one may object; null when there is nothing to object to.
    objection_until: Option<LocalDate>,
}

impl From<Notice> for NoticeObject {
    fn from(notice: Notice) -> Self {
        Self {
            outcome: notice.outcome.into(),
            reasons: notice.reasons.into_iter().map(Into::into).collect(),
            automatic: notice.automatic,
            channel: notice.channel.map(Into::into),
            received_on: notice.received_on.map(LocalDate),
            objection_until: notice.objection_until.map(LocalDate),
        }
    }
}
