//! Sealing what names somebody: the login and the name of an account, with a key of that account.
//!
//! A login is found by blind numbers ([`Vault::index`]), so that the database holds nobody's name. Once the key of an account
//! is destroyed, its row is nobody's, here and in every older copy of the data.

use database::{DatabaseError, IndexToken, Place, Rule, SubjectKey, Unit, Vault, VaultError};
use domain::identifier::AccountId;

use crate::accounts::Account;
use crate::store::account::{Field, Kept, Stored};
use crate::{Identity, store};

/// Where the login of an account stands.
pub(crate) const fn login_place(id: AccountId) -> Place {
    Place { table: "account", column: "login_sealed", row: id.0 }
}

/// Where the name of an account stands.
pub(crate) const fn name_place(id: AccountId) -> Place {
    Place { table: "account", column: "name_sealed", row: id.0 }
}

impl Identity {
    /// Makes sure that the vault is open. To be called before a unit begins: the first time it may write.
    pub(crate) async fn unlocked(&self) -> Result<&Vault, DatabaseError> {
        self.vault.unlock(&self.database, self.clock.now()).await?;
        Ok(&self.vault)
    }

    /// The numbers by which a login is found, newest first.
    pub(crate) fn login_tokens(&self, login: &str) -> Result<Vec<IndexToken>, DatabaseError> {
        Ok(self.vault.index("login", login)?)
    }

    /// Opens accounts. Those whose key is gone are nobody's and are left out.
    pub(crate) async fn opened(&self, kept: Vec<Kept>) -> Result<Vec<Account>, DatabaseError> {
        if kept.iter().any(Kept::is_sealed) {
            self.unlocked().await?;
        }
        let open = |vault: &Vault| kept.iter().filter_map(|one| open(vault, one).transpose()).collect();
        match open(&self.vault) {
            // Another process has made a tenant key since we looked.
            Err(VaultError::UnknownGeneration(_)) => self.vault.refresh(&self.database).await?,
            outcome => return Ok(outcome?),
        }
        Ok(open(&self.vault)?)
    }

    /// Opens one account, if there is one.
    pub(crate) async fn opened_one(&self, kept: Option<Kept>) -> Result<Option<Account>, DatabaseError> {
        Ok(self.opened(kept.into_iter().collect()).await?.pop())
    }

    /// Opens what stands beside an account, such as its password.
    pub(crate) async fn opened_with<T>(&self, found: Option<(Kept, T)>) -> Result<Option<(Account, T)>, DatabaseError> {
        let Some((kept, beside)) = found else { return Ok(None) };
        Ok(self.opened_one(Some(kept)).await?.map(|account| (account, beside)))
    }

    /// Adds an account within a unit. The vault must be open.
    ///
    /// # Errors
    /// [`Rule::AccountLogin`] when its login is taken.
    pub(crate) async fn add_account(
        &self,
        unit: &Unit,
        account: &Account,
        password: Option<&str>,
    ) -> Result<(), DatabaseError> {
        let added = self.add_account_if_missing(unit, account, password).await?;
        if added { Ok(()) } else { Err(DatabaseError::Broken(Rule::AccountLogin)) }
    }

    /// Adds an account within a unit unless its login is taken, and says whether it did. The vault must be open.
    pub(crate) async fn add_account_if_missing(
        &self,
        unit: &Unit,
        account: &Account,
        password: Option<&str>,
    ) -> Result<bool, DatabaseError> {
        let tokens = self.login_tokens(&account.login)?;
        if !store::login_index::take(unit, account.id, &account.login, &tokens).await? {
            return Ok(false);
        }
        let stored = self.sealed(unit, account).await?;
        store::account::add(unit, account, &stored, password).await?;
        Ok(true)
    }

    /// Seals an account with a fresh key, which is written within the unit.
    pub(crate) async fn sealed(&self, unit: &Unit, account: &Account) -> Result<Stored, DatabaseError> {
        let (key, stored) = seal(&self.vault, account)?;
        if unit.keep_key(&key, self.clock.now()).await? {
            return Ok(stored);
        }
        // The tenant key we knew as the newest is gone; another process has made a newer one.
        self.vault.refresh(&self.database).await?;
        let (key, stored) = seal(&self.vault, account)?;
        if unit.keep_key(&key, self.clock.now()).await? { Ok(stored) } else { Err(DatabaseError::Contended) }
    }

    /// The key of an account within a unit; an account of an older program is sealed with it now.
    pub(crate) async fn key_of(&self, unit: &Unit, account: AccountId) -> Result<SubjectKey, DatabaseError> {
        if let Some(key) = unit.subject_key(account.0).await? {
            return Ok(key);
        }
        let nobody = || DatabaseError::Internal("an account has no key".into());
        let kept = store::account::clear(unit, account).await?.ok_or_else(nobody)?;
        self.seal_row(unit, &kept).await?;
        unit.subject_key(account.0).await?.ok_or_else(nobody)
    }

    /// Writes another name of an account within a unit.
    pub(crate) async fn rename(&self, unit: &Unit, account: AccountId, name: &str) -> Result<(), DatabaseError> {
        let key = self.key_of(unit, account).await?;
        let sealed = self.seal_field(&key, name_place(account), name.as_bytes()).await?;
        store::account::rename(unit, account, sealed).await
    }

    /// Seals the row of an account that an older program wrote, and says whether it did: not when another account has the
    /// login since.
    pub(crate) async fn seal_row(&self, unit: &Unit, account: &Account) -> Result<bool, DatabaseError> {
        let tokens = self.login_tokens(&account.login)?;
        if !store::login_index::enter(unit, account.id, &tokens).await? {
            tracing::error!(account.id = %account.id, "an account in the clear has the login of another one");
            return Ok(false);
        }
        let stored = self.sealed(unit, account).await?;
        store::account::replace(unit, account.id, &stored).await?;
        Ok(true)
    }

    /// Seals something with the key of a subject.
    pub(crate) async fn seal_field(
        &self,
        key: &SubjectKey,
        place: Place,
        text: &[u8],
    ) -> Result<Vec<u8>, DatabaseError> {
        match self.vault.seal_with(key, place, text) {
            Err(VaultError::UnknownGeneration(_)) => self.vault.refresh(&self.database).await?,
            sealed => return Ok(sealed?),
        }
        Ok(self.vault.seal_with(key, place, text)?)
    }

    /// Opens something that was sealed with the key of a subject, with the keys of today.
    pub(crate) async fn open_field(
        &self,
        key: &SubjectKey,
        place: Place,
        field: &[u8],
    ) -> Result<Vec<u8>, DatabaseError> {
        match self.vault.open(key, place, field) {
            Err(VaultError::UnknownGeneration(_)) => self.vault.refresh(&self.database).await?,
            opened => return Ok(opened?),
        }
        Ok(self.vault.open(key, place, field)?)
    }
}

fn seal(vault: &Vault, account: &Account) -> Result<(SubjectKey, Stored), VaultError> {
    let sealed = vault.seal_new(account.id.0, login_place(account.id), account.login.as_bytes())?;
    let name = vault.seal_with(&sealed.key, name_place(account.id), account.name.as_bytes())?;
    Ok((sealed.key, Stored { login: sealed.field, name }))
}

/// The account of a row; `None` when its key is gone.
fn open(vault: &Vault, kept: &Kept) -> Result<Option<Account>, VaultError> {
    let (login, name) = match &kept.field {
        Field::Clear { login, name } => (login.clone(), name.clone()),
        Field::Sealed { key: None, .. } => return Ok(None),
        Field::Sealed { key: Some(key), stored } => {
            let id = kept.account.id;
            let text = |place, field: &[u8]| {
                String::from_utf8(vault.open(key, place, field)?).map_err(|_| VaultError::DoesNotOpen)
            };
            (text(login_place(id), &stored.login)?, text(name_place(id), &stored.name)?)
        }
    };
    Ok(Some(Account { login, name, ..kept.account.clone() }))
}
