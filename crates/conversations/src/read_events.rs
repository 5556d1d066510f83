//! Reading what was said, from the beginning or after a number.

use domain::permission::Actor;

use crate::Conversations;
use crate::access::Access;
use crate::conversation::Conversation;
use crate::event::Event;
use crate::failure::Failure;
use crate::store::conversations::ConversationRow;
use crate::store::{Reader, events};

impl Conversations {
    /// The conversation, without what was said.
    ///
    /// # Errors
    /// [`crate::Problem::NotFound`].
    pub async fn conversation(&self, actor: &Actor, access: &Access) -> Result<Conversation, Failure> {
        let row = self.enter(Reader::Database(&self.database), actor, access).await?;
        Ok(Conversation { state: row.conversation.state_at(self.now()), ..row.conversation })
    }

    /// The events after the number `after`, in order, at most 500. 0 begins at the beginning.
    ///
    /// # Errors
    /// [`crate::Problem::NotFound`].
    pub async fn events(&self, actor: &Actor, access: &Access, after: i64) -> Result<Vec<Event>, Failure> {
        let row = self.enter(Reader::Database(&self.database), actor, access).await?;
        self.events_of(&row, after).await
    }

    /// The events of a conversation that was found.
    pub(crate) async fn events_of(&self, row: &ConversationRow, after: i64) -> Result<Vec<Event>, Failure> {
        let rows = events::after(Reader::Database(&self.database), row.conversation.id, after).await?;
        rows.iter().map(|event| self.open_event(row.key.as_ref(), event)).collect()
    }
}
