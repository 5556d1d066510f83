//! What became of a case that was handed over: the signed events of the service and of the receiver.

use exchange::fit_connect::{
    AuthenticationTags, Event, EventKind, ExpectedEvent, VerificationKey, key_of_event, read_event,
};
use forms::FitConnectSink;

use super::client::CallFault;
use super::{Attempt, Forwarding};
use crate::failure::{Failure, Problem};
use crate::store::Reader;
use crate::store::cases;
use crate::store::forwards::ForwardRow;

/// A receiver that says nothing for so long is asked by people.
const PATIENCE_MINUTES: i64 = 14 * 24 * 60;

impl Forwarding {
    pub(super) async fn watch(&self, row: &ForwardRow) -> Result<Attempt, Failure> {
        let reader = Reader::Database(&self.applications.database);
        let found = cases::by_id(reader, row.case).await?.ok_or(Problem::NotFound)?;
        let pinned = self.applications.pinned(found.case.definition).await?;
        let sink = pinned.form.service().sinks.iter().find(|sink| sink.key == row.sink);
        let Some(target) = sink.and_then(|sink| sink.fit_connect.as_ref()) else {
            return Ok(Attempt::Hopeless("NO_SUCH_SINK".to_owned()));
        };
        let events = match self.events(row, target).await {
            Ok(events) => events,
            Err(fault) => return Ok(Attempt::Again(fault.code())),
        };
        Ok(self.judged(row, &events))
    }

    fn judged(&self, row: &ForwardRow, events: &[Event]) -> Attempt {
        if let Some(rejected) = events.iter().find(|event| event.kind == EventKind::Rejected) {
            let problems: Vec<&str> = rejected.problems.iter().map(String::as_str).filter(is_word).collect();
            return Attempt::Hopeless(format!("REJECTED {}", problems.join(" ")).trim().to_owned());
        }
        if let Some(accepted) = events.iter().find(|event| event.kind == EventKind::Accepted) {
            let sent: Option<AuthenticationTags> = row.tags.as_deref().and_then(|tags| serde_json::from_str(tags).ok());
            // A receiver that names no tags has taken the case all the same; one that names others has taken another.
            let is_ours = accepted.tags.as_ref().is_none_or(|tags| Some(tags) == sent.as_ref());
            return if is_ours { Attempt::Accepted } else { Attempt::Hopeless("ACCEPTED_SOMETHING_ELSE".to_owned()) };
        }
        if row.created_at.plus_minutes(PATIENCE_MINUTES) < self.applications.now() {
            return Attempt::Hopeless("NOT_ACCEPTED".to_owned());
        }
        let last = events.iter().map(|event| event.kind).max();
        Attempt::Unchanged { remote: last.map(|kind| kind.as_str().to_owned()).or_else(|| row.remote.clone()) }
    }

    /// The events whose signature holds. What is not signed by the service or by the destination is passed over.
    pub(super) async fn events(&self, row: &ForwardRow, target: &FitConnectSink) -> Result<Vec<Event>, CallFault> {
        let now = self.applications.now();
        let (Some(submission), Some(case)) = (row.submission.as_deref(), row.remote_case.as_deref()) else {
            return Ok(Vec::new());
        };
        let tokens = self.client.events(case, now).await?;
        let keys = self.client.service_keys(now).await?;
        let named = |key: &serde_json::Value| {
            let name = key["kid"].as_str()?;
            VerificationKey::from_jwk(&key.to_string(), name).ok()
        };
        let service: Vec<VerificationKey> = keys.iter().filter_map(named).collect();
        let mut destination: Vec<VerificationKey> = Vec::new();
        let mut events = Vec::new();
        for token in &tokens {
            let Some(name) = key_of_event(token) else { continue };
            let from_service = service.iter().any(|key| key.name() == name);
            if !from_service && !destination.iter().any(|key| key.name() == name) {
                let key = self.client.key(&target.destination, &name, now).await;
                destination.extend(key.ok().and_then(|key| VerificationKey::from_jwk(&key, &name).ok()));
            }
            let (keys, issuer) = if from_service {
                (&service, self.client.settings.issuer.as_str())
            } else {
                (&destination, target.destination.as_str())
            };
            match read_event(token, keys, ExpectedEvent { submission, case, issuer, now }) {
                Ok(event) => events.push(event),
                Err(fault) => tracing::warn!(case.id = %row.case, %fault, "an event is not believed"),
            }
        }
        Ok(events)
    }
}

/// Codes of others reach staff only if they are plain words.
fn is_word(text: &&str) -> bool {
    (1..=60).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}
