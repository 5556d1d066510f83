//! Who waits for a person: what staff see before they take a conversation.

use domain::permission::{Actor, Permission};

use crate::Conversations;
use crate::conversation::Conversation;
use crate::failure::{Failure, Problem};
use crate::store::{Reader, conversations};

/// Most conversations of one answer.
const MOST: i64 = 200;

/// A conversation in the queue: reason, services understood last, number of messages, and whose it is to answer. Nothing
/// of what was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueEntry {
    /// The conversation.
    pub conversation: Conversation,
}

impl Conversations {
    /// Those in which somebody waits and those the asker has taken, oldest first; none of one's own.
    ///
    /// # Errors
    /// [`Failure::Forbidden`].
    pub async fn chat_queue(&self, actor: &Actor) -> Result<Vec<QueueEntry>, Failure> {
        actor.may(Permission::AnswerChats)?;
        let clerk = actor.account().ok_or(Problem::NotFound)?;
        let rows = conversations::queue(Reader::Database(&self.database), clerk, MOST).await?;
        Ok(rows.into_iter().map(|row| QueueEntry { conversation: row.conversation }).collect())
    }
}
