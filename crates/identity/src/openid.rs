//! Signing in with the word of somebody who knows the person: OpenID Connect, with any provider.
//!
//! Authorization code with PKCE (OpenID Connect Core 1.0, RFC 6749, RFC 7636, RFC 9207). One sign-in is an [`Attempt`]: a
//! sealed value in a short-lived cookie, from whose secret `state`, `nonce` and the PKCE verifier are computed. Beginning
//! writes nothing; the database remembers used attempts alone. All asking of the provider happens outside any unit.
//!
//! A provider is for citizens or for staff, never for both: the first creates accounts without any permission of staff,
//! the second creates none and opens only what an operator created. No claim ever changes a role.

mod attempt;
mod begin_sign_in;
mod claims;
mod error;
mod finish_sign_in;
mod keys;
mod link_account;
mod provider;
mod return_path;
mod settings;
mod sign_out;
mod wire;

use std::sync::Arc;

use database::Database;
use domain::environment::{Clock, Entropy};

use crate::Identity;
use crate::openid::attempt::Seal;
use crate::openid::provider::Provider;

pub use attempt::Attempt;
pub use begin_sign_in::{BeginSignIn, Begun};
pub use error::{OpenIdError, ProviderRefusal, TokenFault};
pub use finish_sign_in::{FinishSignIn, Finished};
pub use return_path::ReturnPath;
pub use settings::{
    Algorithm, ClientSecret, ClientSecretUse, EndAtProvider, OpenIdProvider, PlainHttp, Purpose, SignInProvider,
};

/// What [`OpenId`] is made of.
#[derive(Debug)]
pub struct OpenIdParts {
    /// Accounts and sessions.
    pub identity: Arc<Identity>,
    /// The master secret of the installation; the key that seals attempts is made from it.
    pub master: [u8; 32],
    /// The public address of this installation, without a slash at its end.
    pub public_url: String,
    /// The providers, in the order in which they are offered.
    pub providers: Vec<OpenIdProvider>,
}

/// Sign-in by OpenID Connect.
#[derive(Debug)]
pub struct OpenId {
    identity: Arc<Identity>,
    seal: Seal,
    public_url: String,
    providers: Vec<Provider>,
}

impl OpenId {
    /// Puts the parts together. Asks nobody: a provider that is down must not keep the city's door closed.
    pub fn new(parts: OpenIdParts) -> Self {
        let provider = |settings: OpenIdProvider| {
            let redirect = format!("{}/sign-in/openid/{}/callback", parts.public_url, settings.key);
            Provider::new(settings, redirect)
        };
        let providers = parts.providers.into_iter().map(provider).collect();
        Self {
            identity: parts.identity,
            seal: Seal::from_master(&parts.master),
            public_url: parts.public_url,
            providers,
        }
    }

    /// The providers as the sign-in page offers them. Everybody may see them.
    pub fn providers(&self) -> Vec<SignInProvider> {
        self.providers.iter().map(|provider| provider.settings().offered()).collect()
    }

    /// The public address of this installation, without a slash at its end.
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    fn provider(&self, key: &str) -> Result<&Provider, OpenIdError> {
        let found = self.providers.iter().find(|provider| provider.settings().key.as_str() == key);
        found.ok_or(OpenIdError::UnknownProvider)
    }

    fn clock(&self) -> &dyn Clock {
        self.identity.clock.as_ref()
    }

    fn entropy(&self) -> &dyn Entropy {
        self.identity.entropy.as_ref()
    }

    fn database(&self) -> &Database {
        &self.identity.database
    }
}
