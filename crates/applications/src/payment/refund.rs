//! Giving money back, and noting what the cash office knows of invoices.

use domain::application::PaymentState;
use domain::identifier::{CaseId, PaymentId};
use domain::permission::{Actor, Permission};

use crate::Applications;
use crate::case::Case;
use crate::failure::{Failure, Problem};
use crate::payment::PaymentProvider;
use crate::payment::hear::PaymentMessage;
use crate::requests::idempotency_key;
use crate::store::Reader;
use crate::store::payments::{self, AttemptRow};

/// Gives money back.
#[derive(Debug, Clone)]
pub struct RefundPayment {
    /// The case it was paid for.
    pub case: CaseId,
    /// Which attempt.
    pub payment: PaymentId,
    /// How much in all shall have gone back afterwards, in euro cents.
    pub refunded_cents: i64,
    /// The client's key of this request.
    pub idempotency_key: String,
}

/// What the cash office knows of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordedPayment {
    /// The money came.
    Paid,
    /// It went back.
    Refunded,
}

/// Notes what the cash office knows of an invoice.
#[derive(Debug, Clone)]
pub struct RecordPayment {
    /// The case it is for.
    pub case: CaseId,
    /// Which attempt; an invoice.
    pub payment: PaymentId,
    /// What happened.
    pub happened: RecordedPayment,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Applications {
    /// Asks for money to go back. The provider does it within a minute or so.
    ///
    /// # Errors
    /// [`Problem::OwnCase`], [`Failure::Forbidden`]; [`Problem::NotFound`]; [`Problem::NothingToRefund`].
    pub async fn refund_payment(&self, actor: &Actor, command: &RefundPayment) -> Result<Case, Failure> {
        actor.may(Permission::WorkOnCases)?;
        let input = format!("{:?}", (command.case, command.payment, command.refunded_cents));
        let key = idempotency_key(actor, &command.idempotency_key, "refund_payment", &input)?;
        let work = async || {
            let (case, attempt) = self.payment_of_case(actor, command.case, command.payment).await?;
            let asked = command.refunded_cents;
            let before = attempt.refunded_cents.max(attempt.refund_asked_cents);
            if !attempt.state.is_final() || asked <= before || asked > attempt.amount_cents {
                return Err(Problem::NothingToRefund.into());
            }
            let now = self.now();
            let unit = self.database.begin().await?;
            if !payments::ask_refund(&unit, &attempt, asked, now).await? {
                return Err(Problem::ChangedMeanwhile.into());
            }
            self.trace(&unit, case.id, "payment.refund_asked", actor.account(), now).await?;
            unit.remember(&key, case.id.0, now).await?;
            unit.commit().await?;
            Ok(case.id.0)
        };
        self.once(&key, work).await?;
        Ok(self.team_case(Reader::Database(&self.database), actor, command.case).await?.case)
    }

    /// Notes that an invoice was paid, or paid back.
    ///
    /// # Errors
    /// [`Problem::OwnCase`], [`Failure::Forbidden`]; [`Problem::NotFound`], also for payments that are no invoice.
    pub async fn record_payment(&self, actor: &Actor, command: &RecordPayment) -> Result<Case, Failure> {
        actor.may(Permission::WorkOnCases)?;
        let input = format!("{:?}", (command.case, command.payment, command.happened));
        let key = idempotency_key(actor, &command.idempotency_key, "record_payment", &input)?;
        let work = async || {
            let (case, attempt) = self.payment_of_case(actor, command.case, command.payment).await?;
            if attempt.provider != PaymentProvider::Invoice {
                return Err(Problem::NotFound.into());
            }
            let (state, refunded_cents) = match command.happened {
                RecordedPayment::Paid => (PaymentState::Paid, 0),
                RecordedPayment::Refunded => (PaymentState::Refunded, attempt.amount_cents),
            };
            let now = self.now();
            let event = format!("cash-office-{}", state.as_str());
            let said = PaymentMessage { reference: attempt.reference, event, state, refunded_cents, at: now.millis() };
            self.note_payment(PaymentProvider::Invoice, &said).await?;
            let unit = self.database.begin().await?;
            self.trace(&unit, case.id, "payment.recorded", actor.account(), now).await?;
            unit.remember(&key, case.id.0, now).await?;
            unit.commit().await?;
            Ok(case.id.0)
        };
        self.once(&key, work).await?;
        Ok(self.team_case(Reader::Database(&self.database), actor, command.case).await?.case)
    }

    async fn payment_of_case(
        &self,
        actor: &Actor,
        case: CaseId,
        payment: PaymentId,
    ) -> Result<(Case, AttemptRow), Failure> {
        let reader = Reader::Database(&self.database);
        let found = self.case_to_work_on(reader, actor, case).await?;
        let attempt = payments::by_id(reader, payment).await?;
        let attempt = attempt.filter(|attempt| attempt.application == found.case.application);
        Ok((found.case, attempt.ok_or(Problem::NotFound)?))
    }
}
