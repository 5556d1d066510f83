//! The service around the form: law, parties, fee, deadlines, automation, retention.

use domain::law::{LegalBasis, TrustLevel, Way};
use serde::{Deserialize, Serialize};

use crate::model::{HouseholdRule, Period, SameRule, TourRule};

/// service.toml.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Its key, as in the catalogue of the city.
    pub key: String,
    /// Its number in the federal catalogue, with where it was seen.
    pub leika: Option<Leika>,
    /// What allows asking, Article 6 (1) GDPR.
    pub legal_basis: Vec<LegalBasis>,
    /// The unit of the city that answers for it.
    pub responsible_unit: String,
    /// How one may apply.
    pub channels: Vec<Way>,
    /// Who takes part. Never empty.
    pub parties: Vec<Party>,
    /// The table of the fee.
    pub fee: Option<TableRule>,
    /// The table of documents to hand in.
    pub documents: Option<TableRule>,
    /// The table that decides.
    pub decision: Option<DecisionRule>,
    /// Statutory clocks.
    pub deadlines: Vec<Deadline>,
    /// When silence means consent.
    pub fiction: Option<Fiction>,
    /// How far a machine may decide.
    pub automation: Automation,
    /// How long what is kept.
    pub retention: Retention,
    /// Where submitted cases go.
    pub sinks: Vec<Sink>,
    /// Keys of the texts shown as status.
    pub statuses: Vec<String>,
    /// Which letter is written when.
    pub letters: Vec<LetterRule>,
    /// Whether it can be rehearsed.
    pub practice: Practice,
    /// When the fee is paid; with the decision if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<PaymentRule>,
    /// What a grant gives to show to others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permit: Option<PermitRule>,
    /// What makes an application a report of a place that others can see and support.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<ReportRule>,
    /// How much of it one household gets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub household: Option<HouseholdRule>,
    /// The tours on which what is granted is collected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tour: Option<TourRule>,
    /// When two applications are one that arrived twice; never if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_application: Option<SameRule>,
}

/// A report of something at a place (Mängelmelder), and which answers stand in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportRule {
    /// The field of type choice with what it is about.
    pub category: String,
    /// The field of type `geo_point` with where it is.
    pub place: String,
    /// The field of type text with what is wrong. Nobody outside the city reads it before somebody has looked at it.
    pub description: String,
    /// The field of type file with photos, if the form asks for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<String>,
    /// Within how many metres everybody sees what was reported already.
    pub radius_m: u16,
    /// Within how many metres staff see it.
    pub staff_radius_m: u16,
}

/// When the fee is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentRule {
    /// Nothing is handed in before the fee is paid, or an invoice is asked for.
    BeforeDecision,
    /// The decision asks for it.
    WithDecision,
}

/// A permit that others check without asking the city, and which answers stand in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermitRule {
    /// The field with what is permitted: a number plate.
    pub holder: String,
    /// The field with where it holds.
    pub zone: String,
    /// The field of type date with its first day.
    pub from: String,
    /// The field of type date with its last day.
    pub until: String,
    /// The field with the number of the permit that this one replaces, if the form asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// How many days before the last one the holder is reminded.
    pub remind_days: u16,
}

/// A number of the federal catalogue of services.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leika {
    /// The number.
    pub key: String,
    /// Where it was seen.
    pub source: String,
}

/// Somebody who takes part in an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// The name of the part: `applicant`, `b`, `keeper`.
    pub role: String,
    /// Fewest people in this part.
    pub min: u8,
    /// Most people in this part.
    pub max: u8,
    /// How sure the city must be who it is, § 3 (4) OZG.
    pub trust: TrustLevel,
    /// The steps this party fills in and reads. Every step stands with at least one party.
    pub sections: Vec<String>,
    /// How the party comes in.
    pub join: Join,
    /// Whether the party must agree to exactly what was seen.
    pub consent: Consent,
    /// A party that must be another person.
    pub distinct_from: Option<String>,
    /// Fields by which the others name this party beforehand, `group.field`.
    pub expect: Vec<String>,
    /// Whether somebody may act for the party.
    pub representation: Representation,
    /// When the party takes part at all; always if absent.
    pub when: Option<String>,
}

/// How a party comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Join {
    /// Begins the application.
    Starts,
    /// Is invited by the one who began.
    Invite,
    /// Comes to the counter.
    Counter,
}

/// Whether a party must agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// No consent is asked.
    None,
    /// Without consent nothing is submitted.
    Required,
}

/// Whether somebody may act for a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Representation {
    /// With a power of attorney, § 14 VwVfG.
    Allowed,
    /// Nobody; a statute asks for the person.
    Forbidden,
}

/// A table that is asked, and the day on which its figures hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRule {
    /// The table's key.
    pub table: String,
    /// The reference date: `submission` or a date field `group.field`.
    pub effective_on: String,
    /// What allows it.
    pub legal_basis: Option<LegalBasis>,
}

/// The tables that decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionRule {
    /// The table's key. It has an output `outcome` with the values `grant`, `refuse`, `human`.
    pub table: String,
    /// The reference date: `submission` or a date field `group.field`.
    pub effective_on: String,
}

/// How long something may take: a period of the calendar or working days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// A period of the calendar.
    Period(Period),
    /// Working days of the city's state.
    WorkingDays(u16),
}

/// A statutory clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// Its name: `processing`, `completion`, `objection`.
    pub key: String,
    /// What it runs from: a reference date by name, such as `submission`, or a field of type date as `group.field`.
    pub from: String,
    /// How long it runs.
    pub term: Term,
    /// The statute.
    pub legal_basis: LegalBasis,
}

/// Silence that means consent, § 42a VwVfG.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fiction {
    /// After what time.
    pub after: Term,
    /// The statute that orders it; § 42a VwVfG asks for one.
    pub legal_basis: LegalBasis,
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
    /// Whether the machine may also refuse. Otherwise refusals go to a person.
    pub auto_refuse: bool,
    /// How many of a thousand decided cases a person looks at before they leave.
    pub sample_permille: u16,
    /// The share of grants in percent outside which an alarm goes off.
    pub grant_band_percent: Option<(u8, u8)>,
}

/// Degrees of automation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AutomationDegree {
    /// People do everything.
    None,
    /// The machine checks, people decide.
    Assist,
    /// People decide, and a second one approves.
    FourEyes,
    /// The machine decides.
    Full,
}

/// How long what is kept, Article 5 (1) (e) GDPR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// Drafts, after the last edit.
    pub draft: Period,
    /// Closed cases.
    pub closed: Period,
    /// Attachments of closed cases.
    pub attachments: Period,
}

/// Where submitted cases go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sink {
    /// Its name.
    pub key: String,
    /// The kind of adapter: `case_file`, `register`, `mail`, `webhook`, `fit-connect`.
    pub kind: String,
    /// When it is used; always if absent.
    pub when: Option<String>,
    /// Where a sink of the kind `fit-connect` sends; absent for every other kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fit_connect: Option<FitConnectSink>,
}

/// A destination of FIT-Connect and what it expects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FitConnectSink {
    /// The destination's id.
    pub destination: String,
    /// When the case is sent.
    pub after: SinkMoment,
    /// Where the schema of the data stands, as the destination expects it.
    pub schema_uri: String,
    /// The number of the service as a URN, as the destination offers it.
    pub service_identifier: String,
}

/// When a case goes to a sink.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SinkMoment {
    /// As soon as it is handed in.
    Submission,
    /// Once it is decided.
    Decision,
}

/// A letter and its occasion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterRule {
    /// The occasion: `receipt`, `grant`, `refuse`, `request`.
    pub occasion: String,
    /// The file in `letters/`.
    pub file: String,
}

/// Whether a service can be rehearsed with a made-up identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Practice {
    /// It can.
    Offered,
    /// It cannot.
    Off,
    /// It can only be rehearsed and is never submitted.
    Only,
}
