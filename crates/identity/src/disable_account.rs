//! Taking an account away, and with it all its sessions and tokens.

use database::DatabaseError;
use domain::identifier::AccountId;
use domain::permission::{Actor, Forbidden, Permission};

use crate::{Identity, store};

/// Why the account was not disabled.
#[derive(Debug, thiserror::Error)]
pub enum DisableAccountError {
    /// The asker may not.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// There is no such account.
    #[error("there is no such account")]
    NotFound,
    /// Nobody disables their own account: the last operator would lock the platform.
    #[error("nobody can disable their own account")]
    OwnAccount,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Identity {
    /// Disables `account`. Its bookings stay. Disabling it twice is no error.
    ///
    /// # Errors
    /// See [`DisableAccountError`].
    pub async fn disable_account(&self, actor: &Actor, account: AccountId) -> Result<(), DisableAccountError> {
        actor.may(Permission::ManageAccounts)?;
        if actor.account() == Some(account) {
            return Err(DisableAccountError::OwnAccount);
        }
        let unit = self.database.begin().await?;
        let ended = match store::account::disable(&unit, account, self.clock.now()).await? {
            Some(generation) => Some(self.end_everything(&unit, account, generation).await?),
            None if store::account::exists(&unit, account).await? => None,
            None => return Err(DisableAccountError::NotFound),
        };
        if ended.is_some() {
            self.audit(&unit, actor, "account.disable", account.0).await?;
        }
        unit.commit().await?;
        if let Some(revocation) = ended {
            self.hear_now(revocation);
        }
        Ok(())
    }
}
