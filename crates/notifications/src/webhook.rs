//! Webhooks: other programs of the city are told what happened, signed after Standard Webhooks 1.0, without personal data.

mod address_guard;
mod call;
mod endpoint;
mod sign;

use domain::time::Timestamp;
use serde_json::json;

use crate::facts::Outline;
use crate::store::events::Happened;

pub use call::{CallerUnusable, NotCalled};
pub use endpoint::{Endpoint, EndpointProblem, read_endpoints};
pub use sign::{NotASecret, WebhookSecret};

pub(crate) use call::Caller;

/// What is sent: ids and facts, never names, addresses, numbers or codes. It is written once and stays the same over all
/// attempts; `data.changedAt` tells which of two messages about the same thing is the newer one.
pub(crate) fn body(event: &Happened, outline: Option<&Outline>) -> String {
    let time = |at: Timestamp| at.to_utc().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    let facts = outline.map(|outline| {
        json!({
            "id": event.subject,
            "status": outline.status,
            "office": outline.office,
            "services": outline.services,
            "startsAt": time(outline.starts_at),
            "endsAt": time(outline.ends_at),
            "changedAt": time(outline.changed_at),
        })
    });
    let data = facts.unwrap_or_else(|| json!({ "id": event.subject }));
    json!({ "type": event.kind, "timestamp": time(event.at), "data": data }).to_string()
}
