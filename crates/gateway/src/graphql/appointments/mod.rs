//! Finding, holding, booking, moving and giving back appointments, through GraphQL.

mod inputs;
mod mutations;
mod payloads;
mod proof;
mod queries;
mod search;
mod staff;
mod starts;
mod subscriptions;
mod types;

pub(crate) use inputs::{ContactInput, invalid};
pub(crate) use mutations::AppointmentMutation;
pub(crate) use proof::{ChallengeObject, ProofQuery};
pub(crate) use queries::AppointmentQuery;
pub(crate) use search::SearchQuery;
pub(crate) use starts::FreeStart;
pub(crate) use subscriptions::CapacitySubscription;
pub(crate) use types::AppointmentNode;
