//! The citizen's first question: must I come, and if not, what else is there?

use std::cmp::Reverse;

use chrono::NaiveDate;

use crate::catalogue::{Service, Standing, WayOffer};
use crate::law::statutes::{Bindings, presence_basis, service_basis};
use crate::law::{LegalBasis, PresenceRule, TrustLevel, Way};
use crate::money::Cents;
use crate::text::Localized;

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Situation {
    /// How many people want the service; 0 counts as 1.
    pub people: u16,
    /// The trust level the person can prove online; `None`: not told, then no way is called out of reach for it.
    pub trust: Option<TrustLevel>,
    /// Whether the person can leave the house.
    pub mobility: Mobility,
    /// The way the person asks for.
    pub wished: Option<Way>,
}

impl Default for Situation {
    /// One person who can come and has told nothing else.
    fn default() -> Self {
        Self { people: 1, trust: None, mobility: Mobility::CanCome, wished: None }
    }
}

/// Whether a person can come to an office.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Mobility {
    /// Yes.
    #[default]
    CanCome,
    /// No: only ways that need no trip and the mobile office are within reach.
    CannotCome,
}

/// The answer for one service and one situation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whether somebody has to come before an official.
    pub must_come: MustCome,
    /// Why.
    pub reason: Reason,
    /// The paragraph behind it, where there is one.
    pub statute: Option<LegalBasis>,
    /// The lawful ways this city offers, best first: within reach, then the wished one, then the least travel, then the
    /// lowest known fee.
    pub ways: Vec<OpenWay>,
    /// Ways that people ask for and do not get: those a statute closes, and the wished one if it is not offered.
    pub refused: Vec<RefusedWay>,
}

/// Whether somebody has to come before an official.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MustCome {
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
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

impl Reason {
    /// The stable name for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::StatuteAsksForPerson => "STATUTE_ASKS_FOR_PERSON",
            Self::OneStepNeedsVisit => "ONE_STEP_NEEDS_VISIT",
            Self::OtherWaysAsGood => "OTHER_WAYS_AS_GOOD",
            Self::NobodyHasToCome => "NOBODY_HAS_TO_COME",
            Self::ResultIsHandedOver => "RESULT_IS_HANDED_OVER",
            Self::OnlyInPersonHere => "ONLY_IN_PERSON_HERE",
            Self::TrustLevelTooLow => "TRUST_LEVEL_TOO_LOW",
            Self::NotKnown => "NOT_KNOWN",
        }
    }
}

/// A lawful way that this city offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenWay {
    /// The way.
    pub way: Way,
    /// Minutes planned with a clerk for all the people; `None` where no time is planned (online, by post) or known.
    pub minutes: Option<u32>,
    /// The fee for all the people with the surcharge; `None`: not known, which is not the same as free.
    pub fee: Option<Cents>,
    /// The part of it that this way costs on top, for all the people; `None`: no surcharge.
    pub surcharge: Option<Cents>,
    /// The statute the way rests on, where one is named.
    pub statute: Option<LegalBasis>,
    /// On which condition it is open.
    pub condition: Option<Localized>,
    /// Whether an appointment can be booked for it.
    pub bookable: bool,
    /// The trust level the person has to prove; only online ways ask for one.
    pub needs: TrustLevel,
    /// Whether this person can take it: their trust level is enough and they can get there.
    pub within_reach: bool,
}

/// A way that is not open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedWay {
    /// The way.
    pub way: Way,
    /// Why.
    pub reason: Refusal,
    /// The paragraph that closes it; absent when the city just does not offer it.
    pub paragraph: Option<LegalBasis>,
}

/// Why a way is not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// A statute asks for the person, or closes this way.
    ClosedByStatute,
    /// The law would leave it open; this city does not offer it.
    NotOffered,
}

impl Refusal {
    /// The stable name for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ClosedByStatute => "CLOSED_BY_STATUTE",
            Self::NotOffered => "NOT_OFFERED",
        }
    }
}

/// The ways people ask for when they would rather not come.
const WAYS_PEOPLE_ASK_FOR: [Way; 4] = [Way::Online, Way::Video, Way::Phone, Way::Post];

/// Answers whether somebody has to come for `service` and which ways there are, with duration, price on `today` (the
/// city's local day) and statute. What the facts do not say stays unknown; nothing is filled in.
pub fn gate(service: &Service, situation: &Situation, today: NaiveDate) -> Answer {
    let bindings = Bindings::of(service);
    let lawful = service.ways.iter().filter(|offer| bindings.bar(service, offer.way).is_none());
    let mut ways: Vec<OpenWay> = lawful.map(|offer| open_way(service, &bindings, offer, situation, today)).collect();
    ways.sort_by_key(|open| {
        let wished = situation.wished == Some(open.way);
        (Reverse(open.within_reach), Reverse(wished), travel(open.way), open.fee.is_none(), open.fee, open.way)
    });
    let (must_come, reason, statute) = must_come(service, &bindings, &ways, situation);
    let refused = refused_ways(service, &bindings, &ways, situation);
    Answer { must_come, reason, statute, ways, refused }
}

fn must_come(
    service: &Service,
    bindings: &Bindings,
    ways: &[OpenWay],
    situation: &Situation,
) -> (MustCome, Reason, Option<LegalBasis>) {
    if let Some(statute) = bindings.person() {
        return (MustCome::Yes, Reason::StatuteAsksForPerson, Some(LegalBasis(statute.paragraph.into())));
    }
    if service.standing == Standing::Listed || ways.is_empty() {
        return (MustCome::Unknown, Reason::NotKnown, None);
    }
    let free = match service.presence.rule {
        PresenceRule::Required => Reason::ResultIsHandedOver,
        PresenceRule::Partial => {
            return (MustCome::PartOfIt, Reason::OneStepNeedsVisit, presence_basis(service));
        }
        PresenceRule::Optional => Reason::OtherWaysAsGood,
        PresenceRule::None => Reason::NobodyHasToCome,
    };
    let mut elsewhere = ways.iter().filter(|open| !open.way.in_person()).peekable();
    let Some(first) = elsewhere.peek() else {
        return match service.presence.rule {
            PresenceRule::Required => (MustCome::Yes, Reason::StatuteAsksForPerson, presence_basis(service)),
            PresenceRule::None | PresenceRule::Optional | PresenceRule::Partial => {
                (MustCome::Yes, Reason::OnlyInPersonHere, None)
            }
        };
    };
    let statute = if free == Reason::ResultIsHandedOver { first.statute.clone() } else { presence_basis(service) };
    let in_person_too = ways.iter().any(|open| open.way.in_person());
    let trusted = elsewhere.any(|open| is_trusted(open.needs, situation));
    if in_person_too && !trusted {
        let basis = bindings.online_trust().map_or("§ 3 (4) OZG", |(_, statute)| statute.paragraph);
        return (MustCome::Yes, Reason::TrustLevelTooLow, Some(LegalBasis(basis.into())));
    }
    (MustCome::No, free, statute)
}

fn open_way(
    service: &Service,
    bindings: &Bindings,
    offer: &WayOffer,
    situation: &Situation,
    today: NaiveDate,
) -> OpenWay {
    let people = situation.people.max(1);
    let way = offer.way;
    let for_all = |amount: Cents| amount.0.checked_mul(u32::from(people)).map(Cents);
    let surcharge = offer.surcharge.and_then(for_all);
    let per_person = service.fee_on(today).and_then(|fee| fee.0.checked_add(offer.surcharge.unwrap_or_default().0));
    let with_clerk = way.bookable() && service.planned_minutes > 0;
    let needs = if way == Way::Online { online_trust(service, bindings) } else { TrustLevel::None };
    OpenWay {
        way,
        minutes: with_clerk.then(|| service.minutes_for(people)),
        fee: per_person.map(Cents).and_then(for_all),
        surcharge,
        statute: statute_of_way(service, bindings, way),
        condition: offer.condition.clone(),
        bookable: way.bookable(),
        needs,
        within_reach: is_trusted(needs, situation) && can_get_there(way, situation.mobility),
    }
}

fn online_trust(service: &Service, bindings: &Bindings) -> TrustLevel {
    let by_statute = bindings.online_trust().map_or(TrustLevel::None, |(level, _)| level);
    service.trust_level.max(by_statute)
}

fn statute_of_way(service: &Service, bindings: &Bindings, way: Way) -> Option<LegalBasis> {
    let cite = |paragraph: &str| Some(LegalBasis(paragraph.into()));
    if let Some(person) = bindings.person() {
        return cite(person.paragraph);
    }
    if let Some(permit) = bindings.permit(way) {
        return cite(permit.paragraph);
    }
    match (way, bindings.online_trust()) {
        (Way::Online, Some((_, statute))) => cite(statute.paragraph),
        _ if way.in_person() => presence_basis(service),
        _ => service_basis(service).cloned(),
    }
}

fn refused_ways(service: &Service, bindings: &Bindings, ways: &[OpenWay], situation: &Situation) -> Vec<RefusedWay> {
    let is_open = |way: Way| ways.iter().any(|open| open.way == way);
    let asked = |way: &Way| WAYS_PEOPLE_ASK_FOR.contains(way) || situation.wished == Some(*way);
    let refuse = |way: Way| match bindings.bar(service, way) {
        Some(bar) => Some(RefusedWay { way, reason: Refusal::ClosedByStatute, paragraph: Some(bar.paragraph) }),
        None if situation.wished == Some(way) => Some(RefusedWay { way, reason: Refusal::NotOffered, paragraph: None }),
        None => None,
    };
    Way::ALL.into_iter().filter(asked).filter(|way| !is_open(*way)).filter_map(refuse).collect()
}

fn is_trusted(needs: TrustLevel, situation: &Situation) -> bool {
    situation.trust.is_none_or(|level| level >= needs)
}

fn can_get_there(way: Way, mobility: Mobility) -> bool {
    match mobility {
        Mobility::CanCome => true,
        Mobility::CannotCome => match travel(way) {
            Travel::None | Travel::Neighbourhood => true,
            Travel::Machine | Travel::Office => false,
        },
    }
}

/// How far a person has to go, nearest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Travel {
    /// Not at all.
    None,
    /// To a machine, at any hour.
    Machine,
    /// To a stop of the mobile office.
    Neighbourhood,
    /// To an office.
    Office,
}

const fn travel(way: Way) -> Travel {
    match way {
        Way::Online | Way::Video | Way::Phone | Way::Post | Way::Courier => Travel::None,
        Way::Locker | Way::Kiosk => Travel::Machine,
        Way::Mobile => Travel::Neighbourhood,
        Way::Counter => Travel::Office,
    }
}
