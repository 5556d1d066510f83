//! What a letter needs to know about an appointment, and the port through which it asks.

use std::collections::HashSet;
use std::fmt;
use std::pin::Pin;

use chrono_tz::Tz;
use domain::identifier::AppointmentId;
use domain::personal::Pii;
use domain::text::Language;
use domain::time::Timestamp;

/// What the port answers, in its time.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, FactsMissing>> + Send + 'a>>;

/// The port to whoever owns the appointments. The gateway wires it.
pub trait AppointmentFacts: Send + Sync + fmt::Debug {
    /// Which of these appointments have somebody to write to. Asked for a whole round at once: most bookings of a busy
    /// hour may have no mail address, and then cost one question together.
    ///
    /// # Errors
    /// [`FactsMissing`] when they cannot be read at the moment.
    fn addressed<'a>(&'a self, appointments: &'a [AppointmentId]) -> Answer<'a, HashSet<AppointmentId>>;

    /// The facts as they stand now. `None` when there is nobody to write to, or nothing to write about: no such
    /// appointment, no mail address, a hold, an appointment that has lapsed or has begun to be served.
    ///
    /// # Errors
    /// [`FactsMissing`] when they cannot be read at the moment.
    fn facts(&self, appointment: AppointmentId) -> Answer<'_, Option<Facts>>;
}

/// The facts cannot be read at the moment. The reason holds no personal data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the facts of an appointment cannot be read: {0}")]
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
        /// The appointment as an iCalendar file.
        calendar: String,
    },
    /// It was given back.
    Cancelled,
}

impl fmt::Debug for Standing {
    // Codes open appointments; they must not stand in a log.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Pending { .. } => "Pending(redacted)",
            Self::Confirmed { .. } => "Confirmed(redacted)",
            Self::Cancelled => "Cancelled",
        })
    }
}
