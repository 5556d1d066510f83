//! The checks of `doctor`, one function each.

use std::path::Path;
use std::time::Instant;

use database::{Database, Engine};
use domain::environment::Clock;
use domain::time::Timestamp;

use super::{Finding, State};
use crate::configuration::{Configuration, Mode, load_or_create_secret};
use crate::environment::SystemClock;
use crate::follow::answers;
use crate::start;

/// Less free space than this is no way to go on, in MiB.
const TOO_LITTLE: u64 = 100;
/// Less than this should make somebody look, in MiB.
const LITTLE: u64 = 1_024;
/// This program was not written before 2026; a clock that says so is wrong.
const WRITTEN: Timestamp = Timestamp::from_seconds(1_767_225_600);
/// How far the clocks of two machines may differ, in milliseconds.
const APART: i64 = 2_000;

pub(super) fn mode(configuration: &Configuration) -> Finding {
    let url = &configuration.server.public_url;
    match configuration.server.mode {
        Mode::Production => Finding::new("configuration", State::Ok, format!("production at {url}")),
        Mode::Development => {
            Finding::new("configuration", State::Warn, format!("development at {url}: not for serving people"))
        }
    }
}

pub(super) fn key_file(configuration: &Configuration) -> Finding {
    let path = &configuration.secrets.key_file;
    let shown = path.display();
    let finding = |state, message| Finding::new("key file", state, message);
    if !path.exists() {
        return if start::may_create_key(configuration) {
            finding(State::Warn, format!("{shown} does not exist yet; `serve` makes it"))
        } else {
            finding(State::Fail, format!("{shown} is missing; all gateways of a city share one"))
        };
    }
    match load_or_create_secret(path) {
        Ok(_) => finding(State::Ok, format!("{shown} is readable by its own account alone")),
        Err(error) => finding(State::Fail, format!("{shown}: {error}")),
    }
}

/// Space beside the key, where an SQLite file usually lies too.
pub(super) fn disk_space(configuration: &Configuration) -> Option<Finding> {
    let file = start::sqlite_file(configuration).unwrap_or_else(|| configuration.secrets.key_file.clone());
    let folder = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let is_writable = rustix::fs::access(folder, rustix::fs::Access::WRITE_OK).is_ok();
    let space = rustix::fs::statvfs(folder).ok()?;
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

/// Everything that needs an open database.
pub(super) async fn database(configuration: &Configuration, database: Database) -> Vec<Finding> {
    let asked = Instant::now();
    let mut findings = match answers(&database).await {
        Ok(()) => {
            let message = format!("answers within {} ms", asked.elapsed().as_millis().max(1));
            vec![Finding::new("database", State::Ok, message)]
        }
        Err(reason) => return vec![Finding::new("database", State::Fail, reason)],
    };
    findings.push(durability(&database).await);
    findings.push(clock(&database).await);
    let (migrations, are_done) = migrations(&database).await;
    findings.push(migrations);
    if are_done {
        findings.push(city(configuration, &database).await);
    }
    // Nothing was written; whatever closing says changes no finding.
    let _ = database.close().await;
    findings
}

async fn durability(database: &Database) -> Finding {
    let (questions, wanted): (&[(&str, &str)], &[&str]) = match database.engine() {
        Engine::Sqlite => (
            &[
                ("journal_mode", "PRAGMA journal_mode"),
                ("synchronous", "SELECT CAST(synchronous AS TEXT) AS synchronous FROM pragma_synchronous"),
            ],
            &["wal", "2"],
        ),
        Engine::Postgres => {
            (&[("fsync", "SHOW fsync"), ("synchronous_commit", "SHOW synchronous_commit")], &["on", "on"])
        }
    };
    let mut told = Vec::new();
    let mut state = State::Ok;
    for ((name, question), wanted) in questions.iter().zip(wanted) {
        let row = database.row(question, vec![]).await.ok().flatten();
        let value = row.and_then(|row| row.get::<String>(name).ok()).unwrap_or_else(|| "unknown".to_owned());
        // Replicas that confirm later than ours are no loss here.
        let is_safe = value == *wanted || (*name == "synchronous_commit" && value != "off" && value != "unknown");
        if !is_safe {
            state = if *name == "synchronous_commit" { State::Warn } else { State::Fail };
        }
        told.push(format!("{name} = {value}"));
    }
    let after = if state == State::Ok { "" } else { "; a power cut may lose what was confirmed" };
    Finding::new("durability", state, format!("{}{after}", told.join(", ")))
}

async fn clock(database: &Database) -> Finding {
    let now = SystemClock.now();
    if now < WRITTEN {
        return Finding::new(
            "clock",
            State::Fail,
            format!("it says {}, which is past", now.to_utc().format("%Y-%m-%d")),
        );
    }
    if database.engine() == Engine::Sqlite {
        return Finding::new("clock", State::Ok, now.to_utc().format("%Y-%m-%dT%H:%M:%SZ").to_string());
    }
    let question = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint) AS millis";
    let row = database.row(question, vec![]).await.ok().flatten();
    match row.and_then(|row| row.get::<i64>("millis").ok()) {
        Some(theirs) => {
            let apart = (theirs - now.millis()).abs();
            let state = if apart <= APART { State::Ok } else { State::Warn };
            Finding::new("clock", state, format!("{apart} ms apart from the database's"))
        }
        None => Finding::new("clock", State::Warn, "the database does not tell the time"),
    }
}

async fn migrations(database: &Database) -> (Finding, bool) {
    match start::pending(database).await {
        Ok(pending) if pending.is_empty() => (Finding::new("migrations", State::Ok, "all applied"), true),
        Ok(pending) => {
            let (state, after) = match database.engine() {
                Engine::Sqlite => (State::Warn, "`serve` applies them"),
                Engine::Postgres => (State::Fail, "type: servicepoint migrate up"),
            };
            (Finding::new("migrations", state, format!("{} pending; {after}", pending.len())), false)
        }
        Err(error) => (Finding::new("migrations", State::Fail, error.to_string()), false),
    }
}

async fn city(configuration: &Configuration, database: &Database) -> Finding {
    let finding = |state, message: String| Finding::new("city", state, message);
    // Reading the city signs nothing, so the real key stays out of this.
    let (application, _desk) = start::application(configuration, database.clone(), start::Secrets::NONE);
    match application.scheduling.follow_changes().await {
        Ok(true) => match application.scheduling.board().picture() {
            Ok(picture) => {
                let offices = picture.city.offices.len();
                finding(State::Ok, format!("version {} with {offices} offices", picture.version))
            }
            Err(problem) => finding(State::Fail, problem.to_string()),
        },
        Ok(false) => finding(State::Fail, "no city has been loaded; type: servicepoint city load DIR".to_owned()),
        Err(failure) => finding(State::Fail, failure.to_string()),
    }
}
