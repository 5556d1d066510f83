//! Restoring an SQLite file: a new one is filled beside it and takes its place in one step.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use database::{ConnectOptions, Database, TakenOver, take_over_file};
use domain::environment::Clock;

use super::Place;
use crate::cli::CommandError;
use crate::cli::backup::{Backup, Filled, fill, synced};
use crate::configuration::Configuration;
use crate::environment::SystemClock;
use crate::start;

/// Restores into the file that the configuration names.
///
/// # Errors
/// The place is not empty or in use, the backup is refused, or the disk failed; then the place is as it was.
pub(super) async fn restore(
    configuration: &Configuration,
    backup: &Backup,
    keys: &Backup,
    place: Place,
) -> Result<Filled, CommandError> {
    let file = start::sqlite_file(configuration)
        .ok_or_else(|| CommandError::Usage("database.url names no file to restore into".to_owned()))?;
    let folder = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned();
    let failed = |error: io::Error| CommandError::Failed(format!("{}: {error}", folder.display()));
    fs::create_dir_all(&folder).map_err(failed)?;
    let before = look(&file, place).await?;
    let draft = Draft(beside(&file, &format!(".restoring-{}", std::process::id())));
    let filled = draft.fill(backup, keys).await?;
    // Somebody may have started a server meanwhile.
    look(&file, place).await?;
    draft.take_the_place_of(&file, before).and_then(|()| synced(&folder)).map_err(failed)?;
    Ok(filled)
}

/// What is in the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    Something,
}

async fn look(file: &Path, place: Place) -> Result<Before, CommandError> {
    let shown = file.display();
    if !file.exists() {
        // The log of a lost file may hold its last transactions: it is never left to be read into the new one.
        return Ok(if remains(file).is_empty() { Before::Nothing } else { Before::Something });
    }
    let found = take_over_file(file).await.map_err(|error| CommandError::Failed(format!("{shown}: {error}")))?;
    match (found, place) {
        (TakenOver::InUse, _) => Err(CommandError::Refused(format!(
            "{shown} is in use; stop what uses it first: systemctl stop servicepoint, or servicepoint drain --wait"
        ))),
        (TakenOver::Alone { tables: 0 }, _) | (TakenOver::Alone { .. } | TakenOver::Unreadable, Place::Taken) => {
            Ok(Before::Something)
        }
        (TakenOver::Alone { .. } | TakenOver::Unreadable, Place::Empty) => Err(CommandError::Refused(format!(
            "{shown} is not empty. Nothing was changed. If it may go: --replace --yes (it is kept beside as a copy)"
        ))),
    }
}

/// A file that is being filled. Dropping it takes it away.
struct Draft(PathBuf);

impl Draft {
    async fn fill(&self, backup: &Backup, keys: &Backup) -> Result<Filled, CommandError> {
        let failed = |error: &dyn std::fmt::Display| CommandError::Failed(format!("{}: {error}", self.0.display()));
        let options = ConnectOptions {
            url: format!("sqlite://{}", self.0.display()),
            max_connections: 1,
            acquire_timeout: Duration::from_secs(10),
        };
        let database = Database::connect(&options).await.map_err(|error| failed(&error))?;
        let unit = database.begin().await.map_err(|error| failed(&error))?;
        let filled = fill(&unit, backup, keys).await?;
        unit.commit().await.map_err(|error| failed(&error))?;
        // Closing writes the log back into the file: one file moves, not two.
        database.close().await.map_err(|error| failed(&error))?;
        match remains(&self.0).first() {
            None => Ok(filled),
            Some(left) => Err(failed(&format!("{} is left over", left.display()))),
        }
    }

    fn take_the_place_of(&self, file: &Path, before: Before) -> io::Result<()> {
        File::open(&self.0)?.sync_all()?;
        if before == Before::Something {
            let now = SystemClock.now().to_utc().format("%Y%m%dT%H%M%SZ");
            let ending = format!(".replaced-{now}");
            for left in remains(file) {
                fs::rename(&left, beside(&left, &ending))?;
            }
            if file.exists() {
                // A second name for the old file; the next step takes the first away. At no time is there no file.
                fs::hard_link(file, beside(file, &ending))?;
            }
        }
        fs::rename(&self.0, file)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        for path in remains(&self.0).into_iter().chain([self.0.clone()]) {
            // Moved away already when it has taken its place.
            let _ = fs::remove_file(path);
        }
    }
}

/// The log and the index that may lie beside a database file.
fn remains(file: &Path) -> Vec<PathBuf> {
    ["-wal", "-shm", "-journal"].iter().map(|ending| beside(file, ending)).filter(|path| path.exists()).collect()
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(file.as_os_str());
    name.push(ending);
    PathBuf::from(name)
}
