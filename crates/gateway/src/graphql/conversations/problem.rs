//! Problems of conversations as data, failures as errors.

use async_graphql::{Enum, Error, SimpleObject};
use conversations::{Failure, Problem};

use crate::graphql::failure::{Masked, Refused, forbidden_words, of_database};

/// Why something was not done in a conversation, where somebody can act on it. The codes are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "ConversationProblemCode")]
pub(crate) enum Code {
    /// There is no such conversation, or it is not yours. Nobody learns which.
    NotFound,
    /// The conversation has ended. Begin a new one.
    Ended,
    /// It stands where this is not possible: nobody waits, or somebody has it already.
    WrongState,
    /// It was changed meanwhile. Read it again.
    ChangedMeanwhile,
    /// A text is empty or too long.
    TextLength,
    /// This is no telephone number.
    PhoneInvalid,
    /// A call back is possible within the next 14 days.
    TimeInvalid,
    /// No office is open now. Ask for a call back.
    NobodyThere,
    /// Only what the chatbot said can be judged.
    NotAnAnswer,
    /// Nobody answers themselves (§ 20 Abs. 1 VwVfG).
    OwnConversation,
    /// The idempotency key must have 16 to 128 printable ASCII signs.
    IdempotencyKeyInvalid,
    /// The city has no such service.
    ServiceUnknown,
    /// The service is known by these words already, or somebody proposed them.
    TextKnown,
    /// A text holds what looks like somebody's data: a mail address, a number, a code.
    TextPersonal,
    /// A text holds what looks like a fee, a duration or a deadline. Those come from the catalogue.
    TextCopied,
    /// 1 to 20 texts are published at once, each once.
    TextCount,
    /// Questions that were answered rightly would be answered wrongly; `evaluation.turnedWrong` names them. Nothing was
    /// published.
    EvaluationFalls,
    /// What was not understood in this conversation is kept already; nobody knows any more which of it was said here.
    AlreadyGathered,
    /// No city has been loaded yet.
    NoCity,
}

/// Something in the way that somebody can act on.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(name = "ConversationProblem")]
pub(crate) struct ProblemObject {
    /// What is in the way; stable.
    code: Code,
    /// The same in English words, for developers. Texts for people belong to the client.
    message: String,
}

impl From<Problem> for ProblemObject {
    fn from(problem: Problem) -> Self {
        Self { code: code_of(problem), message: problem.to_string() }
    }
}

const fn code_of(problem: Problem) -> Code {
    match problem {
        Problem::NotFound => Code::NotFound,
        Problem::Ended => Code::Ended,
        Problem::WrongState => Code::WrongState,
        Problem::ChangedMeanwhile => Code::ChangedMeanwhile,
        Problem::TextLength { .. } => Code::TextLength,
        Problem::PhoneInvalid => Code::PhoneInvalid,
        Problem::TimeInvalid => Code::TimeInvalid,
        Problem::NobodyThere => Code::NobodyThere,
        Problem::NotAnAnswer => Code::NotAnAnswer,
        Problem::OwnConversation => Code::OwnConversation,
        Problem::IdempotencyKey => Code::IdempotencyKeyInvalid,
        Problem::ServiceUnknown => Code::ServiceUnknown,
        Problem::TextKnown => Code::TextKnown,
        Problem::TextPersonal => Code::TextPersonal,
        Problem::TextCopied => Code::TextCopied,
        Problem::TextCount { .. } => Code::TextCount,
        Problem::EvaluationFalls => Code::EvaluationFalls,
        Problem::AlreadyGathered => Code::AlreadyGathered,
        Problem::NoCity => Code::NoCity,
    }
}

/// Parts an outcome: what was done, or the problem in the way.
///
/// # Errors
/// The codes of [`refused`].
pub(crate) fn parted<T>(outcome: Result<T, Failure>) -> Result<(Option<T>, Option<ProblemObject>), Error> {
    match outcome {
        Ok(done) => Ok((Some(done), None)),
        Err(Failure::Problem(problem)) => Ok((None, Some(problem.into()))),
        Err(failure) => Err(refused(&failure)),
    }
}

/// A failure of a query: nothing for what is not there, else an error with its code.
///
/// # Errors
/// `FORBIDDEN`, `UNAVAILABLE`, `INTERNAL`, or the code of the problem.
pub(crate) fn found<T>(outcome: Result<T, Failure>) -> Result<Option<T>, Error> {
    match outcome {
        Ok(found) => Ok(Some(found)),
        Err(Failure::Problem(Problem::NotFound)) => Ok(None),
        Err(failure) => Err(refused(&failure)),
    }
}

/// The error of a failure: `FORBIDDEN`, `IDEMPOTENCY_MISMATCH`, `UNAVAILABLE`, a problem's own code, or `INTERNAL`.
pub(crate) fn refused(failure: &Failure) -> Error {
    let refused = match failure {
        Failure::Problem(problem) => Refused { code: code_of(*problem).name(), message: problem.to_string() },
        Failure::Forbidden(forbidden) => forbidden_words(*forbidden),
        Failure::IdempotencyMismatch => Refused { code: "IDEMPOTENCY_MISMATCH", message: failure.to_string() },
        Failure::Database(error) => of_database(error),
    };
    refused.masked()
}

impl Code {
    fn name(self) -> &'static str {
        let item = <Self as async_graphql::resolver_utils::EnumType>::items().iter().find(|item| item.value == self);
        item.map_or("PROBLEM", |item| item.name)
    }
}
