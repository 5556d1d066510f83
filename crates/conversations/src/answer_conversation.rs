//! Answering as a person of the town hall.

use database::IdempotencyKey;
use domain::identifier::ConversationId;
use domain::permission::{Actor, Permission};
use uuid::Uuid;

use crate::Conversations;
use crate::conversation::Conversation;
use crate::event::{Content, Speaker};
use crate::failure::{Failure, text};
use crate::requests::idempotency_key;
use crate::store::Reader;
use crate::traces::{Audited, Change};

/// The longest answer, in signs.
const MOST: usize = 4_000;

/// Answers.
#[derive(Debug, Clone)]
pub struct AnswerConversation {
    /// Which conversation.
    pub conversation: ConversationId,
    /// What is said, at most 4,000 signs.
    pub text: String,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Conversations {
    /// Says something in a conversation that one has taken.
    ///
    /// # Errors
    /// [`Failure::Forbidden`], [`crate::Problem::NotFound`], [`crate::Problem::WrongState`],
    /// [`crate::Problem::TextLength`], [`crate::Problem::OwnConversation`].
    pub async fn answer_conversation(
        &self,
        actor: &Actor,
        command: &AnswerConversation,
    ) -> Result<Conversation, Failure> {
        actor.may(Permission::AnswerChats)?;
        let answer = text(&command.text, MOST)?;
        let id = command.conversation;
        let input = self.secret.fingerprint(&[id.0.as_bytes(), answer.as_bytes()]);
        let key = idempotency_key(actor, &command.idempotency_key, "answer_conversation", &input)?;
        self.once(&key, || self.answer(actor, id, &answer, &key)).await?;
        let (row, _) = self.enter_as_staff(Reader::Database(&self.database), actor, id).await?;
        Ok(row.conversation)
    }

    async fn answer(
        &self,
        actor: &Actor,
        id: ConversationId,
        answer: &str,
        key: &IdempotencyKey,
    ) -> Result<Uuid, Failure> {
        let row = self.enter_taken(Reader::Database(&self.database), actor, id).await?;
        let events = vec![(Speaker::Clerk, Content::Text { text: answer.to_owned() })];
        let change = Change { before: row.clone(), after: row, events, kind: "conversation.answered" };
        self.write(change, Audited::By(actor), key).await
    }
}
