//! `cargo xtask tidy`: only the tests that hold the shape of the house; they need no database and take seconds.

use crate::cargo::cargo;
use crate::failure::Result;
use crate::process;

/// Runs the architecture test and the tidy test.
///
/// # Errors
///
/// If a rule of the house is broken; the test has said where.
pub fn run() -> Result<()> {
    process::run(cargo().args(["test", "--quiet", "--package=xtask", "--test=architecture", "--test=tidy"]))
}
