//! What staff do with cases of their office.

use applications::{
    ApproveDecision, ClaimCase, CloseCase, CorrectData, DeliverDecision, DraftDecision, EraseCase, ReopenCase,
    RequestItems, RetryForward, SeparateIntake, SettleForward,
};
use async_graphql::{Context, ID, InputObject, Object, Result};
use domain::identifier::IntakeId;
use uuid::Uuid;

use crate::graphql::applications::inputs::AnswerChangeInput;
use crate::graphql::applications::payloads::CasePayload;
use crate::graphql::applications::words::{DeliveryChannel, Outcome, ReopenReason, SettledBy, Verdict};
use crate::graphql::context::ContextExtensions;
use crate::graphql::ids::Global;

/// Mutations of cases.
#[derive(Default)]
pub(crate) struct CaseMutation;

/// A case, and nothing more to say.
#[derive(InputObject)]
struct CaseStepInput {
    /// The id of the case.
    case: ID,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// Asks the applicant for something.
#[derive(InputObject)]
struct RequestItemsInput {
    /// The id of the case.
    case: ID,
    /// What, 1 to 20 texts of at most 500 signs.
    items: Vec<String>,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// Corrects answers.
#[derive(InputObject)]
struct CorrectDataInput {
    /// The id of the case.
    case: ID,
    /// The changes, in order.
    changes: Vec<AnswerChangeInput>,
    /// Why; it stands beside each answer.
    reason: String,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// A reason of a decision.
#[derive(InputObject)]
struct DecisionReasonInput {
    /// The reason, German.
    text: String,
    /// The paragraph.
    legal_reference: Option<String>,
}

/// Writes a decision.
#[derive(InputObject)]
struct DraftDecisionInput {
    /// The id of the case.
    case: ID,
    /// What came out.
    outcome: Outcome,
    /// Why; needed for whatever burdens somebody.
    reasons: Vec<DecisionReasonInput>,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// Approves a decision, or sends it back.
#[derive(InputObject)]
struct ApproveDecisionInput {
    /// The id of the case.
    case: ID,
    /// Which of both.
    #[graphql(default_with = "Verdict::Approve")]
    verdict: Verdict,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// Announces a decision.
#[derive(InputObject)]
struct DeliverDecisionInput {
    /// The id of the case.
    case: ID,
    /// How.
    channel: DeliveryChannel,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// Takes a closed case up once more.
#[derive(InputObject)]
struct ReopenCaseInput {
    /// The id of the case.
    case: ID,
    /// Why.
    reason: ReopenReason,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// Takes two apart that were held for one.
#[derive(InputObject)]
struct SeparateIntakeInput {
    /// The id of the case.
    case: ID,
    /// The id of the arrival, as `arrivals` of the case names it.
    arrival: ID,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// Tries again what could not be sent to another body.
#[derive(InputObject)]
struct RetryForwardInput {
    /// The id of the case.
    case: ID,
    /// The key of the sink, as `forwards` names it.
    sink: String,
    /// A random text of 16 to 128 printable ASCII signs. Repeating this request does no harm with any text.
    idempotency_key: String,
}

/// Settles what could not be sent to another body.
#[derive(InputObject)]
struct SettleForwardInput {
    /// The id of the case.
    case: ID,
    /// The key of the sink, as `forwards` names it.
    sink: String,
    /// How it was seen to.
    by: SettledBy,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

#[Object]
impl CaseMutation {
    /// Takes a case, or takes it over from a colleague. For staff of its office.
    async fn claim_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case.")] input: CaseStepInput,
    ) -> Result<CasePayload> {
        let command = ClaimCase { case: Global::case(&input.case)?, idempotency_key: input.idempotency_key };
        CasePayload::of(ctx.application().applications.claim_case(ctx.actor(), &command).await)
    }

    /// Asks the applicant for something; meanwhile the city's clock stands. For staff of its office.
    async fn request_items(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What.")] input: RequestItemsInput,
    ) -> Result<CasePayload> {
        let command = RequestItems {
            case: Global::case(&input.case)?,
            items: input.items,
            idempotency_key: input.idempotency_key,
        };
        CasePayload::of(ctx.application().applications.request_items(ctx.actor(), &command).await)
    }

    /// Corrects answers of a case in review, with a reason. For staff of its office.
    async fn correct_data(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What, and why.")] input: CorrectDataInput,
    ) -> Result<CasePayload> {
        let command = CorrectData {
            case: Global::case(&input.case)?,
            changes: input.changes.into_iter().map(Into::into).collect(),
            reason: input.reason,
            idempotency_key: input.idempotency_key,
        };
        CasePayload::of(ctx.application().applications.correct_data(ctx.actor(), &command).await)
    }

    /// Writes a decision; it holds once it is approved. For staff of its office.
    async fn draft_decision(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision.")] input: DraftDecisionInput,
    ) -> Result<CasePayload> {
        let reasons = input.reasons.into_iter().map(|reason| (reason.text, reason.legal_reference)).collect();
        let command = DraftDecision {
            case: Global::case(&input.case)?,
            outcome: input.outcome.into(),
            reasons,
            idempotency_key: input.idempotency_key,
        };
        CasePayload::of(ctx.application().applications.draft_decision(ctx.actor(), &command).await)
    }

    /// Approves a decision, or sends it back. Where the service asks for four eyes, not by whoever wrote it. For staff of
    /// its office.
    async fn approve_decision(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of both.")] input: ApproveDecisionInput,
    ) -> Result<CasePayload> {
        let command = ApproveDecision {
            case: Global::case(&input.case)?,
            verdict: input.verdict.into(),
            idempotency_key: input.idempotency_key,
        };
        CasePayload::of(ctx.application().applications.approve_decision(ctx.actor(), &command).await)
    }

    /// Announces a decision: from here on it counts, and the time to object runs. For staff of its office.
    async fn deliver_decision(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How.")] input: DeliverDecisionInput,
    ) -> Result<CasePayload> {
        let command = DeliverDecision {
            case: Global::case(&input.case)?,
            channel: input.channel.into(),
            idempotency_key: input.idempotency_key,
        };
        CasePayload::of(ctx.application().applications.deliver_decision(ctx.actor(), &command).await)
    }

    /// Closes a case that was announced. For staff of its office.
    async fn close_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case.")] input: CaseStepInput,
    ) -> Result<CasePayload> {
        let command = CloseCase { case: Global::case(&input.case)?, idempotency_key: input.idempotency_key };
        CasePayload::of(ctx.application().applications.close_case(ctx.actor(), &command).await)
    }

    /// Takes a closed case up once more. For staff of its office.
    async fn reopen_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case, and why.")] input: ReopenCaseInput,
    ) -> Result<CasePayload> {
        let command = ReopenCase {
            case: Global::case(&input.case)?,
            reason: input.reason.into(),
            idempotency_key: input.idempotency_key,
        };
        CasePayload::of(ctx.application().applications.reopen_case(ctx.actor(), &command).await)
    }

    /// Lets an arrival that joined a case begin one of its own, because they are two after all. Gives the new case. For staff of
    /// its office.
    async fn separate_intake(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which arrival of which case.")] input: SeparateIntakeInput,
    ) -> Result<CasePayload> {
        // What names no arrival is asked for all the same: whoever may not ask learns that first.
        let intake = IntakeId(Uuid::try_parse(&input.arrival).unwrap_or(Uuid::nil()));
        let command =
            SeparateIntake { case: Global::case(&input.case)?, intake, idempotency_key: input.idempotency_key };
        CasePayload::of(ctx.application().applications.separate_intake(ctx.actor(), &command).await)
    }

    /// Tries again to send a case to another body, after it was given up. For staff of its office. Where nothing was given
    /// up nothing changes.
    async fn retry_forward(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which case, and where to.")] input: RetryForwardInput,
    ) -> Result<CasePayload> {
        // Harmless to repeat: the key is there because every step of a case has one.
        let RetryForwardInput { case, sink, idempotency_key: _ } = input;
        let command = RetryForward { case: Global::case(&case)?, sink };
        CasePayload::of(ctx.application().applications.retry_forward(ctx.actor(), &command).await)
    }

    /// Settles what was given up on its way to another body: it went there otherwise, or need not. For staff of its office.
    async fn settle_forward(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What, and how.")] input: SettleForwardInput,
    ) -> Result<CasePayload> {
        let SettleForwardInput { case, sink, by, idempotency_key } = input;
        let command = SettleForward { case: Global::case(&case)?, sink, by: by.into(), idempotency_key };
        CasePayload::of(ctx.application().applications.settle_forward(ctx.actor(), &command).await)
    }

    /// Erases a closed case: its key is destroyed, a tombstone without names stays. For operators. Doing it twice does no
    /// harm.
    async fn erase_case(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the case.")] case: ID,
    ) -> Result<CasePayload> {
        let command = EraseCase { case: Global::case(&case)? };
        CasePayload::of(ctx.application().applications.erase_case(ctx.actor(), command).await)
    }
}
