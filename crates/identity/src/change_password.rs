//! Changing one's own password, which ends all other sessions.

use database::DatabaseError;
use domain::permission::Actor;

use crate::password::{Password, PasswordRefusal};
use crate::password_hasher::Busy;
use crate::sign_in::SignedIn;
use crate::store::account::NewPassword;
use crate::{Identity, store};

/// The old password and the new one.
#[derive(Debug, Clone)]
pub struct ChangePassword {
    /// The one that counts now: a browser left open must not be enough.
    pub current: Password,
    /// The one that shall count.
    pub new: Password,
}

/// Why the password stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum ChangePasswordError {
    /// The asker has no account.
    #[error("nobody is signed in")]
    NotSignedIn,
    /// The current password is wrong.
    #[error("the current password is wrong")]
    InvalidCredentials,
    /// The new password is refused.
    #[error(transparent)]
    Refused(#[from] PasswordRefusal),
    /// Too many passwords are being checked.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Identity {
    /// Changes the password of the asker's own account, ends all its sessions and tokens, and opens a new session.
    ///
    /// # Errors
    /// See [`ChangePasswordError`].
    pub async fn change_password(
        &self,
        actor: &Actor,
        command: ChangePassword,
    ) -> Result<SignedIn, ChangePasswordError> {
        let id = actor.account().ok_or(ChangePasswordError::NotSignedIn)?;
        let found = store::account::credentials_of(&self.database, id).await?;
        let stored = found.as_ref().map(|credentials| credentials.password.as_str());
        let is_right = self.hasher.verify(&command.current, stored).await?;
        let mut credentials = found.filter(|_| is_right).ok_or(ChangePasswordError::InvalidCredentials)?;
        command.new.check(credentials.account.role, &credentials.account.login)?;
        let hash = self.hasher.hash(&command.new, self.salt()).await?;

        let unit = self.database.begin().await?;
        let new = NewPassword { account: id, hash: &hash, generation: credentials.generation };
        if !store::account::set_password(&unit, &new).await? {
            // Somebody else was faster: the password that was checked above no longer counts.
            return Err(ChangePasswordError::InvalidCredentials);
        }
        store::session::delete_all(&unit, id).await?;
        self.audit(&unit, actor, "account.change_password", id.0).await?;
        credentials.generation += 1;
        let signed_in = self.open_session(&unit, credentials).await?;
        unit.commit().await?;
        self.forget(id);
        Ok(signed_in)
    }
}
