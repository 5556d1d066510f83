//! Ctrl-C and SIGTERM: the command that is running is told, and everything we started is stopped on the way out.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::failure::{Failure, Result, While as _};

/// The command that is running now and how it hears of a signal.
#[derive(Debug, Clone, Copy)]
pub enum Running {
    /// In a process group of its own: the terminal does not reach it, so we pass the signal on.
    OwnGroup(Pid),
    /// Shares the terminal with us: it hears Ctrl-C by itself and only needs to be told of SIGTERM.
    Foreground(Pid),
}

static REQUESTED: AtomicBool = AtomicBool::new(false);
static RUNNING: Mutex<Option<Running>> = Mutex::new(None);

/// Starts to listen; from here on a signal no longer ends this process at once.
pub fn listen() -> Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).during("listening for Ctrl-C")?;
    thread::spawn(move || {
        for signal in signals.forever() {
            let again = REQUESTED.swap(true, Ordering::SeqCst);
            let running = *RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
            pass_on(running, signal, again);
        }
    });
    Ok(())
}

/// Whether somebody asked us to stop.
pub fn requested() -> bool {
    REQUESTED.load(Ordering::SeqCst)
}

/// Fails if somebody asked us to stop.
pub fn check() -> Result<()> {
    if requested() { Err(Failure::new("stopped on request")) } else { Ok(()) }
}

/// Names the command that hears of signals until the returned guard is dropped.
pub fn hears_signals(running: Running) -> Guard {
    *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) = Some(running);
    // A signal that came between the start of the command and this line is not lost.
    if requested() {
        pass_on(Some(running), SIGTERM, false);
    }
    Guard(())
}

/// While it lives, a command hears of signals.
#[derive(Debug)]
pub struct Guard(());

impl Drop for Guard {
    fn drop(&mut self) {
        *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

fn pass_on(running: Option<Running>, signal: i32, again: bool) {
    // The command may be gone already; then there is nobody to tell.
    let _ = match running {
        // Whoever asks twice does not want to wait.
        Some(Running::OwnGroup(group)) if again => kill_process_group(group, Signal::KILL),
        Some(Running::OwnGroup(group)) => kill_process_group(group, Signal::TERM),
        Some(Running::Foreground(process)) if signal != SIGINT => kill_process(process, Signal::TERM),
        Some(Running::Foreground(_)) | None => Ok(()),
    };
}
