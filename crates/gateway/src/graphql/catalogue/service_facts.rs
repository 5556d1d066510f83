//! What a service consists of: fees, ways, presence, automation.

use async_graphql::Object;
use domain::catalogue::{Fee, WayOffer};
use domain::law::{Automation, LegalBasis, Presence};

use crate::graphql::scalars::LocalDate;
use crate::graphql::words::{AutomationDegree, Language, PresenceRule, Way};

/// The citation, unless nothing is cited.
pub(crate) fn cited(basis: Option<&LegalBasis>) -> Option<&str> {
    basis.filter(|basis| !basis.is_blank()).map(|basis| basis.0.as_str())
}

/// A fee with its days.
pub(crate) struct FeeObject<'a>(pub(crate) &'a Fee);

/// A fee for one person with the days on which it holds.
#[Object(name = "Fee")]
impl FeeObject<'_> {
    /// The amount in euro cents; 0 is free.
    async fn cents(&self) -> u32 {
        self.0.amount.0
    }

    /// First local day; null: since before the facts were collected.
    async fn valid_from(&self) -> Option<LocalDate> {
        self.0.valid_from.map(LocalDate)
    }

    /// Last local day, included; null: until changed.
    async fn valid_to(&self) -> Option<LocalDate> {
        self.0.valid_to.map(LocalDate)
    }
}

/// A way as the city offers it.
pub(crate) struct WayOfferObject<'a>(pub(crate) &'a WayOffer);

/// A way to a service, as this city offers it. `lawGate` says more for a situation.
#[Object(name = "WayOffer")]
impl WayOfferObject<'_> {
    /// The way.
    async fn way(&self) -> Way {
        self.0.way.into()
    }

    /// What this way costs on top of the fee, for one person, in euro cents; null: no surcharge.
    async fn surcharge_cents(&self) -> Option<u32> {
        self.0.surcharge.map(|surcharge| surcharge.0)
    }

    /// On which condition it is open.
    async fn condition(
        &self,
        #[graphql(desc = "The language of the text.", default_with = "Language::German")] language: Language,
    ) -> Option<&str> {
        self.0.condition.as_ref().map(|condition| condition.get(language.into()))
    }

    /// Whether an appointment can be booked for it.
    async fn bookable(&self) -> bool {
        self.0.way.bookable()
    }
}

/// Whether somebody has to come.
pub(crate) struct PresenceObject<'a>(pub(crate) &'a Presence);

/// Whether somebody has to come in person, as the catalogue says it.
#[Object(name = "Presence")]
impl PresenceObject<'_> {
    /// The rule.
    async fn rule(&self) -> PresenceRule {
        self.0.rule.into()
    }

    /// The statute behind it, where there is one.
    async fn legal_basis(&self) -> Option<&str> {
        cited(self.0.legal_basis.as_ref())
    }
}

/// How far a machine may decide.
pub(crate) struct AutomationObject<'a>(pub(crate) &'a Automation);

/// How far a machine may decide about a service.
#[Object(name = "Automation")]
impl AutomationObject<'_> {
    /// The degree.
    async fn degree(&self) -> AutomationDegree {
        self.0.degree.into()
    }

    /// The statute that allows full automation (§ 35a VwVfG), where there is one.
    async fn legal_basis(&self) -> Option<&str> {
        cited(self.0.legal_basis.as_ref())
    }

    /// Whether an official has discretion or room for assessment.
    async fn discretion(&self) -> bool {
        self.0.discretion
    }

    /// What to know, in German.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }
}
