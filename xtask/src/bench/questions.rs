//! The project's own questions to the chatbot, and the table of how they were answered.

use std::process::{Command, Stdio};

use crate::cargo::cargo;
use crate::failure::Result;
use crate::process;

/// A set of questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Set {
    /// `crates/chatbot/eval/dev.jsonl`
    Dev,
    /// `crates/chatbot/eval/blind.jsonl`
    Blind,
}

impl Set {
    const fn path(self) -> &'static str {
        match self {
            Self::Dev => "crates/chatbot/eval/dev.jsonl",
            Self::Blind => "crates/chatbot/eval/blind.jsonl",
        }
    }
}

/// Builds the chatbot alone and asks it; more may be wished for by arguments.
pub fn evaluate(set: Set) -> Command {
    let mut evaluate = cargo();
    evaluate.args(["run", "--quiet", "--release", "--package=chatbot", "--example=evaluate", "--"]);
    evaluate.args(["deploy/demo/hannover", set.path()]);
    evaluate
}

/// The table of a set, as Markdown.
///
/// # Errors
///
/// If the chatbot does not build, or the city or the questions cannot be read.
pub fn table(set: Set) -> Result<String> {
    let printed = process::capture_output(evaluate(set).stderr(Stdio::inherit()))?;
    Ok(printed.lines().filter(|line| line.starts_with('|')).fold(String::new(), |table, line| table + line + "\n"))
}
