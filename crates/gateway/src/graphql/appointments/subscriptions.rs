//! Following what is taken, live.

use std::time::Duration;

use async_graphql::{Context, SimpleObject, Subscription};
use futures_util::Stream;

use crate::graphql::context::ContextExtensions;

/// How often the board is looked at. A change is one message, however many bookings it holds.
const LOOK: Duration = Duration::from_millis(500);

/// What can be followed about capacity.
#[derive(Default)]
pub(crate) struct CapacitySubscription;

/// Something was booked or freed, or the rules changed.
#[derive(SimpleObject)]
struct CapacityChange {
    /// The version of what is taken, as in `FreeStartConnection.epoch`.
    epoch: String,
    /// The number of the city's version.
    city_version: i64,
}

#[Subscription]
impl CapacitySubscription {
    /// Says that free starts may have changed, at most twice a second: search again. The first message comes at once.
    async fn capacity_changed(&self, ctx: &Context<'_>) -> impl Stream<Item = CapacityChange> + use<> {
        let scheduling = std::sync::Arc::clone(&ctx.application().scheduling);
        async_stream::stream! {
            let mut seen = None;
            let mut ticks = tokio::time::interval(LOOK);
            loop {
                ticks.tick().await;
                let board = scheduling.board();
                let state = (board.epoch(), board.picture().map_or(0, |picture| picture.version));
                if seen != Some(state) {
                    seen = Some(state);
                    yield CapacityChange { epoch: state.0.to_string(), city_version: state.1 };
                }
            }
        }
    }
}
