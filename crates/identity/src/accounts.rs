//! Reading accounts: one's own, and many at once for a loader.

use std::collections::HashMap;
use std::fmt;

use database::DatabaseError;
use domain::identifier::{AccountId, Key};
use domain::law::TrustLevel;
use domain::permission::{Actor, Permission, Role};
use domain::time::Timestamp;

use crate::failure::Failure;
use crate::{Identity, store};

/// An account without its password. Printing it shows neither login nor name.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// The name used to sign in, in small letters.
    pub login: String,
    /// The name shown.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The office of a clerk, lead or device.
    pub office: Option<Key>,
    /// How sure we are who it is.
    pub trust: TrustLevel,
    /// When it was created.
    pub created_at: Timestamp,
    /// Since when nobody can sign in with it.
    pub disabled_at: Option<Timestamp>,
}

impl Account {
    /// The account as the one who asks.
    pub fn actor(&self) -> Actor {
        Actor::Account { id: self.id, role: self.role, office: self.office.clone(), trust: self.trust }
    }
}

/// Which accounts somebody wants to see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountFilter {
    /// Those with this role; all when absent.
    pub role: Option<Role>,
    /// Those of this office; all when absent.
    pub office: Option<Key>,
}

impl Account {
    /// The name used to sign in, for its owner and for those who manage accounts.
    pub fn login_for(&self, asker: &Actor) -> Option<&str> {
        let may = asker.account() == Some(self.id) || asker.may(Permission::ManageAccounts).is_ok();
        may.then_some(self.login.as_str())
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Account");
        shown.field("id", &self.id).field("role", &self.role).field("office", &self.office).finish_non_exhaustive()
    }
}

impl Identity {
    /// The account of the one who asks; `None` for whoever has none.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn viewer(&self, actor: &Actor) -> Result<Option<Account>, DatabaseError> {
        let Some(id) = actor.account() else { return Ok(None) };
        Ok(self.accounts(&[id]).await?.remove(&id))
    }

    /// Many accounts at once, disabled ones too; unknown and erased ones are left out. For loaders: the caller has decided that the
    /// asker may see them.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn accounts(&self, ids: &[AccountId]) -> Result<HashMap<AccountId, Account>, DatabaseError> {
        let found = self.opened(store::account::by_ids(&self.database, ids).await?).await?;
        Ok(found.into_iter().map(|account| (account.id, account)).collect())
    }

    /// Up to `count` accounts after `after` in the order in which they were created, disabled ones too, for somebody who
    /// manages accounts.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn page_of_accounts(
        &self,
        actor: &Actor,
        wanted: &AccountFilter,
        after: Option<AccountId>,
        count: usize,
    ) -> Result<Vec<Account>, Failure> {
        actor.may(Permission::ManageAccounts)?;
        Ok(self.opened(store::account::page(&self.database, wanted, after, count).await?).await?)
    }
}
