//! What a change leaves: numbered events in the conversation, one in the outbox, one in the audit log where staff acted.

use database::{AuditEntry, Event as Outboxed, IdempotencyKey};
use domain::identifier::EventId;
use domain::permission::Actor;
use domain::time::Timestamp;
use uuid::Uuid;

use crate::Conversations;
use crate::conversation::Conversation;
use crate::event::{Content, Event, Speaker};
use crate::failure::{Failure, Problem};
use crate::feed::Changed;
use crate::store::conversations::{self, ConversationRow};
use crate::store::events;

/// A change of a conversation, ready to be written.
pub(crate) struct Change {
    /// The row as it was read.
    pub(crate) before: ConversationRow,
    /// The row as it shall be; numbers, revision and times are set when it is written.
    pub(crate) after: ConversationRow,
    /// What is appended, in order.
    pub(crate) events: Vec<(Speaker, Content)>,
    /// The dotted word for the outbox.
    pub(crate) kind: &'static str,
}

/// What staff did, for the audit log.
#[derive(Clone, Copy)]
pub(crate) enum Audited<'a> {
    /// By staff.
    By(&'a Actor),
    /// By the person of the conversation.
    No,
}

impl Conversations {
    /// Writes a change in one unit, with the key that makes it happen once. Gives the id of the first event.
    ///
    /// # Errors
    /// [`Problem::ChangedMeanwhile`] when somebody changed the conversation since it was read.
    pub(crate) async fn write(
        &self,
        change: Change,
        audited: Audited<'_>,
        key: &IdempotencyKey,
    ) -> Result<Uuid, Failure> {
        let now = self.now();
        let Change { before, after, events: contents, kind } = change;
        let subject = after.key.clone().ok_or(Problem::NotFound)?;
        let (id, mut sequence) = (before.conversation.id, before.conversation.last_sequence);
        let mut appended = Vec::new();
        for (speaker, content) in contents {
            sequence += 1;
            let event = Event { id: self.entropy.id(now), sequence, at: now, speaker, content, verdict: None };
            appended.push(self.seal_event(&subject, &event)?);
        }
        let first = appended.first().map_or(id.0, |event| event.id);
        let conversation = Conversation { last_sequence: sequence, changed_at: now, ..after.conversation };
        let row = ConversationRow { conversation, rev: before.rev + 1, ..after };
        let unit = self.database.begin().await?;
        if !conversations::update(&unit, &row, before.rev).await? {
            return Err(Problem::ChangedMeanwhile.into());
        }
        for event in &appended {
            events::insert(&unit, id, event).await?;
        }
        unit.record(&self.outboxed(kind, id.0, now)).await?;
        if let Audited::By(actor) = audited {
            let id_of_entry = EventId(self.entropy.id(now));
            let entry = AuditEntry { id: id_of_entry, actor: actor.account(), action: kind, subject: id.0, at: now };
            unit.audit(&entry).await?;
        }
        unit.remember(key, first, now).await?;
        unit.commit().await?;
        self.feed.tell(Changed { conversation: id });
        Ok(first)
    }

    /// An entry of the audit log about something that staff did.
    pub(crate) fn audited(&self, actor: &Actor, action: &'static str, subject: Uuid, at: Timestamp) -> AuditEntry {
        AuditEntry { id: EventId(self.entropy.id(at)), actor: actor.account(), action, subject, at }
    }

    /// An event for the outbox: the id alone, nothing that was said.
    pub(crate) fn outboxed(&self, kind: &'static str, subject: Uuid, now: Timestamp) -> Outboxed {
        let id = EventId(self.entropy.id(now));
        Outboxed { id, kind, subject, payload: "{}".to_owned(), at: now, origin: self.origin }
    }
}
