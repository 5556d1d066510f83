//! Creating an account.

use database::{AuditEntry, DatabaseError, Rule, Unit};
use domain::identifier::{AccountId, EventId, Key};
use domain::law::TrustLevel;
use domain::permission::{Actor, Forbidden, Permission, Role};
use uuid::Uuid;

use crate::accounts::Account;
use crate::new_account::{AccountRefusal, Wanted};
use crate::password::Password;
use crate::password_hasher::Busy;
use crate::{Identity, store};

/// What the new account is to be. Printing it shows the role alone.
#[derive(Clone)]
pub struct CreateAccount {
    /// The name used to sign in; for citizens a mail address.
    pub login: String,
    /// The name shown.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The office of a clerk, lead or device. That it exists is checked by whoever knows the city.
    pub office: Option<Key>,
    /// How sure the operator is who it is.
    pub trust: TrustLevel,
    /// The first password; without one nobody can sign in until it is set.
    pub password: Option<Password>,
}

impl std::fmt::Debug for CreateAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreateAccount").field("role", &self.role).finish_non_exhaustive()
    }
}

/// Why no account was created.
#[derive(Debug, thiserror::Error)]
pub enum CreateAccountError {
    /// The asker may not.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// Something about the account is not allowed.
    #[error(transparent)]
    Refused(#[from] AccountRefusal),
    /// Another account signs in with this name.
    #[error("the login is taken")]
    LoginTaken,
    /// Too many passwords are being hashed.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The database failed.
    #[error(transparent)]
    Database(DatabaseError),
}

impl From<DatabaseError> for CreateAccountError {
    fn from(error: DatabaseError) -> Self {
        if error.breaks(Rule::AccountLogin) { Self::LoginTaken } else { Self::Database(error) }
    }
}

impl Identity {
    /// Creates an account for somebody who manages accounts.
    ///
    /// # Errors
    /// See [`CreateAccountError`].
    pub async fn create_account(&self, actor: &Actor, command: CreateAccount) -> Result<Account, CreateAccountError> {
        actor.may(Permission::ManageAccounts)?;
        let wanted = Wanted {
            login: &command.login,
            name: &command.name,
            role: command.role,
            office: command.office.as_ref(),
            trust: command.trust,
            password: command.password.as_ref(),
        };
        let account = wanted.check(AccountId(self.new_id()), self.clock.now())?;
        let hash = match &command.password {
            Some(password) => Some(self.hasher.hash(password, self.salt()).await?),
            None => None,
        };
        let unit = self.database.begin().await?;
        store::account::add(&unit, &account, hash.as_deref()).await?;
        self.audit(&unit, actor, "account.create", account.id.0).await?;
        unit.commit().await?;
        Ok(account)
    }

    /// Writes into the audit log that `actor` did `action` to `subject` just now.
    pub(crate) async fn audit(
        &self,
        unit: &Unit,
        actor: &Actor,
        action: &'static str,
        subject: Uuid,
    ) -> Result<(), DatabaseError> {
        let entry =
            AuditEntry { id: EventId(self.new_id()), actor: actor.account(), action, subject, at: self.clock.now() };
        unit.audit(&entry).await
    }
}
