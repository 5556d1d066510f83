//! Problems of pick-ups as data, failures as errors.

use async_graphql::{Enum, Error, SimpleObject};
use scheduling::pickup::{Failure, Problem};

use crate::graphql::failure::{Masked, Refused, forbidden_words, of_database};

/// Why something was not done with a document that lies ready, where somebody can act on it. The codes are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "PickupProblemCode")]
pub(crate) enum Code {
    /// There is no such document, or it is not yours, or it does not lie in this box. Nobody learns which.
    NotFound,
    /// The office has no such box.
    UnknownLocker,
    /// The city has no such service.
    UnknownService,
    /// No compartment is free that is large enough and can be reached. Hand it out at the counter.
    LockerFull,
    /// A field of the contact cannot be used; `field` names it.
    ContactInvalid,
    /// A mail address is needed: the PIN goes there.
    MailMissing,
    /// A reference has 1 to 60 signs.
    ReferenceInvalid,
    /// It stands where this is not possible.
    WrongState,
    /// It was changed meanwhile. Read it again.
    ChangedMeanwhile,
    /// The PIN is wrong; `triesLeft` says how many tries are left.
    WrongPin,
    /// The PIN was wrong too often. The counter helps.
    Locked,
    /// It cannot be fetched from the box any more. The counter has it.
    Expired,
    /// The order was carried out already, or a newer one took its place.
    OrderVoid,
    /// Too many reports at once.
    TooManyEvents,
    /// A report is missing before this one; `expected` is the number that comes next.
    SequenceGap,
    /// Another report came under this number before.
    SequenceReused,
    /// The idempotency key must have 16 to 128 printable ASCII signs.
    IdempotencyKeyInvalid,
    /// No city has been loaded yet.
    NoCity,
}

/// Something in the way that somebody can act on.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(name = "PickupProblem")]
pub(crate) struct ProblemObject {
    /// What is in the way; stable.
    code: Code,
    /// The same in English words, for developers. Texts for people belong to the client.
    message: String,
    /// The field of the contact that is to blame, if one is.
    field: Option<&'static str>,
    /// How many tries are left, after a wrong PIN.
    tries_left: Option<i64>,
    /// The number of the report that comes next, after a gap.
    expected: Option<i64>,
}

impl From<Problem> for ProblemObject {
    fn from(problem: Problem) -> Self {
        let (mut field, mut tries_left, mut expected) = (None, None, None);
        match &problem {
            Problem::Contact { field: name, .. } => field = Some(*name),
            Problem::MailMissing => field = Some("mail"),
            Problem::WrongPin { tries_left: left } => tries_left = Some(*left),
            Problem::SequenceGap { expected: next } => expected = Some(*next),
            _ => {}
        }
        Self { code: code_of(&problem), message: problem.to_string(), field, tries_left, expected }
    }
}

const fn code_of(problem: &Problem) -> Code {
    match problem {
        Problem::NotFound => Code::NotFound,
        Problem::UnknownLocker => Code::UnknownLocker,
        Problem::UnknownService => Code::UnknownService,
        Problem::LockerFull => Code::LockerFull,
        Problem::Contact { .. } => Code::ContactInvalid,
        Problem::MailMissing => Code::MailMissing,
        Problem::Reference => Code::ReferenceInvalid,
        Problem::WrongState(_) => Code::WrongState,
        Problem::ChangedMeanwhile => Code::ChangedMeanwhile,
        Problem::WrongPin { .. } => Code::WrongPin,
        Problem::Locked => Code::Locked,
        Problem::Expired => Code::Expired,
        Problem::OrderVoid => Code::OrderVoid,
        Problem::TooManyEvents { .. } => Code::TooManyEvents,
        Problem::SequenceGap { .. } => Code::SequenceGap,
        Problem::SequenceReused { .. } => Code::SequenceReused,
        Problem::IdempotencyKey => Code::IdempotencyKeyInvalid,
        Problem::NoCity => Code::NoCity,
    }
}

/// Parts an outcome: what was done, or the problem in the way.
///
/// # Errors
/// The codes of [`refused`].
pub(super) fn parted<T>(outcome: Result<T, Failure>) -> Result<(Option<T>, Option<ProblemObject>), Error> {
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
pub(super) fn found<T>(outcome: Result<T, Failure>) -> Result<Option<T>, Error> {
    match outcome {
        Ok(found) => Ok(Some(found)),
        Err(Failure::Problem(Problem::NotFound)) => Ok(None),
        Err(failure) => Err(refused(&failure)),
    }
}

/// The error of a failure: `FORBIDDEN`, `IDEMPOTENCY_MISMATCH`, `UNAVAILABLE`, a problem's own code, or `INTERNAL`.
pub(crate) fn refused(failure: &Failure) -> Error {
    let refused = match failure {
        Failure::Problem(problem) => Refused { code: code_of(problem).name(), message: problem.to_string() },
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
