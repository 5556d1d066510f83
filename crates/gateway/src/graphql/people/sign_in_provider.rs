//! A sign-in provider as clients see it.

use async_graphql::{Enum, Object};
use identity::{Purpose, SignInProvider};

use crate::graphql::words::TrustLevel;
use crate::openid_pages::start_path;

/// Whom a provider signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
enum SignInPurpose {
    /// Citizens; whoever comes for the first time gets an account.
    Citizens,
    /// Staff; people find the account that an operator created.
    Staff,
}

pub(super) struct SignInProviderNode(pub(super) SignInProvider);

/// Somebody who says who a person is: a citizens' account of the state, the city's own directory of staff.
#[Object(name = "SignInProvider")]
impl SignInProviderNode {
    /// Its key, as in the address of its sign-in.
    async fn key(&self) -> &str {
        self.0.key.as_str()
    }

    /// Its name, for the button.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Whom it signs in.
    async fn purpose(&self) -> SignInPurpose {
        match self.0.purpose {
            Purpose::Citizens => SignInPurpose::Citizens,
            Purpose::Staff { .. } => SignInPurpose::Staff,
        }
    }

    /// The highest trust level it can prove.
    async fn highest_trust_level(&self) -> TrustLevel {
        self.0.highest_trust.into()
    }

    /// Where the browser goes to sign in: a path on this server. Add `return_to` (a path to come back to), `trust` (the
    /// level a service needs: low, substantial or high) and `language` (de, de-simple or en) as the query.
    async fn path(&self) -> String {
        start_path(self.0.key.as_str())
    }
}
