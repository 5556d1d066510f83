//! Taking a conversation out of the queue: from here on a person answers and the chatbot is silent.

use database::IdempotencyKey;
use domain::identifier::ConversationId;
use domain::permission::{Actor, Permission};
use uuid::Uuid;

use crate::Conversations;
use crate::conversation::{Bot, Conversation, State};
use crate::event::{Content, Speaker};
use crate::failure::{Failure, Problem};
use crate::requests::idempotency_key;
use crate::store::Reader;
use crate::store::conversations::ConversationRow;
use crate::traces::{Audited, Change};

/// Takes a conversation.
#[derive(Debug, Clone)]
pub struct TakeConversation {
    /// Which.
    pub conversation: ConversationId,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Conversations {
    /// Takes a conversation in which somebody waits. Of two who try at once, one gets it.
    ///
    /// # Errors
    /// [`Failure::Forbidden`], [`Problem::NotFound`] also for what a colleague has taken, [`Problem::WrongState`] for what
    /// one has already, [`Problem::OwnConversation`].
    pub async fn take_conversation(&self, actor: &Actor, command: &TakeConversation) -> Result<Conversation, Failure> {
        actor.may(Permission::AnswerChats)?;
        let id = command.conversation;
        let key = idempotency_key(actor, &command.idempotency_key, "take_conversation", &id.to_string())?;
        self.once(&key, || self.take(actor, id, &key)).await?;
        let (row, _) = self.enter_as_staff(Reader::Database(&self.database), actor, id).await?;
        Ok(row.conversation)
    }

    async fn take(&self, actor: &Actor, id: ConversationId, key: &IdempotencyKey) -> Result<Uuid, Failure> {
        let (row, clerk) = self.enter_as_staff(Reader::Database(&self.database), actor, id).await?;
        if row.conversation.state != State::Waiting {
            return Err(Problem::WrongState.into());
        }
        let taken = Conversation { state: State::Taken, bot: Bot::Off, clerk: Some(clerk), ..row.conversation.clone() };
        let after = ConversationRow { conversation: taken, ..row.clone() };
        let events = vec![(Speaker::System, Content::PersonJoined), (Speaker::System, Content::BotOff)];
        let change = Change { before: row, after, events, kind: "conversation.taken" };
        self.write(change, Audited::By(actor), key).await
    }
}
