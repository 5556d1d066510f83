//! Taking a second factor away, and drawing new recovery codes.

use domain::identifier::AccountId;
use domain::permission::{Actor, Permission};

use crate::accounts::Account;
use crate::failure::{Failure, Problem};
use crate::second_factor::RecoveryCodes;
use crate::sign_in::SignedIn;
use crate::{Identity, store};

impl Identity {
    /// Takes away the second factor of the asker's own account, proved by a code of it, ends all sessions and tokens, and
    /// opens a new session.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn remove_second_factor(&self, actor: &Actor, code: &str) -> Result<SignedIn, Failure> {
        let account = self.own_account(actor).await?;
        self.unlocked().await?;
        let unit = self.database.begin().await?;
        if !self.holds_second_factor(&unit, &account, code).await? {
            unit.commit().await?;
            return Err(Problem::CodeInvalid.into());
        }
        if !store::second_factor::remove(&unit, account.id).await? {
            return Err(Problem::NoSecondFactor.into());
        }
        let generation = store::account::raise_generation(&unit, account.id).await?.ok_or(Problem::NotSignedIn)?;
        let ended = self.end_everything(&unit, account.id, generation).await?;
        self.audit(&unit, actor, "second_factor.off", account.id.0).await?;
        self.tell(&unit, "account.second_factor_changed", account.id).await?;
        let credentials = store::account::Credentials { account, password: String::new(), generation };
        let signed_in = self.open_session(&unit, credentials).await?;
        unit.commit().await?;
        self.hear_now(ended);
        Ok(signed_in)
    }

    /// Takes away the second factor of somebody who lost it, for somebody who manages accounts, and ends all sessions and
    /// tokens of that account. Nobody does this to their own account: the code proves it there.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn reset_second_factor(&self, actor: &Actor, account: AccountId) -> Result<(), Failure> {
        actor.may(Permission::ManageAccounts)?;
        if actor.account() == Some(account) {
            return Err(Problem::OwnAccount.into());
        }
        let unit = self.database.begin().await?;
        if !store::second_factor::remove(&unit, account).await? {
            return Err(Problem::NoSecondFactor.into());
        }
        let generation = store::account::raise_generation(&unit, account).await?.ok_or(Problem::NotFound)?;
        let ended = self.end_everything(&unit, account, generation).await?;
        self.audit(&unit, actor, "second_factor.reset", account.0).await?;
        self.tell(&unit, "account.second_factor_changed", account).await?;
        unit.commit().await?;
        self.hear_now(ended);
        Ok(())
    }

    /// Draws new recovery codes for the asker's own account, proved by a code of the second factor; older ones are void.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn renew_recovery_codes(&self, actor: &Actor, code: &str) -> Result<RecoveryCodes, Failure> {
        let account = self.own_account(actor).await?;
        self.unlocked().await?;
        let unit = self.database.begin().await?;
        if !self.holds_second_factor(&unit, &account, code).await? {
            unit.commit().await?;
            return Err(Problem::CodeInvalid.into());
        }
        let codes = self.draw_recovery_codes(&unit, account.id).await?;
        self.audit(&unit, actor, "second_factor.renew_codes", account.id.0).await?;
        unit.commit().await?;
        Ok(codes)
    }

    async fn own_account(&self, actor: &Actor) -> Result<Account, Failure> {
        Ok(self.viewer(actor).await?.ok_or(Problem::NotSignedIn)?)
    }
}
