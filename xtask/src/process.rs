//! Starts commands, waits for them and stops them, so that nothing outlives the task.

use std::ffi::OsStr;
use std::fs;
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::failure::{Failure, Result, While as _};
use crate::interrupt::{self, Running};

/// Runs a command to its end with its output on the screen.
///
/// # Errors
///
/// If it cannot be started, ends with anything but success, or somebody pressed Ctrl-C.
pub fn run(command: &mut Command) -> Result<()> {
    interrupt::check()?;
    let name = name_of(command);
    let mut child = command.stdin(Stdio::null()).process_group(0).spawn().during(&name)?;
    let _guard = interrupt::hears_signals(Running::OwnGroup(pid_of(&child)));
    let status = child.wait()?;
    interrupt::check()?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("{name}: {status}"))) }
}

/// Runs a command that talks with the person at the keyboard, for example `psql`.
///
/// # Errors
///
/// As [`run`].
pub fn run_in_foreground(command: &mut Command) -> Result<()> {
    let name = name_of(command);
    let mut child = command.spawn().during(&name)?;
    let _guard = interrupt::hears_signals(Running::Foreground(pid_of(&child)));
    let status = child.wait()?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("{name}: {status}"))) }
}

/// Runs a command to its end and returns what it wrote to standard output.
///
/// # Errors
///
/// As [`run`]; the message carries what the command wrote to standard error.
pub fn capture(command: &mut Command) -> Result<String> {
    capture_output(command.stderr(Stdio::piped()))
}

/// As [`capture`], but standard error goes where the caller sent it.
///
/// # Errors
///
/// As [`run`].
pub fn capture_output(command: &mut Command) -> Result<String> {
    interrupt::check()?;
    let name = name_of(command);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).process_group(0);
    let child = command.spawn().during(&name)?;
    let _guard = interrupt::hears_signals(Running::OwnGroup(pid_of(&child)));
    let Output { status, stdout, stderr } = child.wait_with_output()?;
    interrupt::check()?;
    if !status.success() {
        let said = String::from_utf8_lossy(&stderr);
        return Err(Failure::new(format!("{name}: {status}\n{}", said.trim())));
    }
    String::from_utf8(stdout).during(&name)
}

/// Asks a process to end (SIGTERM), waits up to `patience`, then ends it.
pub fn stop(child: &mut Child, patience: Duration) {
    if let Ok(Some(_)) = child.try_wait() {
        return;
    }
    // It may have ended in between; then there is nobody to ask.
    let _ = kill_process(pid_of(child), Signal::TERM);
    let deadline = Instant::now() + patience;
    while Instant::now() < deadline {
        match child.try_wait() {
            Ok(None) => thread::sleep(Duration::from_millis(5)),
            Ok(Some(_)) | Err(_) => return,
        }
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// The process id of a child, as the signal functions want it.
pub fn pid_of(child: &Child) -> Pid {
    Pid::from_child(child)
}

/// Where a program stands, looked up in `PATH`.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| is_program(file))
}

/// This very command, to be started once more, named as it was typed or as cargo named it.
///
/// Not `current_exe`: a build of the workspace may link this command anew while it runs, and the system then names a file
/// that was removed.
///
/// # Errors
///
/// If the system does not say how we were called.
pub fn this_program() -> Result<PathBuf> {
    std::env::args_os().next().map(PathBuf::from).ok_or_else(|| Failure::new("this command was started without a name"))
}

/// Whether `file` is there and may be run.
pub fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(file).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

/// A TCP port of 127.0.0.1 that nobody uses at this moment.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).during("looking for a free port")?;
    Ok(listener.local_addr()?.port())
}

/// The command as a person would type it.
pub fn name_of(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}
