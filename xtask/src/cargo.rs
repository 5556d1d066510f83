//! Talks to cargo: builds our programs and finds them.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::failure::{Failure, Result, While as _};
use crate::house::sources;
use crate::process;

/// How a program is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Quick to build.
    Development,
    /// Quick to run.
    Release,
}

/// Cargo, to be run at the top of the repository.
pub fn cargo() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.current_dir(sources::repository());
    command
}

/// Builds the `servicepoint` program and returns where it stands.
///
/// # Errors
///
/// If it does not compile; cargo has said why on the screen.
pub fn build_servicepoint(profile: Profile) -> Result<PathBuf> {
    build("gateway", "servicepoint", profile)
}

/// Builds the program that plays simulated stories and returns where it stands.
///
/// # Errors
///
/// As [`build_servicepoint`].
pub fn build_simulation(profile: Profile) -> Result<PathBuf> {
    build("testkit", "simulate", profile)
}

fn build(package: &str, program: &str, profile: Profile) -> Result<PathBuf> {
    let mut build = cargo();
    build.arg("build").arg(format!("--package={package}")).arg(format!("--bin={program}"));
    build.arg("--message-format=json-render-diagnostics");
    if profile == Profile::Release {
        build.arg("--release");
    }
    // Progress and errors go to the screen; standard output tells us where the program is.
    build.stderr(Stdio::inherit());
    let messages = process::capture_output(&mut build)?;
    let executable = messages.lines().filter_map(|message| executable_in(message, program)).next_back();
    executable.ok_or_else(|| Failure::new(format!("cargo built no program called {program}")))
}

fn executable_in(message: &str, program: &str) -> Option<PathBuf> {
    let message: serde_json::Value = serde_json::from_str(message).ok()?;
    let is_ours = message.get("target")?.get("name")?.as_str()? == program;
    let path = message.get("executable")?.as_str()?;
    is_ours.then(|| PathBuf::from(path))
}

/// The folder for tools we install ourselves: beside the target directory, so that CI keeps both.
///
/// # Errors
///
/// If neither `CARGO_TARGET_DIR` nor `HOME` is set.
pub fn tools_directory() -> Result<PathBuf> {
    if let Some(target) = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from) {
        let parent = target.parent().filter(|parent| parent.is_absolute());
        if let Some(parent) = parent {
            return Ok(parent.join("tools"));
        }
    }
    let home = std::env::var_os("HOME").ok_or("HOME is not set").during("looking for a place for tools")?;
    Ok(PathBuf::from(home).join(".cache/servicepoint/tools"))
}
