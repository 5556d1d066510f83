//! Reading: the state by code, and what staff look after.

use async_graphql::{Context, Enum, ID, Object, Result};
use scheduling::pickup::{FindPickups, Which};

use crate::graphql::context::ContextExtensions;
use crate::graphql::ids::Global;
use crate::graphql::pickups::problem::{found, refused};
use crate::graphql::pickups::types::{DocumentPickupNode, OfficePickupNode};

/// Queries.
#[derive(Default)]
pub(crate) struct PickupQuery;

/// Which documents of an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
enum LockerItems {
    /// Those in a box.
    InTheBox,
    /// Those to be taken out: expired, locked, or behind a door that was opened without leave.
    ToTakeOut,
    /// Those at the counter.
    AtCounter,
}

#[Object]
impl PickupQuery {
    /// Where the document is that a code opens; null when there is none.
    async fn document_pickup(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code from the letter.")] code: String,
    ) -> Result<Option<DocumentPickupNode>> {
        let pickup = ctx.application().scheduling.pickup_by_code(&code).await;
        Ok(found(pickup)?.map(DocumentPickupNode))
    }

    /// The documents of one's own office, those that end first before the others. For staff.
    async fn locker_items(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the office.")] office: ID,
        #[graphql(desc = "Which.", default_with = "LockerItems::InTheBox")] which: LockerItems,
        #[graphql(desc = "How many, 1 to 100; 50 when absent.")] first: Option<i32>,
    ) -> Result<Vec<OfficePickupNode>> {
        let which = match which {
            LockerItems::InTheBox => Which::InTheBox,
            LockerItems::ToTakeOut => Which::ToTakeOut,
            LockerItems::AtCounter => Which::AtCounter,
        };
        let most = usize::try_from(first.unwrap_or(50)).unwrap_or(1).clamp(1, 100);
        let wanted = FindPickups { office: Global::office(&office)?, which, most };
        let items = ctx.application().scheduling.find_pickups(ctx.actor(), &wanted).await;
        Ok(items.map_err(|failure| refused(&failure))?.into_iter().map(OfficePickupNode).collect())
    }
}
