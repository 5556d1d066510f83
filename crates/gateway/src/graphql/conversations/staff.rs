//! What staff do: see who waits, take a conversation, read, answer, switch the chatbot, end.

use async_graphql::{Context, ID, InputObject, Object, Result};
use conversations::{AnswerConversation, EndConversation, SwitchBot, TakeConversation};

use crate::graphql::context::ContextExtensions;
use crate::graphql::conversations::payloads::ChatStaffPayload;
use crate::graphql::conversations::problem::{found, refused};
use crate::graphql::conversations::types::{QueueEntryObject, StaffConversation};
use crate::graphql::conversations::words::BotState;
use crate::graphql::ids::Global;
use crate::graphql::sensitive::SensitiveReads;

/// Queries of staff.
#[derive(Default)]
pub(crate) struct ChatStaffQuery;

/// Mutations of staff.
#[derive(Default)]
pub(crate) struct ChatStaffMutation;

/// A step with a conversation.
#[derive(InputObject)]
struct ConversationStepInput {
    /// The id of the conversation.
    conversation: ID,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// Answers somebody.
#[derive(InputObject)]
struct AnswerConversationInput {
    /// The id of the conversation.
    conversation: ID,
    /// What is said, at most 4,000 signs.
    text: String,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// Switches the chatbot.
#[derive(InputObject)]
struct SwitchBotInput {
    /// The id of the conversation.
    conversation: ID,
    /// Whether it answers from now on.
    bot: BotState,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

#[Object]
impl ChatStaffQuery {
    /// The conversations in which somebody waits for a person, and those you have taken; oldest first, at most 200, none of
    /// your own.
    async fn chat_queue(&self, ctx: &Context<'_>) -> Result<Vec<QueueEntryObject>> {
        let queue = ctx.application().conversations.chat_queue(ctx.actor()).await;
        let queue = queue.map_err(|failure| refused(&failure))?;
        Ok(queue.into_iter().map(|entry| entry.conversation.into()).collect())
    }

    /// A conversation in which somebody waits, or that you have taken; null for every other.
    async fn staff_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the conversation.")] id: ID,
        #[graphql(desc = "Only what came after this number; 0 for everything.", default)] after: i64,
    ) -> Result<Option<StaffConversation>> {
        let id = Global::conversation(&id)?;
        let view = found(ctx.application().conversations.read_conversation(ctx.actor(), id, after).await)?;
        if let (Some(view), Some(reads)) = (&view, ctx.data_opt::<SensitiveReads>()) {
            reads.note_conversation(view.conversation.id);
        }
        Ok(view.map(StaffConversation::from))
    }
}

#[Object]
impl ChatStaffMutation {
    /// Takes a conversation in which somebody waits. Of two who try, one gets it. The chatbot is silent from here on.
    async fn take_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: ConversationStepInput,
    ) -> Result<ChatStaffPayload> {
        let conversation = Global::conversation(&input.conversation)?;
        let command = TakeConversation { conversation, idempotency_key: input.idempotency_key };
        ChatStaffPayload::of(ctx.application().conversations.take_conversation(ctx.actor(), &command).await)
    }

    /// Says something in a conversation that you have taken.
    async fn answer_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where, and what.")] input: AnswerConversationInput,
    ) -> Result<ChatStaffPayload> {
        let AnswerConversationInput { conversation, text, idempotency_key } = input;
        let command = AnswerConversation { conversation: Global::conversation(&conversation)?, text, idempotency_key };
        ChatStaffPayload::of(ctx.application().conversations.answer_conversation(ctx.actor(), &command).await)
    }

    /// Lets the chatbot answer in a conversation that you have taken, or silences it.
    async fn switch_bot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where, and how.")] input: SwitchBotInput,
    ) -> Result<ChatStaffPayload> {
        let SwitchBotInput { conversation, bot, idempotency_key } = input;
        let command =
            SwitchBot { conversation: Global::conversation(&conversation)?, bot: bot.into(), idempotency_key };
        ChatStaffPayload::of(ctx.application().conversations.switch_bot(ctx.actor(), &command).await)
    }

    /// Ends a conversation that you have taken.
    async fn end_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: ConversationStepInput,
    ) -> Result<ChatStaffPayload> {
        let conversation = Global::conversation(&input.conversation)?;
        let command = EndConversation { conversation, idempotency_key: input.idempotency_key };
        ChatStaffPayload::of(ctx.application().conversations.end_conversation(ctx.actor(), &command).await)
    }
}
