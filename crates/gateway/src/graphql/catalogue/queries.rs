//! Reading the catalogue. Nobody needs an account for it.

use async_graphql::{Context, ID, Object, Result};
use domain::catalogue::Service;
use domain::geography::Position;
use domain::identifier::Key;
use domain::office::Office;

use crate::graphql::catalogue::city::{CityObject, holidays};
use crate::graphql::catalogue::district::DistrictNode;
use crate::graphql::catalogue::everyday_words::EverydayWords;
use crate::graphql::catalogue::facts::HolidayObject;
use crate::graphql::catalogue::inputs::{OfficeFilter, PositionInput, ServiceFilter, search_text};
use crate::graphql::catalogue::office::{OfficeConnection, OfficeNode};
use crate::graphql::catalogue::page::Page;
use crate::graphql::catalogue::search_invalid;
use crate::graphql::catalogue::service::{ServiceConnection, ServiceNode};
use crate::graphql::context::ContextExtensions;
use crate::graphql::ids::Global;
use crate::graphql::words::FederalState;

/// Queries of the catalogue.
#[derive(Default)]
pub(crate) struct CatalogueQuery;

#[Object]
impl CatalogueQuery {
    /// The city that serves.
    async fn city(&self, ctx: &Context<'_>) -> Result<CityObject> {
        ctx.picture().map(CityObject)
    }

    /// Its districts, by number.
    async fn districts(&self, ctx: &Context<'_>) -> Result<Vec<DistrictNode>> {
        ctx.picture().map(|picture| DistrictNode::all(&picture))
    }

    /// The offices by key, or the nearest first where `near` is given; offices without a position then come last.
    async fn offices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which offices; all when absent.")] filter: Option<OfficeFilter>,
        #[graphql(desc = "Where somebody is; see also `Office.distanceMetres`.")] near: Option<PositionInput>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor, of a list with the same arguments.")] after: Option<String>,
    ) -> Result<OfficeConnection> {
        let picture = ctx.picture()?;
        let near = near.map(PositionInput::position).transpose()?;
        let offices = filter.unwrap_or_default().offices(&picture)?;
        let places = offices.into_iter().map(|office| (metres(near, office), office.key.clone())).collect();
        Page::cut(picture, places, first, after.as_deref()).map(OfficeConnection)
    }

    /// An office, by its id or its key; null when there is none. Name exactly one of the two.
    async fn office(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its global id.")] id: Option<ID>,
        #[graphql(desc = "Its stable name.")] key: Option<String>,
    ) -> Result<Option<OfficeNode>> {
        let picture = ctx.picture()?;
        let key = one_name(id.as_ref().map(Global::office), key.as_deref())?;
        Ok(key.and_then(|key| OfficeNode::new(picture, &key)))
    }

    /// The services by key, or what fits best first where `search` is given.
    async fn services(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Words that must all stand, or begin, in a name, synonym or key of the service; capitals, accents and \
                    umlauts do not matter. At most 200 characters; blank looks for nothing."
        )]
        search: Option<String>,
        #[graphql(desc = "Which services; all when absent.")] filter: Option<ServiceFilter>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor, of a list with the same arguments.")] after: Option<String>,
    ) -> Result<ServiceConnection> {
        let picture = ctx.picture()?;
        let filter = filter.unwrap_or_default();
        let words = search_text(search.as_deref())?.map(|text| EverydayWords::new(&text));
        let passing = picture.city.services.values().filter(|service| filter.passes(service));
        let place = |service: &Service| Some((rank(words.as_ref(), service)?, service.key.clone()));
        let places = passing.filter_map(place).collect();
        Page::cut(picture, places, first, after.as_deref()).map(ServiceConnection)
    }

    /// A service, by its id or its key; null when there is none. Name exactly one of the two.
    async fn service(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its global id.")] id: Option<ID>,
        #[graphql(desc = "Its stable name.")] key: Option<String>,
    ) -> Result<Option<ServiceNode>> {
        let picture = ctx.picture()?;
        let key = one_name(id.as_ref().map(Global::service), key.as_deref())?;
        Ok(key.and_then(|key| ServiceNode::new(picture, &key)))
    }

    /// The public holidays of a year, ascending: of a state, or of the city with the holidays that only it has.
    async fn holidays(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A state; the city itself when absent.")] state: Option<FederalState>,
        #[graphql(desc = "The year, 1990 to 2100.")] year: i32,
    ) -> Result<Vec<HolidayObject>> {
        if let Some(state) = state {
            return holidays(year, |year| domain::calendar::holidays(state.into(), &[], year));
        }
        let picture = ctx.picture()?;
        holidays(year, |year| picture.city.holidays(year))
    }
}

/// The key that an id or a text names; `None` when the text is no key, so nothing has it.
fn one_name(id: Option<Result<Key>>, key: Option<&str>) -> Result<Option<Key>> {
    match (id, key) {
        (Some(id), None) => id.map(Some),
        (None, Some(key)) => Ok(Key::new(key).ok()),
        (Some(_), Some(_)) | (None, None) => Err(search_invalid("name either the id or the key")),
    }
}

/// The distance that orders a list; the same for all without a place to measure from.
fn metres(near: Option<Position>, office: &Office) -> u64 {
    let Some(near) = near else { return 0 };
    office.position.map_or(u64::MAX, |position| position.distance_metres(near).round() as u64)
}

/// How well a service fits what was looked for.
fn rank(words: Option<&EverydayWords>, service: &Service) -> Option<u64> {
    words.map_or(Some(0), |words| words.rank(service))
}
