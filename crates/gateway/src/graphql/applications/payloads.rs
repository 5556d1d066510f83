//! What mutations of applications answer: the thing as it is now, or the problem in the way.

use applications::{Case, CaseStatus, Draft, Failure, Invitation, Receipt, Rehearsed, Started};
use async_graphql::{Result, SimpleObject};

use crate::graphql::applications::problem::{ProblemObject, problem_or_error};
use crate::graphql::applications::staff_types::CaseNode;
use crate::graphql::applications::types::{CaseStatusObject, DraftNode, ReceiptObject, RehearsalObject};
use crate::graphql::scalars::Instant;

/// The answer to whatever changes a draft. Either `draft` or `problem` is set.
#[derive(SimpleObject)]
pub(crate) struct DraftPayload {
    /// The draft as it is now; null when there is a problem.
    draft: Option<DraftNode>,
    /// What was in the way; null when it was done.
    problem: Option<ProblemObject>,
}

impl DraftPayload {
    pub(crate) fn of(outcome: Result<Draft, Failure>) -> Result<Self> {
        let (draft, problem) = parted(outcome)?;
        Ok(Self { draft: draft.map(DraftNode), problem })
    }
}

/// The answer to beginning an application or taking up an invitation. Either `draft` or `problem` is set.
#[derive(SimpleObject)]
pub(crate) struct StartDraftPayload {
    /// The draft; null when there is a problem.
    draft: Option<DraftNode>,
    /// The code with which one comes back, to be kept or printed. It is shown this once.
    code: Option<String>,
    /// What was in the way; null when it was done.
    problem: Option<ProblemObject>,
}

impl StartDraftPayload {
    pub(crate) fn of(outcome: Result<Started, Failure>) -> Result<Self> {
        let (started, problem) = parted(outcome)?;
        let (draft, code) = started.map(|Started { draft, code }| (DraftNode(draft), code)).unzip();
        Ok(Self { draft, code, problem })
    }
}

/// The answer to inviting somebody. Either `code` or `problem` is set.
#[derive(SimpleObject)]
pub(crate) struct InvitePartyPayload {
    /// The code of the invitation, to be handed over or shown as a QR code. It works once.
    code: Option<String>,
    /// Until when it works, UTC.
    until: Option<Instant>,
    /// What was in the way; null when it was done.
    problem: Option<ProblemObject>,
}

impl InvitePartyPayload {
    pub(crate) fn of(outcome: Result<Invitation, Failure>) -> Result<Self> {
        let (invitation, problem) = parted(outcome)?;
        let (code, until) = invitation.map(|invitation| (invitation.code, Instant(invitation.until))).unzip();
        Ok(Self { code, until, problem })
    }
}

/// The answer to handing in. Either `receipt` or `problem` is set.
#[derive(SimpleObject)]
pub(crate) struct SubmitApplicationPayload {
    /// The receipt; null when there is a problem.
    receipt: Option<ReceiptObject>,
    /// What was in the way; null when it was done.
    problem: Option<ProblemObject>,
}

impl SubmitApplicationPayload {
    pub(crate) fn of(outcome: Result<Receipt, Failure>) -> Result<Self> {
        let (receipt, problem) = parted(outcome)?;
        Ok(Self { receipt: receipt.map(Into::into), problem })
    }
}

/// The answer to ending a rehearsal. Either `rehearsal` or `problem` is set.
#[derive(SimpleObject)]
pub(crate) struct FinishRehearsalPayload {
    /// How it ended; null when there is a problem.
    rehearsal: Option<RehearsalObject>,
    /// What was in the way; null when it was done.
    problem: Option<ProblemObject>,
}

impl FinishRehearsalPayload {
    pub(crate) fn of(outcome: Result<Rehearsed, Failure>) -> Result<Self> {
        let (rehearsal, problem) = parted(outcome)?;
        Ok(Self { rehearsal: rehearsal.map(Into::into), problem })
    }
}

/// The answer to what an applicant does with a case. Either `status` or `problem` is set.
#[derive(SimpleObject)]
pub(crate) struct CaseStatusPayload {
    /// How the case stands now; null when there is a problem.
    status: Option<CaseStatusObject>,
    /// What was in the way; null when it was done.
    problem: Option<ProblemObject>,
}

impl CaseStatusPayload {
    pub(crate) fn of(outcome: Result<CaseStatus, Failure>) -> Result<Self> {
        let (status, problem) = parted(outcome)?;
        Ok(Self { status: status.map(Into::into), problem })
    }
}

/// The answer to what staff do with a case. Either `case` or `problem` is set.
#[derive(SimpleObject)]
pub(crate) struct CasePayload {
    /// The case as it is now; null when there is a problem.
    case: Option<CaseNode>,
    /// What was in the way; null when it was done.
    problem: Option<ProblemObject>,
}

impl CasePayload {
    pub(crate) fn of(outcome: Result<Case, Failure>) -> Result<Self> {
        let (case, problem) = parted(outcome)?;
        Ok(Self { case: case.map(CaseNode), problem })
    }
}

/// The answer to something that leaves nothing to show.
#[derive(SimpleObject)]
pub(crate) struct ApplicationDonePayload {
    /// Whether it was done.
    done: bool,
    /// What was in the way; null when it was done.
    problem: Option<ProblemObject>,
}

impl ApplicationDonePayload {
    pub(crate) fn of(outcome: Result<(), Failure>) -> Result<Self> {
        let (done, problem) = parted(outcome)?;
        Ok(Self { done: done.is_some(), problem })
    }
}

/// What was done, or the problem in the way.
pub(crate) fn parted<T>(outcome: Result<T, Failure>) -> Result<(Option<T>, Option<ProblemObject>)> {
    match outcome {
        Ok(done) => Ok((Some(done), None)),
        Err(failure) => Ok((None, Some(problem_or_error(failure)?))),
    }
}
