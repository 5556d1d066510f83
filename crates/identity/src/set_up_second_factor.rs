//! Setting up a second factor: the secret is shown once, and counts when a code of it has come back.

use std::fmt;

use domain::permission::Actor;

use crate::attempts::{Claimed, Leave};
use crate::failure::{Failure, Problem};
use crate::password::Password;
use crate::second_factor::{RecoveryCodes, SECRET_LENGTH, generator};
use crate::sign_in::SignedIn;
use crate::{Identity, store};

/// A second factor that waits for its first code. Printing it shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct NewSecondFactor {
    /// The address that apps read from a QR code (`otpauth://totp/...`).
    pub uri: String,
    /// The secret in base32, to be typed where no camera is.
    pub secret: String,
}

impl fmt::Debug for NewSecondFactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewSecondFactor(hidden)")
    }
}

/// How one's own second factor stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecondFactorState {
    /// Whether sign-in asks for it.
    pub is_on: bool,
    /// How many recovery codes are left.
    pub recovery_codes: u16,
}

impl Identity {
    /// How the second factor of the asker's own account stands.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn my_second_factor(&self, actor: &Actor) -> Result<SecondFactorState, Failure> {
        let account = actor.account().ok_or(Problem::NotSignedIn)?;
        let is_on = store::second_factor::is_confirmed(&self.database, account).await?;
        let recovery_codes = store::second_factor::recovery_codes_left(&self.database, account).await?;
        Ok(SecondFactorState { is_on, recovery_codes })
    }

    /// Draws a secret for the asker's own account and shows it once. The password is asked again: whoever finds a browser
    /// left open must not hang a lock of their own on the door. Asked twice, the first secret is forgotten.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn begin_second_factor(&self, actor: &Actor, password: &Password) -> Result<NewSecondFactor, Failure> {
        let account = self.prove_own_password(actor, password).await?.account;
        let mut secret = [0; SECRET_LENGTH];
        self.entropy.fill(&mut secret);
        let generator = generator(&secret, &self.settings.issuer, &account)?;
        let unusable = |_| database::DatabaseError::Internal("a login does not fit into an otpauth address".into());
        let uri = generator.to_url().map_err(unusable)?;
        self.unlocked().await?;
        let unit = self.database.begin().await?;
        self.forget_tries(&unit, Claimed::Password(account.id)).await?;
        let sealed = self.seal_second_factor(&unit, account.id, &secret).await?;
        if !store::second_factor::begin(&unit, account.id, &sealed, self.clock.now()).await? {
            return Err(Problem::SecondFactorThere.into());
        }
        unit.commit().await?;
        Ok(NewSecondFactor { uri, secret: generator.secret().to_base32() })
    }

    /// Turns the second factor on with its first code, ends all sessions and tokens that were opened without it, and opens
    /// a new session. The recovery codes are shown once.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn confirm_second_factor(&self, actor: &Actor, code: &str) -> Result<(RecoveryCodes, SignedIn), Failure> {
        let id = actor.account().ok_or(Problem::NotSignedIn)?;
        let found = self.credentials_of(id).await?;
        let mut credentials = found.ok_or(Problem::NoSecondFactor)?;
        self.unlocked().await?;
        let unit = self.database.begin().await?;
        let Some(sealed) = store::second_factor::waiting_secret(&unit, id).await? else {
            return Err(Problem::NoSecondFactor.into());
        };
        let leave = self.count_try(&unit, Claimed::SecondFactor(id)).await?;
        if leave == Leave::Blocked || !self.use_code(&unit, &credentials.account, &sealed, code).await? {
            unit.commit().await?;
            return Err(Problem::CodeInvalid.into());
        }
        if !store::second_factor::confirm(&unit, id, self.clock.now()).await? {
            return Err(Problem::NoSecondFactor.into());
        }
        self.forget_tries(&unit, Claimed::SecondFactor(id)).await?;
        let codes = self.draw_recovery_codes(&unit, id).await?;
        let generation = store::account::raise_generation(&unit, id).await?.ok_or(Problem::NotSignedIn)?;
        let ended = self.end_everything(&unit, id, generation).await?;
        credentials.generation = generation;
        self.audit(&unit, actor, "second_factor.on", id.0).await?;
        self.tell(&unit, "account.second_factor_changed", id).await?;
        let signed_in = self.open_session(&unit, credentials).await?;
        unit.commit().await?;
        self.hear_now(ended);
        Ok((codes, signed_in))
    }
}
