//! The citizen's side: from the first field to the receipt.

use super::{NoSuchStep, words};

words! {
    /// Where an application stands.
    ApplicationState {
        /// Somebody fills it in.
        Draft = "draft",
        /// Complete but for the consent of the others.
        AwaitingParties = "awaiting_parties",
        /// Everybody has agreed; the fee is due.
        AwaitingPayment = "awaiting_payment",
        /// Handed in; a case lives on.
        Submitted = "submitted",
        /// Given up by the person.
        Abandoned = "abandoned",
        /// Nobody went on with it in time.
        Expired = "expired",
    }
}

words! {
    /// The steps of an application.
    ApplicationStep {
        /// An answer changes, which voids what others agreed to.
        Edit = "edit",
        /// The person asks the others to agree.
        AskParties = "ask_parties",
        /// The person goes to pay.
        AskPayment = "ask_payment",
        /// It is handed in.
        Submit = "submit",
        /// The person gives it up.
        Abandon = "abandon",
        /// Its time is up.
        Expire = "expire",
    }
}

impl ApplicationState {
    /// The state after `step`.
    ///
    /// # Errors
    /// [`NoSuchStep`] when the life cycle has none.
    pub const fn after(self, step: ApplicationStep) -> Result<Self, NoSuchStep> {
        use ApplicationState as S;
        use ApplicationStep as T;
        match (self, step) {
            (S::Draft | S::AwaitingParties | S::AwaitingPayment, T::Edit) => Ok(S::Draft),
            (S::Draft, T::AskParties) => Ok(S::AwaitingParties),
            (S::Draft | S::AwaitingParties, T::AskPayment) => Ok(S::AwaitingPayment),
            (S::Draft | S::AwaitingParties | S::AwaitingPayment, T::Submit) => Ok(S::Submitted),
            (S::Draft | S::AwaitingParties | S::AwaitingPayment, T::Abandon) => Ok(S::Abandoned),
            // A payment may be under way; money must find its application.
            (S::Draft | S::AwaitingParties, T::Expire) => Ok(S::Expired),
            (
                S::AwaitingParties | S::AwaitingPayment | S::Submitted | S::Abandoned | S::Expired,
                T::Edit | T::AskParties | T::AskPayment | T::Submit | T::Abandon | T::Expire,
            ) => Err(NoSuchStep { life: "an application", state: self.as_str(), step: step.as_str() }),
        }
    }

    /// Whether answers can still change.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Draft | Self::AwaitingParties | Self::AwaitingPayment => true,
            Self::Submitted | Self::Abandoned | Self::Expired => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ApplicationState as S;
    use super::ApplicationStep as T;
    use crate::application::tests::check_all_pairs;

    #[test]
    fn every_pair_is_decided() {
        check_all_pairs(
            S::ALL,
            T::ALL,
            S::after,
            &[
                (S::Draft, T::Edit, S::Draft),
                (S::Draft, T::AskParties, S::AwaitingParties),
                (S::Draft, T::AskPayment, S::AwaitingPayment),
                (S::Draft, T::Submit, S::Submitted),
                (S::Draft, T::Abandon, S::Abandoned),
                (S::Draft, T::Expire, S::Expired),
                (S::AwaitingParties, T::Edit, S::Draft),
                (S::AwaitingParties, T::AskPayment, S::AwaitingPayment),
                (S::AwaitingParties, T::Submit, S::Submitted),
                (S::AwaitingParties, T::Abandon, S::Abandoned),
                (S::AwaitingParties, T::Expire, S::Expired),
                (S::AwaitingPayment, T::Edit, S::Draft),
                (S::AwaitingPayment, T::Submit, S::Submitted),
                (S::AwaitingPayment, T::Abandon, S::Abandoned),
            ],
        );
        for state in S::ALL {
            assert_eq!(S::parse(state.as_str()), Some(*state));
            assert_eq!(state.is_open(), state.after(T::Edit).is_ok());
        }
    }
}
