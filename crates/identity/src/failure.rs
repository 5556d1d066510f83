//! Why something about accounts could not be done: problems that a person can act on, and failures that they cannot.

use database::DatabaseError;
use domain::permission::Forbidden;

use crate::new_account::AccountRefusal;
use crate::password::PasswordRefusal;
use crate::password_hasher::Busy;

/// Why a use case of this feature did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The person can do something about it.
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

/// Something in the way that the person can act on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Nobody is signed in, or the session has ended.
    #[error("nobody is signed in")]
    NotSignedIn,
    /// The password is wrong, or too many wrong ones came before. Nobody learns which.
    #[error("the login or the password is wrong")]
    InvalidCredentials,
    /// The code is wrong, was used before or has ended, or too many wrong ones came before. Nobody learns which.
    #[error("the code is wrong, was used before or has ended")]
    CodeInvalid,
    /// The refresh token is unknown, has ended, or its family was revoked.
    #[error("the refresh token is not valid; sign in again")]
    TokenInvalid,
    /// A second factor is there already; it has to be removed first.
    #[error("there is a second factor already")]
    SecondFactorThere,
    /// There is no second factor that waits for this step.
    #[error("there is no second factor for this")]
    NoSecondFactor,
    /// The new password is refused.
    #[error(transparent)]
    Password(#[from] PasswordRefusal),
    /// Something about the account is not allowed.
    #[error(transparent)]
    Account(#[from] AccountRefusal),
    /// Another account signs in with this name.
    #[error("the login is taken")]
    LoginTaken,
    /// There is no such account, session or device, or it is not the asker's. Nobody learns which.
    #[error("there is no such thing here")]
    NotFound,
    /// Nobody takes away or changes their own account: the last operator would lock the platform.
    #[error("nobody can do this to their own account")]
    OwnAccount,
    /// Citizens, staff and devices do not turn into each other.
    #[error("citizens, staff and devices do not turn into each other")]
    RoleFixed,
    /// There is no such office.
    #[error("there is no such office")]
    UnknownOffice,
    /// The name of the device is empty, too long, or has signs that hide.
    #[error("the name is refused")]
    Name,
    /// Too many passwords are being checked; trying again in a moment helps.
    #[error("too many passwords are being checked; try again in a moment")]
    Busy,
    /// The key of the request is too short to be unique, or too long.
    #[error("an idempotency key has 16 to 128 signs")]
    IdempotencyKey,
}

impl From<Busy> for Failure {
    fn from(_: Busy) -> Self {
        Self::Problem(Problem::Busy)
    }
}

impl From<PasswordRefusal> for Failure {
    fn from(refusal: PasswordRefusal) -> Self {
        Self::Problem(Problem::Password(refusal))
    }
}

impl From<AccountRefusal> for Failure {
    fn from(refusal: AccountRefusal) -> Self {
        Self::Problem(Problem::Account(refusal))
    }
}
