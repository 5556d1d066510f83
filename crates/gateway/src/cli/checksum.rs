//! `checksum`: how many rows each table has and what they add up to, to compare copies on whatever engine.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use database::{Database, DatabaseError, TableSum};

use crate::cli::backup::{Backup, OtherKey, existing_key};
use crate::cli::doctor::Form;
use crate::cli::migrate::closed;
use crate::cli::{CommandError, say};
use crate::configuration::Configuration;
use crate::start;

/// What to add up.
#[derive(Debug, Args)]
pub(crate) struct ChecksumCommand {
    /// A backup's folder; the database when nothing is named.
    path: Option<PathBuf>,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

/// Rows and checksum by table.
type Sums = BTreeMap<String, (u64, String)>;

/// Adds up and tells, a line for each table.
///
/// # Errors
/// The database or the backup cannot be read.
pub(crate) async fn run(configuration: &Configuration, wanted: ChecksumCommand) -> Result<(), CommandError> {
    let sums = match &wanted.path {
        Some(path) => of_backup(configuration, path)?,
        None => of_database(configuration).await?,
    };
    match Form::of(wanted.json) {
        Form::Json => {
            let table = |(name, (rows, checksum)): (String, (u64, String))| {
                (name, json!({ "rows": rows, "checksum": checksum }))
            };
            say(json!({ "tables": sums.into_iter().map(table).collect::<serde_json::Map<_, _>>() }));
        }
        Form::Lines => {
            for (name, (rows, checksum)) in sums {
                say(format_args!("{name} {rows} {checksum}"));
            }
        }
    }
    Ok(())
}

fn of_backup(configuration: &Configuration, path: &Path) -> Result<Sums, CommandError> {
    let backup = Backup::open(path, existing_key(configuration)?.as_ref(), OtherKey::Accept)?;
    let tables = backup.manifest.tables.into_iter();
    Ok(tables.map(|(name, entry)| (name, (entry.rows, entry.checksum))).collect())
}

async fn of_database(configuration: &Configuration) -> Result<Sums, CommandError> {
    if start::sqlite_file(configuration).is_some_and(|file| !file.exists()) {
        return Err(CommandError::Failed(format!("{} does not exist", start::place(configuration))));
    }
    let database = start::connect(configuration).await?;
    let sums = sums(&database).await.map_err(|error| CommandError::Failed(error.to_string()))?;
    closed(database).await?;
    Ok(sums.into_iter().map(|(name, sum)| (name, (sum.rows, sum.checksum.to_string()))).collect())
}

async fn sums(database: &Database) -> Result<Vec<(String, TableSum)>, DatabaseError> {
    let snapshot = database.snapshot().await?;
    let mut sums = Vec::new();
    for table in snapshot.tables().await? {
        sums.push((table.name().to_owned(), snapshot.sum(&table).await?));
    }
    Ok(sums)
}
