//! An office, through GraphQL.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use domain::identifier::Key;
use domain::office::Office;
use scheduling::Picture;

use crate::graphql::catalogue::district::DistrictNode;
use crate::graphql::catalogue::facts::{ClosureObject, PositionObject, ProvenanceObject};
use crate::graphql::catalogue::inputs::PositionInput;
use crate::graphql::catalogue::locker::LockerObject;
use crate::graphql::catalogue::opening::{OpeningDay, is_open};
use crate::graphql::catalogue::page::{Page, connection};
use crate::graphql::catalogue::service::ServiceConnection;
use crate::graphql::context::ContextExtensions;
use crate::graphql::ids::Global;
use crate::graphql::scalars::{Instant, LocalDate};
use crate::graphql::words::{Access, Language, OfficeKind, TravelMode};

/// An office. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct OfficeNode {
    picture: Arc<Picture>,
    key: Key,
}

impl OfficeNode {
    /// The office of that key, if the city has it.
    pub(crate) fn new(picture: Arc<Picture>, key: &Key) -> Option<Self> {
        let (key, _) = picture.city.offices.get_key_value(key)?;
        let key = key.clone();
        Some(Self { picture, key })
    }

    fn office(&self) -> &Office {
        // The constructor has found it, and a picture never changes.
        &self.picture.city.offices[&self.key]
    }
}

/// An office: rooms with counters, an office that travels, or counters by video.
#[Object(name = "Office")]
impl OfficeNode {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        Global::Office(self.key.clone()).id()
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
        self.office().name.get(language.into())
    }

    /// What kind of place it is.
    async fn kind(&self) -> OfficeKind {
        self.office().kind.into()
    }

    /// Street, number, postal code and town in one line, as far as they are known; null for an office by video.
    async fn address(&self) -> Option<&str> {
        self.office().address.as_ref().map(|address| address.line.as_str())
    }

    /// A hint for finding the way.
    async fn hint(
        &self,
        #[graphql(desc = "The language of the text.", default_with = "Language::German")] language: Language,
    ) -> Option<&str> {
        self.office().address.as_ref()?.hint.as_ref().map(|hint| hint.get(language.into()))
    }

    /// Where it is on the map; null for an office by video.
    async fn position(&self) -> Option<PositionObject> {
        self.office().position.map(Into::into)
    }

    /// How far it is from a place as the crow flies, in metres; null when the office has no position.
    async fn distance_metres(
        &self,
        #[graphql(desc = "Where the way begins.")] from: PositionInput,
    ) -> Result<Option<u32>> {
        let from = from.position()?;
        Ok(self.office().position.map(|position| position.distance_metres(from).round() as u32))
    }

    /// Estimated minutes of the way from a place; null when the office has no position. An estimate from the distance, not
    /// a timetable.
    async fn travel_minutes(
        &self,
        #[graphql(desc = "Where the way begins.")] from: PositionInput,
        #[graphql(desc = "How the person travels.", default_with = "TravelMode::Transit")] mode: TravelMode,
    ) -> Result<Option<u32>> {
        let from = from.position()?;
        let mode = domain::geography::TravelMode::from(mode);
        Ok(self.office().position.map(|position| mode.minutes(position.distance_metres(from))))
    }

    /// The district it is in.
    async fn district(&self) -> Option<DistrictNode> {
        DistrictNode::new(Arc::clone(&self.picture), self.office().district?)
    }

    /// The telephone number for people, as it is written.
    async fn phone(&self) -> Option<&str> {
        self.office().phone.as_deref()
    }

    /// Whether it can be reached without steps; null when nobody has checked.
    async fn step_free(&self) -> Option<bool> {
        self.office().step_free
    }

    /// What visitors should know.
    async fn notes(
        &self,
        #[graphql(desc = "The language of the text.", default_with = "Language::German")] language: Language,
    ) -> Option<&str> {
        self.office().notes.as_ref().map(|notes| notes.get(language.into()))
    }

    /// How many counters it has. How many are at work depends on the hour.
    async fn counters(&self) -> u32 {
        let groups = self.office().teams.iter().flat_map(|team| &team.groups);
        groups.map(|group| u32::from(group.desks)).sum()
    }

    /// Whether people come by appointment, without, or both.
    async fn access(&self) -> Vec<Access> {
        let has = |access: &Access| self.office().rules.iter().any(|rule| Access::from(rule.access) == *access);
        [Access::Appointment, Access::WalkIn].into_iter().filter(has).collect()
    }

    /// The services that it can serve, by appointment or without, by key.
    async fn services(
        &self,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
    ) -> Result<ServiceConnection> {
        let served = self.picture.city.services.values().filter(|service| self.office().serves(service));
        let places = served.map(|service| (0, service.key.clone())).collect();
        Page::cut(Arc::clone(&self.picture), places, first, after.as_deref()).map(ServiceConnection)
    }

    /// Its opening hours, day by day, walk-in hours included. Days outside of `City.plannedFrom` to `City.plannedTo` are
    /// left out: nothing is known about them yet.
    async fn opening_days(
        &self,
        #[graphql(desc = "First local day.")] from: LocalDate,
        #[graphql(desc = "How many days, 1 to 62.")] first: i32,
    ) -> Result<Vec<OpeningDay>> {
        OpeningDay::list(&self.picture, &self.key, from.0, first)
    }

    /// Whether it is open; null outside of the days that are planned.
    async fn is_open(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The instant; now when absent.")] at: Option<Instant>,
    ) -> Option<bool> {
        let at = at.map_or_else(|| ctx.application().clock.now(), |at| at.0);
        is_open(&self.picture, &self.key, at)
    }

    /// The days on which this office is closed. Those of the whole city stand at the city.
    async fn closures(&self) -> Vec<ClosureObject<'_>> {
        self.office().closures.iter().map(ClosureObject).collect()
    }

    /// Its boxes, from which documents are fetched at any hour.
    async fn lockers(&self) -> Vec<LockerObject> {
        self.office().lockers.iter().cloned().map(LockerObject).collect()
    }

    /// Where the facts come from and how sure they are.
    async fn provenance(&self) -> ProvenanceObject<'_> {
        ProvenanceObject(&self.office().provenance)
    }
}

connection!(OfficeConnection, OfficeEdge, OfficeNode, one: "office", many: "offices");
