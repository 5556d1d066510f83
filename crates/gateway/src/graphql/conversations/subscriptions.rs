//! Following a conversation, live: first what was missed, then what comes.

use std::sync::Arc;

use async_graphql::{Context, Result, Subscription};
use futures_util::Stream;
use tokio::sync::broadcast::error::RecvError;

use crate::graphql::context::ContextExtensions;
use crate::graphql::conversations::events::ConversationEvent;
use crate::graphql::conversations::inputs::ConversationAccessInput;
use crate::graphql::conversations::problem::refused;

/// What can be followed about conversations.
#[derive(Default)]
pub(crate) struct ConversationSubscription;

#[Subscription]
impl ConversationSubscription {
    /// What is said in a conversation: first everything after the number `after`, then each event as it comes, in order and
    /// without gaps. Whoever was cut off comes back with the last number they saw. The same events come by query.
    async fn chat_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which conversation, and by what right.")] access: ConversationAccessInput,
        #[graphql(desc = "Only what came after this number; 0 for everything.", default)] after: i64,
    ) -> Result<impl Stream<Item = ConversationEvent> + use<>> {
        let (conversations, actor) = (Arc::clone(&ctx.application().conversations), ctx.actor().clone());
        let access = access.access()?;
        // Listening begins before the first look, so that nothing falls between.
        let mut news = conversations.follow();
        let found = conversations.conversation(&actor, &access).await.map_err(|failure| refused(&failure))?;
        Ok(async_stream::stream! {
            let mut seen = after;
            loop {
                let Ok(events) = conversations.events(&actor, &access, seen).await else { break };
                let is_full = !events.is_empty();
                for event in events {
                    seen = event.sequence;
                    yield ConversationEvent::from(event);
                }
                // There may be more than one answer holds.
                if is_full {
                    continue;
                }
                loop {
                    match news.recv().await {
                        Ok(changed) if changed.conversation != found.id => {}
                        Ok(_) | Err(RecvError::Lagged(_)) => break,
                        Err(RecvError::Closed) => return,
                    }
                }
            }
        })
    }
}
