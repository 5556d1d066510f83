//! The GraphQL schema: thin objects over the use cases. Resolvers convert and delegate; no rule is decided here.

mod applications;
mod appointments;
mod authorization;
mod catalogue;
mod context;
mod conversations;
mod deliveries;
mod edge;
mod failure;
mod ids;
mod paging;
mod people;
mod pickups;
mod privacy;
mod scalars;
mod sensitive;
mod words;

use std::sync::Arc;
use std::time::Duration;

use async_graphql::dataloader::DataLoader;
use async_graphql::{MergedObject, MergedSubscription, Schema};

use crate::application::Application;

pub use authorization::{
    Asker, Charge, Decision, Grid, Reach, Relation, Row, TYPES, Trace, TypeRow, When, field_charges, markdown,
    public_seconds, rows,
};
pub use context::ContextExtensions;
pub use edge::misfits;
pub use people::{cookie_name, cookie_value};
pub use sensitive::TracedSchema;

/// Everything that can be read.
#[derive(MergedObject, Default)]
pub struct Query(
    catalogue::CatalogueQuery,
    catalogue::LawQuery,
    appointments::SearchQuery,
    appointments::AppointmentQuery,
    appointments::ProofQuery,
    people::PeopleQuery,
    deliveries::DeliveryQuery,
    privacy::PrivacyQuery,
    applications::ApplicationQuery,
    applications::FileQuery,
    applications::FormQuery,
    applications::LetterQuery,
    applications::PaymentQuery,
    conversations::ChatQuery,
    applications::ReportQuery,
    pickups::PickupQuery,
    applications::TourQuery,
    catalogue::NodeQuery,
);

/// Everything that can be changed. A request carries one mutation; each is one transaction.
#[derive(MergedObject, Default)]
pub struct Mutation(
    appointments::AppointmentMutation,
    people::PeopleMutation,
    deliveries::DeliveryMutation,
    privacy::PrivacyMutation,
    applications::ApplicationMutation,
    applications::FileMutation,
    applications::CaseMutation,
    applications::SteeringMutation,
    applications::PermitMutation,
    applications::PaymentMutation,
    conversations::ChatMutation,
    applications::ReportMutation,
    pickups::PickupMutation,
    pickups::LockerMutation,
    applications::TourMutation,
);

/// Everything that can be followed live, over websockets (`graphql-transport-ws`) or server-sent events.
#[derive(MergedSubscription, Default)]
pub struct Subscription(
    appointments::CapacitySubscription,
    applications::CaseSubscription,
    applications::FileSubscription,
    conversations::ConversationSubscription,
);

/// Code and sentence of a failure, as GraphQL says it, for what answers beside it.
pub(crate) fn application_problem(failure: &::applications::Failure) -> (String, String) {
    let words = applications::words_of(failure);
    (words.code.to_owned(), words.message)
}

/// The same of a failure about appointments.
pub(crate) fn appointment_problem(failure: &scheduling::Failure) -> (String, String) {
    let words = failure::refused(failure);
    (words.code.to_owned(), words.message)
}

/// The schema with its application behind it.
pub type ServiceSchema = Schema<Query, Mutation, Subscription>;

/// Builds the schema over an application.
///
/// The guard in front has judged every document before it comes here; the limits below are a second line that costs
/// nothing.
pub fn schema(application: Application) -> TracedSchema {
    let accounts = people::AccountLoader(Arc::clone(&application.identity));
    // Edges of one answer are collected within a turn of the runtime; waiting longer would only add to every answer.
    let accounts = DataLoader::new(accounts, tokio::spawn).delay(Duration::ZERO);
    let schema = Schema::build(Query::default(), Mutation::default(), Subscription::default())
        .data(application.clone())
        .data(accounts)
        .limit_depth(20)
        .limit_recursive_depth(32)
        .disable_suggestions()
        .finish();
    TracedSchema { schema, application }
}

/// The schema as text, for `docs/schema.graphql`.
pub fn schema_text() -> String {
    let options = async_graphql::SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items();
    Schema::build(Query::default(), Mutation::default(), Subscription::default()).finish().sdl_with_options(options)
}
