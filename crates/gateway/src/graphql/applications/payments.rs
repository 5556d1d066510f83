//! Paying fees: beginning, reading, giving back.

use applications::{Payment, RecordPayment, RefundPayment, StartPayment};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use domain::identifier::PaymentId;
use uuid::Uuid;

use crate::graphql::applications::inputs::ApplicationAccessInput;
use crate::graphql::applications::payloads::CasePayload;
use crate::graphql::applications::problem::{ProblemObject, found, problem_or_error};
use crate::graphql::context::ContextExtensions;
use crate::graphql::ids::Global;
use crate::graphql::scalars::Instant;

/// Queries of payments.
#[derive(Default)]
pub(crate) struct PaymentQuery;

/// Mutations of payments.
#[derive(Default)]
pub(crate) struct PaymentMutation;

/// With whom one pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "applications::PaymentProvider")]
pub(crate) enum PaymentProvider {
    /// The city sends an invoice; the case goes on meanwhile.
    Invoice,
    /// The practice bank, where no money moves. Not in production.
    PracticeBank,
}

/// Where an attempt to pay stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::application::PaymentState")]
pub(crate) enum PaymentState {
    /// An order exists.
    Created,
    /// The person is paying.
    Pending,
    /// It did not work. It may still be captured.
    Failed,
    /// The money is there.
    Paid,
    /// A part of it went back.
    PartiallyRefunded,
    /// All of it went back.
    Refunded,
}

/// What the cash office knows of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "applications::RecordedPayment")]
pub(crate) enum RecordedPayment {
    /// The money came.
    Paid,
    /// It went back.
    Refunded,
}

/// An attempt to pay.
#[derive(SimpleObject)]
#[graphql(name = "Payment")]
pub(crate) struct PaymentObject {
    /// Its id.
    id: ID,
    /// With whom.
    provider: PaymentProvider,
    /// What stands on the invoice and on the statement: `RE-K7M4-QX2P-ABCD`.
    reference: String,
    /// How much, in euro cents.
    amount_cents: i64,
    /// How much of it went back, in euro cents.
    refunded_cents: i64,
    /// Where it stands.
    state: PaymentState,
    /// When it was begun, UTC.
    created_at: Instant,
    /// The page where one pays, below the public address; null where there is none.
    page: Option<String>,
}

impl From<Payment> for PaymentObject {
    fn from(payment: Payment) -> Self {
        let Payment { id, provider, reference, amount_cents, refunded_cents, state, created_at, page } = payment;
        Self {
            id: ID(id.0.simple().to_string()),
            provider: provider.into(),
            reference,
            amount_cents,
            refunded_cents,
            state: state.into(),
            created_at: created_at.into(),
            page,
        }
    }
}

/// The answer to beginning to pay. Either `payment` or `problem` is set.
#[derive(SimpleObject)]
struct PaymentPayload {
    /// The attempt; null when there is a problem.
    payment: Option<PaymentObject>,
    /// What was in the way; null when it was done.
    problem: Option<ProblemObject>,
}

/// Begins to pay.
#[derive(InputObject)]
struct StartPaymentInput {
    /// Which application, by the right of whoever began.
    access: ApplicationAccessInput,
    /// With whom.
    provider: PaymentProvider,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// Gives money back.
#[derive(InputObject)]
struct RefundPaymentInput {
    /// The id of the case.
    case: ID,
    /// The id of the payment.
    payment: ID,
    /// How much in all shall have gone back afterwards, in euro cents.
    refunded_cents: i64,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// Notes what the cash office knows of an invoice.
#[derive(InputObject)]
struct RecordPaymentInput {
    /// The id of the case.
    case: ID,
    /// The id of the payment; an invoice.
    payment: ID,
    /// What happened.
    happened: RecordedPayment,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// The id of a payment. What is none names no payment, and is answered like one that does not exist.
fn payment(id: &ID) -> PaymentId {
    PaymentId(Uuid::try_parse(id).unwrap_or_default())
}

#[Object]
impl PaymentQuery {
    /// The attempts to pay for one's own application, oldest first. Null when there is no such application or it is not
    /// yours.
    async fn application_payments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application, and by what right.")] access: ApplicationAccessInput,
    ) -> Result<Option<Vec<PaymentObject>>> {
        let payments = ctx.application().applications.my_payments(ctx.actor(), &access.access()?).await;
        Ok(found(payments)?.map(|payments| payments.into_iter().map(Into::into).collect()))
    }

    /// The attempts to pay for a case, oldest first. For staff of its office. Null when there is none or it is another
    /// office's.
    async fn case_payments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the case.")] case: ID,
    ) -> Result<Option<Vec<PaymentObject>>> {
        let payments = ctx.application().applications.case_payments(ctx.actor(), Global::case(&case)?).await;
        Ok(found(payments)?.map(|payments| payments.into_iter().map(Into::into).collect()))
    }
}

#[Object]
impl PaymentMutation {
    /// Begins to pay what is still due of the fee. An invoice puts it off; elsewhere one pays on a page.
    async fn start_payment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which application, and with whom.")] input: StartPaymentInput,
    ) -> Result<PaymentPayload> {
        let command = StartPayment {
            access: input.access.access()?,
            provider: input.provider.into(),
            idempotency_key: input.idempotency_key,
        };
        match ctx.application().applications.start_payment(ctx.actor(), &command).await {
            Ok(payment) => Ok(PaymentPayload { payment: Some(payment.into()), problem: None }),
            Err(failure) => Ok(PaymentPayload { payment: None, problem: Some(problem_or_error(failure)?) }),
        }
    }

    /// Gives money back; the provider does it within a minute or so. For staff of the office of the case.
    async fn refund_payment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and how much.")] input: RefundPaymentInput,
    ) -> Result<CasePayload> {
        let command = RefundPayment {
            case: Global::case(&input.case)?,
            payment: payment(&input.payment),
            refunded_cents: input.refunded_cents,
            idempotency_key: input.idempotency_key,
        };
        CasePayload::of(ctx.application().applications.refund_payment(ctx.actor(), &command).await)
    }

    /// Notes that an invoice was paid, or paid back. For staff of the office of the case.
    async fn record_payment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what happened.")] input: RecordPaymentInput,
    ) -> Result<CasePayload> {
        let command = RecordPayment {
            case: Global::case(&input.case)?,
            payment: payment(&input.payment),
            happened: input.happened.into(),
            idempotency_key: input.idempotency_key,
        };
        CasePayload::of(ctx.application().applications.record_payment(ctx.actor(), &command).await)
    }
}
