//! Signing in with login and password, and with the second factor where there is one.

use std::fmt;

use database::{DatabaseError, Unit};
use domain::identifier::{AccountId, SessionId};
use domain::time::Timestamp;

use crate::accounts::Account;
use crate::attempts::{Claimed, Leave};
use crate::footing::{Footing, Revocation, Way};
use crate::password::Password;
use crate::password_hasher::Busy;
use crate::second_factor::Challenge;
use crate::session_token::SessionToken;
use crate::store::account::Credentials;
use crate::store::session::NewSession;
use crate::{Identity, login, store};

/// How somebody proves who they are. Printing it shows nothing.
#[derive(Clone)]
pub enum Proof {
    /// With a password.
    Password {
        /// The name used to sign in.
        login: String,
        /// The password.
        password: Password,
    },
    /// With the second factor, after the password.
    SecondFactor {
        /// What the password was answered with.
        challenge: String,
        /// The code of the app, or a recovery code.
        code: String,
    },
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Proof(hidden)")
    }
}

/// Somebody has signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The secret for the cookie.
    pub token: SessionToken,
    /// When the session ends, whatever happens in it.
    pub expires_at: Timestamp,
    /// Who it is.
    pub account: Account,
    /// What requests with this session rest on.
    pub footing: Footing,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// No such account, or another password, or a disabled account, or too many wrong tries before: the answer is the
    /// same, and takes as long.
    #[error("the login or the password is wrong")]
    InvalidCredentials,
    /// The password is right, and the account asks for more.
    #[error("the second factor is missing")]
    SecondFactorRequired(Challenge),
    /// The challenge has ended, or the code is wrong or was used before, or too many wrong ones came before.
    #[error("the code is wrong, was used before or has ended")]
    CodeInvalid,
    /// Too many people are signing in; trying again in a moment helps.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Identity {
    /// Opens a browser session for whoever knows `login` and `password`, unless there is a second factor. Anybody may try.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub async fn sign_in(&self, login: &str, password: &Password) -> Result<SignedIn, SignInError> {
        let credentials = self.prove_password(login, password).await?;
        self.open_proven(credentials, None).await
    }

    /// Opens a browser session for whoever gives the `proof`. Anybody may try. A session that this browser had before,
    /// `replaced`, ends: whoever planted or knew it gains nothing.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub async fn sign_in_with(&self, proof: &Proof, replaced: Option<&str>) -> Result<SignedIn, SignInError> {
        let credentials = self.prove(proof).await?;
        self.open_proven(credentials, replaced).await
    }

    /// The account of whoever gives the `proof`, with nothing opened yet.
    pub(crate) async fn prove(&self, proof: &Proof) -> Result<Credentials, SignInError> {
        match proof {
            Proof::Password { login, password } => self.prove_password(login, password).await,
            Proof::SecondFactor { challenge, code } => self.prove_second_factor(challenge, code).await,
        }
    }

    async fn open_proven(&self, credentials: Credentials, replaced: Option<&str>) -> Result<SignedIn, SignInError> {
        let unit = self.database.begin().await?;
        let ended = match replaced {
            Some(token) => self.close_session(&unit, token).await?,
            None => None,
        };
        self.forget_tries(&unit, Claimed::Login(&credentials.account.login)).await?;
        let signed_in = self.open_session(&unit, credentials).await?;
        unit.commit().await?;
        if let Some((session, _)) = ended {
            self.hear_now(Revocation::Session(session));
        }
        Ok(signed_in)
    }

    /// Checks a password. Without an account, or while it is blocked, a decoy is checked after the same writes, so that
    /// neither words nor time tell who has an account.
    async fn prove_password(&self, login: &str, password: &Password) -> Result<Credentials, SignInError> {
        // A place in the queue comes first: a try that is turned away for lack of room is not counted.
        let admitted = self.hasher.admit()?;
        let login = login::compared(login);
        let (mut found, mut leave) = (None, Leave::Granted);
        if let Some(login) = &login {
            found = self.credentials_of_login(login).await?;
            let unit = self.database.begin().await?;
            leave = self.count_try(&unit, Claimed::Login(login)).await?;
            unit.commit().await?;
        }
        let owner = found.as_ref().map(|credentials| credentials.account.id);
        let found = found.filter(|_| leave.is_granted());
        let stored = found.as_ref().map(|credentials| credentials.password.as_str());
        let is_right = self.hasher.verify(admitted, password, stored).await?;
        if let Some(login) = login.filter(|_| !is_right && leave == Leave::Last) {
            let unit = self.database.begin().await?;
            self.note_limit(&unit, Claimed::Login(&login), owner).await?;
            unit.commit().await?;
        }
        let credentials = found.filter(|_| is_right).ok_or(SignInError::InvalidCredentials)?;
        if store::second_factor::is_confirmed(&self.database, credentials.account.id).await? {
            let unit = self.database.begin().await?;
            self.forget_tries(&unit, Claimed::Login(&credentials.account.login)).await?;
            let challenge = self.challenge(&unit, &credentials).await?;
            unit.commit().await?;
            return Err(SignInError::SecondFactorRequired(challenge));
        }
        Ok(credentials)
    }

    /// The account that signs in as `login`, unless it is disabled or has no password.
    pub(crate) async fn credentials_of_login(&self, login: &str) -> Result<Option<Credentials>, DatabaseError> {
        self.unlocked().await?;
        let tokens = self.login_tokens(login)?;
        let found = store::account::credentials_of_login(&self.database, &tokens, login).await?;
        Ok(self.opened_with(found).await?.map(Credentials::from))
    }

    /// The account `id`, unless it is disabled or has no password.
    pub(crate) async fn credentials_of(&self, id: AccountId) -> Result<Option<Credentials>, DatabaseError> {
        let found = store::account::credentials_of(&self.database, id).await?;
        Ok(self.opened_with(found).await?.map(Credentials::from))
    }

    /// Opens a session for somebody who has proved who they are.
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
        let expires_at = session.expires_at;
        let footing = Footing { account: account.id, generation, way: Way::Session(session.id), ends_at: expires_at };
        Ok(SignedIn { token, expires_at, account, footing })
    }
}
