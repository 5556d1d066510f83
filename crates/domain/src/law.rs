//! The law as data: presence, ways, trust level and automation, and the rules no city may break.
//!
//! [`violations`] is asked when a city is loaded; what it names is refused. [`gate`] answers a citizen's first
//! question: must I come, and if not, what else is there? Both read the same table of statutes (`law/statutes.rs`) and
//! find a statute in a service by its citation (`law/citation.rs`).

mod citation;
mod gate;
mod rules;
mod statutes;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::opening::VisitChannel;

pub use gate::{Answer, Mobility, MustCome, OpenWay, Reason, Refusal, RefusedWay, Situation, gate};
pub use rules::{Violation, violations};
pub use statutes::lets_a_machine_decide;

/// The statute a rule or service rests on, as cited ("§ 9 PAuswG").
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LegalBasis(pub String);

impl LegalBasis {
    /// Whether nothing is cited.
    pub fn is_blank(&self) -> bool {
        self.0.trim().is_empty()
    }
}

impl fmt::Display for LegalBasis {
    /// Writes the citation as it stands.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether somebody has to come in person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// The rule.
    pub rule: PresenceRule,
    /// The statute behind it, where there is one.
    pub legal_basis: Option<LegalBasis>,
}

/// The rule of presence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PresenceRule {
    /// Nobody has to come.
    None,
    /// One may come; other ways are as good.
    Optional,
    /// One step needs a visit (fingerprints, originals), the rest does not.
    Partial,
    /// A statute asks for the person.
    Required,
}

/// A way to get a service done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// An online application.
    Online,
    /// By video, with a clerk.
    Video,
    /// By telephone.
    Phone,
    /// By letter.
    Post,
    /// A courier brings it.
    Courier,
    /// From a locker.
    Locker,
    /// At a self-service terminal.
    Kiosk,
    /// At a counter.
    Counter,
    /// At a stop of the mobile office.
    Mobile,
}

impl fmt::Display for Way {
    /// Writes the name in data files.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Way {
    /// Every way.
    pub const ALL: [Self; 9] = [
        Self::Online,
        Self::Video,
        Self::Phone,
        Self::Post,
        Self::Courier,
        Self::Locker,
        Self::Kiosk,
        Self::Counter,
        Self::Mobile,
    ];

    /// The name in data files and interfaces.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Video => "video",
            Self::Phone => "phone",
            Self::Post => "post",
            Self::Courier => "courier",
            Self::Locker => "locker",
            Self::Kiosk => "kiosk",
            Self::Counter => "counter",
            Self::Mobile => "mobile",
        }
    }

    /// Whether the person stands before an official on this way.
    pub const fn in_person(self) -> bool {
        match self {
            Self::Counter | Self::Mobile => true,
            Self::Online | Self::Video | Self::Phone | Self::Post | Self::Courier | Self::Locker | Self::Kiosk => false,
        }
    }

    /// The kind of visit that is booked for this way; `None` where nobody visits.
    pub const fn channel(self) -> Option<VisitChannel> {
        match self {
            Self::Counter => Some(VisitChannel::Counter),
            Self::Video => Some(VisitChannel::Video),
            Self::Mobile => Some(VisitChannel::Mobile),
            Self::Online | Self::Phone | Self::Post | Self::Courier | Self::Locker | Self::Kiosk => None,
        }
    }

    /// Whether an appointment can be booked for this way.
    pub const fn bookable(self) -> bool {
        self.channel().is_some()
    }
}

/// How sure the city must be who somebody is, § 3 (4) OZG. Ordered from lowest to highest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrustLevel {
    /// Nobody asks.
    #[default]
    None,
    /// A confirmed mail address.
    Low,
    /// An identity proven once (German: substanziell).
    Substantial,
    /// The online function of the identity card (German: hoch).
    High,
}

/// How far a machine may decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Automation {
    /// The degree.
    pub degree: AutomationDegree,
    /// The statute that allows full automation, § 35a VwVfG.
    pub legal_basis: Option<LegalBasis>,
    /// Whether an official has discretion or room for assessment.
    pub discretion: bool,
    /// What to know.
    pub note: Option<String>,
}

/// Degrees of automation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AutomationDegree {
    /// People do everything.
    None,
    /// The machine checks, people decide.
    Assisted,
    /// The machine decides; only where a statute allows it and nobody has discretion.
    Full,
}
