//! `cargo xtask slow`: people who are slow on purpose, and others who must not wait for them.

use std::process::Command;

use clap::Args;

use crate::commands::torture::{Common, Trial};
use crate::failure::Result;
use crate::process;
use crate::torture::slow::{self, Strength};

/// What a person may change about the slow.
#[derive(Debug, Args)]
pub struct Options {
    /// How many, over all manners [default: 400; with `--long` 4,000].
    #[arg(long)]
    laggards: Option<usize>,
    #[command(flatten)]
    common: Common,
}

const TRIAL: Trial = Trial { name: "slow", title: "People who are slow on purpose" };

/// Lets them come and says what became of the others.
///
/// # Errors
///
/// If a promise was not kept, or a control was not found.
pub fn run(options: &Options) -> Result<()> {
    let form = if options.common.is_long() { Strength::LONG } else { Strength::SHORT };
    let strength = Strength { laggards: options.laggards.unwrap_or(form.laggards), ..form };
    options.common.conduct(TRIAL, |context| slow::run(context, strength))
}

/// The short form on both engines with a program built for development.
///
/// # Errors
///
/// As [`run`].
pub fn run_short() -> Result<()> {
    process::run(Command::new(process::this_program()?).arg("slow"))
}
