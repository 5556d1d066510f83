//! `person`: what is kept about a person, handed out or erased, for somebody who writes to the city.

use std::fs::OpenOptions;
use std::io::{Read, Write, stdin};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use applications::ErasedApplications;
use clap::{Args, Subcommand};
use futures_util::StreamExt;

use domain::identifier::AccountId;
use domain::permission::Actor;
use domain::personal::Pii;
use scheduling::{Failure, Person};

use crate::application::Application;
use crate::cli::migrate::closed;
use crate::cli::{CommandError, say};
use crate::configuration::Configuration;
use crate::person::{self, ErasedPerson, PersonError};
use crate::start;

/// Longer than any address.
const MOST_BYTES: u64 = 1_024;

/// What to do about a person.
#[derive(Debug, Subcommand)]
pub(crate) enum PersonCommand {
    /// Prints everything kept about the person, account, appointments and applications, as one JSON object (Art. 15 and 20
    /// DSGVO).
    Export {
        #[command(flatten)]
        who: Who,
        /// Writes a ZIP into this new file instead: the JSON object, the files that the person handed in, and a list of hashes.
        #[arg(long, value_name = "FILE")]
        zip: Option<PathBuf>,
    },
    /// Erases the person (Art. 17 DSGVO): from their appointments, of which those to come are cancelled, from their
    /// applications, of which drafts are deleted and cases kept for as long as their service says, and the account of a citizen
    /// who signs in with that address. Accounts of staff are erased by their id alone.
    Erase(Who),
}

/// Whom.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Who {
    /// By mail address; `-` reads it from standard input, where no list of processes shows it.
    #[arg(long, value_name = "ADDRESS")]
    mail: Option<String>,
    /// By telephone number; `-` reads it from standard input.
    #[arg(long, value_name = "NUMBER")]
    phone: Option<String>,
    /// By the id of the account.
    #[arg(long, value_name = "ID")]
    account: Option<uuid::Uuid>,
}

impl Who {
    fn person(self) -> Result<Person, CommandError> {
        match self {
            Self { mail: Some(mail), .. } => Ok(Person::Mail(typed(mail)?)),
            Self { phone: Some(phone), .. } => Ok(Person::Phone(typed(phone)?)),
            Self { account: Some(account), .. } => Ok(Person::Account(AccountId(account))),
            Self { .. } => Err(CommandError::Usage("name --mail, --phone or --account".to_owned())),
        }
    }
}

fn typed(text: String) -> Result<Pii<String>, CommandError> {
    if text != "-" {
        return Ok(text.into());
    }
    let mut line = String::new();
    let read = stdin().take(MOST_BYTES).read_to_string(&mut line);
    read.map_err(|error| CommandError::Usage(format!("standard input cannot be read: {error}")))?;
    Ok(line.trim().into())
}

/// Runs it.
///
/// # Errors
/// What was named is no address, or the database failed.
pub(crate) async fn run(configuration: &Configuration, command: PersonCommand) -> Result<(), CommandError> {
    let database = start::connect(configuration).await?;
    start::migrated(&database).await?;
    let secrets = start::secrets(configuration, &database).await?;
    let (application, _desk) = start::application(configuration, database.clone(), secrets)?;
    let done = match command {
        PersonCommand::Export { who, zip: None } => {
            person::export(&application, &Actor::System, &who.person()?).await.map(say)
        }
        PersonCommand::Export { who, zip: Some(file) } => write_archive(&application, who.person()?, &file).await,
        PersonCommand::Erase(who) => person::erase(&application, &Actor::System, &who.person()?).await.map(tell),
    };
    let done = done.map_err(|error| match error {
        PersonError::Appointments(Failure::Problem(problem)) => CommandError::Usage(problem.to_string()),
        error => CommandError::Failed(error.to_string()),
    });
    done.and(closed(database).await)
}

/// Writes the archive into a file that only its owner reads, and that was not there.
async fn write_archive(application: &Application, person: Person, file: &Path) -> Result<(), PersonError> {
    let wrong = |error: std::io::Error| PersonError::Archive(format!("{}: {error}", file.display()));
    let mut options = OpenOptions::new();
    let mut out = options.write(true).create_new(true).mode(0o600).open(file).map_err(wrong)?;
    let mut archive = Box::pin(person::archive(application.clone(), Actor::System, person));
    while let Some(bytes) = archive.next().await {
        out.write_all(&bytes?).map_err(wrong)?;
    }
    out.sync_all().map_err(wrong)?;
    say(format_args!("written: {}", file.display()));
    Ok(())
}

fn tell(erased: ErasedPerson) {
    say(format_args!("erased {} appointments, {} of them cancelled", erased.appointments, erased.cancelled));
    let ErasedApplications { drafts, cases, kept } = erased.applications;
    if drafts + cases + kept > 0 {
        say(format_args!(
            "erased {drafts} drafts and {cases} cases; {kept} cases are kept for as long as their service says"
        ));
    }
    if erased.conversations > 0 {
        say(format_args!("erased {} conversations", erased.conversations));
    }
    if erased.pickups > 0 {
        say(format_args!("erased whose {} documents in lockers or at counters were", erased.pickups));
    }
    if erased.accounts > 0 {
        say("erased the account, its sessions and tokens");
    }
    if erased.left > 0 {
        say(format_args!("{} are being served at this moment: run this again when they are over", erased.left));
    }
}
