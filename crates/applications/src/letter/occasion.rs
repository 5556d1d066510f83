//! When a letter is written.

use domain::application::{CaseStep, Outcome};

/// What a letter tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Occasion {
    /// It was handed in.
    Receipt,
    /// Something is missing.
    Request,
    /// Granted.
    Grant,
    /// Granted in part.
    PartGrant,
    /// Refused.
    Refuse,
    /// Another office is responsible.
    Forward,
    /// Ended without a decision.
    End,
}

impl Occasion {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Receipt, Self::Request, Self::Grant, Self::PartGrant, Self::Refuse, Self::Forward, Self::End];

    /// The stable word, as definitions and texts use it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::Request => "request",
            Self::Grant => "grant",
            Self::PartGrant => "part_grant",
            Self::Refuse => "refuse",
            Self::Forward => "forward",
            Self::End => "end",
        }
    }

    /// The occasion of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|occasion| occasion.as_str() == word)
    }

    /// Whether the letter is the decision itself.
    pub const fn is_decision(self) -> bool {
        match self {
            Self::Grant | Self::PartGrant | Self::Refuse | Self::Forward | Self::End => true,
            Self::Receipt | Self::Request => false,
        }
    }

    /// The letter that a step of a case asks for, after which `outcome` stands.
    pub(crate) const fn of(step: CaseStep, outcome: Option<Outcome>) -> Option<Self> {
        match step {
            CaseStep::RequestItems => Some(Self::Request),
            CaseStep::Deliver => match outcome {
                Some(Outcome::Granted | Outcome::DeemedGranted) => Some(Self::Grant),
                Some(Outcome::PartlyGranted) => Some(Self::PartGrant),
                Some(Outcome::Refused) => Some(Self::Refuse),
                Some(Outcome::Forwarded) => Some(Self::Forward),
                Some(Outcome::Withdrawn | Outcome::Settled) => Some(Self::End),
                None => None,
            },
            CaseStep::DecideAutomatically
            | CaseStep::OpenForReview
            | CaseStep::Claim
            | CaseStep::AnswerRequest
            | CaseStep::AskThirdParty
            | CaseStep::ThirdPartyAnswers
            | CaseStep::CorrectData
            | CaseStep::DraftDecision
            | CaseStep::ReturnDraft
            | CaseStep::Approve
            | CaseStep::DeemGranted
            | CaseStep::Merge
            | CaseStep::Withdraw
            | CaseStep::Fulfil
            | CaseStep::ChangeTour
            | CaseStep::CancelTour
            | CaseStep::Collect
            | CaseStep::MissCollection
            | CaseStep::Close
            | CaseStep::Object
            | CaseStep::Reopen
            | CaseStep::Erase => None,
        }
    }
}
