//! A small Debian that is booted with systemd as its first process: where the package is tried as an operator would.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cargo;
use crate::deploy::package::{self, Program, scratch};
use crate::failure::{Failure, Result, While as _};
use crate::process;

/// Raised when the list of packages changes; the machines made before are then made anew.
const EDITION: u32 = 1;
/// What a machine needs beside the smallest Debian: a service manager and a database.
const PACKAGES: &str = "systemd,systemd-sysv,dbus,postgresql,ca-certificates";

/// What the operator does. It runs inside.
const TRIAL: &str = include_str!("trial.sh");

/// Starts the trial once the machine is up, and ends the machine with the trial's code.
const UNIT: &str = "[Unit]
After=basic.target dbus.service postgresql.service

[Service]
Type=oneshot
Environment=HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8
StandardOutput=file:/trial/log
StandardError=file:/trial/log
ExecStart=/bin/bash /trial/trial.sh
ExecStopPost=/bin/sh -c 'echo $EXIT_STATUS > /trial/code; systemctl --no-block exit $EXIT_STATUS'
";

/// Tries the package on a machine of its own: installed, upgraded, rolled back, restored, purged, on both engines.
///
/// # Errors
///
/// The trial's last lines.
pub fn try_out(first: &Path) -> Result<()> {
    if !rustix::process::geteuid().is_root() {
        return Err(Failure::new("booting a small Debian needs root: sudo cargo xtask deploy check"));
    }
    let second = package::variant(first, 2, Program::Whole)?;
    let broken = package::variant(first, 3, Program::Broken)?;
    let machine = fresh()?;
    let trial = machine.join("trial");
    fs::create_dir_all(&trial)?;
    for (package, name) in [(first, "1.deb"), (&second, "2.deb"), (&broken, "3.deb")] {
        fs::copy(package, trial.join(name))?;
    }
    fs::write(trial.join("trial.sh"), TRIAL)?;
    let boot = boot(&machine);
    let log = fs::read_to_string(trial.join("log")).unwrap_or_default();
    let code = fs::read_to_string(trial.join("code")).unwrap_or_default();
    let steps = log.lines().filter(|line| line.starts_with("=== "));
    steps.for_each(|step| println!("    {step}"));
    if code.trim() == "0" {
        fs::remove_dir_all(&machine)?;
        return Ok(());
    }
    let tail: Vec<&str> = log.lines().rev().take(60).collect();
    let tail: Vec<&str> = tail.into_iter().rev().collect();
    let why = boot.err().map(|failure| failure.to_string()).unwrap_or_default();
    Err(Failure::new(format!("{}\n{why}\nthe trial ended with {:?}", tail.join("\n"), code.trim())))
}

/// A machine nobody has used yet.
fn fresh() -> Result<PathBuf> {
    let base = base()?;
    let machine = scratch("machine")?;
    process::run(Command::new("tar").arg("-xf").arg(&base).arg("-C").arg(&machine))?;
    let units = machine.join("etc/systemd/system");
    let wants = units.join("multi-user.target.wants");
    fs::create_dir_all(&wants)?;
    fs::write(units.join("trial.service"), UNIT)?;
    symlink("../trial.service", wants.join("trial.service"))?;
    let usual = units.join("default.target");
    if usual.symlink_metadata().is_err() {
        symlink("/lib/systemd/system/multi-user.target", usual)?;
    }
    Ok(machine)
}

/// The machine as it is made once and kept: of the release this machine runs, so that the program finds its libraries.
fn base() -> Result<PathBuf> {
    let text = fs::read_to_string("/etc/os-release").during("/etc/os-release")?;
    let suite = text.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME=")).unwrap_or("stable");
    let folder = cargo::tools_directory()?.join("machines");
    fs::create_dir_all(&folder)?;
    let file = folder.join(format!("{suite}-{EDITION}.tar"));
    if file.exists() {
        return Ok(file);
    }
    println!("making a small Debian ({suite}) in {}: this happens once", folder.display());
    let draft = folder.join(format!("{suite}-{EDITION}.draft.tar"));
    let mut make = Command::new("mmdebstrap");
    make.args(["--quiet", "--variant=minbase", "--include", PACKAGES, suite]).arg(&draft);
    process::run(&mut make).during("making a small Debian")?;
    fs::rename(&draft, &file)?;
    Ok(file)
}

/// Boots it without a network and waits until it has ended.
fn boot(machine: &Path) -> Result<()> {
    fs::set_permissions(machine, fs::Permissions::from_mode(0o755))?;
    let mut nspawn = Command::new("systemd-nspawn");
    nspawn.args(["--quiet", "--boot", "--register=no", "--keep-unit", "--private-network", "--console=pipe"]);
    nspawn.args(["--machine=servicepoint-trial"]).arg("--directory").arg(machine);
    process::capture(&mut nspawn).map(drop)
}
