//! The month view of 20 offices over 60 days inside the engine, every answer compared with a plain second engine.

use std::process::Stdio;

use serde::Deserialize;

use crate::bench::figure::Figure;
use crate::bench::server::Context;
use crate::cargo::cargo;
use crate::failure::{Failure, Result, While as _};
use crate::process;

/// Microseconds that 99 of 100 answers may take.
const TARGET: f64 = 1_000.0;

/// What the example `month_view` of `capacity` prints, one line for each length of a visit.
#[derive(Debug, Deserialize)]
struct Line {
    cells: u32,
    p99_us: f64,
    equal: bool,
}

/// Asks the engine alone, and compares every answer with a plain second engine.
pub(super) fn run(_: &Context) -> Result<Vec<Figure>> {
    let mut example = cargo();
    example.args(["run", "--quiet", "--release", "--package=capacity", "--example=month_view"]);
    let output = process::capture_output(example.stderr(Stdio::inherit()))?;
    let lines: std::result::Result<Vec<Line>, _> = output.lines().map(serde_json::from_str).collect();
    let lines = lines.during("reading what the example month_view printed")?;
    if lines.is_empty() {
        return Err(Failure::new("the example month_view printed nothing"));
    }
    let times = lines
        .iter()
        .map(|line| Figure::at_most(format!("month-view.in-process.k{}.p99", line.cells), line.p99_us, "us", TARGET));
    let equal = lines.iter().filter(|line| line.equal).count();
    let equality =
        Figure::exactly("month-view.in-process.equals-brute-force", equal as f64, "answers", lines.len() as f64);
    Ok(times.chain([equality]).collect())
}
