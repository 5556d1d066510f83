//! `migrate`: what would change the tables, what did, and doing it.

use clap::Subcommand;

use database::Database;

use crate::cli::{CommandError, say};
use crate::configuration::Configuration;
use crate::start;

/// What to do about migrations.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum Migrate {
    /// Lists the steps that `up` would apply.
    Plan,
    /// Applies what is missing. Two at the same time do not meet.
    Up,
    /// Lists all steps and whether each was applied.
    Status,
}

/// Runs it.
///
/// # Errors
/// The database cannot be reached or fails.
pub(crate) async fn run(configuration: &Configuration, command: Migrate) -> Result<(), CommandError> {
    // Asking what would be done must not make a file.
    let is_missing = start::sqlite_file(configuration).is_some_and(|file| !file.exists());
    match command {
        Migrate::Plan | Migrate::Status if is_missing => {
            say(format_args!("{} does not exist yet; `migrate up` or `serve` makes it", start::place(configuration)));
            Ok(())
        }
        Migrate::Plan => plan(&start::connect(configuration).await?).await,
        Migrate::Status => status(&start::connect(configuration).await?).await,
        Migrate::Up => up(start::connect(configuration).await?).await,
    }
}

async fn plan(database: &Database) -> Result<(), CommandError> {
    let standing = start::standing(database).await?;
    if standing.pending.is_empty() {
        say("nothing to do");
    }
    for step in standing.pending {
        say(format_args!("would apply {step}"));
    }
    for step in standing.newer {
        say(format_args!("newer than this program: {step}"));
    }
    Ok(())
}

async fn status(database: &Database) -> Result<(), CommandError> {
    let standing = start::standing(database).await?;
    for step in standing.applied {
        say(format_args!("applied {step}"));
    }
    for step in standing.pending {
        say(format_args!("pending {step}"));
    }
    for step in standing.newer {
        say(format_args!("newer than this program: {step}"));
    }
    Ok(())
}

async fn up(database: Database) -> Result<(), CommandError> {
    let steps = start::migrate_up(&database).await?;
    if steps.is_empty() {
        say("nothing to do");
    }
    for step in steps {
        say(format_args!("applied {step}"));
    }
    closed(database).await
}

/// Closes the database, so that SQLite leaves one file behind.
///
/// # Errors
/// It cannot be closed.
pub(crate) async fn closed(database: Database) -> Result<(), CommandError> {
    database.close().await.map_err(|error| CommandError::Failed(format!("the database cannot be closed: {error}")))
}
