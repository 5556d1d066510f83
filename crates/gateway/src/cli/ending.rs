//! How a command ends, and how it talks: results on standard output, reasons on standard error.

use std::fmt::Display;
use std::io::{Write, stderr, stdout};
use std::process::ExitCode;

/// Why a command did not do what was asked, in words for the operator and without secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CommandError {
    /// It was tried and failed: exit code 1.
    #[error("{0}")]
    Failed(String),
    /// The command or its configuration is wrong: exit code 2.
    #[error("{0}")]
    Usage(String),
    /// A check says no: exit code 3.
    #[error("{0}")]
    Refused(String),
    /// What was checked is not whole: exit code 4.
    #[error("{0}")]
    Damaged(String),
    /// What was waited for did not happen in time: exit code 5.
    #[error("{0}")]
    TimeWasUp(String),
}

impl CommandError {
    /// Tells the operator and gives the exit code.
    pub(crate) fn told(&self) -> ExitCode {
        // Whoever closed standard error does not want to know.
        let _ = writeln!(stderr(), "servicepoint: {self}");
        match self {
            Self::Failed(_) => ExitCode::from(1),
            Self::Usage(_) => ExitCode::from(2),
            Self::Refused(_) => ExitCode::from(3),
            Self::Damaged(_) => ExitCode::from(4),
            Self::TimeWasUp(_) => ExitCode::from(5),
        }
    }
}

/// Writes one line of a result. A reader that has seen enough (`| head`) is no failure.
pub(crate) fn say(line: impl Display) {
    let mut out = stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
