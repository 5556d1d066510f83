//! Ending a conversation as whoever has taken it.

use database::IdempotencyKey;
use domain::identifier::ConversationId;
use domain::permission::{Actor, Permission};
use uuid::Uuid;

use crate::Conversations;
use crate::conversation::{Conversation, State};
use crate::event::{Content, Speaker};
use crate::failure::Failure;
use crate::requests::idempotency_key;
use crate::store::Reader;
use crate::store::conversations::ConversationRow;
use crate::traces::{Audited, Change};

/// Ends a conversation.
#[derive(Debug, Clone)]
pub struct EndConversation {
    /// Which.
    pub conversation: ConversationId,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Conversations {
    /// Ends a conversation that one has taken.
    ///
    /// # Errors
    /// [`Failure::Forbidden`], [`crate::Problem::NotFound`], [`crate::Problem::WrongState`],
    /// [`crate::Problem::OwnConversation`].
    pub async fn end_conversation(&self, actor: &Actor, command: &EndConversation) -> Result<Conversation, Failure> {
        actor.may(Permission::AnswerChats)?;
        let id = command.conversation;
        let key = idempotency_key(actor, &command.idempotency_key, "end_conversation", &id.to_string())?;
        self.once(&key, || self.end(actor, id, &key)).await?;
        let (row, _) = self.enter_as_staff(Reader::Database(&self.database), actor, id).await?;
        Ok(row.conversation)
    }

    async fn end(&self, actor: &Actor, id: ConversationId, key: &IdempotencyKey) -> Result<Uuid, Failure> {
        let row = self.enter_taken(Reader::Database(&self.database), actor, id).await?;
        let ended = Conversation { state: State::Ended, ..row.conversation.clone() };
        let after = ConversationRow { conversation: ended, ..row.clone() };
        let events = vec![(Speaker::System, Content::Ended)];
        let change = Change { before: row, after, events, kind: "conversation.ended" };
        self.write(change, Audited::By(actor), key).await
    }
}
