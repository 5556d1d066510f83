//! The catalogue, through GraphQL: the city, its offices and services, the law gate, and every thing by its id.

mod city;
mod district;
mod everyday_words;
mod facts;
mod inputs;
mod law;
mod locker;
mod node;
mod office;
mod opening;
mod page;
mod queries;
mod service;
mod service_facts;

use async_graphql::Error;
use scheduling::Problem;

use crate::graphql::failure::{Masked, refused};

pub(crate) use facts::PositionObject;
pub(crate) use inputs::PositionInput;
pub(crate) use law::LawQuery;
pub(crate) use locker::LockerObject;
pub(crate) use node::NodeQuery;
pub(crate) use office::OfficeNode;
pub(crate) use queries::CatalogueQuery;
pub(crate) use service::ServiceNode;

/// A question that cannot be meant: code `SEARCH_INVALID`.
fn search_invalid(words: &'static str) -> Error {
    refused(&Problem::Search(words).into()).masked()
}

/// The number of people of a visit, 1 to 12.
///
/// # Errors
/// Code `VISIT_INVALID`.
fn people(number: i32) -> Result<u16, Error> {
    let bounded = u16::try_from(number).ok().filter(|people| (1..=scheduling::MOST_PEOPLE).contains(people));
    bounded.ok_or_else(|| refused(&Problem::from(scheduling::VisitRefusal::People).into()).masked())
}
