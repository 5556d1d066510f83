//! The tables of messages: events that nobody has looked at yet, deliveries, and who wants no reminders.

pub(crate) mod events;
pub(crate) mod lanes;
pub(crate) mod refusals;
pub(crate) mod tasks;

use database::{DatabaseError, Row};
use domain::identifier::{DeliveryId, Key};
use domain::time::Timestamp;

use crate::consumer::Consumer;
use crate::delivery::{Delivery, State};

/// The columns of [`delivery`].
const COLUMNS: &str = "id, consumer, lead_minutes, kind, subject, office, at, state, attempts, reason, changed_at";

fn delivery(row: &Row) -> Result<Delivery, DatabaseError> {
    let word: String = row.get("state")?;
    let state = State::parse(&word).ok_or_else(|| DatabaseError::Internal(format!("a delivery is {word}")))?;
    let office: Option<String> = row.get("office")?;
    Ok(Delivery {
        id: DeliveryId(row.get("id")?),
        consumer: Consumer::parse(&row.get::<String>("consumer")?),
        lead_minutes: row.get("lead_minutes")?,
        kind: row.get("kind")?,
        subject: row.get("subject")?,
        // An office that was written here was a key.
        office: office.and_then(|key| Key::new(&key).ok()),
        at: Timestamp::from_millis(row.get("at")?),
        state,
        attempts: row.get("attempts")?,
        reason: row.get("reason")?,
        changed_at: Timestamp::from_millis(row.get("changed_at")?),
    })
}

/// Ids as a JSON list of hexadecimal words, and the selection that reads such a list from the parameter `place`.
fn listed(engine: database::Engine, place: usize, ids: impl Iterator<Item = uuid::Uuid>) -> (String, database::Value) {
    let hex: Vec<String> = ids.map(|id| id.simple().to_string()).collect();
    let list = serde_json::to_string(&hex).unwrap_or_default();
    let selection = engine.choose(
        format!("SELECT unhex(value) FROM json_each(${place})"),
        format!("SELECT value::uuid FROM json_array_elements_text(${place}::json)"),
    );
    (selection, list.into())
}
