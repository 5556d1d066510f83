//! Runs the steps of a task one after the other and says at the end how each went and how long it took.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::failure::{Failure, Result};
use crate::process;

#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed,
    Skipped { why: String },
}

#[derive(Debug)]
struct Step {
    name: String,
    outcome: Outcome,
    took: Duration,
}

/// The steps of a task so far.
#[derive(Debug, Default)]
pub struct Report {
    steps: Vec<Step>,
}

impl Report {
    /// Runs a command as one step. A failing step does not stop the ones after it: people want to see all that is wrong.
    pub fn run(&mut self, name: &str, command: &mut Command) {
        self.attempt(name, || {
            println!("    $ {}", process::name_of(command));
            process::run(command)
        });
    }

    /// Does one step that is more than a command.
    pub fn attempt(&mut self, name: &str, work: impl FnOnce() -> Result<()>) {
        println!("\n=== {name}");
        let started = Instant::now();
        let outcome = match work() {
            Ok(()) => Outcome::Passed,
            Err(failure) => {
                println!("{failure}");
                Outcome::Failed
            }
        };
        self.steps.push(Step { name: name.to_owned(), outcome, took: started.elapsed() });
    }

    /// Writes down that a step was left out, and why.
    pub fn skip(&mut self, name: &str, why: impl Into<String>) {
        let outcome = Outcome::Skipped { why: why.into() };
        self.steps.push(Step { name: name.to_owned(), outcome, took: Duration::ZERO });
    }

    /// Prints the table and fails if a step failed.
    ///
    /// # Errors
    ///
    /// Names the steps that failed.
    pub fn finish(self) -> Result<()> {
        let width = self.steps.iter().map(|step| step.name.len()).max().unwrap_or(0);
        println!();
        for Step { name, outcome, took } in &self.steps {
            let seconds = took.as_secs_f64();
            match outcome {
                Outcome::Passed => println!("  ok       {name:width$}  {seconds:>7.1} s"),
                Outcome::Failed => println!("  FAILED   {name:width$}  {seconds:>7.1} s"),
                Outcome::Skipped { why } => println!("  skipped  {name:width$}  {why}"),
            }
        }
        let failed = self.steps.iter().filter(|step| step.outcome == Outcome::Failed);
        let names: Vec<&str> = failed.map(|step| step.name.as_str()).collect();
        if names.is_empty() { Ok(()) } else { Err(Failure::new(format!("failed: {}", names.join(", ")))) }
    }
}
