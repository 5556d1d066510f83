//! `backup list`: what lies in a directory.

use std::path::Path;

use serde_json::json;

use super::folder;
use super::manifest::Manifest;
use crate::cli::doctor::Form;
use crate::cli::{CommandError, say};

/// Lists the backups in `directory`, newest first.
///
/// # Errors
/// The directory cannot be read.
pub(crate) fn list(directory: &Path, form: Form) -> Result<(), CommandError> {
    let found = folder::list(directory)
        .map_err(|error| CommandError::Failed(format!("{}: cannot be read: {error}", directory.display())))?;
    match form {
        Form::Json => {
            let backups = found.iter().map(|found| {
                json!({
                    "name": found.name, "path": found.path, "keys": found.has_keys(),
                    "taken_at": found.manifest.as_ref().map(|manifest| manifest.taken_at),
                    "schema": found.manifest.as_ref().map(Manifest::schema),
                    "rows": found.manifest.as_ref().map(Manifest::rows),
                    "bytes": found.manifest.as_ref().map(Manifest::bytes),
                })
            });
            say(json!({ "backups": backups.collect::<Vec<_>>() }));
        }
        Form::Lines => found.iter().for_each(|found| match &found.manifest {
            Some(manifest) => {
                let keys = if found.has_keys() { "with keys" } else { "keys removed" };
                let (rows, mebibytes) = (manifest.rows(), manifest.bytes().div_ceil(1 << 20));
                say(format_args!("{}  {rows} rows  {mebibytes} MiB  {keys}  {}", found.name, manifest.schema()));
            }
            None => say(format_args!("{}  not whole: no manifest", found.name)),
        }),
    }
    Ok(())
}
