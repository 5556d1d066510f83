//! Signing in with login and password.

use database::{DatabaseError, Unit};
use domain::identifier::SessionId;
use domain::time::Timestamp;

use crate::accounts::Account;
use crate::password::Password;
use crate::password_hasher::Busy;
use crate::session_token::SessionToken;
use crate::store::account::Credentials;
use crate::store::session::NewSession;
use crate::{Identity, login, store};

/// Somebody has signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The secret for the cookie.
    pub token: SessionToken,
    /// When the session ends, whatever happens in it.
    pub expires_at: Timestamp,
    /// Who it is.
    pub account: Account,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// No such account, or another password, or a disabled account: the answer is the same, and takes as long.
    #[error("the login or the password is wrong")]
    InvalidCredentials,
    /// Too many people are signing in; trying again in a moment helps.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Identity {
    /// Opens a browser session for whoever knows `login` and `password`. Anybody may try; how often is limited before.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub async fn sign_in(&self, login: &str, password: &Password) -> Result<SignedIn, SignInError> {
        let found = match login::compared(login) {
            Some(login) => store::account::credentials_of_login(&self.database, &login).await?,
            None => None,
        };
        // Without an account a decoy is checked, so that time does not tell who has one.
        let stored = found.as_ref().map(|credentials| credentials.password.as_str());
        let is_right = self.hasher.verify(password, stored).await?;
        let credentials = found.filter(|_| is_right).ok_or(SignInError::InvalidCredentials)?;
        let unit = self.database.begin().await?;
        let signed_in = self.open_session(&unit, credentials).await?;
        unit.commit().await?;
        Ok(signed_in)
    }

    /// Opens a session for somebody whose password was found right.
    pub(crate) async fn open_session(&self, unit: &Unit, credentials: Credentials) -> Result<SignedIn, DatabaseError> {
        let Credentials { account, generation, .. } = credentials;
        let token = SessionToken::draw(self.entropy.as_ref());
        let now = self.clock.now();
        let session = NewSession {
            id: SessionId(self.new_id()),
            token_hash: token.hash(),
            account: account.id,
            generation,
            created_at: now,
            expires_at: now.plus_seconds(self.settings.session_seconds(account.role)),
        };
        store::session::open(unit, &session).await?;
        // When a citizen comes and goes is nobody's business; when staff do is part of the record.
        if account.role.is_staff() {
            self.audit(unit, &account.actor(), "session.open", session.id.0).await?;
        }
        Ok(SignedIn { token, expires_at: session.expires_at, account })
    }
}
