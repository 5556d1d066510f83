//! The accounts a city directory asks for, created when the city is loaded. An existing account is never changed.

use std::collections::HashSet;
use std::fmt;

use database::{DatabaseError, IndexToken, Unit};
use domain::account::AccountSeed;
use domain::identifier::AccountId;
use domain::law::TrustLevel;
use domain::permission::{Actor, Forbidden, Permission};

use crate::accounts::Account;
use crate::new_account::{AccountRefusal, Wanted};
use crate::password::Password;
use crate::password_hasher::Busy;
use crate::{Identity, store};

/// Accounts that are missing, with their passwords hashed, ready to be written.
pub struct PreparedSeeds(Vec<(Account, Option<String>)>);

impl fmt::Debug for PreparedSeeds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedSeeds").field("accounts", &self.0.len()).finish_non_exhaustive()
    }
}

/// Why the seeds were not prepared.
#[derive(Debug, thiserror::Error)]
pub enum SeedAccountsError {
    /// The asker may not.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// Some seeds are not allowed: the place of each in the list, from 0, and why.
    #[error("{} of the accounts are refused", .0.len())]
    Refused(Vec<(usize, AccountRefusal)>),
    /// The process is stopping.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Identity {
    /// Checks all seeds, finds those that are missing, and hashes their passwords. Done before the unit of work begins,
    /// because hashing takes a tenth of a second each and a unit holds up every other writer.
    ///
    /// # Errors
    /// [`SeedAccountsError::Refused`] lists everything that is wrong at once.
    pub async fn prepare_seeds(
        &self,
        actor: &Actor,
        seeds: &[AccountSeed],
    ) -> Result<PreparedSeeds, SeedAccountsError> {
        actor.may(Permission::LoadCity)?;
        let accounts = self.check_seeds(seeds)?;
        let logins: Vec<String> = accounts.iter().map(|(account, _)| account.login.clone()).collect();
        let taken = self.taken_logins(&logins).await?;
        let mut missing = Vec::new();
        for (account, password) in accounts {
            if taken.contains(&account.login) {
                continue;
            }
            let hash = match password {
                Some(password) => Some(self.hasher.hash_patiently(&password, self.salt()).await?),
                None => None,
            };
            missing.push((account, hash));
        }
        Ok(PreparedSeeds(missing))
    }

    /// Writes prepared seeds within the unit that loads the city, and says how many accounts it created. An account
    /// that somebody created meanwhile stays as it is.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn apply_seeds(&self, actor: &Actor, unit: &Unit, seeds: &PreparedSeeds) -> Result<usize, DatabaseError> {
        let mut created = 0;
        for (account, hash) in &seeds.0 {
            if self.add_account_if_missing(unit, account, hash.as_deref()).await? {
                self.audit(unit, actor, "account.create", account.id.0).await?;
                created += 1;
            }
        }
        Ok(created)
    }

    /// Which of these logins are taken.
    async fn taken_logins(&self, logins: &[String]) -> Result<HashSet<String>, DatabaseError> {
        self.unlocked().await?;
        let mut taken = store::account::taken_in_the_clear(&self.database, logins).await?;
        let mut tokens = Vec::new();
        for login in logins {
            tokens.extend(self.login_tokens(login)?.into_iter().map(|token| (token, login)));
        }
        let numbers: Vec<IndexToken> = tokens.iter().map(|(token, _)| *token).collect();
        let found = store::login_index::taken(&self.database, &numbers).await?;
        let is_taken = |token: &IndexToken| found.contains(&token.token[..]);
        taken.extend(tokens.into_iter().filter(|(token, _)| is_taken(token)).map(|(_, login)| login.clone()));
        Ok(taken)
    }

    fn check_seeds(&self, seeds: &[AccountSeed]) -> Result<Vec<(Account, Option<Password>)>, SeedAccountsError> {
        let (mut accounts, mut refusals) = (Vec::new(), Vec::new());
        for (place, seed) in seeds.iter().enumerate() {
            let password = seed.password.as_deref().map(Password::new);
            let wanted = Wanted {
                login: &seed.login,
                name: &seed.name,
                role: seed.role,
                office: seed.office.as_ref(),
                // A line in a file proves nobody's identity.
                trust: TrustLevel::None,
                password: password.as_ref(),
            };
            match wanted.check(AccountId(self.new_id()), self.clock.now()) {
                Ok(account) => accounts.push((account, password)),
                Err(refusal) => refusals.push((place, refusal)),
            }
        }
        if refusals.is_empty() { Ok(accounts) } else { Err(SeedAccountsError::Refused(refusals)) }
    }
}
