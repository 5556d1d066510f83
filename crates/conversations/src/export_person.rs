//! Everything that somebody said here with their account (Art. 15 and 20 DSGVO).

use domain::identifier::AccountId;
use domain::permission::{Actor, Permission};
use domain::time::Timestamp;
use serde_json::{Value, json};

use crate::Conversations;
use crate::event::Event;
use crate::failure::Failure;
use crate::request_person::CallBack;
use crate::sealed::call_back_of;
use crate::store::{Reader, conversations};

/// More conversations than anybody has.
const MOST: i64 = 10_000;
/// How many statements one conversation may take of them; a person may have many.
const STATEMENTS_EACH: u32 = 20;

impl Conversations {
    /// Each conversation of an account as a JSON object, newest first. What was said without signing in is found by its
    /// code alone.
    ///
    /// # Errors
    /// [`Failure::Forbidden`] for whoever asks about somebody else and may not.
    pub async fn export_person(&self, actor: &Actor, account: AccountId) -> Result<Vec<Value>, Failure> {
        may_handle(actor, account)?;
        let reader = Reader::Database(&self.database);
        self.vault.unlock(&self.database, self.now()).await?;
        let mut exported = Vec::new();
        for row in conversations::of_account(reader, account, MOST).await? {
            let events = database::within_statements(STATEMENTS_EACH, self.all_events_of(&row)).await?;
            let id = row.conversation.id;
            let call_back: Option<CallBack> = match &row.call_back_sealed {
                Some(field) => Some(self.open(row.key.as_ref(), call_back_of(id), field)?),
                None => None,
            };
            exported.push(json!({
                "id": id.to_string(),
                "startedAt": instant(row.conversation.created_at),
                "language": row.conversation.language.as_str(),
                "state": row.conversation.state.word(),
                "learning": row.conversation.learning.word(),
                "phone": call_back.map(|call_back| call_back.phone),
                "events": events.iter().map(told).collect::<Vec<Value>>(),
            }));
        }
        Ok(exported)
    }

    /// Every event of a conversation that was found, in order.
    pub(crate) async fn all_events_of(&self, row: &conversations::ConversationRow) -> Result<Vec<Event>, Failure> {
        let mut events: Vec<Event> = Vec::new();
        loop {
            let after = events.last().map_or(0, |event| event.sequence);
            let more = self.events_of(row, after).await?;
            if more.is_empty() {
                return Ok(events);
            }
            events.extend(more);
        }
    }
}

fn told(event: &Event) -> Value {
    json!({
        "number": event.sequence,
        "at": instant(event.at),
        "speaker": event.speaker.word(),
        "content": event.content,
        "verdict": event.verdict.map(crate::event::Verdict::word),
    })
}

fn instant(at: Timestamp) -> String {
    at.to_utc().to_rfc3339()
}

/// One's own, or as whoever handles the data of others.
pub(crate) fn may_handle(actor: &Actor, account: AccountId) -> Result<(), Failure> {
    if actor.account() != Some(account) {
        actor.may(Permission::HandlePersonalData)?;
    }
    Ok(())
}
