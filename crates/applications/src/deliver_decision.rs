//! Announcing a decision: from here on it counts, and the time to object runs.

use domain::application::{CaseStep, DeliveryChannel, Outcome, deemed_received_on, objection_until};
use domain::identifier::CaseId;
use domain::permission::Actor;
use domain::time::Timestamp;
use serde_json::json;

use crate::Applications;
use crate::advance::{Effect, Step};
use crate::case::Case;
use crate::definition::end_of_day;
use crate::failure::Failure;
use crate::requests::idempotency_key;

/// Announces.
#[derive(Debug, Clone)]
pub struct DeliverDecision {
    /// Which case.
    pub case: CaseId,
    /// How.
    pub channel: DeliveryChannel,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Applications {
    /// Announces a decision.
    ///
    /// # Errors
    /// [`Failure::Forbidden`]; [`crate::Problem::NotFound`], [`crate::Problem::WrongState`].
    pub async fn deliver_decision(&self, actor: &Actor, command: &DeliverDecision) -> Result<Case, Failure> {
        let input = format!("{:?}", (command.case, command.channel));
        let key = idempotency_key(actor, &command.idempotency_key, "deliver_decision", &input)?;
        let announce =
            |found: &crate::store::cases::Found, now| self.announced(found.case.clone(), command.channel, now);
        self.staff_step(actor, command.case, &key, announce).await
    }

    /// The step that announces a decided case.
    pub(crate) fn announced(&self, case: Case, channel: DeliveryChannel, now: Timestamp) -> Result<Step, Failure> {
        let calendar = self.calendar()?;
        let received = deemed_received_on(channel, now.local_date(calendar.time_zone));
        // Nobody objects to their own withdrawal.
        let objects = case.outcome != Some(Outcome::Withdrawn);
        let until = objects.then(|| objection_until(received, calendar.state, &calendar.extra_holidays));
        let effects = until.map(|until| Effect::SetDeadline("objection", end_of_day(until, &calendar)));
        let case = Case {
            delivered_at: Some(now),
            channel: Some(channel),
            deemed_received_on: Some(received),
            objection_until: until,
            ..case
        };
        let facts = json!({ "channel": channel, "received": received.to_string() });
        Ok(Step { taken: CaseStep::Deliver, case, facts, effects: effects.into_iter().collect() })
    }
}
