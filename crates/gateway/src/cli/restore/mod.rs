//! `restore`: a city comes back from a backup, as a whole or not at all.

mod file;
mod server;

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use database::Engine;

use crate::cli::backup::{Backup, Filled, OtherKey, Seal, existing_key};
use crate::cli::doctor::{Depth, Form, findings, tell};
use crate::cli::{CommandError, say};
use crate::configuration::Configuration;
use crate::start;

/// What to restore, and where.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Restore {
    /// The backup's folder.
    path: PathBuf,
    /// Takes the keys from this backup. When nothing is named, from the newest of the same city that lies beside it: whoever was
    /// erased since then stays erased.
    #[arg(long, value_name = "PATH")]
    keys: Option<PathBuf>,
    /// Another place than `database.url`. With a password it stands in SERVICEPOINT_DATABASE__URL, never here.
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// Takes the place of what is there. Needs `--yes`, and everything that uses it must be stopped.
    #[arg(long, requires = "yes")]
    replace: bool,
    /// Says that what is there may go.
    #[arg(long, requires = "replace")]
    yes: bool,
    /// Accepts a backup that was sealed under another master key.
    #[arg(long)]
    other_key: bool,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

/// What may be in the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Nothing.
    Empty,
    /// Anything of ours; it goes.
    Taken,
}

/// Restores, and looks at the result as `doctor --deep` does.
///
/// # Errors
/// The backup is damaged or newer than this program, the place is not empty, or the database failed; then nothing has
/// changed. Or it was restored and `doctor` found something.
pub(crate) async fn run(mut configuration: Configuration, wanted: &Restore) -> Result<(), CommandError> {
    if let Some(url) = &wanted.database_url {
        configuration = configuration.with_database(url).map_err(CommandError::Usage)?;
    }
    let key = existing_key(&configuration)?;
    if key.is_none() && !wanted.other_key {
        let path = configuration.secrets.key_file.display();
        return Err(CommandError::Failed(format!(
            "secrets.key_file: {path} is missing. Bring the master key back first: it is kept apart from backups. \
             Without it the codes in letters and people's data are lost; if that is meant: --other-key"
        )));
    }
    let other = OtherKey::of(wanted.other_key);
    let backup = Backup::open(&wanted.path, key.as_ref(), other)?;
    let keys = &backup.with_newest_keys(wanted.keys.as_deref(), key.as_ref(), other)?;
    whole(&backup)?;
    whole(keys)?;
    if keys.lacks_keys() {
        return Err(CommandError::Refused(
            "the keys of this backup were removed when their time was over; name a newer one with --keys".to_owned(),
        ));
    }
    let place = if wanted.replace { Place::Taken } else { Place::Empty };
    let filled = match Engine::of_url(&configuration.database.url) {
        Some(Engine::Sqlite) => file::restore(&configuration, &backup, keys, place).await?,
        Some(Engine::Postgres) | None => server::restore(&configuration, &backup, keys, place).await?,
    };
    tell_and_check(&configuration, &backup, &filled, Form::of(wanted.json)).await
}

/// All files are looked at before anything is touched.
fn whole(backup: &Backup) -> Result<(), CommandError> {
    let problems = backup.problems();
    if problems.is_empty() {
        return Ok(());
    }
    Err(CommandError::Damaged(format!("{}: {}", backup.path.display(), problems.join("; "))))
}

async fn tell_and_check(
    configuration: &Configuration,
    backup: &Backup,
    filled: &Filled,
    form: Form,
) -> Result<(), CommandError> {
    let findings = findings(configuration, Depth::Deep).await;
    let broken = findings.iter().filter(|finding| finding.is_failed()).count();
    let manifest = &backup.manifest;
    match form {
        Form::Json => say(json!({
            "restored": true, "taken_at": manifest.taken_at, "last_event": manifest.last_event, "rows": filled.rows,
            "migrated": filled.migrated, "sign_ins_void_of_accounts": filled.accounts, "healthy": broken == 0,
            "seal": if backup.seal == Seal::Ours { "ours" } else { "foreign" }, "checks": findings,
        })),
        Form::Lines => {
            let taken_at = manifest.taken_at.format("%Y-%m-%dT%H:%M:%SZ");
            say(format_args!(
                "restored {} rows into {} as of {taken_at}; {} migrations after that; everybody signs in anew",
                filled.rows,
                start::place(configuration),
                filled.migrated.len()
            ));
            findings.iter().for_each(tell);
        }
    }
    if broken == 0 {
        Ok(())
    } else {
        Err(CommandError::Failed(format!("restored, but {broken} of {} checks failed", findings.len())))
    }
}
