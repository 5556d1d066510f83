//! `cargo xtask fuzz`: documents made from the schema and spoilt, sent to a live server.

use std::process::Command;

use clap::Args;

use crate::commands::torture::{Common, Trial};
use crate::failure::Result;
use crate::process;
use crate::torture::fuzz::{self, Strength};

/// What a person may change about the documents.
#[derive(Debug, Args)]
pub struct Options {
    /// How many [default: 3,000; with `--long` 1,000,000].
    #[arg(long)]
    documents: Option<u64>,
    /// What all chance comes from: the same seed, the same documents.
    #[arg(long, default_value_t = Strength::SHORT.seed)]
    seed: u64,
    /// Sends nothing and prints the document with this number.
    #[arg(long, value_name = "NUMBER")]
    show: Option<u64>,
    #[command(flatten)]
    common: Common,
}

const TRIAL: Trial = Trial { name: "fuzz", title: "Documents nobody should send" };

/// Sends the documents and says what came of it.
///
/// # Errors
///
/// If a promise was not kept, or the control was not found.
pub fn run(options: &Options) -> Result<()> {
    if let Some(number) = options.show {
        println!("{}", fuzz::show(options.seed, number)?);
        return Ok(());
    }
    let form = if options.common.is_long() { Strength::LONG } else { Strength::SHORT };
    let strength = Strength { documents: options.documents.unwrap_or(form.documents), seed: options.seed };
    options.common.conduct(TRIAL, |context| fuzz::run(context, strength))
}

/// The short form on both engines with a program built for development.
///
/// # Errors
///
/// As [`run`].
pub fn run_short() -> Result<()> {
    process::run(Command::new(process::this_program()?).arg("fuzz"))
}
