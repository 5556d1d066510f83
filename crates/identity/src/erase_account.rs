//! Erasing an account with everything that hangs on it (Art. 17 DSGVO).

use database::{DatabaseError, Unit};
use domain::identifier::AccountId;
use domain::permission::{Actor, Forbidden, Permission, Role};
use domain::personal::Pii;

use crate::attempts::Claimed;
use crate::failure::Failure;
use crate::{Identity, login, store};

impl Identity {
    /// Erases an account: its key, its row and its login, its sessions and tokens, its second factor, and whom a sign-in
    /// provider knows it as. Citizens erase their own; whoever handles personal data erases those of others. Leaves one audit entry.
    /// `false` when there is no such account: doing it twice does no harm.
    ///
    /// # Errors
    /// [`Failure::Forbidden`], also for an account of staff of one's own; [`Failure::Database`].
    pub async fn erase_account(&self, actor: &Actor, account: AccountId) -> Result<bool, Failure> {
        may_erase(actor, account)?;
        let login = self.accounts(&[account]).await?.remove(&account).map(|account| account.login);
        self.unlocked().await?;
        let unit = self.database.begin().await?;
        let Some(generation) = store::account::end(&unit, account).await? else { return Ok(false) };
        let ended = self.end_everything(&unit, account, generation).await?;
        self.erase_rows(&unit, account, login.as_deref()).await?;
        self.audit(&unit, actor, "account.erase", account.0).await?;
        unit.commit().await?;
        self.hear_now(ended);
        self.forget(account);
        store::account::scrub(&self.database).await?;
        self.database.scrub().await?;
        Ok(true)
    }

    /// The citizen who signs in with this mail address, for whoever handles personal data. Staff are not found: somebody who
    /// writes to the city is no member of it, whatever address they name.
    ///
    /// # Errors
    /// [`Failure::Forbidden`], [`Failure::Database`].
    pub async fn citizen_of(&self, actor: &Actor, mail: &Pii<String>) -> Result<Option<AccountId>, Failure> {
        actor.may(Permission::HandlePersonalData)?;
        let Some(login) = login::compared(mail.expose()) else { return Ok(None) };
        self.unlocked().await?;
        let tokens = self.login_tokens(&login)?;
        let unit = self.database.begin().await?;
        let found = store::account::of_login(&unit, &tokens, &login).await?;
        drop(unit);
        let found = self.opened_with(found).await?.map(|(account, _)| account);
        Ok(found.filter(|account| account.role == Role::Citizen).map(|account| account.id))
    }

    async fn erase_rows(&self, unit: &Unit, account: AccountId, login: Option<&str>) -> Result<(), DatabaseError> {
        store::second_factor::remove(unit, account).await?;
        store::second_factor::forget_steps_of(unit, account).await?;
        store::challenge::delete_all(unit, account).await?;
        store::password_reset::delete_all(unit, account).await?;
        store::openid::unlink(unit, account).await?;
        store::login_index::forget(unit, account).await?;
        for claimed in [Claimed::Password(account), Claimed::SecondFactor(account)] {
            self.forget_tries(unit, claimed).await?;
        }
        for claimed in login.into_iter().flat_map(|login| [Claimed::Login(login), Claimed::ResetLetter(login)]) {
            self.forget_tries(unit, claimed).await?;
        }
        unit.destroy_keys(&[account.0]).await?;
        store::account::delete(unit, account).await
    }
}

/// Accounts of staff are the city's: their owners do not take them away, least of all the last operator.
fn may_erase(actor: &Actor, account: AccountId) -> Result<(), Forbidden> {
    let own = actor.account() == Some(account);
    actor.may(if own { Permission::EraseOneself } else { Permission::HandlePersonalData })
}
