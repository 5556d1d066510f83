//! Accounts and sign-in, through GraphQL.

mod account;
mod accounts;
mod devices;
mod keys;
mod loader;
mod problem;
mod recovery;
mod second_factor;
mod session_cookie;
mod sessions;
mod sign_in;
mod sign_in_provider;
mod tokens;

use async_graphql::{Context, MergedObject, Object, Result};

use crate::graphql::context::ContextExtensions;
use crate::graphql::failure::{Masked, of_database};

pub(crate) use account::AccountNode;
pub(crate) use loader::AccountLoader;
pub(crate) use problem::error_of;
use sign_in_provider::SignInProviderNode;

pub use session_cookie::{cookie_name, cookie_value};

/// Queries about accounts.
#[derive(MergedObject, Default)]
pub(crate) struct PeopleQuery(
    ViewerQuery,
    accounts::AccountQuery,
    devices::DeviceQuery,
    second_factor::SecondFactorQuery,
    sessions::SessionQuery,
);

/// Mutations of accounts.
#[derive(MergedObject, Default)]
pub(crate) struct PeopleMutation(
    sign_in::SignInMutation,
    tokens::TokenMutation,
    second_factor::SecondFactorMutation,
    sessions::SessionMutation,
    recovery::RecoveryMutation,
    accounts::AccountMutation,
    devices::DeviceMutation,
    keys::KeyMutation,
);

/// Queries about the one who asks.
#[derive(Default)]
pub(crate) struct ViewerQuery;

#[Object]
impl ViewerQuery {
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
