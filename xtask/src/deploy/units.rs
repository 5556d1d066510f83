//! The systemd units: one sandbox for all of them, measured by systemd itself.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::failure::{Failure, Result, While as _};
use crate::house::sources;

/// Where they stand in the repository.
pub const FOLDER: &str = "deploy/systemd";

/// Exposure by `systemd-analyze security`, in tenths: 1.5 of 10.
const MOST_EXPOSED: &str = "15";

/// The sandbox begins below this line and ends with an empty one.
const SANDBOX: &str = "# The sandbox. It is the same in every unit of ours;";

/// Every unit by its name.
///
/// # Errors
///
/// If they cannot be read.
pub fn read(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut units = BTreeMap::new();
    for entry in fs::read_dir(folder).during(&folder.display().to_string())? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        units.insert(name, fs::read_to_string(&path).during(&path.display().to_string())?);
    }
    Ok(units)
}

/// What is wrong with the units by themselves, one sentence each.
pub fn problems(units: &BTreeMap<String, String>) -> Vec<String> {
    let mut problems = Vec::new();
    let services = || units.iter().filter(|(name, _)| name.ends_with(".service"));
    let common = services().next().and_then(|(_, text)| sandbox(text));
    for (name, text) in services() {
        match sandbox(text) {
            None => problems.push(format!("{name} has no sandbox")),
            found if found != common => problems.push(format!("{name} has a sandbox of its own")),
            Some(_) => {}
        }
        if text.lines().any(|line| line.starts_with("ExecStart=") && line.contains("/bin/sh")) {
            problems.push(format!("{name} runs a shell of its own"));
        }
        let template = name.contains('@');
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if template && (line.contains("/default") || line.contains("servicepoint.toml")) {
                problems.push(format!("{name} reaches into the city of the machine: {line}"));
            }
            if !template && line.contains("%i") {
                problems.push(format!("{name} is no template and names an instance: {line}"));
            }
        }
    }
    for timer in units.keys().filter_map(|name| name.strip_suffix(".timer")) {
        if !units.contains_key(&format!("{timer}.service")) {
            problems.push(format!("{timer}.timer starts nothing"));
        }
    }
    problems
}

fn sandbox(text: &str) -> Option<&str> {
    let (_, below) = text.split_once(SANDBOX)?;
    Some(below.split("\n\n").next().unwrap_or(below).trim_end())
}

/// Reads the units with our eyes and with systemd's.
///
/// # Errors
///
/// Everything that is wrong.
pub fn check() -> Result<()> {
    let folder = sources::repository().join(FOLDER);
    let units = read(&folder)?;
    let found = problems(&units);
    if !found.is_empty() {
        return Err(Failure::new(found.join("\n")));
    }
    for name in units.keys().filter(|name| name.ends_with(".service")) {
        measure(&folder.join(name))?;
    }
    verify(&folder, &units)?;
    println!("{} units: one sandbox, exposure below 1.5 of 10, all verified", units.len());
    Ok(())
}

/// Asks systemd how exposed a unit is.
///
/// # Errors
///
/// If it is more exposed than we promise; the message carries systemd's list.
pub fn measure(unit: &Path) -> Result<()> {
    let mut analyze = Command::new("systemd-analyze");
    analyze.args(["security", "--offline=true", "--no-pager", "--threshold", MOST_EXPOSED]).arg(unit);
    let output = analyze.output().during("systemd-analyze")?;
    let told = String::from_utf8_lossy(&output.stdout);
    let last = told.lines().next_back().unwrap_or_default();
    println!("    {last}");
    if output.status.success() { Ok(()) } else { Err(Failure::new(told.into_owned())) }
}

/// Verifies copies whose programs exist, because systemd looks for them on this machine.
fn verify(folder: &Path, units: &BTreeMap<String, String>) -> Result<()> {
    let scratch = super::package::scratch("units")?;
    for (name, text) in units {
        let text =
            text.replace("=/usr/bin/servicepoint", "=/bin/true").replace("=/usr/lib/servicepoint/", "=/bin/true ");
        // A template is verified as the instance of one municipality.
        fs::write(scratch.join(name.replace('@', "@hannover")), text)?;
    }
    let mut analyze = Command::new("systemd-analyze");
    analyze.args(["verify", "--man=no"]).args(fs::read_dir(&scratch)?.flatten().map(|entry| entry.path()));
    let output = analyze.output().during("systemd-analyze")?;
    let told = String::from_utf8_lossy(&output.stderr);
    // Complaints about units of this machine are not ours.
    let ours: Vec<&str> = told.lines().filter(|line| line.contains("servicepoint")).collect();
    if output.status.success() && ours.is_empty() {
        Ok(())
    } else {
        Err(Failure::new(format!("{}: {}", folder.display(), told.trim())))
    }
}
