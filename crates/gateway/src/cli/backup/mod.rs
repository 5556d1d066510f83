//! `backup`: making backups, checking them, listing them and letting old ones go.

mod contents;
mod create;
mod files;
mod fill;
mod folder;
mod list;
mod manifest;
mod open;
mod prune;
mod scratch;
mod verify;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::CommandError;
use crate::cli::doctor::Form;
use crate::configuration::Configuration;

pub(crate) use fill::{Filled, fill};
pub(crate) use folder::{newest, synced};
pub(crate) use manifest::Seal;
pub(crate) use open::{Backup, OtherKey, existing_key};

/// What to do about backups.
#[derive(Debug, Subcommand)]
pub(crate) enum BackupCommand {
    /// Makes a backup while people book: a new folder, named by its time, that is there as a whole or not at all.
    Create {
        /// Where; `backup.directory` when nothing is named.
        directory: Option<PathBuf>,
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Checks a backup: its seal, its files, and that a copy can be made from it in which every row and every count is right.
    Verify(Verify),
    /// Lists the backups of a directory, newest first.
    List {
        /// Where; `backup.directory` when nothing is named.
        directory: Option<PathBuf>,
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Lets old backups go, and the keys inside younger ones. Never the newest.
    Prune(Prune),
}

/// The backup to check.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The backup's folder.
    path: PathBuf,
    /// Takes the keys from this other backup, where their time is over here.
    #[arg(long, value_name = "PATH")]
    keys: Option<PathBuf>,
    /// Accepts a backup that was sealed under another master key.
    #[arg(long)]
    other_key: bool,
    /// Where the copy is made for a while; the system's temporary folder when nothing is named.
    #[arg(long, value_name = "DIR")]
    scratch: Option<PathBuf>,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

/// What to keep.
#[derive(Debug, Args)]
pub(crate) struct Prune {
    /// Where; `backup.directory` when nothing is named.
    directory: Option<PathBuf>,
    /// Days a backup is kept; `backup.keep_days` when nothing is said.
    #[arg(long, value_name = "N")]
    keep_days: Option<u32>,
    /// Days the keys in it are kept; `backup.keep_keys_days` when nothing is said.
    #[arg(long, value_name = "N")]
    keep_keys_days: Option<u32>,
    /// So many of the newest are kept whatever their age; `backup.keep_newest` when nothing is said.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    keep_newest: Option<u32>,
    /// Only says what would go.
    #[arg(long)]
    dry_run: bool,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

/// Runs it.
///
/// # Errors
/// See each command.
pub(crate) async fn run(configuration: &Configuration, command: BackupCommand) -> Result<(), CommandError> {
    match command {
        BackupCommand::Create { directory, json } => {
            create::create(configuration, &place(configuration, directory)?, Form::of(json)).await
        }
        BackupCommand::Verify(wanted) => verify::verify(configuration, &wanted).await,
        BackupCommand::List { directory, json } => list::list(&place(configuration, directory)?, Form::of(json)),
        BackupCommand::Prune(wanted) => {
            let directory = place(configuration, wanted.directory.clone())?;
            prune::prune(&configuration.backup, &directory, &wanted)
        }
    }
}

fn place(configuration: &Configuration, named: Option<PathBuf>) -> Result<PathBuf, CommandError> {
    named
        .or_else(|| configuration.backup.directory.clone())
        .ok_or_else(|| CommandError::Usage("name a directory for backups, or set backup.directory".to_owned()))
}
