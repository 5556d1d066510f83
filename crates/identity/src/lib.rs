//! Who is who: accounts, passwords, sign-in, browser sessions, and access tokens for API clients and devices.
//!
//! The gateway holds one [`Identity`]. Every use case is a method on it and has a file named as its verb:
//!
//! | file | who may |
//! |---|---|
//! | `sign_in`, `sign_out`, `authenticate_session`, `authenticate_token` | everybody |
//! | `refresh_access_token` | whoever has the refresh token |
//! | `recover` | everybody may ask for a letter; whoever has its code sets a password |
//! | `change_password`, `set_up_second_factor`, `remove_second_factor`, `sessions`, `viewer` | whoever is signed in, for their own account |
//! | `issue_access_token` | `Permission::IssueTokens` |
//! | `create_account`, `disable_account`, `reset_password`, `change_role`, `unlink_account`, `accounts` | `Permission::ManageAccounts` |
//! | `enrol_device`, `devices` | `Permission::ManageDevices`; a device that has the code enrols itself |
//! | `rotate_keys` | `Permission::RotateKeys` |
//! | `openid/begin_sign_in`, `openid/finish_sign_in`, `openid/sign_out` | everybody, on [`OpenId`] |
//! | `seed_accounts` | `Permission::LoadCity` |
//! | `erase_account`, `export_account` | citizens, for their own account; `Permission::HandlePersonalData` |
//! | `seal_old_accounts` | `Permission::HandlePersonalData` |
//! | `accounts` (loaders), `footing`, `tidy` | the house itself: loaders, open connections and the worker |
//!
//! What counts as signed in is decided by the account's *generation*, a number that every session and token carries:
//! one write raises it and thereby ends all of them. Answers are remembered for [`REMEMBERED_SECONDS`] seconds, so that
//! requests need no query and an ended session is refused at the latest after that time, in this process at once. Open
//! connections are asked for by their [`Footing`], which hears of revocations within a second or two.

mod accounts;
mod attempts;
mod authenticate_session;
mod authenticate_token;
mod blind;
mod cache;
mod change_password;
mod change_role;
mod claims;
mod create_account;
mod devices;
mod disable_account;
mod enrol_device;
mod erase_account;
mod export_account;
mod failure;
mod footing;
mod former_seal;
mod guessable;
mod issue_access_token;
mod login;
mod new_account;
mod openid;
mod password;
mod password_hasher;
mod recover;
mod refresh_access_token;
mod refresh_token;
mod remove_second_factor;
mod requests;
mod reset_password;
mod rotate_keys;
mod seal_old_accounts;
mod sealing;
mod second_factor;
mod seed_accounts;
mod session_token;
mod sessions;
mod set_up_second_factor;
mod settings;
mod sign_in;
mod sign_out;
mod stamp;
mod standing;
mod store;
mod tidy;
mod token_keys;
mod unlink_account;
mod void_sign_ins;

use std::sync::{Arc, Mutex};

use database::{Database, Vault};
use domain::environment::{Clock, Entropy};
use domain::identifier::{AccountId, TokenFamilyId};
use uuid::Uuid;

pub use accounts::{Account, AccountFilter};
pub use authenticate_token::TokenError;
pub use change_password::ChangePassword;
pub use change_role::ChangeRole;
pub use create_account::{CreateAccount, CreateAccountError};
pub use devices::Device;
pub use disable_account::DisableAccountError;
pub use enrol_device::{CreateDeviceEnrolment, ENROLMENT_MINUTES, EnrolledDevice, EnrolmentCode};
pub use export_account::{ExportedAccount, ExportedProvider, ExportedSession};
pub use failure::{Failure, Problem};
pub use footing::{Footing, Recognised};
pub use issue_access_token::{IssueAccessTokenError, IssuedTokens};
pub use new_account::AccountRefusal;
pub use openid::{
    Algorithm, Attempt, BeginSignIn, Begun, ClientSecret, ClientSecretUse, EndAtProvider, FinishSignIn, Finished,
    OpenId, OpenIdError, OpenIdParts, OpenIdProvider, PlainHttp, ProviderRefusal, Purpose, ReturnPath, SignInProvider,
    TokenFault,
};
pub use password::{Password, PasswordRefusal};
pub use password_hasher::{Busy, PasswordHasher};
pub use recover::{RESET_MINUTES, RecoverPassword, ResetCode};
pub use refresh_token::RefreshToken;
pub use reset_password::ResetPasswordError;
pub use rotate_keys::Rotation;
pub use second_factor::{Challenge, RecoveryCodes};
pub use seed_accounts::{PreparedSeeds, SeedAccountsError};
pub use session_token::SessionToken;
pub use sessions::{Session, SessionKind};
pub use set_up_second_factor::{NewSecondFactor, SecondFactorState};
pub use settings::IdentitySettings;
pub use sign_in::{Proof, SignInError, SignedIn};
pub use stamp::{CityStamp, is_stamped};
pub use token_keys::{KEY_SET_CACHE_SECONDS, KeyPhase};
pub use void_sign_ins::void_sign_ins;

use crate::blind::Blind;
use crate::cache::Cache;
use crate::claims::Verified;
use crate::footing::Revoked;
use crate::former_seal::FormerSeal;
use crate::standing::Standing;
use crate::token_keys::KeyRing;

/// How long, in seconds, the answer to "who is this?" may be remembered in memory.
pub const REMEMBERED_SECONDS: i64 = 5;

/// How many answers of each kind are remembered at most: about 2 MiB at the bound.
const REMEMBERED: usize = 10_000;

/// What [`Identity`] is made of.
pub struct IdentityParts {
    /// Where accounts and sessions are kept.
    pub database: Database,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Unpredictable bytes for tokens, salts and ids.
    pub entropy: Arc<dyn Entropy>,
    /// The root secret of the installation, from which codes are made.
    pub master: [u8; 32],
    /// What seals names, logins and secrets.
    pub vault: Vault,
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
    settings: IdentitySettings,
    vault: Vault,
    former_seal: FormerSeal,
    blind: Blind,
    /// The keys that sign access tokens, as they stood when last read.
    keys: Mutex<Option<Arc<KeyRing>>>,
    /// What was revoked of late.
    revoked: Revoked,
    /// Sessions that were found good, by the hash of their token.
    sessions: Cache<[u8; 32], Recognised>,
    /// Access tokens whose signature and claims were found good, by their hash.
    verified: Cache<[u8; 32], Verified>,
    /// Accounts, with the token family that was asked about, as they stood when last asked.
    standings: Cache<(AccountId, Option<TokenFamilyId>), Standing>,
}

impl std::fmt::Debug for IdentityParts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IdentityParts").field("settings", &self.settings).finish_non_exhaustive()
    }
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
            settings: parts.settings,
            vault: parts.vault,
            former_seal: FormerSeal::from_root(&parts.master),
            blind: Blind::from_master(&parts.master),
            keys: Mutex::default(),
            revoked: Revoked::default(),
            sessions: Cache::new(REMEMBERED),
            verified: Cache::new(REMEMBERED),
            standings: Cache::new(REMEMBERED),
        }
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
        self.standings.forget_where(|standing| standing.actor.account() == Some(account));
        self.sessions.forget_where(|found| found.footing.account == account);
    }
}
