//! Payments: what is known of one attempt is the strongest evidence that ever came, in whatever order it came.

use super::words;

words! {
    /// Where an attempt to pay stands, in the order of its evidence.
    PaymentState {
        /// An order exists.
        Created = "created",
        /// The person is paying.
        Pending = "pending",
        /// It did not work.
        Failed = "failed",
        /// The money is there.
        Paid = "paid",
        /// A part of it went back.
        PartiallyRefunded = "partially_refunded",
        /// All of it went back.
        Refunded = "refunded",
    }
}

/// What a provider says about an attempt. Messages repeat, overtake each other and contradict each other.
pub type PaymentEvidence = PaymentState;

impl PaymentState {
    /// What is known after `evidence`: the stronger of both. A failure never undoes a payment, and a payment that was
    /// captured after a failure counts.
    #[must_use]
    pub fn with(self, evidence: PaymentEvidence) -> Self {
        self.max(evidence)
    }

    /// Whether the provider must still be asked.
    pub const fn is_final(self) -> bool {
        match self {
            Self::Created | Self::Pending | Self::Failed => false,
            Self::Paid | Self::PartiallyRefunded | Self::Refunded => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::PaymentState as S;

    #[test]
    fn the_order_of_messages_does_not_matter_and_no_payment_is_lost() {
        for first in S::ALL {
            for second in S::ALL {
                assert_eq!(first.with(*second), second.with(*first), "{first:?} and {second:?}");
                assert!(first.with(*second) >= *first);
            }
        }
        assert_eq!(S::Failed.with(S::Paid), S::Paid, "captured later");
        assert_eq!(S::Paid.with(S::Failed), S::Paid);
        assert_eq!(S::Paid.with(S::Pending), S::Paid);
        assert_eq!(S::Refunded.with(S::Paid), S::Refunded);
        assert!(!S::Failed.is_final(), "it may still be captured");
    }
}
