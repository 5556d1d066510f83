//! A service, through GraphQL.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use domain::catalogue::Service;
use domain::identifier::Key;
use scheduling::Picture;

use crate::graphql::catalogue::facts::ProvenanceObject;
use crate::graphql::catalogue::office::OfficeConnection;
use crate::graphql::catalogue::page::{Page, connection};
use crate::graphql::catalogue::people;
use crate::graphql::catalogue::service_facts::{AutomationObject, FeeObject, PresenceObject, WayOfferObject, cited};
use crate::graphql::context::ContextExtensions;
use crate::graphql::ids::Global;
use crate::graphql::words::{Language, Standing, TrustLevel};

/// A service. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct ServiceNode {
    picture: Arc<Picture>,
    key: Key,
}

impl ServiceNode {
    /// The service of that key, if the city has it.
    pub(crate) fn new(picture: Arc<Picture>, key: &Key) -> Option<Self> {
        let (key, _) = picture.city.services.get_key_value(key)?;
        let key = key.clone();
        Some(Self { picture, key })
    }

    pub(crate) fn service(&self) -> &Service {
        // The constructor has found it, and a picture never changes.
        &self.picture.city.services[&self.key]
    }

    /// Minutes for so many people; `None` when no time is planned.
    fn minutes(&self, people: u16) -> Option<u32> {
        (self.service().planned_minutes > 0).then(|| self.service().minutes_for(people))
    }
}

/// A service of the city, or one that people ask the city for and another body gives.
#[Object(name = "Service")]
impl ServiceNode {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        Global::Service(self.key.clone()).id()
    }

    /// Its stable name, for addresses of pages.
    async fn key(&self) -> &str {
        self.key.as_str()
    }

    /// Its name for people.
    async fn name(
        &self,
        #[graphql(desc = "The language of the text.", default_with = "Language::German")] language: Language,
    ) -> &str {
        self.service().name.get(language.into())
    }

    /// Everyday words under which it is found.
    async fn synonyms(&self) -> &[String] {
        &self.service().synonyms
    }

    /// The group it stands in, in German.
    async fn category(&self) -> &str {
        &self.service().category
    }

    /// The national key (LeiKa), 14 digits; null where no source shows it.
    async fn leika_key(&self) -> Option<&str> {
        self.service().leika_key.as_deref()
    }

    /// Whether the city itself gives it.
    async fn standing(&self) -> Standing {
        self.service().standing.clone().into()
    }

    /// Minutes planned for one person; null when no time is planned, as for services that are only listed.
    async fn planned_minutes(&self) -> Option<u32> {
        self.minutes(1)
    }

    /// Minutes planned for several people who come together; null when no time is planned.
    async fn minutes_for(
        &self,
        #[graphql(name = "people", desc = "How many people, 1 to 12.")] number: i32,
    ) -> Result<Option<u32>> {
        people(number).map(|people| self.minutes(people))
    }

    /// What it costs one person today, in euro cents; 0 is free, null is unknown: never show unknown as free.
    async fn fee_cents(&self, ctx: &Context<'_>) -> Option<u32> {
        let today = ctx.application().clock.now().local_date(self.picture.supply.zone());
        self.service().fee_on(today).map(|fee| fee.0)
    }

    /// Every known fee with its days, newest last. Empty: not known, which is not the same as free.
    async fn fees(&self) -> Vec<FeeObject<'_>> {
        self.service().fees.iter().map(FeeObject).collect()
    }

    /// What to know about the fee.
    async fn fee_note(
        &self,
        #[graphql(desc = "The language of the text.", default_with = "Language::German")] language: Language,
    ) -> Option<&str> {
        self.service().fee_note.as_ref().map(|note| note.get(language.into()))
    }

    /// Whether somebody has to come in person.
    async fn presence(&self) -> PresenceObject<'_> {
        PresenceObject(&self.service().presence)
    }

    /// Every way in which it can be done.
    async fn ways(&self) -> Vec<WayOfferObject<'_>> {
        self.service().ways.iter().map(WayOfferObject).collect()
    }

    /// The trust level that an online application needs.
    async fn trust_level(&self) -> TrustLevel {
        self.service().trust_level.into()
    }

    /// How far a machine may decide.
    async fn automation(&self) -> AutomationObject<'_> {
        AutomationObject(&self.service().automation)
    }

    /// The statute it rests on, as cited; null where none is known.
    async fn legal_basis(&self) -> Option<&str> {
        cited(Some(&self.service().legal_basis))
    }

    /// What to bring.
    async fn documents(
        &self,
        #[graphql(desc = "The language of the texts.", default_with = "Language::German")] language: Language,
    ) -> Vec<&str> {
        self.service().documents.iter().map(|document| document.get(language.into())).collect()
    }

    /// Who it is for.
    async fn target_group(
        &self,
        #[graphql(desc = "The language of the text.", default_with = "Language::German")] language: Language,
    ) -> Option<&str> {
        self.service().target_group.as_ref().map(|group| group.get(language.into()))
    }

    /// A time limit that the law sets to the citizen.
    async fn deadline(
        &self,
        #[graphql(desc = "The language of the text.", default_with = "Language::German")] language: Language,
    ) -> Option<&str> {
        self.service().deadline.as_ref().map(|deadline| deadline.get(language.into()))
    }

    /// What one gets.
    async fn result(
        &self,
        #[graphql(desc = "The language of the text.", default_with = "Language::German")] language: Language,
    ) -> Option<&str> {
        self.service().result.as_ref().map(|result| result.get(language.into()))
    }

    /// The offices that can serve it, by appointment or without, by key.
    async fn offices(
        &self,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
    ) -> Result<OfficeConnection> {
        let serving = self.picture.city.offices.values().filter(|office| office.serves(self.service()));
        let places = serving.map(|office| (0, office.key.clone())).collect();
        Page::cut(Arc::clone(&self.picture), places, first, after.as_deref()).map(OfficeConnection)
    }

    /// Where the facts come from and how sure they are.
    async fn provenance(&self) -> ProvenanceObject<'_> {
        ProvenanceObject(&self.service().provenance)
    }
}

connection!(ServiceConnection, ServiceEdge, ServiceNode, one: "service", many: "services");
