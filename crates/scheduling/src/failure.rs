//! Why something could not be done: problems that a citizen can act on, and failures that they cannot.

use database::DatabaseError;
use domain::appointment::WrongState;
use domain::identifier::AppointmentId;
use domain::permission::Forbidden;
use domain::text::TextRefusal;

use crate::find_starts::FreeStart;
use crate::visit::VisitRefusal;

/// Why a use case of this feature did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The citizen can do something about it.
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

/// Something in the way that the citizen, or the clerk, can act on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Somebody else has the place. Comes with what is free instead, nearest first.
    #[error("this start is taken")]
    SlotTaken {
        /// Up to three other starts.
        alternatives: Vec<FreeStart>,
    },
    /// There is no start at that time for this visit at this office.
    #[error("there is no such start")]
    NoSuchStart,
    /// The start is past.
    #[error("the start is in the past")]
    InThePast,
    /// The start is nearer than the office allows.
    #[error("the start is too near")]
    TooSoon,
    /// The start has not been released yet.
    #[error("the start has not been released yet")]
    TooFarAhead,
    /// There is no such office.
    #[error("there is no such office")]
    UnknownOffice,
    /// The visit cannot be planned.
    #[error(transparent)]
    Visit(#[from] VisitRefusal),
    /// The person has a booking for this matter already; it can be moved.
    #[error("there is a booking for this matter already")]
    AlreadyBooked {
        /// The booking, where the asker may know it.
        appointment: Option<AppointmentId>,
    },
    /// The person has as many bookings as allowed.
    #[error("no more than {limit} open bookings for one person")]
    BookingLimit {
        /// How many are allowed.
        limit: u16,
    },
    /// The session holds as many places as allowed.
    #[error("no more than {limit} held places at a time")]
    HoldLimit {
        /// How many are allowed.
        limit: u16,
    },
    /// There is no such appointment, or it is not the asker's, or its time ran out. Nobody learns which.
    #[error("there is no such appointment")]
    NotFound,
    /// The appointment's state does not allow the step.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// The hold was extended once already.
    #[error("a hold can be extended once")]
    AlreadyExtended,
    /// Somebody changed the appointment at the same moment.
    #[error("the appointment was changed at the same moment; read it again")]
    ChangedMeanwhile,
    /// A field of the contact is not usable.
    #[error("the field {field} is not usable: {reason}")]
    Contact {
        /// The field: `name`, `mail` or `phone`.
        field: &'static str,
        /// What is wrong with it.
        reason: TextRefusal,
    },
    /// A mail address is needed for a booking by link.
    #[error("a booking by link needs a mail address")]
    MailMissing,
    /// The key of the request is too short to be unique, or too long.
    #[error("an idempotency key has 16 to 128 signs")]
    IdempotencyKey,
    /// No city has been loaded yet.
    #[error("no city has been loaded yet")]
    NoCity,
    /// A search asked for too much, or for days that do not exist.
    #[error("{0}")]
    Search(&'static str),
}
