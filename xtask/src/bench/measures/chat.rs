//! What the chatbot costs inside: its index at two sizes of the catalogue, and one question.

use std::process::Stdio;

use serde::Deserialize;

use crate::bench::figure::Figure;
use crate::bench::server::Context;
use crate::cargo::cargo;
use crate::failure::{Failure, Result, While as _};
use crate::process;

/// What the example `chat_cost` of `chatbot` prints, one line for each figure.
#[derive(Debug, Deserialize)]
struct Line {
    what: String,
    value: f64,
    unit: String,
    at_most: Option<f64>,
}

/// Asks the engine alone.
pub(super) fn run(_: &Context) -> Result<Vec<Figure>> {
    let mut example = cargo();
    example.args(["run", "--quiet", "--release", "--package=chatbot", "--example=chat_cost", "--"]);
    example.args(["deploy/demo/hannover", "crates/chatbot/eval/dev.jsonl"]);
    let output = process::capture_output(example.stderr(Stdio::inherit()))?;
    let lines: std::result::Result<Vec<Line>, _> = output.lines().map(serde_json::from_str).collect();
    let lines = lines.during("reading what the example chat_cost printed")?;
    if lines.is_empty() {
        return Err(Failure::new("the example chat_cost printed nothing"));
    }
    lines.iter().map(figure).collect()
}

fn figure(line: &Line) -> Result<Figure> {
    let unit = match line.unit.as_str() {
        "s" => "s",
        "ms" => "ms",
        "MiB" => "MiB",
        other => return Err(Failure::new(format!("the example chat_cost printed the unit {other}"))),
    };
    let name = format!("chat.{}", line.what);
    Ok(match line.at_most {
        Some(at_most) => Figure::at_most(name, line.value, unit, at_most),
        None => Figure::known(name, line.value, unit),
    })
}
