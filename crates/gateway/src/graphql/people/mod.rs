//! Accounts and sign-in, through GraphQL.

mod account;
mod loader;
mod mutations;
mod session_cookie;
mod sign_in_provider;

use async_graphql::{Context, Object, Result};

use crate::graphql::context::ContextExtensions;
use crate::graphql::failure::{Masked, of_database};

pub(crate) use account::AccountNode;
pub(crate) use loader::AccountLoader;
pub(crate) use mutations::PeopleMutation;
use sign_in_provider::SignInProviderNode;

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

    /// The providers that people can sign in with instead of a password, in the order in which to offer them.
    async fn sign_in_providers(&self, ctx: &Context<'_>) -> Vec<SignInProviderNode> {
        ctx.application().openid.providers().into_iter().map(SignInProviderNode).collect()
    }
}
