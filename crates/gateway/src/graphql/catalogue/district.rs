//! A district of the city, through GraphQL.

use std::sync::Arc;

use async_graphql::{ID, Object};
use domain::geography::District;
use scheduling::Picture;

use crate::graphql::catalogue::facts::{PositionObject, ProvenanceObject};
use crate::graphql::ids::Global;

/// A district.
#[derive(Debug, Clone)]
pub(crate) struct DistrictNode {
    picture: Arc<Picture>,
    index: usize,
}

impl DistrictNode {
    /// The district of that number, if there is one.
    pub(crate) fn new(picture: Arc<Picture>, number: u16) -> Option<Self> {
        let index = picture.city.districts.iter().position(|district| district.number == number)?;
        Some(Self { picture, index })
    }

    /// Every district of the city, by number.
    pub(crate) fn all(picture: &Arc<Picture>) -> Vec<Self> {
        (0..picture.city.districts.len()).map(|index| Self { picture: Arc::clone(picture), index }).collect()
    }

    fn district(&self) -> &District {
        &self.picture.city.districts[self.index]
    }
}

/// A district of the city (in Hannover: Stadtbezirk).
#[Object(name = "District")]
impl DistrictNode {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        Global::District(self.district().number).id()
    }

    /// The city's own number of the district.
    async fn number(&self) -> u16 {
        self.district().number
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.district().name
    }

    /// How many people live there.
    async fn inhabitants(&self) -> u32 {
        self.district().inhabitants
    }

    /// When they were counted, as the source writes it: a day, a year, or "~2020 (estimate)".
    async fn inhabitants_as_of(&self) -> &str {
        &self.district().inhabitants_as_of
    }

    /// A point in its middle.
    async fn position(&self) -> Option<PositionObject> {
        self.district().position.map(Into::into)
    }

    /// Its quarters (Stadtteile).
    async fn quarters(&self) -> &[String] {
        &self.district().quarters
    }

    /// Where the figures come from and how sure they are.
    async fn provenance(&self) -> ProvenanceObject<'_> {
        ProvenanceObject(&self.district().provenance)
    }
}
