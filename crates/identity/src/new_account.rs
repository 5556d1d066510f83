//! What a new account must be like, whoever asks for it.

use domain::identifier::{AccountId, Key};
use domain::law::TrustLevel;
use domain::permission::Role;
use domain::text::{TextRefusal, line, person_name};
use domain::time::Timestamp;

use crate::accounts::Account;
use crate::login;
use crate::password::{Password, PasswordRefusal};

/// Why an account is refused. None of the messages repeats what was typed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountRefusal {
    /// The login has a form that the role does not take.
    #[error(
        "a citizen's login is a mail address; others also take 2 to 64 small letters, digits, hyphens, dots and underscores"
    )]
    Login,
    /// The name is refused.
    #[error("the name is refused: {0}")]
    Name(TextRefusal),
    /// A clerk, lead or device without an office could do nothing.
    #[error("a clerk, a lead and a device belong to an office")]
    OfficeMissing,
    /// A citizen or operator with an office would mean something nobody defined.
    #[error("a citizen and an operator belong to no office")]
    OfficeNotAllowed,
    /// The password is refused.
    #[error(transparent)]
    Password(PasswordRefusal),
}

/// What somebody asks for. Borrowed from a command or a seed.
pub(crate) struct Wanted<'a> {
    pub(crate) login: &'a str,
    pub(crate) name: &'a str,
    pub(crate) role: Role,
    pub(crate) office: Option<&'a Key>,
    pub(crate) trust: TrustLevel,
    pub(crate) password: Option<&'a Password>,
}

impl Wanted<'_> {
    /// Checks everything and makes the account.
    pub(crate) fn check(&self, id: AccountId, now: Timestamp) -> Result<Account, AccountRefusal> {
        let login = login::chosen(self.role, self.login).ok_or(AccountRefusal::Login)?;
        let name = match self.role {
            // A display may be called "Aufruf 2".
            Role::Device => line(self.name, 200),
            Role::Citizen | Role::Clerk | Role::Lead | Role::Operator => person_name(self.name),
        };
        let name = name.map_err(AccountRefusal::Name)?;
        check_office(self.role, self.office)?;
        let account = Account {
            id,
            login,
            name,
            role: self.role,
            office: self.office.cloned(),
            trust: self.trust,
            created_at: now,
            disabled_at: None,
        };
        if let Some(password) = self.password {
            password.check(&account).map_err(AccountRefusal::Password)?;
        }
        Ok(account)
    }
}

/// Whether `role` goes with an office, or with none.
pub(crate) fn check_office(role: Role, office: Option<&Key>) -> Result<(), AccountRefusal> {
    match (role, office) {
        (Role::Clerk | Role::Lead | Role::Device, None) => Err(AccountRefusal::OfficeMissing),
        (Role::Citizen | Role::Operator, Some(_)) => Err(AccountRefusal::OfficeNotAllowed),
        (Role::Clerk | Role::Lead | Role::Device, Some(_)) | (Role::Citizen | Role::Operator, None) => Ok(()),
    }
}
