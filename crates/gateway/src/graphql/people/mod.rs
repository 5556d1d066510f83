//! Accounts and sign-in, through GraphQL.

mod account;
mod loader;
mod mutations;
mod session_cookie;

use async_graphql::{Context, Object, Result};

use crate::graphql::context::ContextExtensions;
use crate::graphql::failure::{Masked, of_database};

pub(crate) use account::AccountNode;
pub(crate) use loader::AccountLoader;
pub(crate) use mutations::PeopleMutation;
pub use session_cookie::{cookie_name, cookie_value};

/// Queries about the one who asks.
#[derive(Default)]
pub(crate) struct PeopleQuery;

#[Object]
impl PeopleQuery {
    /// The account that is signed in; null for everybody else.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Option<AccountNode>> {
        let account = ctx.application().identity.viewer(ctx.actor()).await;
        Ok(account.map_err(|error| of_database(&error).masked())?.map(AccountNode))
    }
}
