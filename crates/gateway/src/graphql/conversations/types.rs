//! Conversations as objects.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use conversations::{Access, Conversation, StaffView};
use domain::identifier::Key;

use crate::graphql::context::ContextExtensions;
use crate::graphql::conversations::events::ConversationEvent;
use crate::graphql::conversations::problem::refused;
use crate::graphql::conversations::words::{
    BotState, ChatLanguage, ChatLearning, ConversationState, HandOverReason, PersonWish,
};
use crate::graphql::ids::Global;
use crate::graphql::scalars::Instant;

/// A conversation, for whoever takes part in it.
pub(crate) struct ConversationNode {
    pub(super) conversation: Conversation,
    pub(super) access: Access,
}

/// A conversation with the chatbot, and with people of the town hall once they took over.
#[Object(name = "Conversation")]
impl ConversationNode {
    /// Its global id.
    async fn id(&self) -> ID {
        Global::Conversation(self.conversation.id).id()
    }

    /// The language of the page on which it began. The chatbot answers in the language of each message.
    async fn language(&self) -> ChatLanguage {
        self.conversation.language.into()
    }

    /// Where it stands.
    async fn state(&self) -> ConversationState {
        self.conversation.state.into()
    }

    /// Whether the chatbot answers.
    async fn bot(&self) -> BotState {
        self.conversation.bot.into()
    }

    /// Whether questions may be kept that the chatbot does not understand.
    async fn learning(&self) -> ChatLearning {
        self.conversation.learning.into()
    }

    /// How the person wants to be reached, once that was asked for.
    async fn wish(&self) -> Option<PersonWish> {
        self.conversation.wish.map(PersonWish::from)
    }

    /// Whether somebody of the town hall can be asked for now; otherwise only a call back can. True as long as any office
    /// is open.
    async fn staffed(&self, ctx: &Context<'_>) -> bool {
        ctx.application().conversations.is_anybody_there()
    }

    /// The number of the newest event.
    async fn last_sequence(&self) -> i64 {
        self.conversation.last_sequence
    }

    /// When it began, UTC.
    async fn created_at(&self) -> Instant {
        self.conversation.created_at.into()
    }

    /// When anybody last said something, UTC. A day later the conversation is over, unless somebody waits for a person.
    async fn changed_at(&self) -> Instant {
        self.conversation.changed_at.into()
    }

    /// What was said, in order, at most 500 events.
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only what came after this number; 0 for everything.", default)] after: i64,
    ) -> Result<Vec<ConversationEvent>> {
        let events = ctx.application().conversations.events(ctx.actor(), &self.access, after).await;
        Ok(events.map_err(|failure| refused(&failure))?.into_iter().map(ConversationEvent::from).collect())
    }
}

/// A conversation that asks for a person, as staff see it: what it is about, nothing of what was said.
#[derive(SimpleObject)]
#[graphql(name = "ChatQueueEntry")]
pub(crate) struct QueueEntryObject {
    /// The global id of the conversation.
    conversation_id: ID,
    /// Where it stands: WAITING, TAKEN or ENDED.
    state: ConversationState,
    /// Whether the chatbot answers in it.
    bot: BotState,
    /// Why a person should take over.
    reason: Option<HandOverReason>,
    /// How the person wants to be reached.
    wish: Option<PersonWish>,
    /// When a call back is wished, UTC; null: as soon as possible.
    call_at: Option<Instant>,
    /// The keys of the services that were understood last, best first.
    services: Vec<String>,
    /// How many messages the person wrote.
    turns: i64,
    /// The language of the page on which it began.
    language: ChatLanguage,
    /// Since when somebody waits, UTC.
    waiting_since: Option<Instant>,
}

impl From<Conversation> for QueueEntryObject {
    fn from(conversation: Conversation) -> Self {
        Self {
            conversation_id: Global::Conversation(conversation.id).id(),
            state: conversation.state.into(),
            bot: conversation.bot.into(),
            reason: conversation.reason.map(HandOverReason::from),
            wish: conversation.wish.map(PersonWish::from),
            call_at: conversation.call_at.map(Instant),
            services: conversation.services.into_iter().map(<String as From<Key>>::from).collect(),
            turns: conversation.turns,
            language: conversation.language.into(),
            waiting_since: conversation.waiting_since.map(Instant),
        }
    }
}

/// A conversation as whoever answers it reads it. Reading it leaves an entry in the audit log.
#[derive(SimpleObject)]
pub(crate) struct StaffConversation {
    /// What it is about.
    entry: QueueEntryObject,
    /// What was said, in order, at most 500 events.
    events: Vec<ConversationEvent>,
    /// The number to call, where a call back is wished.
    phone: Option<String>,
}

impl From<StaffView> for StaffConversation {
    fn from(view: StaffView) -> Self {
        Self {
            entry: view.conversation.into(),
            events: view.events.into_iter().map(ConversationEvent::from).collect(),
            phone: view.phone.map(domain::personal::Pii::into_exposed),
        }
    }
}
