//! `backup create`: everything a city has, as it is at one moment, while people book.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use serde_json::json;

use database::{Database, DatabaseError, Snapshot, Table};
use domain::environment::Clock;
use domain::time::Timestamp;

use super::contents::{Part, part_of};
use super::files::LinesWriter;
use super::folder::{MANIFEST, SEAL, Unfinished, name_of};
use super::manifest::{Entry, FORMAT, LastEvent, Manifest, seal};
use super::open::existing_key;
use crate::cli::doctor::Form;
use crate::cli::migrate::closed;
use crate::cli::{CommandError, say};
use crate::configuration::Configuration;
use crate::environment::SystemClock;
use crate::start;

/// Why a table could not be written.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("the database cannot be read: {0}")]
    Database(#[from] DatabaseError),
    #[error("the backup cannot be written: {0}")]
    Disk(#[from] io::Error),
}

impl From<Trouble> for CommandError {
    fn from(trouble: Trouble) -> Self {
        Self::Failed(format!("{trouble}; nothing is left of it"))
    }
}

/// Makes a backup and says where it lies.
///
/// # Errors
/// There is nothing to back up, no key to seal it with, or the database or the disk failed; then no backup is left.
pub(crate) async fn create(configuration: &Configuration, parent: &Path, form: Form) -> Result<(), CommandError> {
    if start::sqlite_file(configuration).is_some_and(|file| !file.exists()) {
        let place = start::place(configuration);
        return Err(CommandError::Failed(format!("{place} does not exist: there is nothing to back up")));
    }
    let key = existing_key(configuration)?.ok_or_else(|| {
        let path = configuration.secrets.key_file.display();
        CommandError::Failed(format!("secrets.key_file: {path} is missing; a backup is sealed under it"))
    })?;
    let database = start::connect(configuration).await?;
    // Named before the snapshot is taken: everything acknowledged before this instant is inside.
    let taken_at = SystemClock.now().to_utc();
    let unfinished = Unfinished::begin(parent, &name_of(taken_at)).map_err(|error| taken(parent, &error))?;
    let manifest = write(&database, &unfinished, taken_at).await?;
    let bytes = serde_json::to_vec_pretty(&manifest).map_err(io::Error::from).map_err(Trouble::from)?;
    let finish = || {
        // The manifest comes last: a folder without one is no backup.
        unfinished.write(SEAL, seal(&key, &bytes).as_bytes())?;
        unfinished.write(MANIFEST, &bytes)?;
        unfinished.finish()
    };
    let path = finish().map_err(Trouble::from)?;
    closed(database).await?;
    match form {
        Form::Lines => say(path.display()),
        Form::Json => say(json!({
            "path": path, "taken_at": manifest.taken_at, "engine": manifest.engine, "schema": manifest.schema(),
            "city_version": manifest.city_version, "tables": manifest.tables.len(), "rows": manifest.rows(),
            "bytes": manifest.bytes(), "last_event": manifest.last_event,
        })),
    }
    Ok(())
}

fn taken(parent: &Path, error: &io::Error) -> CommandError {
    let shown = parent.display();
    if error.kind() == io::ErrorKind::AlreadyExists {
        return CommandError::Refused(format!("{shown}: there is a backup of this second already"));
    }
    CommandError::Failed(format!("{shown}: no backup can be put there: {error}"))
}

async fn write(
    database: &Database,
    unfinished: &Unfinished,
    taken_at: chrono::DateTime<chrono::Utc>,
) -> Result<Manifest, CommandError> {
    let snapshot = database.snapshot().await.map_err(Trouble::from)?;
    let standing = migrations::standing(snapshot.for_migrations()).await;
    let standing = standing.map_err(|error| CommandError::Failed(format!("the migrations cannot be read: {error}")))?;
    let migrations: Vec<String> = standing.applied.into_iter().chain(standing.newer).collect();
    if migrations.is_empty() {
        return Err(CommandError::Failed("the database has no tables: there is nothing to back up".to_owned()));
    }
    for part in [Part::Data, Part::Keys] {
        fs::create_dir(unfinished.path().join(part.folder())).map_err(Trouble::from)?;
    }
    let (mut tables, mut left_out) = (BTreeMap::new(), Vec::new());
    for table in snapshot.tables().await.map_err(Trouble::from)? {
        match part_of(table.name()) {
            Some(part) => {
                let entry = write_table(&snapshot, unfinished.path(), &table, part).await?;
                tables.insert(table.name().to_owned(), entry);
            }
            None => left_out.push(table.name().to_owned()),
        }
    }
    let city_since = scheduling::city_since(&snapshot).await.map_err(Trouble::from)?;
    let last_event = snapshot.last_event().await.map_err(Trouble::from)?;
    Ok(Manifest {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        engine: database.engine().choose("sqlite", "postgres").to_owned(),
        taken_at,
        last_event: last_event.map(|(id, at)| LastEvent { id: id.0, at: at.to_utc() }),
        city_since: city_since.map(Timestamp::to_utc),
        city_version: scheduling::serving_version(&snapshot).await.map_err(Trouble::from)?,
        migrations,
        tables,
        left_out,
    })
}

async fn write_table(snapshot: &Snapshot, folder: &Path, table: &Table, part: Part) -> Result<Entry, Trouble> {
    let path = folder.join(part.folder()).join(format!("{}.jsonl.gz", table.name()));
    let mut writer = LinesWriter::create(&path)?;
    let sum = snapshot.lines(table, |line| writer.line(line).map_err(Trouble::from)).await?;
    let (bytes, sha256) = writer.finish()?;
    let (rows, checksum) = (sum.rows, sum.checksum.to_string());
    Ok(Entry { part, columns: table.columns(), rows, checksum, bytes, sha256 })
}
