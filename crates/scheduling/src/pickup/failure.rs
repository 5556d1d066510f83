//! Why something could not be done with a document that lies ready.

use database::{DatabaseError, VaultError};
use domain::application::NoSuchStep;
use domain::permission::Forbidden;
use domain::text::TextRefusal;

/// Why a use case did not do what was asked.
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
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// There is no such document, or it is not the asker's. Nobody learns which.
    #[error("there is no such pick-up")]
    NotFound,
    /// The office has no such box.
    #[error("the office has no such box")]
    UnknownLocker,
    /// The city has no such service.
    #[error("there is no such service")]
    UnknownService,
    /// No compartment is free that is large enough and can be reached.
    #[error("no compartment is free that fits")]
    LockerFull,
    /// A field of the contact is not usable.
    #[error("the field {field} is not usable: {reason}")]
    Contact {
        /// The field: `name`, `mail` or `phone`.
        field: &'static str,
        /// What is wrong with it.
        reason: TextRefusal,
    },
    /// The PIN goes out by mail.
    #[error("a mail address is needed: the PIN goes there")]
    MailMissing,
    /// The reference is empty or too long.
    #[error("a reference has 1 to 60 signs")]
    Reference,
    /// It does not stand where this is possible.
    #[error(transparent)]
    WrongState(#[from] NoSuchStep),
    /// Somebody changed it at the same moment.
    #[error("it was changed meanwhile; read it again")]
    ChangedMeanwhile,
    /// The PIN was wrong.
    #[error("the PIN is wrong; {tries_left} tries are left")]
    WrongPin {
        /// How many tries are left, at least 1.
        tries_left: i64,
    },
    /// The PIN was wrong too often. Staff at the counter help.
    #[error("the PIN was wrong too often; the counter helps")]
    Locked,
    /// The time is over. It is handed out at the counter.
    #[error("the time is over; the counter helps")]
    Expired,
    /// The order was carried out, or another one took its place.
    #[error("the order is void")]
    OrderVoid,
    /// More reports at once than are taken.
    #[error("no more than {most} reports at once")]
    TooManyEvents {
        /// How many are taken.
        most: usize,
    },
    /// A report is missing before this one.
    #[error("the next report has the number {expected}")]
    SequenceGap {
        /// The number that is expected.
        expected: i64,
    },
    /// Another report came under this number before.
    #[error("another report came under the number {sequence} before")]
    SequenceReused {
        /// The number.
        sequence: i64,
    },
    /// The key of the request is too short to be unique, or too long.
    #[error("an idempotency key has 16 to 128 signs")]
    IdempotencyKey,
    /// No city has been loaded yet.
    #[error("no city has been loaded yet")]
    NoCity,
}
