//! From failures of identity to what a client sees: problems are data, everything else is an error with a stable code.

use async_graphql::{Enum, Error, Result, SimpleObject};
use identity::{CreateAccountError, DisableAccountError, Failure, Problem};

use crate::graphql::failure::{Masked, Refused, forbidden_words, of_database};

/// Why something about accounts was not done, where the person can do something about it. The codes are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "AccountProblemCode")]
pub(crate) enum ProblemCode {
    /// Nobody is signed in.
    NotSignedIn,
    /// The password is wrong, or too many wrong ones came before. Nobody learns which.
    InvalidCredentials,
    /// The code is wrong, was used before or has ended, or too many wrong ones came before. Nobody learns which.
    CodeInvalid,
    /// The refresh token draws nothing any more; sign in again.
    TokenInvalid,
    /// There is a second factor already; remove it first.
    SecondFactorThere,
    /// There is no second factor for this step.
    NoSecondFactor,
    /// The new password is refused; the message says why.
    PasswordRefused,
    /// Something about the account is not allowed; the message says what.
    AccountInvalid,
    /// Another account signs in with this name.
    LoginTaken,
    /// There is no such thing, or it is not yours. Nobody learns which.
    NotFound,
    /// Nobody does this to their own account.
    OwnAccount,
    /// Citizens, staff and devices do not turn into each other.
    RoleFixed,
    /// There is no such office.
    UnknownOffice,
    /// The name cannot be used.
    NameInvalid,
    /// Too many passwords are being checked; try again in a moment.
    Busy,
    /// The idempotency key must have 16 to 128 printable ASCII signs.
    IdempotencyKeyInvalid,
}

/// Something about accounts in the way that a person can act on.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(name = "AccountProblem")]
pub(crate) struct AccountProblem {
    /// What is in the way; stable.
    pub(crate) code: ProblemCode,
    /// The same in English words, for developers. Texts for people belong to the client.
    pub(crate) message: String,
}

impl From<Problem> for AccountProblem {
    fn from(problem: Problem) -> Self {
        let code = match &problem {
            Problem::NotSignedIn => ProblemCode::NotSignedIn,
            Problem::InvalidCredentials => ProblemCode::InvalidCredentials,
            Problem::CodeInvalid => ProblemCode::CodeInvalid,
            Problem::TokenInvalid => ProblemCode::TokenInvalid,
            Problem::SecondFactorThere => ProblemCode::SecondFactorThere,
            Problem::NoSecondFactor => ProblemCode::NoSecondFactor,
            Problem::Password(_) => ProblemCode::PasswordRefused,
            Problem::Account(_) => ProblemCode::AccountInvalid,
            Problem::LoginTaken => ProblemCode::LoginTaken,
            Problem::NotFound => ProblemCode::NotFound,
            Problem::OwnAccount => ProblemCode::OwnAccount,
            Problem::RoleFixed => ProblemCode::RoleFixed,
            Problem::UnknownOffice => ProblemCode::UnknownOffice,
            Problem::Name => ProblemCode::NameInvalid,
            Problem::Busy => ProblemCode::Busy,
            Problem::IdempotencyKey => ProblemCode::IdempotencyKeyInvalid,
        };
        Self { code, message: problem.to_string() }
    }
}

/// Parts an outcome: a problem goes on as data, the rest becomes an error.
///
/// # Errors
/// `FORBIDDEN`, `IDEMPOTENCY_MISMATCH`, `UNAVAILABLE` or `INTERNAL`.
pub(crate) fn parted<T>(outcome: Result<T, Failure>) -> Result<Result<T, AccountProblem>> {
    match outcome {
        Ok(done) => Ok(Ok(done)),
        Err(Failure::Problem(problem)) => Ok(Err(problem.into())),
        Err(other) => Err(error_of(&other)),
    }
}

/// A failure as an error, for queries, which have no place for problems.
pub(crate) fn error_of(failure: &Failure) -> Error {
    let refused = match failure {
        Failure::Problem(Problem::NotSignedIn) => Refused { code: "UNAUTHENTICATED", message: failure.to_string() },
        Failure::Problem(_) => Refused { code: "PROBLEM", message: failure.to_string() },
        Failure::Forbidden(forbidden) => forbidden_words(*forbidden),
        Failure::IdempotencyMismatch => Refused { code: "IDEMPOTENCY_MISMATCH", message: failure.to_string() },
        Failure::Database(error) => of_database(error),
    };
    refused.masked()
}

/// The failure of creating an account in the common words.
pub(crate) fn of_creating(error: CreateAccountError) -> Failure {
    match error {
        CreateAccountError::Forbidden(forbidden) => forbidden.into(),
        CreateAccountError::Refused(identity::AccountRefusal::Password(refusal)) => refusal.into(),
        CreateAccountError::Refused(refusal) => refusal.into(),
        CreateAccountError::LoginTaken => Problem::LoginTaken.into(),
        CreateAccountError::IdempotencyKey => Problem::IdempotencyKey.into(),
        CreateAccountError::IdempotencyMismatch => Failure::IdempotencyMismatch,
        CreateAccountError::Busy(busy) => busy.into(),
        CreateAccountError::Database(error) => error.into(),
    }
}

/// The failure of disabling an account in the common words.
pub(crate) fn of_disabling(error: DisableAccountError) -> Failure {
    match error {
        DisableAccountError::Forbidden(forbidden) => forbidden.into(),
        DisableAccountError::NotFound => Problem::NotFound.into(),
        DisableAccountError::OwnAccount => Problem::OwnAccount.into(),
        DisableAccountError::Database(error) => error.into(),
    }
}
