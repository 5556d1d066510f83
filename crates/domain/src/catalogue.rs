//! Services: what people come for, what it costs, how long it takes, and which ways the law leaves open.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::geography::Provenance;
use crate::identifier::Key;
use crate::law::{Automation, LegalBasis, Presence, TrustLevel, Way};
use crate::money::Cents;
use crate::text::Localized;

/// A service of the city, or one that people ask the city for and another body gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Service {
    /// Its stable name.
    pub key: Key,
    /// Its name for people.
    pub name: Localized,
    /// Everyday words under which it is found.
    pub synonyms: Vec<String>,
    /// The group it stands in.
    pub category: String,
    /// The national key (LeiKa), 14 digits, only where a source shows it.
    pub leika_key: Option<String>,
    /// Whether this city can be asked for it by appointment; what is only listed has no planned time.
    pub standing: Standing,
    /// Minutes planned for one person.
    pub planned_minutes: u16,
    /// Minutes for each further person of the same visit; absent: the same again for everyone.
    pub minutes_per_extra_person: Option<u16>,
    /// What it costs, dated. Newest last. Empty: not known, which is not the same as free.
    pub fees: Vec<Fee>,
    /// What to know about the fee.
    pub fee_note: Option<Localized>,
    /// Whether somebody has to come.
    pub presence: Presence,
    /// Every way in which it can be done.
    pub ways: Vec<WayOffer>,
    /// The trust level that an online application needs.
    pub trust_level: TrustLevel,
    /// How far a decision may be taken by a machine.
    pub automation: Automation,
    /// The statute the service rests on.
    pub legal_basis: LegalBasis,
    /// What to bring.
    pub documents: Vec<Localized>,
    /// Who it is for.
    pub target_group: Option<Localized>,
    /// A time limit that the law sets to the citizen.
    pub deadline: Option<Localized>,
    /// What one gets.
    pub result: Option<Localized>,
    /// Skills a desk needs.
    pub skills: Vec<Key>,
    /// Equipment a desk needs.
    pub equipment: Vec<Key>,
    /// Where the facts come from.
    pub provenance: Provenance,
}

/// Whether the city itself gives a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "standing")]
pub enum Standing {
    /// The city gives it, with the facts checked.
    Offered,
    /// People ask for it; the catalogue names it and no more is known yet.
    Listed,
}

/// A fee with the days on which it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fee {
    /// The amount for one person.
    pub amount: Cents,
    /// First day; absent: since before the facts were collected.
    pub valid_from: Option<NaiveDate>,
    /// Last day; absent: until changed.
    pub valid_to: Option<NaiveDate>,
}

/// One lawful way to a service, as this city offers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WayOffer {
    /// The way.
    pub way: Way,
    /// What this way costs on top of the fee.
    pub surcharge: Option<Cents>,
    /// On which condition it is open ("only for documents ordered at Bürgeramt Aegi").
    pub condition: Option<Localized>,
}

impl Service {
    /// The fee for one person that holds on `day`; `None` when it is not known.
    pub fn fee_on(&self, day: NaiveDate) -> Option<Cents> {
        let holds =
            |fee: &&Fee| fee.valid_from.is_none_or(|from| from <= day) && fee.valid_to.is_none_or(|to| day <= to);
        self.fees.iter().rev().find(holds).map(|fee| fee.amount)
    }

    /// Minutes for `people` persons who come together; at least one.
    pub fn minutes_for(&self, people: u16) -> u32 {
        let extra = u32::from(self.minutes_per_extra_person.unwrap_or(self.planned_minutes));
        u32::from(self.planned_minutes) + extra * u32::from(people.max(1) - 1)
    }
}
