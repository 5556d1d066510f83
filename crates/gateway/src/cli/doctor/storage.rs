//! What `doctor` looks at around the data: disk, log, backups, the file itself, and the certificate, which is not ours.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};

use database::{Database, Engine};
use domain::environment::Clock;

use super::{Finding, State};
use crate::cli::backup::newest;
use crate::configuration::Configuration;
use crate::environment::SystemClock;
use crate::start;

/// Less free space than this is no way to go on, in MiB.
const TOO_LITTLE: u64 = 100;
/// Less than this should make somebody look, in MiB.
const LITTLE: u64 = 1_024;
/// The log is written back every 16 MiB. One that is longer than this, in MiB, has a reader that does not end.
const LONG_LOG: u64 = 256;

/// Space beside the key, where an SQLite file usually lies too.
pub(super) fn disk_space(configuration: &Configuration) -> Option<Finding> {
    let folder = start::data_folder(configuration);
    let is_writable = rustix::fs::access(&folder, rustix::fs::Access::WRITE_OK).is_ok();
    let space = rustix::fs::statvfs(&folder).ok()?;
    let free = space.f_bavail.saturating_mul(space.f_frsize) >> 20;
    let state = match free {
        _ if !is_writable => State::Fail,
        ..TOO_LITTLE => State::Fail,
        TOO_LITTLE..LITTLE => State::Warn,
        LITTLE.. => State::Ok,
    };
    let closed = if is_writable { "" } else { "; this account may not write there" };
    Some(Finding::new("disk", state, format!("{free} MiB free in {}{closed}", folder.display())))
}

/// How long the write-ahead log of an SQLite file is.
pub(super) fn log(configuration: &Configuration) -> Option<Finding> {
    let mut name = start::sqlite_file(configuration)?.into_os_string();
    name.push("-wal");
    let mebibytes = fs::metadata(PathBuf::from(name)).map_or(0, |file| file.len()) >> 20;
    let state = if mebibytes > LONG_LOG { State::Warn } else { State::Ok };
    let after =
        if state == State::Ok { "" } else { "; something reads for very long and keeps it from being written back" };
    Some(Finding::new("log", state, format!("{mebibytes} MiB wait in the write-ahead log{after}")))
}

/// When the last backup was taken.
pub(super) fn backup(configuration: &Configuration) -> Finding {
    let settings = &configuration.backup;
    let Some(directory) = &settings.directory else {
        return Finding::new("backup", State::Warn, "backup.directory is not set; nobody knows of any backup");
    };
    let most = TimeDelta::hours(settings.max_age_hours.into());
    judged(newest(directory), SystemClock.now().to_utc(), most, directory)
}

fn judged(newest: Option<DateTime<Utc>>, now: DateTime<Utc>, most: TimeDelta, directory: &Path) -> Finding {
    let finding = |state, message| Finding::new("backup", state, message);
    let Some(taken_at) = newest else {
        return finding(
            State::Warn,
            format!("there is none in {}; type: servicepoint backup create", directory.display()),
        );
    };
    let age = now - taken_at;
    let hours = age.num_hours();
    if age > most {
        return finding(State::Warn, format!("the last one is {hours} hours old, more than {}", most.num_hours()));
    }
    finding(State::Ok, format!("the last one is {hours} hours old"))
}

/// Browsers meet the certificate of the proxy in front.
pub(super) fn certificate(configuration: &Configuration) -> Finding {
    let message = if configuration.server.public_url.starts_with("https://") {
        "not ours: the proxy in front has it, and whoever runs the proxy looks at it"
    } else {
        "none: server.public_url is plain http"
    };
    Finding::new("certificate", State::Ok, message)
}

/// Name and version of the engine.
pub(super) async fn version(database: &Database) -> String {
    let (name, question) = database.engine().choose(
        ("SQLite", "SELECT sqlite_version() AS version"),
        ("PostgreSQL", "SELECT current_setting('server_version') AS version"),
    );
    let row = database.row(question, vec![]).await.ok().flatten();
    let version = row.and_then(|row| row.get::<String>("version").ok());
    format!("{name} {}", version.as_deref().unwrap_or("of unknown version"))
}

/// Whether the engine finds its own file whole. PostgreSQL looks when it reads, if the cluster has checksums.
pub(super) async fn integrity(database: &Database) -> Finding {
    let finding = |state, message: String| Finding::new("integrity", state, message);
    let (question, right) = match database.engine() {
        Engine::Sqlite => ("SELECT integrity_check AS told FROM pragma_integrity_check LIMIT 1", "ok"),
        Engine::Postgres => ("SELECT current_setting('data_checksums') AS told", "on"),
    };
    let told = match database.row(question, vec![]).await {
        Ok(row) => row.and_then(|row| row.get::<String>("told").ok()).unwrap_or_default(),
        Err(error) => return finding(State::Fail, error.to_string()),
    };
    match database.engine() {
        Engine::Sqlite if told == right => finding(State::Ok, "the file is whole".to_owned()),
        Engine::Sqlite => finding(State::Fail, told),
        Engine::Postgres if told == right => finding(State::Ok, "pages carry checksums".to_owned()),
        Engine::Postgres => finding(
            State::Warn,
            "pages carry no checksums; a failing disk is noticed late (pg_checksums --enable)".to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_is_judged_by_its_age() {
        let now = SystemClock.now().to_utc();
        let check = |hours: Option<i64>, state| {
            let newest = hours.map(|hours| now - TimeDelta::hours(hours));
            assert_eq!(judged(newest, now, TimeDelta::hours(26), Path::new("backups")).state, state, "{hours:?}");
        };
        check(Some(0), State::Ok);
        check(Some(26), State::Ok);
        check(Some(27), State::Warn);
        check(None, State::Warn);
    }
}
