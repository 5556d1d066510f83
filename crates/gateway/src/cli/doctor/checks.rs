//! The checks of `doctor`, one function each.

use std::time::Instant;

use database::{Database, Engine};
use domain::environment::Clock;
use domain::time::Timestamp;

use super::{Depth, Finding, State, deep, storage, working};
use crate::configuration::{Configuration, Mode, load_or_create_secret};
use crate::environment::SystemClock;
use crate::follow::answers;
use crate::start;

/// A program that nobody has replaced for so many days misses what was repaired since.
const OLD_PROGRAM: i64 = 365;
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

/// Which program this is, and since when it lies here.
pub(super) fn program() -> Finding {
    let version = env!("CARGO_PKG_VERSION");
    let installed = std::env::current_exe().and_then(std::fs::metadata).and_then(|file| file.modified()).ok();
    let Some(installed) = installed.map(chrono::DateTime::<chrono::Utc>::from) else {
        return Finding::new("program", State::Ok, version);
    };
    let days = (SystemClock.now().to_utc() - installed).num_days();
    let state = if days > OLD_PROGRAM { State::Warn } else { State::Ok };
    let after = if state == State::Ok { "" } else { "; look for a newer one" };
    Finding::new(
        "program",
        state,
        format!("{version}, installed {}, {days} days ago{after}", installed.format("%Y-%m-%d")),
    )
}

/// Everything that needs an open database.
pub(super) async fn database(configuration: &Configuration, database: &Database, depth: Depth) -> Vec<Finding> {
    let asked = Instant::now();
    let mut findings = match answers(database).await {
        Ok(()) => {
            let within = asked.elapsed().as_millis().max(1);
            let message = format!("{} answers within {within} ms", storage::version(database).await);
            vec![Finding::new("database", State::Ok, message)]
        }
        Err(reason) => return vec![Finding::new("database", State::Fail, reason)],
    };
    findings.push(durability(database).await);
    findings.extend(storage::log(configuration));
    findings.push(clock(database).await);
    let (migrations, are_done) = migrations(database).await;
    findings.push(migrations);
    if are_done {
        findings.push(city(configuration, database).await);
        findings.extend([working::letters(configuration, database).await, working::lapsed(database).await]);
        if depth == Depth::Deep {
            findings.extend(deep(database).await);
        }
    }
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
    let finding = |state, message: String| Finding::new("migrations", state, message);
    let standing = match start::standing(database).await {
        Ok(standing) => standing,
        Err(error) => return (finding(State::Fail, error.to_string()), false),
    };
    let (taken_away, pending) = (standing.contracted().join(", "), standing.pending.len());
    if !taken_away.is_empty() {
        return (finding(State::Fail, format!("a newer program took something away: {taken_away}")), false);
    }
    match (pending, database.engine()) {
        (0, _) if standing.newer.is_empty() => (finding(State::Ok, "all applied".to_owned()), true),
        (0, _) => {
            let ahead = standing.newer.join(", ");
            (
                finding(State::Warn, format!("the database is ahead of this program, as during an upgrade: {ahead}")),
                true,
            )
        }
        (pending, Engine::Sqlite) => (finding(State::Warn, format!("{pending} pending; `serve` applies them")), false),
        (pending, Engine::Postgres) => {
            (finding(State::Fail, format!("{pending} pending; type: servicepoint migrate up")), false)
        }
    }
}

async fn city(configuration: &Configuration, database: &Database) -> Finding {
    let finding = |state, message: String| Finding::new("city", state, message);
    // Reading the city signs nothing, so the real key stays out of this.
    let (application, _desk) = match start::application(configuration, database.clone(), start::Secrets::NONE) {
        Ok(wired) => wired,
        Err(error) => return finding(State::Fail, error.to_string()),
    };
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
