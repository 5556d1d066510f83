//! Setting somebody's password anew, by whoever manages accounts.

use database::DatabaseError;
use domain::identifier::AccountId;
use domain::permission::{Actor, Forbidden, Permission};

use crate::attempts::Claimed;
use crate::password::{Password, PasswordRefusal};
use crate::password_hasher::Busy;
use crate::store::account::NewPassword;
use crate::{Identity, store};

/// Why the password stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum ResetPasswordError {
    /// The asker may not.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// There is no such account, or it is disabled, or it was changed by somebody else just now.
    #[error("there is no such account")]
    NotFound,
    /// The new password is refused.
    #[error(transparent)]
    Refused(#[from] PasswordRefusal),
    /// Too many passwords are being hashed.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Identity {
    /// Sets the password of `account` and ends all its sessions and tokens.
    ///
    /// # Errors
    /// See [`ResetPasswordError`].
    pub async fn reset_password(
        &self,
        actor: &Actor,
        account: AccountId,
        new: &Password,
    ) -> Result<(), ResetPasswordError> {
        actor.may(Permission::ManageAccounts)?;
        let found = store::account::with_generation(&self.database, account).await?;
        let found = self.opened_with(found).await?;
        let (found, generation) = found.ok_or(ResetPasswordError::NotFound)?;
        new.check(&found)?;
        let hash = self.hasher.hash(new, self.salt()).await?;

        let unit = self.database.begin().await?;
        if !store::account::set_password(&unit, &NewPassword { account, hash: &hash, generation }).await? {
            return Err(ResetPasswordError::NotFound);
        }
        let ended = self.end_everything(&unit, account, generation.saturating_add(1)).await?;
        self.forget_tries(&unit, Claimed::Login(&found.login)).await?;
        self.audit(&unit, actor, "account.reset_password", account.0).await?;
        unit.commit().await?;
        self.hear_now(ended);
        Ok(())
    }
}
