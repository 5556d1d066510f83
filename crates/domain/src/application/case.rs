//! The city's side: from the receipt to the archive.

use super::{NoSuchStep, PublicStatus, words};

words! {
    /// Where a case stands.
    CaseState {
        /// Handed in; the machine looks at it within seconds.
        Received = "received",
        /// Waits for somebody of its team.
        Open = "open",
        /// Somebody works on it.
        InReview = "in_review",
        /// The applicant was asked for something; the city's clock stands.
        AwaitingApplicant = "awaiting_applicant",
        /// Another body was asked.
        AwaitingThirdParty = "awaiting_third_party",
        /// A decision is written and waits for its approval.
        DecisionDrafted = "decision_drafted",
        /// Decided, not yet announced.
        Decided = "decided",
        /// Announced; time to object runs.
        Delivered = "delivered",
        /// What was granted is being handed out.
        Fulfilling = "fulfilling",
        /// Done.
        Closed = "closed",
        /// Somebody objected; a second look is due.
        Objected = "objected",
        /// Nothing personal is left.
        Erased = "erased",
    }
}

words! {
    /// The steps of a case.
    CaseStep {
        /// The machine decides, where a statute allows it.
        DecideAutomatically = "decide_automatically",
        /// The machine leaves it to people.
        OpenForReview = "open_for_review",
        /// Somebody takes it, or takes it over.
        Claim = "claim",
        /// The applicant is asked for something.
        RequestItems = "request_items",
        /// The applicant answers.
        AnswerRequest = "answer_request",
        /// Another body is asked.
        AskThirdParty = "ask_third_party",
        /// The other body answers.
        ThirdPartyAnswers = "third_party_answers",
        /// An answer is corrected, with its reason.
        CorrectData = "correct_data",
        /// A decision is written.
        DraftDecision = "draft_decision",
        /// The draft goes back to whoever works on it.
        ReturnDraft = "return_draft",
        /// The decision holds.
        Approve = "approve",
        /// The time in which the law deems a grant is over.
        DeemGranted = "deem_granted",
        /// Another case is about the same and goes on for both.
        Merge = "merge",
        /// The applicant takes it back.
        Withdraw = "withdraw",
        /// The decision is announced.
        Deliver = "deliver",
        /// What was granted is prepared.
        Fulfil = "fulfil",
        /// Another day is chosen on which it is collected.
        ChangeTour = "change_tour",
        /// The applicant gives the day back on which it would be collected.
        CancelTour = "cancel_tour",
        /// The crew took everything along.
        Collect = "collect",
        /// The crew was there and could not take it along.
        MissCollection = "miss_collection",
        /// Nothing is left to do.
        Close = "close",
        /// Somebody objects.
        Object = "object",
        /// It is taken up once more.
        Reopen = "reopen",
        /// What is personal goes.
        Erase = "erase",
    }
}

words! {
    /// What a team has to do for a case.
    TaskKind {
        /// Look at it.
        Review = "review",
        /// Watch the answer of the applicant.
        AwaitAnswer = "await_answer",
        /// Watch the answer of another body.
        AwaitThirdParty = "await_third_party",
        /// Approve a decision or send it back.
        Approve = "approve",
        /// Announce a decision.
        Deliver = "deliver",
        /// Hand out what was granted.
        Fulfil = "fulfil",
        /// Decide about an objection.
        ReviewObjection = "review_objection",
        /// See why the case has not reached the body that it goes to. Stays open beside the others until it has.
        Forward = "forward",
    }
}

impl CaseState {
    /// The state after `step`.
    ///
    /// # Errors
    /// [`NoSuchStep`] when the life cycle has none.
    pub const fn after(self, step: CaseStep) -> Result<Self, NoSuchStep> {
        use CaseState as S;
        use CaseStep as T;
        match (self, step) {
            (S::Received, T::DecideAutomatically)
            | (S::DecisionDrafted, T::Approve)
            | (S::Open | S::InReview, T::DeemGranted)
            // Both end the matter with an outcome of their own, which is announced like every other.
            | (
                S::Received
                | S::Open
                | S::InReview
                | S::AwaitingApplicant
                | S::AwaitingThirdParty
                | S::DecisionDrafted,
                T::Merge | T::Withdraw,
            ) => Ok(S::Decided),
            (S::Received, T::OpenForReview) => Ok(S::Open),
            (S::Open | S::InReview | S::Objected, T::Claim)
            | (S::InReview, T::CorrectData)
            | (S::AwaitingApplicant, T::AnswerRequest)
            | (S::AwaitingThirdParty, T::ThirdPartyAnswers)
            | (S::DecisionDrafted, T::ReturnDraft)
            | (S::Closed, T::Reopen) => Ok(S::InReview),
            (S::InReview, T::RequestItems) => Ok(S::AwaitingApplicant),
            (S::InReview, T::AskThirdParty) => Ok(S::AwaitingThirdParty),
            (S::InReview, T::DraftDecision) => Ok(S::DecisionDrafted),
            // Planned again after a miss, it is nobody's task.
            (S::Decided, T::Deliver) | (S::Fulfilling, T::ChangeTour) => Ok(S::Delivered),
            (S::Delivered, T::Fulfil) | (S::Delivered | S::Fulfilling, T::MissCollection) => Ok(S::Fulfilling),
            // Another day changes nothing of the matter itself.
            (
                S::Received
                | S::Open
                | S::InReview
                | S::AwaitingApplicant
                | S::AwaitingThirdParty
                | S::DecisionDrafted
                | S::Decided
                | S::Delivered,
                T::ChangeTour,
            ) => Ok(self),
            (S::Delivered | S::Fulfilling, T::Close | T::Collect | T::CancelTour) => Ok(S::Closed),
            (S::Delivered | S::Fulfilling | S::Closed, T::Object) => Ok(S::Objected),
            (S::Closed, T::Erase) => Ok(S::Erased),
            (
                S::Received
                | S::Open
                | S::InReview
                | S::AwaitingApplicant
                | S::AwaitingThirdParty
                | S::DecisionDrafted
                | S::Decided
                | S::Delivered
                | S::Fulfilling
                | S::Closed
                | S::Objected
                | S::Erased,
                T::DecideAutomatically
                | T::OpenForReview
                | T::Claim
                | T::RequestItems
                | T::AnswerRequest
                | T::AskThirdParty
                | T::ThirdPartyAnswers
                | T::CorrectData
                | T::DraftDecision
                | T::ReturnDraft
                | T::Approve
                | T::DeemGranted
                | T::Merge
                | T::Withdraw
                | T::Deliver
                | T::Fulfil
                | T::ChangeTour
                | T::CancelTour
                | T::Collect
                | T::MissCollection
                | T::Close
                | T::Object
                | T::Reopen
                | T::Erase,
            ) => Err(NoSuchStep { life: "a case", state: self.as_str(), step: step.as_str() }),
        }
    }

    /// What its team has to do; nothing while the machine looks at it and when it is announced or done.
    pub const fn task(self) -> Option<TaskKind> {
        match self {
            Self::Open | Self::InReview => Some(TaskKind::Review),
            Self::AwaitingApplicant => Some(TaskKind::AwaitAnswer),
            Self::AwaitingThirdParty => Some(TaskKind::AwaitThirdParty),
            Self::DecisionDrafted => Some(TaskKind::Approve),
            Self::Decided => Some(TaskKind::Deliver),
            Self::Fulfilling => Some(TaskKind::Fulfil),
            Self::Objected => Some(TaskKind::ReviewObjection),
            Self::Received | Self::Delivered | Self::Closed | Self::Erased => None,
        }
    }

    /// Whether the time of the city runs.
    pub const fn clock_runs(self) -> bool {
        match self {
            Self::Received | Self::Open | Self::InReview | Self::DecisionDrafted | Self::Objected => true,
            Self::AwaitingApplicant
            | Self::AwaitingThirdParty
            | Self::Decided
            | Self::Delivered
            | Self::Fulfilling
            | Self::Closed
            | Self::Erased => false,
        }
    }

    /// Whether it was announced.
    pub const fn is_announced(self) -> bool {
        match self {
            Self::Delivered | Self::Fulfilling | Self::Closed => true,
            Self::Received
            | Self::Open
            | Self::InReview
            | Self::AwaitingApplicant
            | Self::AwaitingThirdParty
            | Self::DecisionDrafted
            | Self::Decided
            | Self::Objected
            | Self::Erased => false,
        }
    }

    /// What the applicant reads.
    pub const fn public(self) -> PublicStatus {
        match self {
            Self::Received => PublicStatus::Submitted,
            Self::Open
            | Self::InReview
            | Self::AwaitingThirdParty
            | Self::DecisionDrafted
            | Self::Decided
            | Self::Objected => PublicStatus::Processing,
            Self::AwaitingApplicant => PublicStatus::ActionRequired,
            Self::Delivered | Self::Fulfilling | Self::Closed | Self::Erased => PublicStatus::Completed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CaseState as S;
    use super::CaseStep as T;
    use super::TaskKind;
    use crate::application::tests::check_all_pairs;

    #[test]
    fn every_pair_is_decided() {
        let mut table = vec![
            (S::Received, T::DecideAutomatically, S::Decided),
            (S::Received, T::OpenForReview, S::Open),
            (S::Open, T::Claim, S::InReview),
            (S::Open, T::DeemGranted, S::Decided),
            (S::InReview, T::Claim, S::InReview),
            (S::InReview, T::RequestItems, S::AwaitingApplicant),
            (S::InReview, T::AskThirdParty, S::AwaitingThirdParty),
            (S::InReview, T::CorrectData, S::InReview),
            (S::InReview, T::DraftDecision, S::DecisionDrafted),
            (S::InReview, T::DeemGranted, S::Decided),
            (S::AwaitingApplicant, T::AnswerRequest, S::InReview),
            (S::AwaitingThirdParty, T::ThirdPartyAnswers, S::InReview),
            (S::DecisionDrafted, T::ReturnDraft, S::InReview),
            (S::DecisionDrafted, T::Approve, S::Decided),
            (S::Decided, T::Deliver, S::Delivered),
            (S::Delivered, T::Fulfil, S::Fulfilling),
            (S::Delivered, T::Close, S::Closed),
            (S::Delivered, T::Object, S::Objected),
            (S::Fulfilling, T::Close, S::Closed),
            (S::Fulfilling, T::Object, S::Objected),
            (S::Closed, T::Object, S::Objected),
            (S::Closed, T::Reopen, S::InReview),
            (S::Closed, T::Erase, S::Erased),
            (S::Objected, T::Claim, S::InReview),
        ];
        // Whatever is not decided can be withdrawn, or go on in another case.
        for state in &S::ALL[..6] {
            table.push((*state, T::Merge, S::Decided));
            table.push((*state, T::Withdraw, S::Decided));
        }
        // Another day can be chosen until it is collected.
        for state in &S::ALL[..8] {
            table.push((*state, T::ChangeTour, *state));
        }
        table.push((S::Fulfilling, T::ChangeTour, S::Delivered));
        for state in [S::Delivered, S::Fulfilling] {
            table.push((state, T::MissCollection, S::Fulfilling));
            table.push((state, T::Collect, S::Closed));
            table.push((state, T::CancelTour, S::Closed));
        }
        check_all_pairs(S::ALL, T::ALL, S::after, &table);
        for state in S::ALL {
            assert_eq!(S::parse(state.as_str()), Some(*state));
        }
    }

    #[test]
    fn whatever_is_neither_announced_nor_with_the_machine_is_a_task() {
        for state in S::ALL {
            let is_left_alone = state.is_announced() || matches!(state, S::Received | S::Erased);
            let is_task = state.task().is_some();
            assert!(is_left_alone || is_task, "{state:?} would be forgotten");
        }
        assert_eq!(S::Fulfilling.task(), Some(TaskKind::Fulfil));
        assert!(S::Open.clock_runs() && !S::AwaitingApplicant.clock_runs());
    }
}
