//! Giving an account another role or office, which ends its sessions and tokens: the new ones carry the new rights.

use domain::identifier::{AccountId, Key};
use domain::permission::{Actor, Permission, Role};

use crate::accounts::Account;
use crate::failure::{Failure, Problem};
use crate::new_account::{AccountRefusal, check_office};
use crate::{Identity, login, store};

/// The new role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRole {
    /// Whose.
    pub account: AccountId,
    /// What it may do from now on.
    pub role: Role,
    /// The office of a clerk or lead. That it exists is checked by whoever knows the city.
    pub office: Option<Key>,
}

/// What does not change about an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Citizen,
    Staff,
    Device,
}

impl Kind {
    const fn of(role: Role) -> Self {
        match role {
            Role::Citizen => Self::Citizen,
            Role::Clerk | Role::Lead | Role::Operator => Self::Staff,
            Role::Device => Self::Device,
        }
    }
}

impl Identity {
    /// Changes the role of an account for somebody who manages accounts. Citizens, staff and devices do not turn into each
    /// other: their passwords follow other rules, and whoever works here has an account for work.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn change_role(&self, actor: &Actor, command: ChangeRole) -> Result<Account, Failure> {
        actor.may(Permission::ManageAccounts)?;
        let ChangeRole { account: id, role, office } = command;
        if actor.account() == Some(id) {
            return Err(Problem::OwnAccount.into());
        }
        check_office(role, office.as_ref())?;
        let found = self.accounts(&[id]).await?.remove(&id).filter(|account| account.disabled_at.is_none());
        let account = found.ok_or(Problem::NotFound)?;
        if Kind::of(account.role) != Kind::of(role) {
            return Err(Problem::RoleFixed.into());
        }
        login::chosen(role, &account.login).ok_or(AccountRefusal::Login)?;
        if (account.role, &account.office) == (role, &office) {
            return Ok(account);
        }
        let unit = self.database.begin().await?;
        let generation =
            store::account::change_role(&unit, id, role, office.as_ref()).await?.ok_or(Problem::NotFound)?;
        let ended = self.end_everything(&unit, id, generation).await?;
        self.audit(&unit, actor, "account.change_role", id.0).await?;
        unit.commit().await?;
        self.hear_now(ended);
        Ok(Account { role, office, ..account })
    }
}
