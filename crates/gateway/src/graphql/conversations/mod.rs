//! The chatbot and the people behind it, through GraphQL.

mod editors;
mod editors_types;
mod events;
mod inputs;
mod mutations;
mod payloads;
mod problem;
mod queries;
mod site_search;
mod staff;
mod subscriptions;
mod types;
mod words;

pub(crate) use editors::{ChatEditorMutation, ChatEditorQuery};
pub(crate) use mutations::ConversationMutation;
pub(crate) use problem::refused;
pub(crate) use queries::ConversationQuery;
pub(crate) use site_search::SiteSearchQuery;
pub(crate) use staff::{ChatStaffMutation, ChatStaffQuery};
pub(crate) use subscriptions::ConversationSubscription;
