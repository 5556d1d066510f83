//! Taking away what a sign-in provider knows an account as, so that its person can be linked anew.

use domain::identifier::AccountId;
use domain::permission::{Actor, Permission};

use crate::failure::{Failure, Problem};
use crate::{Identity, store};

impl Identity {
    /// Unlinks an account from the people of all sign-in providers and ends its sessions and tokens, for somebody who manages
    /// accounts: a link may have gone to the wrong person. An account that was made at the first sign-in opens for nobody
    /// afterwards. Gives how many links there were; none is no error.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn unlink_account(&self, actor: &Actor, account: AccountId) -> Result<u64, Failure> {
        actor.may(Permission::ManageAccounts)?;
        if actor.account() == Some(account) {
            return Err(Problem::OwnAccount.into());
        }
        let unit = self.database.begin().await?;
        if !store::account::exists(&unit, account).await? {
            return Err(Problem::NotFound.into());
        }
        let links = store::openid::unlink(&unit, account).await?;
        if links == 0 {
            return Ok(0);
        }
        let generation = store::account::end(&unit, account).await?.ok_or(Problem::NotFound)?;
        let ended = self.end_everything(&unit, account, generation).await?;
        self.audit(&unit, actor, "account.unlink_openid", account.0).await?;
        unit.commit().await?;
        self.hear_now(ended);
        Ok(links)
    }
}
