//! `cargo xtask crash`: kills workers while they send letters, and lets the mail server hang up.

use std::process::Command;

use clap::Args;

use crate::commands::torture::{Common, Trial};
use crate::failure::Result;
use crate::process;
use crate::provision::{self, Need};
use crate::torture::crash::{self, Strength};

/// What a person may change about the crashes.
#[derive(Debug, Args)]
pub struct Options {
    /// How many blows [default: 3; with `--long` 60].
    #[arg(long)]
    rounds: Option<u16>,
    #[command(flatten)]
    common: Common,
}

const TRIAL: Trial = Trial { name: "crash", title: "Workers that die between sending and marking" };

/// Lets workers die and says who has their mail.
///
/// # Errors
///
/// If somebody is left without their mail, or the control was not found.
pub fn run(options: &Options) -> Result<()> {
    provision::system(&[Need::Python, Need::Sqlite])?;
    let form = if options.common.is_long() { Strength::LONG } else { Strength::SHORT };
    let strength = Strength { rounds: options.rounds.unwrap_or(form.rounds), ..form };
    options.common.conduct(TRIAL, |context| crash::run(context, strength))
}

/// The short form on both engines with a program built for development.
///
/// # Errors
///
/// As [`run`].
pub fn run_short() -> Result<()> {
    process::run(Command::new(process::this_program()?).arg("crash"))
}
