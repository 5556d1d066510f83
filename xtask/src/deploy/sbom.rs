//! What the program is made of, as CycloneDX: for whoever asks which city runs a library with a new hole.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cargo;
use crate::failure::{Failure, Result, While as _};
use crate::house::sources;
use crate::process;
use crate::provision;

/// What the tool calls its file, beside the Cargo.toml of the program.
const MADE: &str = "crates/gateway/servicepoint_bin.cdx.json";

/// Writes the list to `target`.
///
/// # Errors
///
/// If the tool fails or the list misses what the program surely has.
pub fn write(target: &Path) -> Result<()> {
    let tool = provision::cargo_cyclonedx()?;
    let mut list = std::process::Command::new(tool);
    list.current_dir(sources::repository()).args(["cyclonedx", "--manifest-path", "crates/gateway/Cargo.toml"]);
    // The machines a city runs on, and without what only builds or tests.
    list.args(["--format", "json", "--describe", "binaries", "--no-build-deps", "--spec-version", "1.5"]);
    list.args(["--target", "x86_64-unknown-linux-gnu"]);
    list.env("CARGO", cargo::cargo().get_program());
    let told = process::capture(&mut list);
    let made: Vec<PathBuf> = written()?;
    let text = fs::read_to_string(sources::repository().join(MADE));
    for file in made {
        fs::remove_file(file)?;
    }
    told?;
    let text = text.during(MADE)?;
    let json: Value = serde_json::from_str(&text).during(MADE)?;
    let problems = problems(&json);
    if !problems.is_empty() {
        return Err(Failure::new(problems.join("\n")));
    }
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(target, without_place(json)?).during(&target.display().to_string())?;
    Ok(())
}

/// The tool writes a file for every member of the workspace; only one is kept.
fn written() -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let folders = ["crates", "."].map(|folder| sources::repository().join(folder));
    let mut members: Vec<PathBuf> = folders.to_vec();
    for folder in &folders {
        members.extend(fs::read_dir(folder)?.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()));
    }
    for member in members {
        let files = fs::read_dir(&member)?.flatten().map(|entry| entry.path());
        found.extend(files.filter(|path| path.to_string_lossy().ends_with(".cdx.json")));
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// What a list lacks.
pub fn problems(list: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    if list["bomFormat"] != "CycloneDX" {
        problems.push("this is no CycloneDX".to_owned());
    }
    let none = Vec::new();
    let components = list["components"].as_array().unwrap_or(&none);
    for name in ["axum", "async-graphql", "rustls", "sea-orm", "argon2"] {
        if !components.iter().any(|component| component["name"] == name) {
            problems.push(format!("{name} is not on the list"));
        }
    }
    let from_outside = components.iter().filter(|component| component["purl"].as_str().is_some_and(is_from_outside));
    for component in from_outside {
        if component["licenses"].as_array().is_none_or(Vec::is_empty) {
            problems.push(format!("{} has no licence", component["name"]));
        }
    }
    problems
}

fn is_from_outside(purl: &str) -> bool {
    purl.starts_with("pkg:cargo/") && !purl.contains("download_url=file:")
}

/// The list without the paths and the moment of the machine it was made on: the same source gives the same file.
fn without_place(mut list: Value) -> Result<String> {
    if let Some(list) = list.as_object_mut() {
        list.remove("serialNumber");
    }
    if let Some(metadata) = list["metadata"].as_object_mut() {
        metadata.remove("timestamp");
    }
    let here = sources::repository().canonicalize()?;
    let text = serde_json::to_string_pretty(&list).during("writing the list")?;
    Ok(text.replace(&format!("file://{}", here.display()), "file://.").replace(&here.display().to_string(), "."))
}
