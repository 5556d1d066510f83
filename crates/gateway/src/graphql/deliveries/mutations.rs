//! Settling messages that were given up. Both mutations are harmless to repeat.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use notifications::{Delivery, SettleError};

use crate::graphql::context::ContextExtensions;
use crate::graphql::deliveries::types::DeliveryNode;
use crate::graphql::failure::{Masked, forbidden_words, of_database};
use crate::graphql::ids::Global;

/// Mutations of deliveries.
#[derive(Default)]
pub(crate) struct DeliveryMutation;

/// Why a delivery was not settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
enum DeliveryProblem {
    /// There is no such delivery, or it concerns another office. Nobody learns which.
    NotFound,
    /// It does not wait for a decision: it was never given up, or somebody settled it otherwise.
    NotFailed,
}

/// The answer to settling a delivery. Either `delivery` or `problem` is set.
#[derive(SimpleObject)]
struct DeliveryPayload {
    /// The delivery as it is now; null when there is a problem.
    delivery: Option<DeliveryNode>,
    /// What was in the way; null when it was done.
    problem: Option<DeliveryProblem>,
}

#[Object]
impl DeliveryMutation {
    /// Sends a message again that was given up. For leads of its office and operators. Doing it twice changes nothing more.
    async fn retry_delivery(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id of the delivery.")] id: ID,
    ) -> Result<DeliveryPayload> {
        payload(ctx.application().deliveries.retry(ctx.actor(), Global::delivery(&id)?).await)
    }

    /// Drops a message that was given up. For leads of its office and operators. Doing it twice changes nothing more.
    async fn dismiss_delivery(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global id of the delivery.")] id: ID,
    ) -> Result<DeliveryPayload> {
        payload(ctx.application().deliveries.dismiss(ctx.actor(), Global::delivery(&id)?).await)
    }
}

fn payload(outcome: Result<Delivery, SettleError>) -> Result<DeliveryPayload> {
    let refused = |problem| Ok(DeliveryPayload { delivery: None, problem: Some(problem) });
    match outcome {
        Ok(delivery) => Ok(DeliveryPayload { delivery: Some(DeliveryNode(delivery)), problem: None }),
        Err(SettleError::NotFound) => refused(DeliveryProblem::NotFound),
        Err(SettleError::NotFailed) => refused(DeliveryProblem::NotFailed),
        Err(SettleError::Forbidden(forbidden)) => Err(forbidden_words(forbidden).masked()),
        Err(SettleError::Database(error)) => Err(of_database(&error).masked()),
    }
}
