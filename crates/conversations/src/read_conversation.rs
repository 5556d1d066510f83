//! Reading a conversation as whoever answers it. Reading leaves a trace, which the door writes.

use domain::identifier::ConversationId;
use domain::permission::Actor;
use domain::personal::Pii;

use crate::Conversations;
use crate::conversation::Conversation;
use crate::event::Event;
use crate::failure::{Failure, Problem};
use crate::request_person::CallBack;
use crate::sealed::call_back_of;
use crate::store::Reader;

/// A conversation with what was said.
#[derive(Debug, Clone)]
pub struct StaffView {
    /// The conversation.
    pub conversation: Conversation,
    /// What was said, in order, at most 500 events.
    pub events: Vec<Event>,
    /// The telephone number of a call back.
    pub phone: Option<Pii<String>>,
}

impl Conversations {
    /// The conversation with the events after the number `after`. For staff: those in which somebody waits, and those one
    /// has taken.
    ///
    /// # Errors
    /// [`Failure::Forbidden`], [`Problem::NotFound`] also for what is one's own.
    pub async fn read_conversation(&self, actor: &Actor, id: ConversationId, after: i64) -> Result<StaffView, Failure> {
        let found = self.enter_as_staff(Reader::Database(&self.database), actor, id).await;
        let (row, _) = found.map_err(|failure| match failure {
            // One's own is read as the person one is, by another door.
            Failure::Problem(Problem::OwnConversation) => Problem::NotFound.into(),
            other => other,
        })?;
        let events = self.events_of(&row, after).await?.into_iter().map(Event::for_others).collect();
        let call_back: Option<CallBack> = match &row.call_back_sealed {
            Some(field) => Some(self.open(row.key.as_ref(), call_back_of(id), field)?),
            None => None,
        };
        let phone = call_back.map(|call_back| Pii::new(call_back.phone));
        Ok(StaffView { conversation: row.conversation, events, phone })
    }
}
