//! Saying something: the chatbot answers, unless it is switched off.
//!
//! What the chatbot has done because of a message is done before the message is written down. If that is interrupted, or
//! if two messages of one conversation meet, the message is taken anew with the same key, so nothing is done twice.

use chatbot::dialogue::{Dialogue, HandOverReason, Said, Turn};
use chatbot::model::rephrased;
use chatbot::tools::ToolPort;
use database::IdempotencyKey;
use domain::identifier::ConversationId;
use domain::permission::Actor;
use uuid::Uuid;

use crate::Conversations;
use crate::access::Access;
use crate::conversation::{Bot, Conversation, State, Wish};
use crate::event::{Content, Event, Speaker};
use crate::failure::{Failure, Problem, text};
use crate::requests::idempotency_key;
use crate::sealed::dialogue_of;
use crate::store::conversations::{self, ConversationRow};
use crate::store::{Reader, events};
use crate::traces::{Audited, Change};

/// More than this is not even looked at. The chatbot itself asks for something shorter much earlier.
const MOST: usize = 4_000;

/// A message.
#[derive(Debug, Clone)]
pub struct Say {
    /// In which conversation.
    pub access: Access,
    /// What was typed, at most 4,000 signs.
    pub text: String,
    /// The client's key of this request.
    pub idempotency_key: String,
}

/// What came of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// The conversation as it is now.
    pub conversation: Conversation,
    /// The message and everything after it, in order.
    pub events: Vec<Event>,
}

impl Conversations {
    /// Takes a message. `tools` act with the rights of whoever asks.
    ///
    /// # Errors
    /// [`Problem::NotFound`], [`Problem::Ended`], [`Problem::TextLength`], [`Problem::NoCity`].
    pub async fn say(&self, actor: &Actor, command: &Say, tools: &dyn ToolPort) -> Result<Spoken, Failure> {
        let typed = text(&command.text, MOST)?;
        let reader = Reader::Database(&self.database);
        let id = self.enter(reader, actor, &command.access).await?.conversation.id;
        let input = self.secret.fingerprint(&[id.0.as_bytes(), typed.as_bytes()]);
        let key = idempotency_key(actor, &command.idempotency_key, "say", &input)?;
        let first = self.once(&key, || self.speak(id, &typed, tools, &key)).await?;
        let row = conversations::by_id(reader, id).await?.ok_or(Problem::NotFound)?;
        let events = events::since(reader, id, first).await?;
        let events: Result<Vec<Event>, Failure> =
            events.iter().map(|event| self.open_event(row.key.as_ref(), event)).collect();
        Ok(Spoken { conversation: row.conversation, events: events? })
    }

    async fn speak(
        &self,
        id: ConversationId,
        typed: &str,
        tools: &dyn ToolPort,
        key: &IdempotencyKey,
    ) -> Result<Uuid, Failure> {
        let row = conversations::by_id(Reader::Database(&self.database), id).await?.ok_or(Problem::NotFound)?;
        if row.conversation.state_at(self.now()) == State::Ended {
            return Err(Problem::Ended.into());
        }
        let change = match row.conversation.bot {
            Bot::On => self.answered(row, typed, tools, key).await?,
            Bot::Off => written_down(row, typed),
        };
        self.write(change, Audited::No, key).await
    }

    /// The message with what the chatbot makes of it.
    async fn answered(
        &self,
        row: ConversationRow,
        typed: &str,
        tools: &dyn ToolPort,
        key: &IdempotencyKey,
    ) -> Result<Change, Failure> {
        let mind = self.mind().await?;
        let subject = row.key.as_ref().ok_or(Problem::NotFound)?;
        let place = dialogue_of(row.conversation.id);
        // What an older program remembered may be unreadable for this one: then the dialogue begins anew.
        let remembered = self.vault.open(subject, place, &row.dialogue_sealed)?;
        let mut dialogue: Dialogue = serde_json::from_slice(&remembered).unwrap_or_default();
        let turn_key = self.secret.fingerprint(&[row.conversation.id.0.as_bytes(), &key.key]);
        let turn = Turn {
            text: typed,
            page: Some(row.conversation.language),
            now: self.now(),
            time_zone: mind.time_zone(),
            key: &turn_key,
        };
        let turned = mind.engine().turn(&mut dialogue, tools, turn).await;
        let turned = match &self.model {
            Some(model) => rephrased(turned, row.conversation.language, &**model).await,
            None => turned,
        };
        let mut conversation = row.conversation.clone();
        conversation.turns += 1;
        let mut events = vec![(Speaker::Person, Content::Text { text: turned.redacted })];
        for said in turned.said {
            match &said {
                Said::Understood { services, .. } if !services.is_empty() => {
                    conversation.services.clone_from(services);
                }
                Said::HandOver { reason } => queue(&mut conversation, *reason, self.now()),
                Said::Understood { .. }
                | Said::Line { .. }
                | Said::Personal { .. }
                | Said::Choices { .. }
                | Said::Pending { .. }
                | Said::Done { .. } => {}
            }
            events.push((Speaker::Bot, Content::Said { said }));
        }
        events.push((Speaker::Bot, Content::TurnDone { grasp: turned.grasp }));
        let dialogue_sealed = self.seal(subject, place, &dialogue)?;
        let after = ConversationRow { conversation, dialogue_sealed, ..row.clone() };
        Ok(Change { before: row, after, events, kind: "conversation.said" })
    }
}

/// The message alone, for the clerk who reads it.
fn written_down(row: ConversationRow, typed: &str) -> Change {
    let conversation = Conversation { turns: row.conversation.turns + 1, ..row.conversation.clone() };
    let events = vec![(Speaker::Person, Content::Text { text: typed.to_owned() })];
    let after = ConversationRow { conversation, ..row.clone() };
    Change { before: row, after, events, kind: "conversation.said" }
}

/// Puts a conversation into the queue. Whoever waits already keeps their place.
pub(crate) fn queue(conversation: &mut Conversation, reason: HandOverReason, now: domain::time::Timestamp) {
    conversation.reason = Some(reason);
    if conversation.state == State::Open {
        conversation.state = State::Waiting;
        conversation.wish = Some(Wish::Now);
        conversation.waiting_since = Some(now);
    }
}
