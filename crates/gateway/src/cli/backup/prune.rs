//! `backup prune`: old backups go, and the keys in younger ones, so that what was erased cannot be read for ever.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use domain::environment::Clock;

use super::contents::Part;
use super::folder::{self, Found};
use super::{Prune, folder::synced};
use crate::cli::doctor::Form;
use crate::cli::{CommandError, say};
use crate::configuration::Backup as Settings;
use crate::environment::SystemClock;

/// A backup that takes longer than this to write was killed.
const LONGEST: Duration = Duration::from_hours(24);

/// How long what is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rules {
    backups: TimeDelta,
    keys: TimeDelta,
    newest: usize,
}

/// Something that goes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Goes {
    path: PathBuf,
    what: &'static str,
}

/// Lets go what is older than wanted, or only says so.
///
/// # Errors
/// The directory cannot be read, or something cannot be deleted.
pub(crate) fn prune(settings: &Settings, directory: &Path, wanted: &Prune) -> Result<(), CommandError> {
    let rules = Rules {
        backups: TimeDelta::days(wanted.keep_days.unwrap_or(settings.keep_days).into()),
        keys: TimeDelta::days(wanted.keep_keys_days.unwrap_or(settings.keep_keys_days).into()),
        newest: wanted.keep_newest.unwrap_or(settings.keep_newest).max(1) as usize,
    };
    let failed = |path: &Path, error| CommandError::Failed(format!("{}: {error}", path.display()));
    let found = folder::list(directory).map_err(|error| failed(directory, error))?;
    let mut going = going(&found, rules, SystemClock.now().to_utc());
    let unfinished = folder::left_behind(directory, LONGEST).map_err(|error| failed(directory, error))?;
    going.extend(unfinished.into_iter().map(|path| Goes { path, what: "unfinished" }));
    if !wanted.dry_run {
        for Goes { path, .. } in &going {
            fs::remove_dir_all(path).map_err(|error| failed(path, error))?;
        }
        synced(directory).map_err(|error| failed(directory, error))?;
    }
    tell(&going, wanted);
    Ok(())
}

fn tell(going: &[Goes], wanted: &Prune) {
    match Form::of(wanted.json) {
        Form::Json => {
            let going: Vec<_> = going.iter().map(|goes| json!({ "path": goes.path, "what": goes.what })).collect();
            say(json!({ "dry_run": wanted.dry_run, "removed": going }));
        }
        Form::Lines => {
            let verb = if wanted.dry_run { "would remove" } else { "removed" };
            if going.is_empty() {
                say("nothing to do");
            }
            for Goes { path, what } in going {
                say(format_args!("{verb} {what} {}", path.display()));
            }
        }
    }
}

/// What goes of the backups found (newest first). A folder without manifest is nobody's backup: it is left for a person to
/// look at, and counts for nothing.
fn going(found: &[Found], rules: Rules, now: DateTime<Utc>) -> Vec<Goes> {
    let mut going = Vec::new();
    let whole = found.iter().filter_map(|found| Some((found, found.manifest.as_ref()?.taken_at)));
    for (place, (found, taken_at)) in whole.enumerate() {
        let age = now - taken_at;
        if place >= rules.newest && age > rules.backups {
            going.push(Goes { path: found.path.clone(), what: "backup" });
        } else if place > 0 && age > rules.keys && found.has_keys() {
            going.push(Goes { path: found.path.join(Part::Keys.folder()), what: "keys" });
        }
    }
    going
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::cli::backup::manifest::{FORMAT, Manifest};

    fn found(folder: &Path, now: DateTime<Utc>, days: i64) -> Found {
        let path = folder.join(days.to_string());
        fs::create_dir_all(path.join("keys")).expect("made");
        let manifest = Manifest {
            format: FORMAT,
            program: String::new(),
            engine: String::new(),
            taken_at: now - TimeDelta::days(days),
            last_event: None,
            city_since: None,
            city_version: None,
            migrations: Vec::new(),
            tables: BTreeMap::new(),
            left_out: Vec::new(),
        };
        Found { path, name: days.to_string(), manifest: Some(manifest) }
    }

    fn check(rules: (i64, i64, usize), ages: &[i64], expected: &[&str]) {
        let folder = tempfile::tempdir().expect("a folder");
        let now = SystemClock.now().to_utc();
        let mut all: Vec<Found> = ages.iter().map(|days| found(folder.path(), now, *days)).collect();
        let broken = Found { manifest: None, ..found(folder.path(), now, 99) };
        all.insert(0, broken);
        let rules = Rules { backups: TimeDelta::days(rules.0), keys: TimeDelta::days(rules.1), newest: rules.2 };
        let going = going(&all, rules, now);
        let going: Vec<String> = going
            .iter()
            .map(|goes| goes.path.strip_prefix(folder.path()).expect("inside").display().to_string())
            .collect();
        assert_eq!(going, expected);
    }

    #[test]
    fn the_old_go_the_keys_go_first_and_the_newest_stays_whole() {
        check((30, 7, 2), &[0, 1, 8, 29, 31, 400], &["8/keys", "29/keys", "31", "400"]);
        check((30, 7, 2), &[100, 200, 300], &["200/keys", "300"]);
        check((30, 7, 3), &[100], &[]);
        check((30, 7, 1), &[], &[]);
    }
}
