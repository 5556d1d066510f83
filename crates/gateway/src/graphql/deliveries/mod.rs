//! Messages that could not be delivered, as tasks for people, through GraphQL.

mod mutations;
mod types;

use async_graphql::{Context, Object, Result};
use domain::identifier::DeliveryId;
use notifications::FailedDeliveriesError;
use uuid::Uuid;

use crate::graphql::context::ContextExtensions;
use crate::graphql::failure::{Masked, forbidden_words, of_database};
use crate::graphql::paging::{page_size, position};

pub(crate) use mutations::DeliveryMutation;
use types::DeliveryConnection;

/// Queries of deliveries.
#[derive(Default)]
pub(crate) struct DeliveryQuery;

#[Object]
impl DeliveryQuery {
    /// Messages that were given up and wait for somebody to decide, oldest first. For leads (those of their office) and
    /// operators (all, also those about accounts).
    async fn failed_deliveries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
    ) -> Result<DeliveryConnection> {
        let size = page_size(first)?;
        let after = position::<Uuid>(after.as_deref())?.map(DeliveryId);
        let found = ctx.application().deliveries.failed(ctx.actor(), after, size as i64 + 1).await;
        let found = found.map_err(|error| match error {
            FailedDeliveriesError::Forbidden(forbidden) => forbidden_words(forbidden).masked(),
            FailedDeliveriesError::Database(error) => of_database(&error).masked(),
        })?;
        Ok(DeliveryConnection::new(found, size, after.is_none()))
    }
}
