//! Why something could not be done: problems that somebody can act on, and failures that they cannot.

use database::DatabaseError;
use domain::application::NoSuchStep;
use domain::law::TrustLevel;
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
    /// The contents of files cannot be reached.
    #[error(transparent)]
    Files(#[from] crate::files::FileStoreError),
}

impl From<NoSuchStep> for Failure {
    fn from(refused: NoSuchStep) -> Self {
        Self::Problem(refused.into())
    }
}

impl From<database::VaultError> for Failure {
    fn from(error: database::VaultError) -> Self {
        Self::Database(error.into())
    }
}

/// Something in the way that the citizen, or the clerk, can act on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// There is no such thing, or it is not the asker's, or its time ran out. Nobody learns which.
    #[error("there is no such application")]
    NotFound,
    /// No version of this service is published.
    #[error("there is no such online service")]
    UnknownService,
    /// The life cycle has no such step from here.
    #[error(transparent)]
    WrongState(#[from] NoSuchStep),
    /// Somebody changed it at the same moment, or since it was read.
    #[error("it was changed meanwhile; read it again")]
    ChangedMeanwhile,
    /// Some answers cannot be taken as they are; nothing was saved.
    #[error("some answers cannot be saved")]
    AnswersRefused {
        /// Their paths, with what is wrong.
        errors: Vec<crate::draft::AnswerError>,
    },
    /// It cannot be handed in as it is.
    #[error("something is missing or wrong")]
    Incomplete {
        /// What, field by field.
        errors: Vec<crate::draft::AnswerError>,
    },
    /// The answer belongs to the part of somebody else.
    #[error("this part belongs to somebody else")]
    NotYourSection,
    /// A stronger proof of identity is needed.
    #[error("a stronger proof of identity is needed")]
    TrustTooLow {
        /// Which.
        needed: TrustLevel,
    },
    /// The same person cannot be two parties.
    #[error("the same person cannot be two parties of one application")]
    SamePerson,
    /// Somebody has not agreed yet, or agreed to something else.
    #[error("not everybody has agreed to what stands there now")]
    ConsentMissing {
        /// The roles that are missing.
        roles: Vec<String>,
    },
    /// What was agreed to is not what stands there now.
    #[error("the summary has changed; read it again")]
    SummaryChanged,
    /// None is left in this period.
    #[error("none is left in this period")]
    QuotaExhausted,
    /// The household has had all of this year.
    #[error("this household has had all of this year")]
    HouseholdExhausted,
    /// The application needs no tour, or does not say yet from where and how much is collected.
    #[error("no tour is chosen here, or not before address and amount are known")]
    TourUnasked,
    /// No tour goes to this address.
    #[error("no tour goes to this address")]
    TourElsewhere,
    /// There is no such tour, or it goes elsewhere.
    #[error("there is no such tour for this address")]
    TourUnknown,
    /// So much does not fit on the tour any more.
    #[error("so much does not fit on this tour any more")]
    TourFull,
    /// It is too late to choose, change or give back this day.
    #[error("it is too late to choose, change or give back this day")]
    TourTooLate,
    /// No day was chosen.
    #[error("choose a day first")]
    TourMissing,
    /// The day was held too long ago. Nothing else is lost.
    #[error("the day is not held any more; choose one again")]
    TourHoldExpired,
    /// Tours that make no sense.
    #[error(
        "tours are planned for 1 to {most_days} days to come, a district of the service and at most {most_litres} litres"
    )]
    TourPlanInvalid {
        /// How many days at once.
        most_days: usize,
        /// How much on one tour, in litres.
        most_litres: i64,
    },
    /// Nothing that was given up is to be settled.
    #[error("nothing of this case was given up on its way there")]
    NothingGivenUp,
    /// A tour cannot become smaller than what is promised on it.
    #[error("more than this is taken on one of these tours already")]
    TourTaken,
    /// Whoever wrote a decision cannot approve it.
    #[error("a second person must approve this decision")]
    FourEyes,
    /// Somebody would work on an application in which they take part themselves (§ 20 (1) VwVfG).
    #[error("nobody works on a case of their own (§ 20 Abs. 1 VwVfG)")]
    OwnCase,
    /// The decision needs reasons.
    #[error("the decision needs reasons")]
    ReasonsMissing,
    /// A reason must be given.
    #[error("a reason must be given")]
    ReasonMissing,
    /// Nothing was asked for.
    #[error("name at least one thing")]
    NothingAsked,
    /// The time to object is over.
    #[error("the time to object is over")]
    TooLate,
    /// The definition of the service cannot be published.
    #[error("the definition has problems")]
    DefinitionRefused {
        /// Each with its file and place.
        problems: Vec<String>,
    },
    /// Drafts cannot be moved to the new version: answers would be lost or mean something else. Nothing was published.
    #[error("drafts of an older version cannot be moved to this one")]
    DraftsCannotMove {
        /// The changes that are too deep, each with its class.
        changes: Vec<String>,
    },
    /// A text is empty or too long.
    #[error("the text has no sign or more than {most}")]
    TextLength {
        /// How many signs are allowed.
        most: usize,
    },
    /// A quota makes no sense.
    #[error("a quota ends after it begins and counts from 0")]
    QuotaInvalid,
    /// The key of the request is too short to be unique, or too long.
    #[error("an idempotency key has 16 to 128 signs")]
    IdempotencyKey,
    /// The name of a file is empty, too long, a path, or deceives.
    #[error("a file's name has 1 to 200 signs and is no path")]
    FileName,
    /// A file without content.
    #[error("the file is empty")]
    FileEmpty,
    /// A file that is too large.
    #[error("the file is larger than {most_bytes} bytes")]
    FileTooLarge {
        /// How large it may be.
        most_bytes: u64,
    },
    /// A kind of file that is not taken here.
    #[error("this kind of file is not taken here")]
    FileType {
        /// The kinds that are, as media types.
        accept: Vec<String>,
    },
    /// There is no place for a file here.
    #[error("there is no place for a file here")]
    NoPlaceForFiles,
    /// More files than anybody needs.
    #[error("there are too many files in this application")]
    TooManyFiles,
    /// The file that came is not as long as was announced.
    #[error("the file is not as long as was announced")]
    UploadLength,
    /// The file did not arrive whole. It can be sent again.
    #[error("the file did not arrive whole; send it again")]
    UploadBroken,
    /// Too many files arrive at this moment.
    #[error("too many files arrive at this moment; try again soon")]
    TooBusy,
    /// No city has been loaded yet.
    #[error("no city has been loaded yet")]
    NoCity,
    /// Nothing is left to pay.
    #[error("nothing is left to pay")]
    NothingDue,
    /// The fee comes before the decision.
    #[error("the fee must be paid, or an invoice asked for, before this is handed in")]
    PaymentDue {
        /// What is still due, in euro cents.
        cents: i64,
    },
    /// One cannot pay there.
    #[error("one cannot pay there")]
    ProviderClosed,
    /// So much cannot go back.
    #[error("so much cannot go back")]
    NothingToRefund,
    /// Too much is asked for at this moment.
    #[error("too much is asked for at this moment; try again in a minute")]
    Busy,
    /// A place or a radius that makes no sense.
    #[error("a radius has 1 to {most_metres} metres")]
    RadiusInvalid {
        /// How far one may look.
        most_metres: u16,
    },
    /// Who supports a report without an account sends a token of their own.
    #[error("sign in, or send a token of 16 to 128 signs that stays the same")]
    SupporterUnknown,
    /// Two reports that cannot become one.
    #[error("a report goes on in another one of its service and office that did not go on elsewhere itself")]
    MergeRefused,
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
