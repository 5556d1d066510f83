//! Accounts: who can sign in, as what, and where.

use serde::{Deserialize, Serialize};

use crate::identifier::Key;
use crate::permission::Role;

/// An account that a city directory asks for. The password stands in a file of the directory or is set later.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSeed {
    /// The name used to sign in; for citizens a mail address.
    pub login: String,
    /// The name shown.
    pub name: String,
    /// What the account may do.
    pub role: Role,
    /// The office a clerk, lead or device belongs to.
    pub office: Option<Key>,
    /// The content of the password file; never written into a stored version of the city.
    #[serde(skip)]
    pub password: Option<String>,
}

impl std::fmt::Debug for AccountSeed {
    // Login, name and password belong to a person.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccountSeed").field("role", &self.role).field("office", &self.office).finish_non_exhaustive()
    }
}
