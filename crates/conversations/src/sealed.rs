//! What is sealed: everything that was said, what the chatbot remembers, and telephone numbers, all with the key of their
//! conversation.

use database::{DatabaseError, Place, SubjectKey, Unit};
use domain::identifier::ConversationId;
use domain::time::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::Conversations;
use crate::event::Event;
use crate::failure::{Failure, Problem};
use crate::store::events::EventRow;

pub(crate) const fn dialogue_of(conversation: ConversationId) -> Place {
    Place { table: "conversation", column: "dialogue_sealed", row: conversation.0 }
}

pub(crate) const fn call_back_of(conversation: ConversationId) -> Place {
    Place { table: "conversation", column: "call_back_sealed", row: conversation.0 }
}

const fn content_of(event: Uuid) -> Place {
    Place { table: "conversation_event", column: "content_sealed", row: event }
}

impl Conversations {
    /// Seals a value in its place.
    pub(crate) fn seal<T: Serialize>(&self, key: &SubjectKey, place: Place, value: &T) -> Result<Vec<u8>, Failure> {
        Ok(self.vault.seal_with(key, place, &json(value))?)
    }

    /// Opens a value. Without a key it was erased: then there is nothing.
    pub(crate) fn open<T: DeserializeOwned>(
        &self,
        key: Option<&SubjectKey>,
        place: Place,
        field: &[u8],
    ) -> Result<T, Failure> {
        let key = key.ok_or(Problem::NotFound)?;
        let text = self.vault.open(key, place, field)?;
        let unreadable = |error: serde_json::Error| {
            // The error of a parser may repeat what it read.
            let place = format!("{:?} at column {}", error.classify(), error.column());
            DatabaseError::Internal(format!("a sealed value cannot be read: {place}"))
        };
        Ok(serde_json::from_slice(&text).map_err(unreadable)?)
    }

    /// Seals an event.
    pub(crate) fn seal_event(&self, key: &SubjectKey, event: &Event) -> Result<EventRow, Failure> {
        Ok(EventRow {
            id: event.id,
            sequence: event.sequence,
            at: event.at,
            speaker: event.speaker,
            content_sealed: self.seal(key, content_of(event.id), &event.content)?,
            verdict: event.verdict,
        })
    }

    /// Opens an event.
    pub(crate) fn open_event(&self, key: Option<&SubjectKey>, row: &EventRow) -> Result<Event, Failure> {
        Ok(Event {
            id: row.id,
            sequence: row.sequence,
            at: row.at,
            speaker: row.speaker,
            content: self.open(key, content_of(row.id), &row.content_sealed)?,
            verdict: row.verdict,
        })
    }

    /// Keeps the key of something sealed in this unit.
    pub(crate) async fn keep_key(&self, unit: &Unit, key: &SubjectKey, now: Timestamp) -> Result<(), Failure> {
        if unit.keep_key(key, now).await? {
            return Ok(());
        }
        // The keys were changed under our hands; the next try seals with the new one.
        self.vault.refresh(&self.database).await?;
        Err(DatabaseError::Contended.into())
    }
}

/// The text that is sealed.
pub(crate) fn json<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}
