//! What people do in a conversation: begin, say something, ask for a person, judge.

use async_graphql::{Context, InputObject, Object, Result};
use conversations::{Rate, RequestPerson, Say, SetLearning, StartConversation};

use crate::chat_tools::ChatTools;
use crate::graphql::context::ContextExtensions;
use crate::graphql::conversations::inputs::{CallBackInput, ConversationAccessInput, wished};
use crate::graphql::conversations::payloads::{
    ConversationPayload, RateAnswerPayload, SendMessagePayload, StartConversationPayload,
};
use crate::graphql::conversations::words::{AnswerVerdict, ChatLanguage, ChatLearning};

/// Mutations of people.
#[derive(Default)]
pub(crate) struct ConversationMutation;

/// Begins a conversation.
#[derive(InputObject)]
struct StartConversationInput {
    /// The language of the page.
    #[graphql(default_with = "ChatLanguage::German")]
    language: ChatLanguage,
    /// Whether questions may be kept that are not understood. Ask the person; without their yes they are not kept.
    #[graphql(default_with = "ChatLearning::Refused")]
    learning: ChatLearning,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// Says something.
#[derive(InputObject)]
struct SendMessageInput {
    /// In which conversation, and by what right.
    access: ConversationAccessInput,
    /// What is said, at most 4,000 signs. The chatbot asks for something shorter from 1,000 on.
    text: String,
    /// A random text of 16 to 128 printable ASCII signs, new for each message and the same for its repetitions: then
    /// nothing is done twice.
    idempotency_key: String,
}

/// Asks for a person.
#[derive(InputObject)]
struct RequestPersonInput {
    /// In which conversation, and by what right.
    access: ConversationAccessInput,
    /// For a call back; absent: here and now, which is possible while any office is open.
    call_back: Option<CallBackInput>,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// Judges something the chatbot said.
#[derive(InputObject)]
struct RateAnswerInput {
    /// In which conversation, and by what right.
    access: ConversationAccessInput,
    /// The number of the event.
    sequence: i64,
    /// What the person thinks of it. Another verdict takes the place of the first.
    verdict: AnswerVerdict,
}

/// Allows that questions are kept, or takes that back.
#[derive(InputObject)]
struct SetChatLearningInput {
    /// In which conversation, and by what right.
    access: ConversationAccessInput,
    /// Whether they may.
    learning: ChatLearning,
}

#[Object]
impl ConversationMutation {
    /// Begins a conversation. Nobody needs an account; whoever is signed in finds it among what is kept about them.
    async fn start_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In which language.")] input: StartConversationInput,
    ) -> Result<StartConversationPayload> {
        let StartConversationInput { language, learning, idempotency_key } = input;
        let command = StartConversation { language: language.into(), learning: learning.into(), idempotency_key };
        let outcome = ctx.application().conversations.start_conversation(ctx.actor(), &command).await;
        StartConversationPayload::of(outcome)
    }

    /// Says something. The chatbot answers with lines that name their source and its day, unless a person has taken over.
    /// What it does for somebody it does after a yes to a summary, with the rights of whoever asks.
    async fn send_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where, and what.")] input: SendMessageInput,
    ) -> Result<SendMessagePayload> {
        let access = input.access.access()?;
        let command = Say { access: access.clone(), text: input.text, idempotency_key: input.idempotency_key };
        let tools = ChatTools { application: ctx.application().clone(), actor: ctx.actor().clone() };
        let outcome = ctx.application().conversations.say(ctx.actor(), &command, &tools).await;
        SendMessagePayload::of(outcome, access)
    }

    /// Asks for a person of the town hall: here and now, or by telephone. Whoever takes over reads what was said before.
    async fn request_person(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where, and how.")] input: RequestPersonInput,
    ) -> Result<ConversationPayload> {
        let access = input.access.access()?;
        let command = RequestPerson {
            access: access.clone(),
            wish: wished(input.call_back),
            idempotency_key: input.idempotency_key,
        };
        let outcome = ctx.application().conversations.request_person(ctx.actor(), &command).await;
        ConversationPayload::of(outcome, access)
    }

    /// Judges something the chatbot said, so that its texts get better.
    async fn rate_answer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What, and how it was.")] input: RateAnswerInput,
    ) -> Result<RateAnswerPayload> {
        let access = input.access.access()?;
        let command = Rate { access, sequence: input.sequence, verdict: input.verdict.into() };
        RateAnswerPayload::of(ctx.application().conversations.rate(ctx.actor(), &command).await)
    }

    /// Allows that questions of this conversation which the chatbot did not understand are kept, or takes that back. Nothing
    /// is taken out of a conversation before it is over, so until then taking it back takes back everything; afterwards
    /// nobody knows what was said here. Repeating it changes nothing.
    async fn set_chat_learning(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In which conversation, and whether.")] input: SetChatLearningInput,
    ) -> Result<ConversationPayload> {
        let access = input.access.access()?;
        let command = SetLearning { access: access.clone(), learning: input.learning.into() };
        ConversationPayload::of(ctx.application().conversations.set_learning(ctx.actor(), &command).await, access)
    }
}
