//! `cargo xtask sim`: plays simulated stories of the town hall, each from one number.

use std::process::Command;

use clap::Args;

use crate::cargo;
use crate::commands::torture::{Common, Trial};
use crate::failure::Result;
use crate::process;
use crate::torture::sim::{self, Strength};

/// What a person may change about the stories.
#[derive(Debug, Args)]
pub struct Options {
    /// How many [default: 8; with `--long` 2,000].
    #[arg(long)]
    seeds: Option<u64>,
    /// The number of the first story; to play one again, its number and `--seeds 1`.
    #[arg(long, default_value_t = Strength::SHORT.first)]
    first: u64,
    /// How many steps each story has.
    #[arg(long, default_value_t = Strength::SHORT.steps)]
    steps: u32,
    #[command(flatten)]
    common: Common,
}

const TRIAL: Trial = Trial { name: "sim", title: "Simulated stories of holds and bookings" };

/// Plays the stories and says what came of them.
///
/// # Errors
///
/// If a rule was broken, or a planted mistake was not found.
pub fn run(options: &Options) -> Result<()> {
    let form = if options.common.is_long() { Strength::LONG } else { Strength::SHORT };
    let strength = Strength { seeds: options.seeds.unwrap_or(form.seeds), first: options.first, steps: options.steps };
    options.common.conduct_with(TRIAL, cargo::build_simulation, |context| sim::run(context, strength))
}

/// The short form on both engines with a program built for development.
///
/// # Errors
///
/// As [`run`].
pub fn run_short() -> Result<()> {
    process::run(Command::new(process::this_program()?).arg("sim"))
}
