//! What a task says when it cannot go on.

use std::fmt;
use std::io;

/// A sentence for the person at the keyboard: what failed, and what to do if we know.
#[derive(Debug)]
pub struct Failure(String);

/// What every task returns.
pub type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    /// A failure with this sentence.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

/// Says what was being done when something failed.
pub trait While<T> {
    /// Puts `doing` in front of the error: `doing: no such file or directory`.
    fn during(self, doing: &str) -> Result<T>;
}

impl<T, E: fmt::Display> While<T> for std::result::Result<T, E> {
    fn during(self, doing: &str) -> Result<T> {
        self.map_err(|error| Failure(format!("{doing}: {error}")))
    }
}
