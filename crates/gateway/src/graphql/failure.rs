//! From failures of use cases to what a client sees: problems are data, everything else is an error with a stable code.

use async_graphql::{Enum, Error, ErrorExtensions, ID, SimpleObject};
use database::DatabaseError;
use domain::permission::Forbidden;
use scheduling::{Failure, Problem, VisitRefusal};

use crate::graphql::appointments::{ChallengeObject, FreeStart};
use crate::graphql::ids::Global;
use crate::proof_of_work::Required;

/// Why something was not done, where the person can do something about it. The codes are stable; the words may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "ProblemCode")]
pub(crate) enum Code {
    /// Somebody else has the place. `alternatives` names what is free instead.
    SlotTaken,
    /// There is no start at that time for this visit at this office.
    NoSuchStart,
    /// The start is past.
    InThePast,
    /// The start is nearer than the office allows.
    TooSoon,
    /// The start has not been released for booking yet.
    TooFarAhead,
    /// There is no such office.
    UnknownOffice,
    /// There is no such service.
    UnknownService,
    /// The service cannot be booked for this kind of visit at this office. The law gate says which ways are open.
    NotBookable,
    /// The visit has no service, too many, one twice, or a number of people out of bounds.
    VisitInvalid,
    /// The person has a booking for this matter already; move it instead.
    AlreadyBooked,
    /// The person has as many open bookings as allowed.
    BookingLimit,
    /// The session holds as many places as allowed.
    HoldLimit,
    /// There is no such appointment, or it is not yours, or its time ran out. Nobody learns which.
    NotFound,
    /// The appointment stands where this step is not possible.
    WrongState,
    /// A hold can be extended once.
    AlreadyExtended,
    /// Somebody changed the appointment at the same moment. Read it again.
    ChangedMeanwhile,
    /// A field of the contact cannot be used; `field` names it.
    ContactInvalid,
    /// A booking by link needs a mail address.
    MailMissing,
    /// The idempotency key must have 16 to 128 printable ASCII signs.
    IdempotencyKeyInvalid,
    /// No city has been loaded yet.
    NoCity,
    /// The search asked for days or things that cannot be.
    SearchInvalid,
    /// Whoever has not signed in solves a puzzle first. `challenge` is it; send its answer along as `proofOfWork`.
    ProofOfWorkRequired,
}

/// Something in the way that a person can act on.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(name = "Problem")]
pub(crate) struct ProblemObject {
    /// What is in the way; stable.
    pub(crate) code: Code,
    /// The same in English words, for developers. Texts for people belong to the client.
    pub(crate) message: String,
    /// The field of the input that is to blame, if one is.
    pub(crate) field: Option<String>,
    /// Other starts, nearest first, when the wished one was taken.
    pub(crate) alternatives: Vec<FreeStart>,
    /// The id of the booking that is in the way, where the asker may know it.
    pub(crate) appointment: Option<ID>,
    /// The puzzle to solve first, good for this request.
    pub(crate) challenge: Option<ChallengeObject>,
}

impl From<Problem> for ProblemObject {
    fn from(problem: Problem) -> Self {
        let message = problem.to_string();
        let (code, field) = code_of(&problem);
        let (alternatives, appointment) = match problem {
            Problem::SlotTaken { alternatives } => (alternatives.into_iter().map(FreeStart::from).collect(), None),
            Problem::AlreadyBooked { appointment } => (Vec::new(), appointment.map(|id| Global::Appointment(id).id())),
            _ => (Vec::new(), None),
        };
        Self { code, message, field: field.map(str::to_owned), alternatives, appointment, challenge: None }
    }
}

impl From<Required> for ProblemObject {
    fn from(required: Required) -> Self {
        Self {
            code: Code::ProofOfWorkRequired,
            message: required.reason.to_string(),
            field: Some("proofOfWork".to_owned()),
            alternatives: Vec::new(),
            appointment: None,
            challenge: Some(required.challenge.into()),
        }
    }
}

fn code_of(problem: &Problem) -> (Code, Option<&'static str>) {
    match problem {
        Problem::SlotTaken { .. } => (Code::SlotTaken, None),
        Problem::NoSuchStart => (Code::NoSuchStart, None),
        Problem::InThePast => (Code::InThePast, None),
        Problem::TooSoon => (Code::TooSoon, None),
        Problem::TooFarAhead => (Code::TooFarAhead, None),
        Problem::UnknownOffice => (Code::UnknownOffice, None),
        Problem::Visit(VisitRefusal::UnknownService(_)) => (Code::UnknownService, Some("visit")),
        Problem::Visit(VisitRefusal::NotBookable(_)) => (Code::NotBookable, Some("visit")),
        Problem::Visit(
            VisitRefusal::Empty | VisitRefusal::TooManyMatters | VisitRefusal::Repeated(_) | VisitRefusal::People,
        ) => (Code::VisitInvalid, Some("visit")),
        Problem::AlreadyBooked { .. } => (Code::AlreadyBooked, None),
        Problem::BookingLimit { .. } => (Code::BookingLimit, None),
        Problem::HoldLimit { .. } => (Code::HoldLimit, None),
        Problem::NotFound => (Code::NotFound, None),
        Problem::WrongState(_) => (Code::WrongState, None),
        Problem::AlreadyExtended => (Code::AlreadyExtended, None),
        Problem::ChangedMeanwhile => (Code::ChangedMeanwhile, None),
        Problem::Contact { field, .. } => (Code::ContactInvalid, Some(field)),
        Problem::MailMissing => (Code::MailMissing, Some("mail")),
        Problem::IdempotencyKey => (Code::IdempotencyKeyInvalid, Some("idempotencyKey")),
        Problem::NoCity => (Code::NoCity, None),
        Problem::Search(_) => (Code::SearchInvalid, None),
    }
}

/// Parts a failure: problems go on as data, the rest becomes an error.
///
/// # Errors
/// The codes of [`refused`].
pub(crate) fn problem_or_error(failure: Failure) -> Result<ProblemObject, Error> {
    match failure {
        Failure::Problem(problem) => Ok(problem.into()),
        other => Err(refused(&other).masked()),
    }
}

impl Code {
    /// The name of the code in the schema, for problems that end a query as an error.
    fn name(self) -> &'static str {
        let item = <Self as async_graphql::resolver_utils::EnumType>::items().iter().find(|item| item.value == self);
        item.map_or("PROBLEM", |item| item.name)
    }
}

/// A failure with its code, before it is an error of GraphQL.
pub(crate) struct Refused {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

/// The code and the words of a failure: `FORBIDDEN`, `IDEMPOTENCY_MISMATCH`, `UNAVAILABLE`, a problem's own code, or
/// `INTERNAL`, whose words stay in the log.
pub(crate) fn refused(failure: &Failure) -> Refused {
    match failure {
        Failure::Problem(problem) => Refused { code: code_of(problem).0.name(), message: problem.to_string() },
        Failure::Forbidden(forbidden) => forbidden_words(*forbidden),
        Failure::IdempotencyMismatch => Refused { code: "IDEMPOTENCY_MISMATCH", message: failure.to_string() },
        Failure::Database(error) => of_database(error),
    }
}

/// What a lacking permission looks like from outside.
pub(crate) fn forbidden_words(forbidden: Forbidden) -> Refused {
    Refused { code: "FORBIDDEN", message: forbidden.to_string() }
}

/// What a failing database looks like from outside. The cause is logged here, once.
pub(crate) fn of_database(error: &DatabaseError) -> Refused {
    match error {
        DatabaseError::Unavailable(_) | DatabaseError::Contended => {
            tracing::warn!(%error, "the database did not answer");
            Refused { code: "UNAVAILABLE", message: "the service is not available for a moment; try again".into() }
        }
        DatabaseError::Broken(_) | DatabaseError::Internal(_) => {
            tracing::error!(%error, "a statement failed");
            Refused { code: "INTERNAL", message: "something went wrong on our side".into() }
        }
    }
}

/// Turns a refusal into an error of GraphQL.
pub(crate) trait Masked {
    /// The error with its code.
    fn masked(self) -> Error;
}

impl Masked for Refused {
    fn masked(self) -> Error {
        Error::new(self.message).extend_with(|_, extensions| extensions.set("code", self.code))
    }
}
