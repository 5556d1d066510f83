//! The practice bank: a provider where no money moves, with a page to pay, fail or leave. For courses and tests.

use domain::application::PaymentState;

use crate::Applications;
use crate::failure::{Failure, Problem};
use crate::payment::PaymentProvider;
use crate::payment::hear::{PaymentMessage, SignedMessage};
use crate::store::practice_bank::{self, OrderRow};
use crate::store::{Reader, payments};

/// What somebody presses on the page of the practice bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PressedButton {
    /// Pays.
    Pay,
    /// Lets it fail.
    Fail,
    /// Leaves, and decides nothing.
    Leave,
}

/// An order at the practice bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankOrder {
    /// The reference of the attempt.
    pub reference: String,
    /// How much, in euro cents.
    pub amount_cents: i64,
    /// Where it stands at the bank.
    pub state: PaymentState,
}

impl Applications {
    /// An order at the practice bank, by its reference, which nobody can guess.
    ///
    /// # Errors
    /// [`Problem::NotFound`], also where the bank is closed.
    pub async fn bank_order(&self, reference: &str) -> Result<BankOrder, Failure> {
        let OrderRow { reference, amount_cents, state, .. } = self.order(reference).await?;
        Ok(BankOrder { reference, amount_cents, state })
    }

    /// Presses a button of the bank's page. Gives the message that the bank sends then; it is for the caller to deliver
    /// it, twice, late or never, as networks do.
    ///
    /// # Errors
    /// [`Problem::NotFound`].
    pub async fn press_at_bank(&self, reference: &str, button: PressedButton) -> Result<SignedMessage, Failure> {
        let order = self.order(reference).await?;
        let pressed = match button {
            PressedButton::Pay => PaymentState::Paid,
            PressedButton::Fail => PaymentState::Failed,
            PressedButton::Leave => PaymentState::Pending,
        };
        let now = self.now();
        let unit = self.database.begin().await?;
        // A bank may capture after it failed; what it captured stays captured.
        let state = order.state.with(pressed);
        practice_bank::change(&unit, &order.reference, state, order.refunded_cents, now).await?;
        unit.commit().await?;
        let order = self.order(reference).await?;
        // The message tells of the button, however the order stands.
        Ok(self.message(&said(&order, pressed)))
    }

    /// A message as the bank sends it now.
    fn message(&self, message: &PaymentMessage) -> SignedMessage {
        let body = serde_json::to_string(message).unwrap_or_default();
        let sent_at = self.now().seconds();
        let signature = self.payment_signature(PaymentProvider::PracticeBank, sent_at, &body);
        SignedMessage { sent_at, signature, body }
    }

    /// What the bank answers when it is asked.
    pub(crate) async fn asked_bank(&self, reference: &str) -> Result<PaymentMessage, Failure> {
        let order = self.order(reference).await?;
        Ok(said(&order, order.state))
    }

    /// The bank gives money back.
    pub(crate) async fn bank_refunds(&self, reference: &str, refunded_cents: i64) -> Result<PaymentMessage, Failure> {
        let order = self.order(reference).await?;
        let unit = self.database.begin().await?;
        let refunded = order.refunded_cents.max(refunded_cents);
        practice_bank::change(&unit, &order.reference, order.state, refunded, self.now()).await?;
        unit.commit().await?;
        self.asked_bank(reference).await
    }

    async fn order(&self, reference: &str) -> Result<OrderRow, Failure> {
        if !self.practice_bank_is_open {
            return Err(Problem::NotFound.into());
        }
        let reader = Reader::Database(&self.database);
        let attempt = payments::by_reference(reader, reference).await?.ok_or(Problem::NotFound)?;
        Ok(practice_bank::by_reference(reader, &attempt.reference).await?.ok_or(Problem::NotFound)?)
    }
}

/// A message about an order. Each change has a name of its own, and the same when it is told again; what was pressed and
/// how it stands may differ, and then their names do.
fn said(order: &OrderRow, state: PaymentState) -> PaymentMessage {
    PaymentMessage {
        reference: order.reference.clone(),
        event: format!("{}-{}-{}", order.reference, order.changes, state.as_str()),
        state,
        refunded_cents: order.refunded_cents,
        at: order.changed_at.millis(),
    }
}
