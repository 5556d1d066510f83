//! Sealing what an older program left in the clear or sealed another way, and numbering logins with the newest key.

use database::DatabaseError;
use domain::identifier::AccountId;
use domain::permission::{Actor, Permission};

use crate::failure::Failure;
use crate::requests::retried;
use crate::{Identity, store};

/// How many accounts are handled in one unit.
const PORTION: i64 = 100;

impl Identity {
    /// Seals the names and logins that an older program wrote in the clear, and the secrets it sealed another way, in small
    /// units. Gives how many. Doing it again does no harm.
    ///
    /// # Errors
    /// See [`Failure`]; what was done stays done.
    pub async fn seal_old_accounts(&self, actor: &Actor) -> Result<u64, Failure> {
        actor.may(Permission::HandlePersonalData)?;
        self.unlocked().await?;
        let (mut sealed, mut after) = (0, AccountId(uuid::Uuid::nil()));
        loop {
            let (portion, last) = retried(|| self.seal_portion(after)).await?;
            sealed += portion;
            match last {
                Some(last) => after = last,
                None => break,
            }
        }
        for account in store::second_factor::sealed_otherwise(&self.database).await? {
            sealed += retried(|| self.reseal_second_factor(account)).await?;
        }
        if sealed > 0 {
            store::account::scrub(&self.database).await?;
            self.database.scrub().await?;
        }
        Ok(sealed)
    }

    /// Gives the logins that lack a number of the newest index key one, in small units, and says how many those were. What an
    /// interrupted run did stays done.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn reindex_logins(&self, actor: &Actor) -> Result<u64, Failure> {
        actor.may(Permission::HandlePersonalData)?;
        self.unlocked().await?;
        let (mut entered, mut after) = (0, AccountId(uuid::Uuid::nil()));
        loop {
            let (portion, last) = retried(|| self.reindex_portion(after)).await?;
            entered += portion;
            match last {
                Some(last) => after = last,
                None => return Ok(entered),
            }
        }
    }

    /// How many logins are found by older numbers alone.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn logins_to_reindex(&self) -> Result<u64, DatabaseError> {
        self.unlocked().await?;
        store::login_index::lacking(&self.database, self.newest_index()?).await
    }

    /// Forgets the numbers that were made with keys that are gone.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn forget_old_login_numbers(&self) -> Result<u64, DatabaseError> {
        self.unlocked().await?;
        // Never those of a newer key: another process may have made one since we looked.
        let Some(oldest) = self.vault.index_generations().last().copied() else { return Ok(0) };
        let unit = self.database.begin().await?;
        let gone = store::login_index::forget_before(&unit, oldest).await?;
        unit.commit().await?;
        Ok(gone)
    }

    fn newest_index(&self) -> Result<i64, DatabaseError> {
        let newest = self.vault.index_generations().first().copied();
        newest.ok_or_else(|| database::VaultError::Locked.into())
    }

    async fn seal_portion(&self, after: AccountId) -> Result<(u64, Option<AccountId>), Failure> {
        let unit = self.database.begin().await?;
        let found = store::account::in_the_clear(&unit, after, PORTION).await?;
        let mut sealed = 0;
        for account in &found {
            sealed += u64::from(self.seal_row(&unit, account).await?);
        }
        unit.commit().await?;
        Ok((sealed, found.last().map(|account| account.id)))
    }

    async fn reindex_portion(&self, after: AccountId) -> Result<(u64, Option<AccountId>), Failure> {
        let unit = self.database.begin().await?;
        let found = store::login_index::unnumbered(&unit, self.newest_index()?, after, PORTION).await?;
        let last = found.last().map(|kept| kept.account.id);
        let mut entered = 0;
        for account in self.opened(found).await? {
            let tokens = self.login_tokens(&account.login)?;
            // Whatever the account was found by before is still there, so this is refused for other accounts' logins alone.
            entered += u64::from(store::login_index::enter(&unit, account.id, &tokens).await?);
        }
        unit.commit().await?;
        Ok((entered, last))
    }

    async fn reseal_second_factor(&self, account: AccountId) -> Result<u64, Failure> {
        let unit = self.database.begin().await?;
        let Some(former) = store::second_factor::secret(&unit, account).await? else { return Ok(0) };
        let secret = self.open_second_factor(&unit, account, &former).await?;
        let sealed = self.seal_second_factor(&unit, account, &secret).await?;
        let done = store::second_factor::reseal(&unit, account, &former, &sealed).await?;
        unit.commit().await?;
        Ok(u64::from(done))
    }
}
