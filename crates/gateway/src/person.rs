//! A person as the whole house knows them: appointments, applications, conversations, account, and whether they want reminders; handed out and
//! erased.

mod archive;

use applications::{ErasedApplications, PersonApplications};
use database::DatabaseError;
use domain::identifier::AccountId;
use domain::permission::Actor;
use domain::personal::Pii;
use domain::text::mail_address;
use scheduling::Person;
use serde_json::{Value, json};

use crate::application::Application;

pub(crate) use archive::archive;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PersonError {
    /// About appointments.
    #[error(transparent)]
    Appointments(#[from] scheduling::Failure),
    /// About applications.
    #[error(transparent)]
    Applications(#[from] applications::Failure),
    /// About conversations.
    #[error(transparent)]
    Conversations(#[from] conversations::Failure),
    /// About documents that lie ready.
    #[error(transparent)]
    Pickups(#[from] scheduling::pickup::Failure),
    /// An archive could not be written.
    #[error("the archive cannot be written: {0}")]
    Archive(String),
    /// About the account.
    #[error(transparent)]
    Account(#[from] identity::Failure),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// What an erasure did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ErasedPerson {
    /// Appointments that name nobody any more.
    pub(crate) appointments: u64,
    /// Those of them that were still to come; they were cancelled.
    pub(crate) cancelled: u64,
    /// Appointments that are being served at this moment. Until they are over the account stays; then ask again.
    pub(crate) left: u64,
    /// Drafts, and cases that had been kept long enough, that are gone; cases that the law tells the city to keep.
    pub(crate) applications: ErasedApplications,
    /// Conversations that are gone.
    pub(crate) conversations: u64,
    /// Documents that lie or lay ready and name nobody any more.
    pub(crate) pickups: u64,
    /// Accounts that are gone: one or none.
    pub(crate) accounts: u64,
}

/// Everything kept about a person (Art. 15 and 20 DSGVO), as one JSON object.
///
/// # Errors
/// The asker may not, what was named is no address, or the database failed.
pub(crate) async fn export(application: &Application, actor: &Actor, person: &Person) -> Result<Value, PersonError> {
    let appointments = application.scheduling.export_person(actor, person).await?;
    let account = match account_of(application, actor, person).await? {
        Some(account) => application.identity.export_account(actor, account).await?,
        None => None,
    };
    let login = account.as_ref().map(|account| account.login.as_str());
    let mut refuses = false;
    for mail in addresses(person, login) {
        refuses |= application.deliveries.refuses_reminders(&mail).await?;
    }
    let applications = applications_of(application, actor, person).await?.documents;
    let conversations = match account_of(application, actor, person).await? {
        Some(account) => application.conversations.export_person(actor, account).await?,
        None => Vec::new(),
    };
    let pickups = application.scheduling.export_pickups(actor, person).await?;
    Ok(json!({
        "account": account, "appointments": appointments, "applications": applications,
        "conversations": conversations, "pickups": pickups, "refusesReminders": refuses,
    }))
}

/// What is kept in applications and cases. What was begun without signing in is found by its code alone.
async fn applications_of(
    application: &Application,
    actor: &Actor,
    person: &Person,
) -> Result<PersonApplications, PersonError> {
    match account_of(application, actor, person).await? {
        Some(account) => Ok(application.applications.export_person(actor, account).await?),
        None => Ok(PersonApplications::default()),
    }
}

/// Erases a person (Art. 17 DSGVO): their appointments, their part in applications, their conversations, then their account, and whether they wanted reminders. Doing it
/// twice does no harm, and finishes what was interrupted.
///
/// # Errors
/// As [`export`]; what was done stays done.
pub(crate) async fn erase(
    application: &Application,
    actor: &Actor,
    person: &Person,
) -> Result<ErasedPerson, PersonError> {
    let Application { scheduling, identity, deliveries, .. } = application;
    let mut done = ErasedPerson::default();
    let account = account_of(application, actor, person).await?;
    let login = match account {
        Some(account) => identity.accounts(&[account]).await?.remove(&account).map(|account| account.login),
        None => None,
    };
    let booked_by = account.map(Person::Account).filter(|account| account != person);
    for person in std::iter::once(person).chain(&booked_by) {
        let erased = scheduling.erase_person(actor, person).await?;
        done.appointments += erased.appointments;
        done.cancelled += erased.cancelled;
        done.left += erased.left;
        for mail in erased.mails {
            deliveries.forget_address(mail.expose()).await?;
        }
    }
    done.pickups = scheduling.erase_pickups(actor, person).await?.pickups;
    if let Some(account) = account {
        done.applications = application.applications.erase_person(actor, account).await?;
        done.conversations = application.conversations.erase_person(actor, account).await?;
    }
    if done.left > 0 {
        return Ok(done);
    }
    for mail in addresses(person, login.as_deref()) {
        deliveries.forget_address(&mail).await?;
    }
    if let Some(account) = account {
        done.accounts += u64::from(identity.erase_account(actor, account).await?);
    }
    Ok(done)
}

async fn account_of(
    application: &Application,
    actor: &Actor,
    person: &Person,
) -> Result<Option<AccountId>, PersonError> {
    match person {
        Person::Account(account) => Ok(Some(*account)),
        Person::Mail(mail) => Ok(application.identity.citizen_of(actor, mail).await?),
        // Nobody signs in with a telephone number.
        Person::Phone(_) => Ok(None),
    }
}

/// The addresses that are certainly this person's.
fn addresses(person: &Person, login: Option<&str>) -> Vec<String> {
    let named = match person {
        Person::Mail(mail) => Some(Pii::expose(mail).as_str()),
        Person::Phone(_) | Person::Account(_) => None,
    };
    named.into_iter().chain(login).filter_map(|mail| mail_address(mail).ok()).collect()
}
