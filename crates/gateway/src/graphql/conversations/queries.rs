//! Reading a conversation as whoever takes part in it.

use async_graphql::{Context, Object, Result};

use crate::graphql::context::ContextExtensions;
use crate::graphql::conversations::inputs::ConversationAccessInput;
use crate::graphql::conversations::problem::found;
use crate::graphql::conversations::types::ConversationNode;

/// Queries of people.
#[derive(Default)]
pub(crate) struct ConversationQuery;

#[Object]
impl ConversationQuery {
    /// A conversation; null when there is none or it is not yours. Nobody learns which.
    async fn conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which conversation, and by what right.")] access: ConversationAccessInput,
    ) -> Result<Option<ConversationNode>> {
        let access = access.access()?;
        let conversation = found(ctx.application().conversations.conversation(ctx.actor(), &access).await)?;
        Ok(conversation.map(|conversation| ConversationNode { conversation, access }))
    }
}
