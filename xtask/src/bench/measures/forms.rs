//! What forms cost inside their engine: one large submission, and one patch on a form with many rules.

use std::process::Stdio;

use serde::Deserialize;

use crate::bench::figure::Figure;
use crate::bench::server::Context;
use crate::cargo::cargo;
use crate::failure::{Failure, Result, While as _};
use crate::process;

/// What the example `forms_cost` of `forms` prints, one line for each figure.
#[derive(Debug, Deserialize)]
struct Line {
    what: String,
    p99_ms: f64,
    promised_p99_ms: f64,
}

/// Asks the engine alone.
pub(super) fn run(_: &Context) -> Result<Vec<Figure>> {
    let mut example = cargo();
    example.args(["run", "--quiet", "--release", "--package=forms", "--example=forms_cost"]);
    let output = process::capture_output(example.stderr(Stdio::inherit()))?;
    let lines: std::result::Result<Vec<Line>, _> = output.lines().map(serde_json::from_str).collect();
    let lines = lines.during("reading what the example forms_cost printed")?;
    if lines.is_empty() {
        return Err(Failure::new("the example forms_cost printed nothing"));
    }
    let name = |what: &str| format!("forms.{}.p99", what.replace([' ', ','], "-").replace("--", "-"));
    Ok(lines.iter().map(|line| Figure::at_most(name(&line.what), line.p99_ms, "ms", line.promised_p99_ms)).collect())
}
