//! An appointment as it stands in the books.

use domain::appointment::Status;
use domain::identifier::{AccountId, AppointmentId, Key};
use domain::opening::{QuotaClass, VisitChannel};
use domain::personal::Pii;
use domain::text::Language;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::take::Take;
use crate::visit::Visit;

/// An appointment. `status` already takes into account what has lapsed at the moment of reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// Its id.
    pub id: AppointmentId,
    /// The number that people say: letters and digits without those that look alike.
    pub number: String,
    /// Where it stands.
    pub status: Status,
    /// The office.
    pub office: Key,
    /// The team of the office.
    pub team: Key,
    /// Start, UTC.
    pub starts_at: Timestamp,
    /// End, UTC. The length is the appointment's own: a later change of the service does not touch it.
    pub ends_at: Timestamp,
    /// From which quota the place was taken.
    pub quota: QuotaClass,
    /// How the visit takes place.
    pub channel: VisitChannel,
    /// The variant it was booked in, if it has a name.
    pub variant: Option<Key>,
    /// The matters and people.
    pub visit: Visit,
    /// When a hold or an unconfirmed booking lapses, or when a cancelled place returns to the public.
    pub expires_at: Option<Timestamp>,
    /// Whether the hold was extended already.
    pub extended: bool,
    /// The citizen's account, if there is one.
    pub account: Option<AccountId>,
    /// The member of staff who booked for someone.
    pub booked_by: Option<AccountId>,
    /// Whom to reach; absent for holds and once it was erased.
    pub contact: Option<Contact>,
    /// Whether it was booked over capacity.
    pub overbooked: bool,
    /// What a later change of rules did to it, until somebody settles it.
    pub conflict: Option<Conflict>,
    /// The version of the city it was booked under.
    pub city_version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// Its last change.
    pub changed_at: Timestamp,
    /// Counts the changes, so that two writers notice each other.
    pub(crate) generation: i64,
    /// Counts the moves; links drawn before the last one are void.
    pub(crate) links: i64,
    pub(crate) person: Option<i64>,
    pub(crate) takes: Vec<Take>,
}

impl Appointment {
    /// Planned length in minutes.
    pub const fn minutes(&self) -> i64 {
        (self.ends_at.seconds() - self.starts_at.seconds()) / 60
    }
}

/// Whom to reach. Sealed where it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// The name the clerk calls.
    pub name: Pii<String>,
    /// A mail address, if the person has one.
    pub mail: Option<Pii<String>>,
    /// A telephone number, if the person gave one.
    pub phone: Option<Pii<String>>,
    /// The language of messages.
    pub language: Language,
}

/// What a change of rules did to an appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conflict {
    /// The office is not open then any more.
    Closed,
    /// More people are booked than there are desks.
    OverCapacity,
    /// Somebody decided to keep it all the same.
    Kept,
}

impl Conflict {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::OverCapacity => "over_capacity",
            Self::Kept => "kept",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        [Self::Closed, Self::OverCapacity, Self::Kept].into_iter().find(|conflict| conflict.as_str() == word)
    }
}
