//! Filling an empty place from a backup, inside one unit: all of it or nothing.

use std::io;

use database::{DatabaseError, Table, Unit};

use super::contents::Part;
use super::files::LinesReader;
use super::manifest::Entry;
use super::open::Backup;
use crate::cli::CommandError;

/// Lines handed to the database at once, and their bytes: few enough for the memory, many enough for the speed.
const LINES: usize = 1_000;
const BYTES: usize = 1 << 20;

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filled {
    /// Rows that were brought back.
    pub(crate) rows: u64,
    /// Migrations that were applied after the rows had come back.
    pub(crate) migrated: Vec<String>,
    /// Accounts whose sign-ins were declared void.
    pub(crate) accounts: u64,
}

/// Makes the tables as they stood when `backup` was taken, fills them, compares them row by row with the manifest, brings
/// them up to this program and declares all sign-ins void. The keys come from `keys` where that is another backup; it is the
/// younger one, so they come last, into tables as they are now.
///
/// # Errors
/// The backup is damaged, newer than this program or lacks its keys, or the database failed. The unit can then only be
/// dropped.
pub(crate) async fn fill(unit: &Unit, backup: &Backup, keys: &Backup) -> Result<Filled, CommandError> {
    let (there, then) = split(&backup.manifest.migrations)?;
    split(&keys.manifest.migrations)?;
    let failed = |error: &dyn std::fmt::Display| CommandError::Failed(format!("the tables cannot be made: {error}"));
    migrations::lock(unit.for_migrations()).await.map_err(|error| failed(&error))?;
    let steps = u32::try_from(there).unwrap_or(u32::MAX);
    migrations::apply(unit.for_migrations(), Some(steps)).await.map_err(|error| failed(&error))?;
    let keys_are_inside = keys.path == backup.path;
    let parts: &[Part] = if keys_are_inside { &[Part::Data, Part::Keys] } else { &[Part::Data] };
    let mut rows = bring_back(unit, backup, parts).await?;
    if !then.is_empty() {
        migrations::apply(unit.for_migrations(), None).await.map_err(|error| failed(&error))?;
    }
    if !keys_are_inside {
        rows += bring_back(unit, keys, &[Part::Keys]).await?;
    }
    let accounts = identity::void_sign_ins(unit).await.map_err(|error| refused(&error))?;
    Ok(Filled { rows, migrated: then, accounts })
}

/// How many of our steps the backup has, and which come after.
fn split(had: &[String]) -> Result<(usize, Vec<String>), CommandError> {
    let known = migrations::known();
    let newer: Vec<&str> = had.iter().filter(|name| !known.contains(name)).map(String::as_str).collect();
    if !newer.is_empty() {
        return Err(CommandError::Refused(format!(
            "a newer program took the backup: this one does not know {}\nuse the newer program",
            newer.join(", ")
        )));
    }
    if had.is_empty() || !known.starts_with(had) {
        return Err(CommandError::Refused("the backup's migrations are not those of any release".to_owned()));
    }
    Ok((had.len(), known[had.len()..].to_vec()))
}

async fn bring_back(unit: &Unit, source: &Backup, parts: &[Part]) -> Result<u64, CommandError> {
    let tables = unit.tables().await.map_err(|error| refused(&error))?;
    let filled = unit.in_any_order(async || {
        let mut rows = 0;
        for (name, entry) in source.manifest.tables.iter().filter(|(_, entry)| parts.contains(&entry.part)) {
            let table = tables.iter().find(|table| table.name() == name);
            let table = table.and_then(|table| table.with_columns(&entry.columns)).ok_or_else(|| {
                Wrapped(CommandError::Damaged(format!("the table {name} of the backup does not fit its migrations")))
            })?;
            bring_back_table(unit, &table, source, entry).await.map_err(Wrapped)?;
            rows += entry.rows;
        }
        Ok(rows)
    });
    filled.await.map_err(|Wrapped(error)| error)
}

async fn bring_back_table(unit: &Unit, table: &Table, source: &Backup, entry: &Entry) -> Result<(), CommandError> {
    let name = table.name();
    let unreadable = |error: io::Error| CommandError::Damaged(format!("the file of {name} cannot be read: {error}"));
    unit.empty(table).await.map_err(|error| refused(&error))?;
    let mut reader = LinesReader::open(&source.file(name, entry)).map_err(unreadable)?;
    let (mut lines, mut bytes) = (Vec::new(), 0);
    while let Some(line) = reader.next_line().map_err(unreadable)? {
        bytes += line.len();
        lines.push(line);
        if lines.len() >= LINES || bytes >= BYTES {
            unit.add_lines(table, &lines).await.map_err(|error| refused(&error))?;
            lines.clear();
            bytes = 0;
        }
    }
    unit.add_lines(table, &lines).await.map_err(|error| refused(&error))?;
    if let Some(problem) = reader.finish(entry).map_err(unreadable)? {
        return Err(CommandError::Damaged(format!("the file of {name} {problem}")));
    }
    // What the database holds now is read back: a copy that differs in one row is no copy.
    if entry.is(unit.sum(table).await.map_err(|error| refused(&error))?) {
        Ok(())
    } else {
        Err(CommandError::Failed(format!("the rows of {name} did not come back as they were")))
    }
}

fn refused(error: &DatabaseError) -> CommandError {
    match error {
        DatabaseError::Broken(_) | DatabaseError::Internal(_) => {
            CommandError::Damaged(format!("the database does not take the backup: {error}"))
        }
        DatabaseError::Contended | DatabaseError::Unavailable(_) => {
            CommandError::Failed(format!("the database failed: {error}"))
        }
    }
}

/// Carries our error through the database's.
struct Wrapped(CommandError);

impl From<DatabaseError> for Wrapped {
    fn from(error: DatabaseError) -> Self {
        Self(refused(&error))
    }
}
