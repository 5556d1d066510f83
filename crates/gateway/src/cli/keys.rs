//! `keys`: changing the keys of personal data while people book, and changing the master key.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use uuid::Uuid;

use database::{AuditEntry, Database, DatabaseError, Vault};
use domain::identifier::EventId;
use domain::permission::Actor;

use crate::application::Application;
use crate::cli::migrate::closed;
use crate::cli::{CommandError, say};
use crate::configuration::{Configuration, load_or_create_secret};
use crate::index::{self, Progress};
use crate::start;

/// What to do about keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Makes a new tenant key and wraps every subject key anew, in small portions, while people book. Interrupted, it is
    /// run again. The old key is destroyed some minutes later, by the worker.
    Rotate {
        /// Changes the master key instead: wraps everything with the key in this file, which is made when missing. Then
        /// put it in the place of the old file and start the servers again.
        #[arg(long, value_name = "FILE")]
        new_key_file: Option<PathBuf>,
        /// Changes the key of blind numbers instead, by which logins, mail addresses and telephone numbers are looked up:
        /// numbers logins anew at once, in small portions while people sign in, and leaves addresses of appointments to the
        /// worker, ten minutes later. Interrupted, it is run again and goes on.
        #[arg(long, conflicts_with = "new_key_file")]
        index: bool,
    },
    /// Shows which keys there are and how far a change is.
    Status,
}

/// Runs it.
///
/// # Errors
/// The key file is the wrong one, or the database failed.
pub(crate) async fn run(configuration: &Configuration, command: KeysCommand) -> Result<(), CommandError> {
    let database = start::connect(configuration).await?;
    start::migrated(&database).await?;
    let secrets = start::secrets(configuration, &database).await?;
    let (application, _desk) = start::application(configuration, database.clone(), secrets)?;
    let done = match command {
        KeysCommand::Rotate { index: true, .. } => rotate_index(&application).await,
        KeysCommand::Rotate { new_key_file: None, .. } => rotate(&application).await.map_err(failed),
        KeysCommand::Rotate { new_key_file: Some(file), .. } => change_master(configuration, &application, &file).await,
        KeysCommand::Status => status(&application).await.map_err(failed),
    };
    done.and(closed(database).await)
}

async fn rotate(application: &Application) -> Result<(), DatabaseError> {
    let Application { database, vault, clock, .. } = application;
    let generation = vault.begin_rotation(database, clock.now()).await?;
    audit(application, "keys.rotate", generation).await?;
    say(format_args!("tenant key {generation} seals everything new from now on"));
    let keys = rewrap(database, vault).await?;
    say(format_args!("wrapped {keys} subject keys anew"));
    let gone = vault.retire(database, clock.now()).await?;
    if gone == 0 {
        say("the old key goes in ten minutes, when nobody can be using it any more; the worker does that");
    }
    Ok(())
}

async fn rewrap(database: &Database, vault: &Vault) -> Result<u64, DatabaseError> {
    let (mut keys, mut next) = (0, None);
    loop {
        let portion = vault.rewrap_portion(database, next).await?;
        keys += portion.keys;
        next = portion.next;
        if next.is_none() {
            return Ok(keys);
        }
    }
}

async fn rotate_index(application: &Application) -> Result<(), CommandError> {
    let Application { database, vault, clock, identity, .. } = application;
    vault.unlock(database, clock.now()).await.map_err(failed)?;
    vault.refresh(database).await.map_err(failed)?;
    let before = vault.index_generations().len();
    let generation = vault.begin_index_rotation(database, clock.now()).await.map_err(failed)?;
    if before == 1 {
        audit(application, "keys.rotate_index", generation).await.map_err(failed)?;
        say(format_args!(
            "index key {generation} numbers everything new from now on; both are tried until the old one goes"
        ));
    } else {
        say(format_args!("the change to index key {generation} goes on"));
    }
    let wrong = |failure: identity::Failure| CommandError::Failed(failure.to_string());
    let logins = identity.reindex_logins(&Actor::System).await.map_err(wrong)?;
    say(format_args!("numbered {logins} logins anew"));
    let progress = index::finish(application).await.map_err(CommandError::Failed)?;
    say(match progress {
        Progress::Waiting => {
            "addresses follow in ten minutes, when every process knows the new key; the worker does that".to_owned()
        }
        Progress::Renumbered(count) => format!("numbered {count} appointments anew; the worker does the rest"),
        Progress::Done => "the old key is destroyed".to_owned(),
    });
    Ok(())
}

async fn change_master(
    configuration: &Configuration,
    application: &Application,
    file: &Path,
) -> Result<(), CommandError> {
    if file == configuration.secrets.key_file {
        return Err(CommandError::Usage("--new-key-file: this is the key in use; name another file".to_owned()));
    }
    let new = load_or_create_secret(file)
        .map_err(|error| CommandError::Failed(format!("--new-key-file: {}: {error}", file.display())))?;
    let keys = application.vault.change_master(&application.database, new.bytes()).await.map_err(failed)?;
    audit(application, "keys.change_master", 0).await.map_err(failed)?;
    let old = configuration.secrets.key_file.display();
    say(format_args!("wrapped {keys} keys with the master key in {}", file.display()));
    say(format_args!(
        "now: mv {} {old}   and start serve and work again; until then they go on as they are",
        file.display()
    ));
    Ok(())
}

async fn status(application: &Application) -> Result<(), DatabaseError> {
    let rotation = application.vault.rotation(&application.database).await?;
    say(format_args!("master key  {}", application.vault.master_id()));
    say(format_args!("tenant key  {}", rotation.newest));
    if let [newest, older @ ..] = application.vault.index_generations().as_slice() {
        say(format_args!("index key   {newest}"));
        for older in older {
            let logins = application.identity.logins_to_reindex().await?;
            say(format_args!("older       {older}; {logins} logins still numbered by it alone"));
        }
    }
    if !rotation.older.is_empty() {
        let older: Vec<String> = rotation.older.iter().map(ToString::to_string).collect();
        say(format_args!("older       {}; {} subject keys still wrapped by them", older.join(", "), rotation.waiting));
    }
    Ok(())
}

async fn audit(application: &Application, action: &'static str, number: i64) -> Result<(), DatabaseError> {
    let at = application.clock.now();
    let id = EventId(application.entropy.id(at));
    let entry = AuditEntry { id, actor: None, action, subject: Uuid::from_u128(number.unsigned_abs().into()), at };
    application.database.audit_alone(&entry, &[]).await
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn failed(error: DatabaseError) -> CommandError {
    CommandError::Failed(error.to_string())
}
