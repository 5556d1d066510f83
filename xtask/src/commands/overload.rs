//! `cargo xtask overload`: more people than a server can answer.

use std::process::Command;

use clap::Args;

use crate::commands::torture::{Common, Trial};
use crate::failure::Result;
use crate::process;
use crate::torture::overload::{self, Strength};

/// What a person may change about the crowds.
#[derive(Debug, Args)]
pub struct Options {
    /// How long each crowd stays [default: 4; with `--long` 30].
    #[arg(long)]
    seconds: Option<u64>,
    #[command(flatten)]
    common: Common,
}

const TRIAL: Trial = Trial { name: "overload", title: "More people than the server can answer" };

/// Lets them come and says what became of everybody.
///
/// # Errors
///
/// If a promise was not kept, or the control was not found.
pub fn run(options: &Options) -> Result<()> {
    let form = if options.common.is_long() { Strength::LONG } else { Strength::SHORT };
    let strength = Strength { seconds: options.seconds.unwrap_or(form.seconds), ..form };
    options.common.conduct(TRIAL, |context| overload::run(context, strength))
}

/// The short form on both engines with a program built for development.
///
/// # Errors
///
/// As [`run`].
pub fn run_short() -> Result<()> {
    process::run(Command::new(process::this_program()?).arg("overload"))
}
