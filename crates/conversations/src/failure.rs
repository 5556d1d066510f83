//! Why something could not be done: problems that somebody can act on, and failures that they cannot.

use chatbot::content::AdditionRefusal;
use database::{DatabaseError, VaultError};
use domain::permission::Forbidden;

/// Why a use case of this feature did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Somebody can do something about it.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// The asker may not do this.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// The same idempotency key came with another input.
    #[error("this idempotency key was used for another request")]
    IdempotencyMismatch,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<VaultError> for Failure {
    fn from(error: VaultError) -> Self {
        Self::Database(error.into())
    }
}

/// Something in the way that somebody can act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// There is no such conversation, or it is not the asker's. Nobody learns which.
    #[error("there is no such conversation")]
    NotFound,
    /// It has ended. A new one can be begun.
    #[error("the conversation has ended")]
    Ended,
    /// It does not stand where this is possible: nobody waits, or somebody else has taken it.
    #[error("the conversation stands where this is not possible")]
    WrongState,
    /// Somebody changed it at the same moment.
    #[error("it was changed meanwhile; read it again")]
    ChangedMeanwhile,
    /// A text is empty or too long.
    #[error("the text has no sign or more than {most}")]
    TextLength {
        /// How many signs are allowed.
        most: usize,
    },
    /// The telephone number cannot be used.
    #[error("this is no telephone number")]
    PhoneInvalid,
    /// A call back is wished for a moment that is past or too far away.
    #[error("a call back is possible within the next 14 days")]
    TimeInvalid,
    /// No office is open now: only a call back can be asked for.
    #[error("nobody is there now; a call back can be asked for")]
    NobodyThere,
    /// There is nothing there that could be judged.
    #[error("only an answer of the chatbot can be judged")]
    NotAnAnswer,
    /// Nobody works on a conversation of their own.
    #[error("nobody answers themselves (§ 20 Abs. 1 VwVfG)")]
    OwnConversation,
    /// The key of the request is too short to be unique, or too long.
    #[error("an idempotency key has 16 to 128 signs")]
    IdempotencyKey,
    /// The city has no such service.
    #[error("the city has no such service")]
    ServiceUnknown,
    /// The service is known by these words already.
    #[error("the service is known by these words already")]
    TextKnown,
    /// A text holds what looks like somebody's data.
    #[error("the text looks as if it held somebody's data: a mail address, a number, a code")]
    TextPersonal,
    /// A text holds what looks like a fee, a duration or a deadline.
    #[error("a fee, a duration or a deadline comes from the catalogue and stands in no text")]
    TextCopied,
    /// Too many or too few were named at once.
    #[error("1 to {most} texts are published at once, each once")]
    TextCount {
        /// How many are allowed.
        most: usize,
    },
    /// Questions that were answered rightly would be answered wrongly.
    #[error("questions that were answered rightly would be answered wrongly; nothing was published")]
    EvaluationFalls,
    /// The questions of this conversation are kept already, without a way back to it.
    #[error("what was not understood is kept already; nobody knows any more which of it was said here")]
    AlreadyGathered,
    /// No city has been loaded yet.
    #[error("no city has been loaded yet")]
    NoCity,
}

impl From<AdditionRefusal> for Problem {
    fn from(refusal: AdditionRefusal) -> Self {
        match refusal {
            AdditionRefusal::Form { most } => Self::TextLength { most },
            AdditionRefusal::Copied => Self::TextCopied,
            AdditionRefusal::Personal => Self::TextPersonal,
            AdditionRefusal::Known => Self::TextKnown,
        }
    }
}

/// Checks a text that somebody wrote: 1 to `most` signs.
///
/// # Errors
/// [`Problem::TextLength`].
pub(crate) fn text(raw: &str, most: usize) -> Result<String, Problem> {
    let trimmed = raw.trim();
    let refused = trimmed.is_empty() || trimmed.chars().count() > most;
    if refused { Err(Problem::TextLength { most }) } else { Ok(trimmed.to_owned()) }
}
