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

    /// What a refund of so much makes of an attempt over so much, in cents. Nothing given back is no evidence of its own.
    #[must_use]
    pub const fn of_refund(refunded_cents: i64, amount_cents: i64) -> Option<Self> {
        match refunded_cents {
            ..=0 => None,
            part if part < amount_cents => Some(Self::PartiallyRefunded),
            _ => Some(Self::Refunded),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::PaymentState as S;

    /// Every pair of what was known and what is said, written down by hand: rows what was known, columns what is said.
    const TABLE: [[S; 6]; 6] = [
        [S::Created, S::Pending, S::Failed, S::Paid, S::PartiallyRefunded, S::Refunded],
        [S::Pending, S::Pending, S::Failed, S::Paid, S::PartiallyRefunded, S::Refunded],
        // Captured after all: the money is there.
        [S::Failed, S::Failed, S::Failed, S::Paid, S::PartiallyRefunded, S::Refunded],
        // A failure that comes late undoes nothing.
        [S::Paid, S::Paid, S::Paid, S::Paid, S::PartiallyRefunded, S::Refunded],
        [
            S::PartiallyRefunded,
            S::PartiallyRefunded,
            S::PartiallyRefunded,
            S::PartiallyRefunded,
            S::PartiallyRefunded,
            S::Refunded,
        ],
        [S::Refunded, S::Refunded, S::Refunded, S::Refunded, S::Refunded, S::Refunded],
    ];

    #[test]
    fn every_pair_is_decided() {
        for (known, row) in S::ALL.iter().zip(TABLE) {
            for (said, wanted) in S::ALL.iter().zip(row) {
                assert_eq!(known.with(*said), wanted, "{known:?} and {said:?}");
            }
        }
    }

    #[test]
    fn the_order_of_messages_does_not_matter_and_no_payment_is_lost() {
        for first in S::ALL {
            for second in S::ALL {
                assert_eq!(first.with(*second), second.with(*first), "{first:?} and {second:?}");
                assert!(first.with(*second) >= *first);
            }
        }
        assert!(!S::Failed.is_final(), "it may still be captured");
    }

    #[test]
    fn a_refund_is_of_a_part_or_of_all() {
        let of = |refunded| S::of_refund(refunded, 3_070);
        assert_eq!([of(-1), of(0)], [None, None]);
        assert_eq!([of(1), of(3_069)], [Some(S::PartiallyRefunded); 2]);
        assert_eq!([of(3_070), of(4_000)], [Some(S::Refunded); 2]);
    }
}
