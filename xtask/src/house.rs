//! The rules of the house, each as a pure check over files: `tests/architecture.rs` and `tests/tidy.rs` run them.

pub mod arrows;
pub mod code;
pub mod documents;
pub mod purity;
pub mod reserved;
pub mod rooms;
pub mod sources;
pub mod tidy;

use std::fmt;

/// One place where a rule of the house is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// File, and line if there is one: `crates/domain/src/time.rs:12`.
    pub place: String,
    /// Which rule, and what to do instead.
    pub rule: String,
}

impl Breach {
    /// A breach that concerns a whole file or crate.
    pub fn of(place: &str, rule: impl Into<String>) -> Self {
        Self { place: place.to_owned(), rule: rule.into() }
    }

    /// A breach on one line; lines count from 1.
    pub fn on_line(path: &str, line: usize, rule: impl Into<String>) -> Self {
        Self { place: format!("{path}:{line}"), rule: rule.into() }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.place, self.rule)
    }
}

/// Fails the calling test with one line per breach.
///
/// # Panics
///
/// If there is a breach.
#[track_caller]
pub fn expect_none(breaches: &[Breach]) {
    let lines: Vec<String> = breaches.iter().map(Breach::to_string).collect();
    assert!(breaches.is_empty(), "{} place(s) break a rule of the house:\n  {}\n", breaches.len(), lines.join("\n  "));
}
