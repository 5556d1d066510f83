//! `backup verify`: restores a backup into a throw-away file and looks whether everything is right there.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use database::{ConnectOptions, Database};

use super::fill::fill;
use super::manifest::Seal;
use super::open::{Backup, OtherKey, existing_key};
use super::scratch::Scratch;
use super::{Filled, Verify};
use crate::cli::doctor::{Finding, Form, State, deep, tell};
use crate::cli::{CommandError, say};
use crate::configuration::Configuration;

/// Checks everything that can be checked without the place the backup came from.
///
/// # Errors
/// The backup is damaged or newer than this program, or the copy cannot be made.
pub(crate) async fn verify(configuration: &Configuration, wanted: &Verify) -> Result<(), CommandError> {
    let key = existing_key(configuration)?;
    let other = OtherKey::of(wanted.other_key);
    let backup = Backup::open(&wanted.path, key.as_ref(), other)?;
    let keys = backup.with_newest_keys(wanted.keys.as_deref(), key.as_ref(), other)?;
    let mut findings = vec![seal(&backup), files(&backup), keys_part(&backup, &keys)];
    if findings.iter().all(|finding| finding.state != State::Fail) && !keys.lacks_keys() {
        let parent = wanted.scratch.clone().unwrap_or_else(std::env::temp_dir);
        findings.extend(copy(&backup, &keys, &parent).await?);
    }
    let broken = findings.iter().filter(|finding| finding.state == State::Fail).count();
    match Form::of(wanted.json) {
        Form::Json => {
            say(json!({ "whole": broken == 0, "path": backup.path, "manifest": backup.manifest, "checks": findings }));
        }
        Form::Lines => findings.iter().for_each(tell),
    }
    if broken == 0 { Ok(()) } else { Err(CommandError::Damaged(format!("{}: it is not whole", backup.path.display()))) }
}

fn seal(backup: &Backup) -> Finding {
    match backup.seal {
        Seal::Ours => Finding::new("seal", State::Ok, "the manifest is as it was written"),
        Seal::Foreign => Finding::new("seal", State::Warn, "sealed under another master key; it cannot be checked"),
        Seal::Broken => Finding::new("seal", State::Fail, "broken"),
    }
}

fn files(backup: &Backup) -> Finding {
    let problems = backup.problems();
    if problems.is_empty() {
        let manifest = &backup.manifest;
        let message = format!("{} tables, {} rows, as they were written", manifest.tables.len(), manifest.rows());
        return Finding::new("files", State::Ok, message);
    }
    Finding::new("files", State::Fail, problems.join("; "))
}

fn keys_part(backup: &Backup, keys: &Backup) -> Finding {
    let shown = keys.path.display();
    if keys.lacks_keys() {
        let message =
            "their time is over and they were removed; restoring and checking a copy need --keys with a newer backup";
        return Finding::new("keys", State::Warn, message);
    }
    if keys.path == backup.path {
        return Finding::new("keys", State::Ok, "inside");
    }
    let problems = keys.problems();
    if problems.is_empty() {
        return Finding::new("keys", State::Ok, format!("taken from {shown}"));
    }
    Finding::new("keys", State::Fail, format!("{shown}: {}", problems.join("; ")))
}

async fn copy(backup: &Backup, keys: &Backup, parent: &Path) -> Result<Vec<Finding>, CommandError> {
    let failed = |error: &dyn std::fmt::Display| CommandError::Failed(format!("no copy can be made: {error}"));
    let scratch = Scratch::new(parent).map_err(|error| failed(&error))?;
    let options = ConnectOptions {
        url: format!("sqlite://{}", scratch.path().join("copy.db").display()),
        max_connections: 1,
        acquire_timeout: Duration::from_secs(10),
    };
    let database = Database::connect(&options).await.map_err(|error| failed(&error))?;
    let unit = database.begin().await.map_err(|error| failed(&error))?;
    let mut findings = match fill(&unit, backup, keys).await {
        Ok(Filled { rows, migrated, .. }) => {
            unit.commit().await.map_err(|error| failed(&error))?;
            let message = format!("{rows} rows came back as they were; {} migrations after that", migrated.len());
            vec![Finding::new("copy", State::Ok, message)]
        }
        Err(CommandError::Damaged(reason)) => vec![Finding::new("copy", State::Fail, reason)],
        Err(other) => return Err(other),
    };
    if findings[0].state == State::Ok {
        findings.extend(deep(&database).await);
    }
    // The copy goes with its folder.
    let _ = database.close().await;
    Ok(findings)
}
