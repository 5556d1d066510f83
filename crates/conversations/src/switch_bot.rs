//! Switching the chatbot off and on in one conversation, while a person has it.

use database::IdempotencyKey;
use domain::identifier::ConversationId;
use domain::permission::{Actor, Permission};
use uuid::Uuid;

use crate::Conversations;
use crate::conversation::{Bot, Conversation};
use crate::event::{Content, Speaker};
use crate::failure::Failure;
use crate::requests::idempotency_key;
use crate::store::Reader;
use crate::store::conversations::ConversationRow;
use crate::traces::{Audited, Change};

/// Switches the chatbot.
#[derive(Debug, Clone)]
pub struct SwitchBot {
    /// In which conversation.
    pub conversation: ConversationId,
    /// Whether it answers from now on.
    pub bot: Bot,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Conversations {
    /// Switches the chatbot in a conversation that one has taken.
    ///
    /// # Errors
    /// [`Failure::Forbidden`], [`crate::Problem::NotFound`], [`crate::Problem::WrongState`],
    /// [`crate::Problem::OwnConversation`].
    pub async fn switch_bot(&self, actor: &Actor, command: &SwitchBot) -> Result<Conversation, Failure> {
        actor.may(Permission::AnswerChats)?;
        let id = command.conversation;
        let input = format!("{id} {}", command.bot.word());
        let key = idempotency_key(actor, &command.idempotency_key, "switch_bot", &input)?;
        self.once(&key, || self.switch(actor, command, &key)).await?;
        let (row, _) = self.enter_as_staff(Reader::Database(&self.database), actor, id).await?;
        Ok(row.conversation)
    }

    async fn switch(&self, actor: &Actor, command: &SwitchBot, key: &IdempotencyKey) -> Result<Uuid, Failure> {
        let row = self.enter_taken(Reader::Database(&self.database), actor, command.conversation).await?;
        let switched = Conversation { bot: command.bot, ..row.conversation.clone() };
        let after = ConversationRow { conversation: switched, ..row.clone() };
        let content = match command.bot {
            Bot::On => Content::BotOn,
            Bot::Off => Content::BotOff,
        };
        let events = vec![(Speaker::System, content)];
        let change = Change { before: row, after, events, kind: "conversation.switched" };
        self.write(change, Audited::By(actor), key).await
    }
}
