//! Problems of applications as data, failures as errors.

use applications::{AnswerError, Failure, FileStoreError, Problem};
use async_graphql::{Enum, Error, SimpleObject};

use crate::graphql::failure::{Masked, Refused, forbidden_words, of_database};
use crate::graphql::words::TrustLevel;

/// Why something was not done with an application, where somebody can act on it. The codes are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "ApplicationProblemCode")]
pub(crate) enum Code {
    /// There is no such thing, or it is not yours, or its time ran out. Nobody learns which.
    NotFound,
    /// There is no such online service.
    UnknownService,
    /// It stands where this step is not possible.
    WrongState,
    /// It was changed since it was read. Read it again.
    ChangedMeanwhile,
    /// Some answers cannot be saved; `fields` names them. Nothing was saved.
    AnswersRefused,
    /// It cannot be handed in as it is; `fields` says why.
    Incomplete,
    /// This part belongs to somebody else.
    NotYourSection,
    /// A stronger proof of identity is needed: `neededTrust`.
    TrustTooLow,
    /// The same person cannot be two parties of one application.
    SamePerson,
    /// Somebody has not agreed to what stands there now; `roles` names them.
    ConsentMissing,
    /// What was agreed to is not what stands there now. Read the summary again.
    SummaryChanged,
    /// None is left in this period.
    QuotaExhausted,
    /// The household has had all of this year.
    HouseholdExhausted,
    /// No tour is chosen here, or not before address and amount are known.
    TourUnasked,
    /// No tour goes to this address.
    TourElsewhere,
    /// There is no such tour for this address.
    TourUnknown,
    /// So much does not fit on this tour any more. Choose another one.
    TourFull,
    /// It is too late to choose, change or give back this day.
    TourTooLate,
    /// Choose a day first.
    TourMissing,
    /// The day is not held any more. Choose one again; nothing else is lost.
    TourHoldExpired,
    /// Tours are planned for 1 to 90 days to come, a district of the service and at most 1,000,000 litres.
    TourPlanInvalid,
    /// More than this is taken on one of these tours already.
    TourTaken,
    /// Nothing of this case was given up on its way there.
    NothingGivenUp,
    /// Whoever wrote a decision cannot approve it.
    FourEyes,
    /// Nobody works on a case in which they take part themselves (§ 20 Abs. 1 VwVfG); `legalReference` names the paragraph.
    OwnCase,
    /// The decision needs reasons.
    ReasonsMissing,
    /// A reason must be given.
    ReasonMissing,
    /// Name 1 to 20 things.
    NothingAsked,
    /// The time to object is over.
    TooLate,
    /// The definition has problems; `details` lists them.
    DefinitionRefused,
    /// Drafts of an older version cannot be moved to this one; `details` lists why. Nothing was published.
    DraftsCannotMove,
    /// A text is empty or too long.
    TextLength,
    /// A quota ends after it begins and is at least 0.
    QuotaInvalid,
    /// The idempotency key must have 16 to 128 printable ASCII signs.
    IdempotencyKeyInvalid,
    /// The name of a file is empty, too long, a path, or deceives.
    FileName,
    /// A file without content.
    FileEmpty,
    /// The file is too large: `mostBytes`.
    FileTooLarge,
    /// This kind of file is not taken here: `accept`.
    FileType,
    /// There is no place for a file here.
    NoPlaceForFiles,
    /// There are too many files in this application.
    TooManyFiles,
    /// The file that came is not as long as was announced.
    UploadLength,
    /// The file did not arrive whole; send it again.
    UploadBroken,
    /// Too many files arrive at this moment; try again soon.
    TooBusy,
    /// No city has been loaded yet.
    NoCity,
    /// Nothing is left to pay.
    NothingDue,
    /// The fee must be paid, or an invoice asked for, before this is handed in: `dueCents`.
    PaymentDue,
    /// One cannot pay there.
    ProviderClosed,
    /// So much cannot go back.
    NothingToRefund,
    /// Too much is asked for at this moment. Try again in a minute.
    Busy,
    /// A radius has 1 to 5,000 metres.
    RadiusInvalid,
    /// Without an account `token` is needed, 16 to 128 printable ASCII signs.
    SupporterUnknown,
    /// A report goes on in another one of its service and office that did not go on elsewhere itself.
    MergeRefused,
}

/// Something in the way that a person can act on.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(name = "ApplicationProblem")]
pub(crate) struct ProblemObject {
    /// What is in the way; stable.
    pub(crate) code: Code,
    /// The same in English words, for developers. Texts for people belong to the client.
    message: String,
    /// The fields that are to blame.
    fields: Vec<FieldProblem>,
    /// The trust level that is needed.
    needed_trust: Option<TrustLevel>,
    /// The roles that are missing.
    roles: Vec<String>,
    /// How many bytes a file may have.
    most_bytes: Option<i64>,
    /// The kinds of files that are taken, as media types.
    accept: Vec<String>,
    /// The paragraph that forbids it, where it is law.
    legal_reference: Option<String>,
    /// What is still to be paid, in euro cents.
    due_cents: Option<i64>,
    /// Further details, for whoever publishes definitions.
    details: Vec<String>,
}

/// What is wrong with a field.
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct FieldProblem {
    /// The path of the field.
    path: String,
    /// What is wrong; stable.
    code: String,
    /// The same in German, with the name of the field, its row and the reason.
    message: String,
}

impl From<AnswerError> for FieldProblem {
    fn from(error: AnswerError) -> Self {
        let AnswerError { path, code, message } = error;
        Self { path, code, message }
    }
}

impl From<Problem> for ProblemObject {
    fn from(problem: Problem) -> Self {
        let message = problem.to_string();
        let mut object = Self {
            code: code_of(&problem),
            message,
            fields: Vec::new(),
            needed_trust: None,
            roles: Vec::new(),
            most_bytes: None,
            accept: Vec::new(),
            legal_reference: None,
            due_cents: None,
            details: Vec::new(),
        };
        match problem {
            Problem::AnswersRefused { errors } | Problem::Incomplete { errors } => {
                object.fields = errors.into_iter().map(FieldProblem::from).collect();
            }
            Problem::TrustTooLow { needed } => object.needed_trust = Some(needed.into()),
            Problem::FileTooLarge { most_bytes } => object.most_bytes = i64::try_from(most_bytes).ok(),
            Problem::FileType { accept } => object.accept = accept,
            Problem::OwnCase => object.legal_reference = Some("§ 20 Abs. 1 Satz 1 Nr. 1 VwVfG".to_owned()),
            Problem::ConsentMissing { roles } => object.roles = roles,
            Problem::PaymentDue { cents } => object.due_cents = Some(cents),
            Problem::DefinitionRefused { problems } => object.details = problems,
            Problem::DraftsCannotMove { changes } => object.details = changes,
            Problem::NotFound
            | Problem::UnknownService
            | Problem::WrongState(_)
            | Problem::ChangedMeanwhile
            | Problem::NotYourSection
            | Problem::SamePerson
            | Problem::SummaryChanged
            | Problem::QuotaExhausted
            | Problem::HouseholdExhausted
            | Problem::TourUnasked
            | Problem::TourElsewhere
            | Problem::TourUnknown
            | Problem::TourFull
            | Problem::TourTooLate
            | Problem::TourMissing
            | Problem::TourHoldExpired
            | Problem::TourPlanInvalid { .. }
            | Problem::TourTaken
            | Problem::NothingGivenUp
            | Problem::FourEyes
            | Problem::ReasonsMissing
            | Problem::ReasonMissing
            | Problem::NothingAsked
            | Problem::TooLate
            | Problem::TextLength { .. }
            | Problem::QuotaInvalid
            | Problem::IdempotencyKey
            | Problem::FileName
            | Problem::FileEmpty
            | Problem::NoPlaceForFiles
            | Problem::TooManyFiles
            | Problem::UploadLength
            | Problem::UploadBroken
            | Problem::TooBusy
            | Problem::NoCity
            | Problem::NothingDue
            | Problem::ProviderClosed
            | Problem::NothingToRefund
            | Problem::Busy
            | Problem::RadiusInvalid { .. }
            | Problem::SupporterUnknown
            | Problem::MergeRefused => {}
        }
        object
    }
}

const fn code_of(problem: &Problem) -> Code {
    match problem {
        Problem::NotFound => Code::NotFound,
        Problem::UnknownService => Code::UnknownService,
        Problem::WrongState(_) => Code::WrongState,
        Problem::ChangedMeanwhile => Code::ChangedMeanwhile,
        Problem::AnswersRefused { .. } => Code::AnswersRefused,
        Problem::Incomplete { .. } => Code::Incomplete,
        Problem::NotYourSection => Code::NotYourSection,
        Problem::TrustTooLow { .. } => Code::TrustTooLow,
        Problem::SamePerson => Code::SamePerson,
        Problem::ConsentMissing { .. } => Code::ConsentMissing,
        Problem::SummaryChanged => Code::SummaryChanged,
        Problem::QuotaExhausted => Code::QuotaExhausted,
        Problem::HouseholdExhausted => Code::HouseholdExhausted,
        Problem::TourUnasked => Code::TourUnasked,
        Problem::TourElsewhere => Code::TourElsewhere,
        Problem::TourUnknown => Code::TourUnknown,
        Problem::TourFull => Code::TourFull,
        Problem::TourTooLate => Code::TourTooLate,
        Problem::TourMissing => Code::TourMissing,
        Problem::TourHoldExpired => Code::TourHoldExpired,
        Problem::TourPlanInvalid { .. } => Code::TourPlanInvalid,
        Problem::TourTaken => Code::TourTaken,
        Problem::NothingGivenUp => Code::NothingGivenUp,
        Problem::FourEyes => Code::FourEyes,
        Problem::OwnCase => Code::OwnCase,
        Problem::ReasonsMissing => Code::ReasonsMissing,
        Problem::ReasonMissing => Code::ReasonMissing,
        Problem::NothingAsked => Code::NothingAsked,
        Problem::TooLate => Code::TooLate,
        Problem::DefinitionRefused { .. } => Code::DefinitionRefused,
        Problem::DraftsCannotMove { .. } => Code::DraftsCannotMove,
        Problem::TextLength { .. } => Code::TextLength,
        Problem::QuotaInvalid => Code::QuotaInvalid,
        Problem::IdempotencyKey => Code::IdempotencyKeyInvalid,
        Problem::FileName => Code::FileName,
        Problem::FileEmpty => Code::FileEmpty,
        Problem::FileTooLarge { .. } => Code::FileTooLarge,
        Problem::FileType { .. } => Code::FileType,
        Problem::NoPlaceForFiles => Code::NoPlaceForFiles,
        Problem::TooManyFiles => Code::TooManyFiles,
        Problem::UploadLength => Code::UploadLength,
        Problem::UploadBroken => Code::UploadBroken,
        Problem::TooBusy => Code::TooBusy,
        Problem::NoCity => Code::NoCity,
        Problem::NothingDue => Code::NothingDue,
        Problem::PaymentDue { .. } => Code::PaymentDue,
        Problem::ProviderClosed => Code::ProviderClosed,
        Problem::NothingToRefund => Code::NothingToRefund,
        Problem::Busy => Code::Busy,
        Problem::RadiusInvalid { .. } => Code::RadiusInvalid,
        Problem::SupporterUnknown => Code::SupporterUnknown,
        Problem::MergeRefused => Code::MergeRefused,
    }
}

/// Parts a failure: problems go on as data, the rest becomes an error.
///
/// # Errors
/// The codes of [`refused`].
pub(crate) fn problem_or_error(failure: Failure) -> Result<ProblemObject, Error> {
    match failure {
        Failure::Problem(problem) => Ok(problem.into()),
        other => Err(refused(&other)),
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

/// The contents of files cannot be reached, or are not what was written.
fn of_files(error: &FileStoreError) -> Refused {
    tracing::error!(%error, "the contents of files cannot be used");
    Refused { code: "UNAVAILABLE", message: "files cannot be reached at this moment; try again".to_owned() }
}

/// The error of a failure.
pub(crate) fn refused(failure: &Failure) -> Error {
    words_of(failure).masked()
}

/// Code and sentence of a failure, as they stand in the schema.
pub(crate) fn words_of(failure: &Failure) -> Refused {
    match failure {
        Failure::Problem(problem) => Refused { code: code_of(problem).name(), message: problem.to_string() },
        Failure::Forbidden(forbidden) => forbidden_words(*forbidden),
        Failure::IdempotencyMismatch => Refused { code: "IDEMPOTENCY_MISMATCH", message: failure.to_string() },
        Failure::Database(error) => of_database(error),
        Failure::Files(error) => of_files(error),
    }
}

impl Code {
    fn name(self) -> &'static str {
        let item = <Self as async_graphql::resolver_utils::EnumType>::items().iter().find(|item| item.value == self);
        item.map_or("PROBLEM", |item| item.name)
    }
}
