//! The registry of benchmarks: a new one is a file in `measures/` and a line here.

mod memory;
mod start_up;

use crate::bench::figure::Figure;
use crate::bench::server::Context;
use crate::failure::Result;

/// One benchmark.
#[derive(Debug)]
pub struct Measure {
    /// As it is typed: `cargo xtask bench start-up`.
    pub name: &'static str,
    /// What it shows, in one sentence.
    pub what: &'static str,
    /// Measures; builds its own [`crate::bench::server::Stand`] and leaves nothing behind.
    pub run: fn(&Context) -> Result<Vec<Figure>>,
}

/// All benchmarks in the order they run.
pub const ALL: &[Measure] = &[
    Measure { name: "start-up", what: "from the start of `serve` until it is ready", run: start_up::run },
    Measure { name: "memory", what: "resident memory of a server that has served", run: memory::run },
];
