//! Applications: what people ask the city for in writing, from the first field to the archived decision, as life cycles.
//!
//! Each life cycle is a table of (state, step) pairs; what does not stand in it is refused with the state and the step.

mod attachment;
mod case;
mod decision;
mod draft;
mod party;
mod payment;
mod public_status;
mod receipt;

pub use attachment::{AttachmentState, AttachmentStep};
pub use case::{CaseState, CaseStep, TaskKind};
pub use decision::{DeliveryChannel, Outcome, deemed_received_on, objection_until};
pub use draft::{ApplicationState, ApplicationStep};
pub use party::{PartyState, PartyStep};
pub use payment::{PaymentEvidence, PaymentState};
pub use public_status::PublicStatus;
pub use receipt::ReceiptNumber;

/// The life cycle has no such step from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{life} that is {state} cannot do the step {step}")]
pub struct NoSuchStep {
    /// Whose life: `an application`, `a case`, …
    pub life: &'static str,
    /// Where it stands, as the stable word that the database keeps.
    pub state: &'static str,
    /// What was asked, as a stable word.
    pub step: &'static str,
}

/// Declares the states or the steps of a life cycle: an enum with a stable word for each member.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[doc = $doc:literal])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[doc = $doc])* #[serde(rename = $word)] $variant),* }

        impl $name {
            /// All of them, in the order of a life.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stable word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// The member of that word.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|member| member.as_str() == word)
            }
        }
    };
}
pub(crate) use words;

#[cfg(test)]
pub(crate) mod tests {
    use super::NoSuchStep;

    /// Walks through every pair of a life cycle and compares the allowed ones with `table`, which is written down by hand.
    #[track_caller]
    pub(crate) fn check_all_pairs<S, T>(
        states: &[S],
        steps: &[T],
        after: fn(S, T) -> Result<S, NoSuchStep>,
        table: &[(S, T, S)],
    ) where
        S: Copy + PartialEq + std::fmt::Debug,
        T: Copy + PartialEq + std::fmt::Debug,
    {
        for state in states {
            for step in steps {
                let wanted = table.iter().find(|row| row.0 == *state && row.1 == *step).map(|row| row.2);
                assert_eq!(after(*state, *step).ok(), wanted, "{state:?} and {step:?}");
            }
        }
    }
}
