//! What messages need to know about appointments and accounts, and the ports through which they ask.

use std::collections::HashMap;
use std::fmt;
use std::pin::Pin;

use chrono::NaiveDate;
use chrono_tz::Tz;
use domain::identifier::{AccountId, AppointmentId, CaseId, EventId, Key, PickupId};
use domain::personal::Pii;
use domain::text::Language;
use domain::time::Timestamp;

/// What the port answers, in its time.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, FactsMissing>> + Send + 'a>>;

/// The port to whoever owns the appointments. The gateway wires it.
pub trait AppointmentFacts: Send + Sync + fmt::Debug {
    /// What the planning of messages needs to know about these appointments, of those that exist. Asked for a whole round
    /// at once, so that the bookings of a busy hour cost one question together.
    ///
    /// # Errors
    /// [`FactsMissing`] when they cannot be read at the moment.
    fn outlines<'a>(&'a self, appointments: &'a [AppointmentId]) -> Answer<'a, HashMap<AppointmentId, Outline>>;

    /// The facts as they stand now. `None` when there is nobody to write to, or nothing to write about: no such
    /// appointment, no mail address, a hold, an appointment that has lapsed or has begun to be served.
    ///
    /// # Errors
    /// [`FactsMissing`] when they cannot be read at the moment.
    fn facts(&self, appointment: AppointmentId) -> Answer<'_, Option<Facts>>;
}

/// An appointment as the planning of messages sees it. Names nobody, so it may leave the house in a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// Whether there is somebody to write to.
    pub has_mail: bool,
    /// Whether it is booked and will take place.
    pub is_firm: bool,
    /// The stable word of its status: `confirmed`.
    pub status: &'static str,
    /// The office.
    pub office: Key,
    /// The services.
    pub services: Vec<Key>,
    /// Start, UTC.
    pub starts_at: Timestamp,
    /// End, UTC.
    pub ends_at: Timestamp,
    /// Its last change, UTC: tells which of two messages is the newer one.
    pub changed_at: Timestamp,
}

/// The port to whoever owns the accounts. The gateway wires it.
pub trait AccountFacts: Send + Sync + fmt::Debug {
    /// What a letter about an account says, as it stands now. `None` when there is nobody to write to or nothing to write
    /// about: no such account, a disabled one, no mail address, a code that has been used or has lapsed.
    ///
    /// # Errors
    /// [`FactsMissing`] when they cannot be read at the moment.
    fn facts<'a>(&'a self, happening: &'a AccountHappening) -> Answer<'a, Option<AccountLetter>>;
}

/// What happened to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountOccasion {
    /// `account.reset_requested`: somebody forgot the password.
    ResetRequested,
    /// `account.second_factor_changed`: a second factor came, went or was replaced.
    SecondFactorChanged,
}

/// An event about an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountHappening {
    /// The event in the outbox.
    pub event: EventId,
    /// The account.
    pub account: AccountId,
    /// What happened.
    pub occasion: AccountOccasion,
    /// When, UTC.
    pub at: Timestamp,
}

/// What a letter about an account says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountLetter {
    /// Who reads the letter.
    pub recipient: Recipient,
    /// The zone of the city's wall clock.
    pub zone: Tz,
    /// Name of the city.
    pub city: String,
    /// Whom to call.
    pub phone: Option<String>,
    /// The way to a new password; there for [`AccountOccasion::ResetRequested`] alone.
    pub reset: Option<Reset>,
}

/// The way to a new password.
#[derive(Clone, PartialEq, Eq)]
pub struct Reset {
    /// The code, as people may type it.
    pub code: String,
    /// The page where it works, below the public address: `/account/reset/CODE`.
    pub path: String,
    /// Until when, UTC.
    pub until: Timestamp,
}

impl fmt::Debug for Reset {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Reset(redacted)")
    }
}

/// The port to whoever owns applications and cases. The gateway wires it.
pub trait CaseFacts: Send + Sync + fmt::Debug {
    /// What a message about a case says, as it stands now. `None` when there is nobody to write to, or the case has moved
    /// on: the later event brings its own message.
    ///
    /// # Errors
    /// [`FactsMissing`] when they cannot be read at the moment.
    fn facts(&self, case: CaseId, occasion: CaseOccasion) -> Answer<'_, Option<CaseMessage>>;
}

/// What happened to a case, as far as its applicant is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseOccasion {
    /// `case.submitted`: it was handed in.
    Received,
    /// `case.request_items`: something is missing.
    ItemsRequested,
    /// `case.deliver`: a decision can be read.
    Decided,
    /// `case.permit_expires_soon`: a permit ends.
    PermitExpiresSoon,
}

/// What a message about a case says. It names nobody and opens nothing: whoever typed the address may not own it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseMessage {
    /// Where to, and in which language; the name is never written.
    pub recipient: Recipient,
    /// The name of the service.
    pub service: String,
    /// The number to quote.
    pub number: String,
    /// The last local day of a permit; there for [`CaseOccasion::PermitExpiresSoon`] alone.
    pub until: Option<NaiveDate>,
    /// Name of the city.
    pub city: String,
    /// Whom to call.
    pub phone: Option<String>,
}

/// The port to whoever owns documents that lie ready. The gateway wires it.
pub trait PickupFacts: Send + Sync + fmt::Debug {
    /// What a message about a document says, as it stands now. `None` when there is nobody to write to, or the document has
    /// moved on: the later event brings its own message.
    ///
    /// # Errors
    /// [`FactsMissing`] when they cannot be read at the moment.
    fn facts(&self, pickup: PickupId, occasion: PickupOccasion) -> Answer<'_, Option<PickupMessage>>;
}

/// What happened to a document, as far as its person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PickupOccasion {
    /// `pickup.loaded`: it lies ready.
    Ready,
    /// `pickup.pin_renewed`: there is a new PIN.
    PinRenewed,
    /// `pickup.expires_soon`: its time ends soon.
    ExpiresSoon,
    /// `pickup.expired`: its time is over, it is handed out at the counter.
    Expired,
    /// `pickup.collected`: it was taken out.
    Collected,
}

/// What a message about a document says. It names nobody: staff typed the address.
#[derive(Clone, PartialEq, Eq)]
pub struct PickupMessage {
    /// Where to, and in which language; the name is never written.
    pub recipient: Recipient,
    /// The name of the service.
    pub service: String,
    /// The number that is typed at the box, in groups: `K7M4-QX2P`.
    pub number: String,
    /// The code with which the state is read.
    pub code: String,
    /// The PIN; there for [`PickupOccasion::Ready`] and [`PickupOccasion::PinRenewed`] alone.
    pub pin: Option<Pii<String>>,
    /// Name of the box.
    pub locker: String,
    /// Where it stands, in words.
    pub place: String,
    /// Until when it can be fetched there, UTC.
    pub until: Timestamp,
    /// The zone of the city's wall clock.
    pub zone: Tz,
    /// Name of the office to whose counter it goes.
    pub office: String,
    /// Where the office is; absent for a virtual one.
    pub address: Option<String>,
    /// Name of the city.
    pub city: String,
    /// Whom to call.
    pub phone: Option<String>,
}

impl fmt::Debug for PickupMessage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PickupMessage(redacted)")
    }
}

/// The facts cannot be read at the moment. The reason holds no personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the facts of a message cannot be read: {0}")]
pub struct FactsMissing(pub String);

/// An appointment as a letter tells it, in the language of its recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Who reads the letter.
    pub recipient: Recipient,
    /// Where the appointment stands.
    pub standing: Standing,
    /// The number that people say, in groups: `K7M4-QX2P`.
    pub number: String,
    /// Start, UTC.
    pub starts_at: Timestamp,
    /// End, UTC.
    pub ends_at: Timestamp,
    /// The zone of the city's wall clock.
    pub zone: Tz,
    /// Name of the office.
    pub office: String,
    /// Where the office is; absent for a virtual one.
    pub address: Option<String>,
    /// Names of the services, in the order they were asked for; at least one.
    pub services: Vec<String>,
    /// What to bring, each paper once.
    pub documents: Vec<String>,
    /// Name of the city.
    pub city: String,
    /// Whom to call: the office, else the city.
    pub phone: Option<String>,
}

/// Whom to write to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The mail address, in its stored form.
    pub mail: Pii<String>,
    /// The name as the person typed it.
    pub name: Pii<String>,
    /// The language of messages.
    pub language: Language,
}

/// Where an appointment stands, as far as letters go.
#[derive(Clone, PartialEq, Eq)]
pub enum Standing {
    /// It waits for the click on the link.
    Pending {
        /// The code that confirms it.
        code: String,
        /// When it lapses, UTC.
        until: Timestamp,
    },
    /// It is booked.
    Confirmed {
        /// The code with which it is read, moved and cancelled.
        code: String,
        /// The appointment as an iCalendar file with METHOD:REQUEST.
        calendar: String,
    },
    /// It was given back.
    Cancelled {
        /// The appointment as an iCalendar file with METHOD:CANCEL.
        calendar: String,
    },
}

impl Standing {
    /// The file that goes along.
    pub(crate) fn calendar(&self) -> Option<&str> {
        match self {
            Self::Pending { .. } => None,
            Self::Confirmed { calendar, .. } | Self::Cancelled { calendar } => Some(calendar),
        }
    }

    pub(crate) const fn is_confirmed(&self) -> bool {
        matches!(self, Self::Confirmed { .. })
    }
}

impl fmt::Debug for Standing {
    // Codes open appointments; they must not stand in a log.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Pending { .. } => "Pending(redacted)",
            Self::Confirmed { .. } => "Confirmed(redacted)",
            Self::Cancelled { .. } => "Cancelled(redacted)",
        })
    }
}
