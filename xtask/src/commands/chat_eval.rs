//! `cargo xtask chat-eval`: asks the chatbot the project's own questions and prints the table.

use crate::bench::questions::{Set, evaluate};
use crate::failure::{Failure, Result};
use crate::process;

/// What to ask.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Debug, clap::Args)]
pub struct Options {
    /// The questions for development, or those nothing may be tuned on.
    #[arg(long, value_enum, default_value_t = Set::Dev)]
    set: Set,
    /// Prints each question that was answered wrongly. Only for development.
    #[arg(long, conflicts_with = "fit")]
    wrong: bool,
    /// Fits the weights of the index instead and prints them.
    #[arg(long)]
    fit: bool,
    /// Judges the texts the classifier learns from, each fifth by one that has not seen it, and prints what came out.
    #[arg(long, conflicts_with_all = ["wrong", "fit"])]
    folds: bool,
    /// Asks each fifth of the city's example questions of an index that has not seen it, and prints the table.
    #[arg(long, conflicts_with_all = ["wrong", "fit", "folds"])]
    held_out: bool,
}

/// Builds the chatbot alone and asks.
///
/// # Errors
///
/// If it does not build, or the city or the questions cannot be read; or if somebody wants to look at or fit on the blind set.
pub fn run(options: &Options) -> Result<()> {
    if options.set == Set::Blind && (options.wrong || options.fit) {
        return Err(Failure::new("nothing is looked at in the blind set and nothing is fitted on it"));
    }
    let mut evaluate = evaluate(options.set);
    if options.wrong {
        evaluate.arg("--wrong");
    }
    if options.fit {
        evaluate.arg("--fit");
    }
    if options.folds {
        evaluate.arg("--folds");
    }
    if options.held_out {
        evaluate.arg("--held-out");
    }
    process::run(&mut evaluate)
}
