//! What letters about accounts need to know: the port of messages to identity.

use std::sync::Arc;

use database::DatabaseError;
use domain::text::{Language, mail_address};
use identity::Identity;
use notifications::{
    AccountFacts, AccountHappening, AccountLetter, AccountOccasion, Answer, FactsMissing, Recipient, Reset,
};
use scheduling::Scheduling;

use crate::application::Application;

/// Where a new password is set. Letters link to it.
pub(crate) const RESET_PATH: &str = "/account/reset";

/// Accounts and the city they belong to.
#[derive(Debug)]
pub(crate) struct FromIdentity {
    identity: Arc<Identity>,
    scheduling: Arc<Scheduling>,
}

impl FromIdentity {
    /// The port over an application.
    pub(crate) fn new(application: &Application) -> Self {
        Self { identity: Arc::clone(&application.identity), scheduling: Arc::clone(&application.scheduling) }
    }

    async fn read(&self, happening: &AccountHappening) -> Result<Option<AccountLetter>, FactsMissing> {
        let found = self.identity.accounts(&[happening.account]).await.map_err(|error| missing(&error))?;
        let account = found.into_values().find(|account| account.disabled_at.is_none());
        let Some(account) = account.filter(|account| mail_address(&account.login).is_ok()) else { return Ok(None) };
        let reset = match happening.occasion {
            AccountOccasion::ResetRequested => match self.reset(happening).await.map_err(|error| missing(&error))? {
                Some(reset) => Some(reset),
                None => return Ok(None),
            },
            AccountOccasion::SecondFactorChanged => None,
        };
        // A worker on its own follows nobody, so it looks once for a city.
        if self.scheduling.board().picture().is_err() {
            self.scheduling.follow_changes().await.map_err(|failure| FactsMissing(failure.to_string()))?;
        }
        let picture = self.scheduling.board().picture().map_err(|problem| FactsMissing(problem.to_string()))?;
        let municipality = &picture.city.municipality;
        // An account has no language of its own; German is everybody's here.
        let language = Language::German;
        Ok(Some(AccountLetter {
            recipient: Recipient { mail: account.login.into(), name: account.name.into(), language },
            zone: municipality.time_zone,
            city: municipality.name.get(language).to_owned(),
            phone: municipality.phone.clone(),
            reset,
        }))
    }

    async fn reset(&self, happening: &AccountHappening) -> Result<Option<Reset>, DatabaseError> {
        let found = self.identity.reset_code(happening.account).await?;
        Ok(found.map(|found| Reset {
            path: format!("{RESET_PATH}/{}", found.code),
            code: found.code,
            until: found.expires_at,
        }))
    }
}

impl AccountFacts for FromIdentity {
    fn facts<'a>(&'a self, happening: &'a AccountHappening) -> Answer<'a, Option<AccountLetter>> {
        Box::pin(self.read(happening))
    }
}

fn missing(error: &DatabaseError) -> FactsMissing {
    FactsMissing(error.to_string())
}
