//! Words of the town hall as enums of the schema, one for one.

use async_graphql::Enum;

/// A language of texts. German is always there; a text that is not translated falls back to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::text::Language")]
pub(crate) enum Language {
    /// German.
    German,
    /// Plain German (Leichte Sprache).
    PlainGerman,
    /// English.
    English,
}

/// How a visit takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::opening::VisitChannel")]
pub(crate) enum VisitChannel {
    /// At a counter of an office.
    Counter,
    /// By video.
    Video,
    /// At a stop of the mobile office.
    Mobile,
}

/// From which quota a place is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::opening::QuotaClass")]
pub(crate) enum QuotaClass {
    /// Citizens booking for themselves.
    Public,
    /// Staff booking for someone, at the counter or on the phone.
    Internal,
    /// Urgent cases, booked by staff.
    Urgent,
    /// People who come without appointment.
    WalkIn,
}

/// Where an appointment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::appointment::Status")]
pub(crate) enum AppointmentStatus {
    /// A place kept for a few minutes while somebody types.
    Held,
    /// Booked, and waiting for the click on the link in the mail.
    PendingConfirmation,
    /// Booked.
    Confirmed,
    /// The person is there.
    CheckedIn,
    /// The person has been called to a desk.
    Called,
    /// The person is being served.
    Serving,
    /// Done.
    Finished,
    /// Nobody came.
    Missed,
    /// Given back.
    Cancelled,
    /// A hold or an unconfirmed booking whose time ran out.
    Expired,
}

/// How somebody travels to an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::geography::TravelMode")]
pub(crate) enum TravelMode {
    /// On foot.
    Walk,
    /// By bicycle.
    Bicycle,
    /// By bus and train, with the walk to the stop and the wait.
    Transit,
}

/// What an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::permission::Role")]
pub(crate) enum Role {
    /// Somebody who uses the offices.
    Citizen,
    /// Somebody who works at a counter.
    Clerk,
    /// Somebody who leads an office.
    Lead,
    /// Somebody who runs the platform.
    Operator,
    /// A display, kiosk or locker of an office.
    Device,
}

/// What a change of rules did to an appointment, until somebody settles it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "scheduling::Conflict")]
pub(crate) enum Conflict {
    /// The office is not open then any more.
    Closed,
    /// More people are booked than there are desks.
    OverCapacity,
    /// Somebody decided to keep it all the same.
    Kept,
}

/// A way to get a service done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::law::Way")]
pub(crate) enum Way {
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

/// How sure the city must be who somebody is (§ 3 (4) OZG), lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::law::TrustLevel")]
pub(crate) enum TrustLevel {
    /// Nobody asks.
    None,
    /// A confirmed mail address.
    Low,
    /// An identity proven once (German: substanziell).
    Substantial,
    /// The online function of the identity card (German: hoch).
    High,
}

/// Whether somebody has to come in person for a service, as the catalogue says it. `lawGate` answers for a situation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::law::PresenceRule")]
pub(crate) enum PresenceRule {
    /// Nobody has to come.
    None,
    /// One may come; other ways are as good.
    Optional,
    /// One step needs a visit, such as fingerprints or originals; the rest does not.
    Partial,
    /// A statute asks for the person.
    Required,
}

/// How far a machine may decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::law::AutomationDegree")]
pub(crate) enum AutomationDegree {
    /// People do everything.
    None,
    /// The machine checks, people decide.
    Assisted,
    /// The machine decides; only where a statute allows it and nobody has discretion.
    Full,
}

/// Whether somebody has to come before an official.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::law::MustCome")]
pub(crate) enum MustCome {
    /// Yes.
    Yes,
    /// For one step; the rest is done without.
    PartOfIt,
    /// No.
    No,
    /// The catalogue does not know it.
    Unknown,
}

/// Why somebody must come or need not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "LawReason", remote = "domain::law::Reason")]
pub(crate) enum Reason {
    /// A statute asks for the person.
    StatuteAsksForPerson,
    /// One step needs a visit.
    OneStepNeedsVisit,
    /// A visit is possible, other ways are as good.
    OtherWaysAsGood,
    /// Nobody has to come.
    NobodyHasToCome,
    /// The person was there before; the result reaches them on other ways too.
    ResultIsHandedOver,
    /// The law leaves other ways open, but this city offers none.
    OnlyInPersonHere,
    /// There are other ways, but they need a higher trust level than the person can prove.
    TrustLevelTooLow,
    /// The catalogue knows nothing about it.
    NotKnown,
}

/// Why a way is not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "WayRefusal", remote = "domain::law::Refusal")]
pub(crate) enum Refusal {
    /// A statute asks for the person, or closes this way.
    ClosedByStatute,
    /// The law would leave it open; this city does not offer it.
    NotOffered,
}

/// Whether a person can come to an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::law::Mobility")]
pub(crate) enum Mobility {
    /// Yes.
    CanCome,
    /// No: only ways that need no trip and the mobile office are within reach.
    CannotCome,
}

/// Whether the city itself gives a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "ServiceStanding", remote = "domain::catalogue::Standing")]
pub(crate) enum Standing {
    /// The city gives it, with the facts checked.
    Offered,
    /// People ask for it; the catalogue names it and no more is known yet.
    Listed,
}

/// What kind of place an office is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::office::OfficeKind")]
pub(crate) enum OfficeKind {
    /// Rooms with counters.
    Fixed,
    /// An office that travels to stops in the districts.
    Mobile,
    /// Counters by video.
    Virtual,
}

/// Whether an appointment is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "VisitAccess", remote = "domain::opening::Access")]
pub(crate) enum Access {
    /// By appointment.
    Appointment,
    /// Without appointment: people just come.
    WalkIn,
}

/// A state of Germany by its official two-letter code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::calendar::FederalState")]
pub(crate) enum FederalState {
    /// Baden-Württemberg.
    Bw,
    /// Bavaria.
    By,
    /// Berlin.
    Be,
    /// Brandenburg.
    Bb,
    /// Bremen.
    Hb,
    /// Hamburg.
    Hh,
    /// Hesse.
    He,
    /// Mecklenburg-Western Pomerania.
    Mv,
    /// Lower Saxony.
    Ni,
    /// North Rhine-Westphalia.
    Nw,
    /// Rhineland-Palatinate.
    Rp,
    /// Saarland.
    Sl,
    /// Saxony.
    Sn,
    /// Saxony-Anhalt.
    St,
    /// Schleswig-Holstein.
    Sh,
    /// Thuringia.
    Th,
}
