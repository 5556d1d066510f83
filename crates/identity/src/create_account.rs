//! Creating an account.

use database::{AuditEntry, DatabaseError, IdempotencyKey, Remembered, Rule, Unit};
use domain::identifier::{AccountId, EventId, Key};
use domain::law::TrustLevel;
use domain::permission::{Actor, Forbidden, Permission, Role};
use uuid::Uuid;

use crate::Identity;
use crate::accounts::Account;
use crate::blind::Purpose;
use crate::new_account::{AccountRefusal, Wanted};
use crate::password::Password;
use crate::password_hasher::Busy;
use crate::requests::idempotency_key;

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
    /// The key of the request is too short to be unique, or too long.
    #[error("an idempotency key has 16 to 128 signs")]
    IdempotencyKey,
    /// The same idempotency key came with another input.
    #[error("this idempotency key was used for another request")]
    IdempotencyMismatch,
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
        self.create(actor, &command, None).await
    }

    /// As [`Identity::create_account`], for clients that may send the same request twice.
    ///
    /// # Errors
    /// See [`CreateAccountError`].
    pub async fn create_account_once(
        &self,
        actor: &Actor,
        command: CreateAccount,
        client_key: &str,
    ) -> Result<Account, CreateAccountError> {
        actor.may(Permission::ManageAccounts)?;
        let input = self.input_of(&command);
        let key = idempotency_key(actor, client_key, "create_account", &input);
        let key = key.map_err(|_| CreateAccountError::IdempotencyKey)?;
        if let Some(before) = self.created_before(&key).await? {
            return Ok(before);
        }
        match self.create(actor, &command, Some(&key)).await {
            // The same request may have been faster on another way.
            Err(CreateAccountError::LoginTaken) => {
                self.created_before(&key).await?.ok_or(CreateAccountError::LoginTaken)
            }
            outcome => outcome,
        }
    }

    async fn create(
        &self,
        actor: &Actor,
        command: &CreateAccount,
        key: Option<&IdempotencyKey>,
    ) -> Result<Account, CreateAccountError> {
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
        self.unlocked().await?;
        let unit = self.database.begin().await?;
        self.add_account(&unit, &account, hash.as_deref()).await?;
        self.audit(&unit, actor, "account.create", account.id.0).await?;
        if let Some(key) = key {
            unit.remember(key, account.id.0, account.created_at).await?;
        }
        unit.commit().await?;
        Ok(account)
    }

    async fn created_before(&self, key: &IdempotencyKey) -> Result<Option<Account>, CreateAccountError> {
        match self.database.remembered(key).await? {
            Some(Remembered::Same(id)) => Ok(self.accounts(&[AccountId(id)]).await?.remove(&AccountId(id))),
            Some(Remembered::Mismatch) => Err(CreateAccountError::IdempotencyMismatch),
            None => Ok(None),
        }
    }

    /// The request as a code that nobody can guess the login, the name or the password from.
    fn input_of(&self, command: &CreateAccount) -> String {
        let CreateAccount { login, name, role, office, trust, password } = command;
        let form = password.as_ref().and_then(Password::hashed_form);
        let password = form.map(|form| self.blind.code(Purpose::SamePassword, &[form.as_bytes()]));
        let input = format!("{login:?} {name:?} {role:?} {office:?} {trust:?} {password:?}");
        format!("{:?}", self.blind.code(Purpose::SameAccount, &[input.as_bytes()]))
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
