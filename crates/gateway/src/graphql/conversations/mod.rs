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
mod tutorials;
mod types;
mod words;

use async_graphql::MergedObject;

pub(crate) use problem::refused;
pub(crate) use subscriptions::ConversationSubscription;

/// Everything that can be read of conversations, and of what the chatbot says.
#[derive(MergedObject, Default)]
pub(crate) struct ChatQuery(
    queries::ConversationQuery,
    site_search::SiteSearchQuery,
    staff::ChatStaffQuery,
    editors::ChatEditorQuery,
    tutorials::TutorialQuery,
);

/// Everything that can be changed about them.
#[derive(MergedObject, Default)]
pub(crate) struct ChatMutation(
    mutations::ConversationMutation,
    staff::ChatStaffMutation,
    editors::ChatEditorMutation,
    tutorials::TutorialMutation,
);
