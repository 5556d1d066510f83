//! Fees: attempts to pay, each with everything its provider ever said; what is known is the strongest of it.
//!
//! A provider is asked for an order, says what happens in signed messages, and is asked again by the worker, so that a
//! message that never comes costs nobody anything. What was paid too much goes back by itself.

mod hear;
mod practice_bank;
mod read;
mod reconcile;
mod refund;
mod settle;
mod start;

pub use hear::{PaymentMessage, SignedMessage};
pub use practice_bank::{BankOrder, PressedButton};
pub use refund::{RecordPayment, RecordedPayment, RefundPayment};
pub use start::StartPayment;

use domain::application::PaymentState;
use domain::identifier::PaymentId;
use domain::time::Timestamp;

/// With whom one pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaymentProvider {
    /// The city sends an invoice; the case goes on meanwhile.
    Invoice,
    /// The practice bank: no money moves. Only where the operator opened it.
    PracticeBank,
}

impl PaymentProvider {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Invoice, Self::PracticeBank];

    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::PracticeBank => "practice_bank",
        }
    }

    /// The provider of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.as_str() == word)
    }
}

/// An attempt to pay, for whoever pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Its id.
    pub id: PaymentId,
    /// With whom.
    pub provider: PaymentProvider,
    /// What stands on the invoice and on the statement: `RE-K7M4-QX2P-ABCD`.
    pub reference: String,
    /// How much, in euro cents.
    pub amount_cents: i64,
    /// How much of it went back, in euro cents.
    pub refunded_cents: i64,
    /// Where it stands.
    pub state: PaymentState,
    /// When it was begun.
    pub created_at: Timestamp,
    /// The page where one pays, below the public address; none where there is none.
    pub page: Option<String>,
}
