//! Who is who: accounts, passwords, sign-in, browser sessions, and access tokens for API clients and devices.
//!
//! The gateway holds one [`Identity`]. Every use case is a method on it and has a file named as its verb:
//!
//! | file | who may |
//! |---|---|
//! | `sign_in`, `sign_out`, `authenticate_session`, `authenticate_token` | everybody |
//! | `change_password`, `viewer` | whoever is signed in, for their own account |
//! | `issue_access_token` | `Permission::IssueTokens` |
//! | `create_account`, `disable_account`, `reset_password` | `Permission::ManageAccounts` |
//! | `openid/begin_sign_in`, `openid/finish_sign_in`, `openid/sign_out` | everybody, on [`OpenId`] |
//! | `seed_accounts` | `Permission::LoadCity` |
//! | `accounts`, `tidy` | the house itself: loaders and the worker |
//!
//! What counts as signed in is decided by the account's *generation*, a number that every session and token carries:
//! one write raises it and thereby ends all of them. Answers are remembered for [`REMEMBERED_SECONDS`] seconds, so that
//! requests need no query and an ended session is refused at the latest after that time, in this process at once.

mod accounts;
mod authenticate_session;
mod authenticate_token;
mod cache;
mod change_password;
mod claims;
mod create_account;
mod disable_account;
mod issue_access_token;
mod login;
mod new_account;
mod openid;
mod password;
mod password_hasher;
mod reset_password;
mod seed_accounts;
mod session_token;
mod settings;
mod sign_in;
mod sign_out;
mod standing;
mod store;
mod tidy;
mod token_keys;
mod void_sign_ins;

use std::sync::Arc;

use database::Database;
use domain::environment::{Clock, Entropy};
use domain::identifier::AccountId;
use domain::permission::Actor;
use uuid::Uuid;

pub use accounts::Account;
pub use authenticate_token::TokenError;
pub use change_password::{ChangePassword, ChangePasswordError};
pub use create_account::{CreateAccount, CreateAccountError};
pub use disable_account::DisableAccountError;
pub use issue_access_token::{AccessToken, IssueAccessTokenError};
pub use new_account::AccountRefusal;
pub use openid::{
    Algorithm, Attempt, BeginSignIn, Begun, ClientSecret, ClientSecretUse, EndAtProvider, FinishSignIn, Finished,
    OpenId, OpenIdError, OpenIdParts, OpenIdProvider, PlainHttp, ProviderRefusal, Purpose, ReturnPath, SignInProvider,
    TokenFault,
};
pub use password::{Password, PasswordRefusal};
pub use password_hasher::{Busy, PasswordHasher};
pub use reset_password::ResetPasswordError;
pub use seed_accounts::{PreparedSeeds, SeedAccountsError};
pub use session_token::SessionToken;
pub use settings::IdentitySettings;
pub use sign_in::{SignInError, SignedIn};
pub use token_keys::TokenKeys;
pub use void_sign_ins::void_sign_ins;

use crate::cache::Cache;
use crate::claims::Verified;
use crate::standing::Standing;

/// How long, in seconds, the answer to "who is this?" may be remembered in memory.
pub const REMEMBERED_SECONDS: i64 = 5;

/// How many answers of each kind are remembered at most: about 2 MiB at the bound.
const REMEMBERED: usize = 10_000;

/// What [`Identity`] is made of.
#[derive(Debug)]
pub struct IdentityParts {
    /// Where accounts and sessions are kept.
    pub database: Database,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Unpredictable bytes for tokens, salts and ids.
    pub entropy: Arc<dyn Entropy>,
    /// The keys that sign access tokens.
    pub tokens: TokenKeys,
    /// What the configuration says.
    pub settings: IdentitySettings,
}

/// Accounts, sign-in and tokens: the face of this crate.
#[derive(Debug)]
pub struct Identity {
    database: Database,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    hasher: PasswordHasher,
    tokens: TokenKeys,
    settings: IdentitySettings,
    /// Sessions that were found good, by the hash of their token.
    sessions: Cache<[u8; 32], Actor>,
    /// Access tokens whose signature and claims were found good, by their hash.
    verified: Cache<[u8; 32], Verified>,
    /// Accounts as they stood when last asked.
    standings: Cache<AccountId, Standing>,
}

impl Identity {
    /// Puts the parts together. Reads nothing and hashes nothing, so starting is instant.
    pub fn new(parts: IdentityParts) -> Self {
        let hasher = PasswordHasher::new(&parts.settings, parts.entropy.as_ref());
        Self {
            database: parts.database,
            clock: parts.clock,
            entropy: parts.entropy,
            hasher,
            tokens: parts.tokens,
            settings: parts.settings,
            sessions: Cache::new(REMEMBERED),
            verified: Cache::new(REMEMBERED),
            standings: Cache::new(REMEMBERED),
        }
    }

    /// The public keys as a JSON Web Key Set (RFC 7517), for `/.well-known/jwks.json`.
    pub fn jwks(&self) -> serde_json::Value {
        self.tokens.jwks()
    }

    fn salt(&self) -> [u8; 16] {
        let mut salt = [0; 16];
        self.entropy.fill(&mut salt);
        salt
    }

    fn new_id(&self) -> Uuid {
        self.entropy.id(self.clock.now())
    }

    /// Forgets everything remembered about `account`, after a write that changed what counts.
    fn forget(&self, account: AccountId) {
        self.standings.forget(&account);
        self.sessions.forget_where(|actor| actor.account() == Some(account));
    }
}
