//! `cargo xtask bench`: measures what we promise and says whether it holds.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::bench::figure::{self, Figure};
use crate::bench::measures::{self, Measure};
use crate::bench::page::{Page, Section};
use crate::bench::questions::{self, Set};
use crate::bench::server::{Context, Engine};
use crate::cargo::{self, Profile};
use crate::failure::{Failure, Result, While as _};
use crate::interrupt;
use crate::process;
use crate::provision::{self, Need};

/// What a person may change about the measurements.
#[derive(Debug, Args)]
pub struct Options {
    /// Only this benchmark; without it, all of them.
    #[arg(conflicts_with = "write")]
    name: Option<String>,
    /// One JSON line per figure instead of a table.
    #[arg(long)]
    json: bool,
    /// On which database.
    #[arg(long, value_enum, default_value_t = Engines::Both)]
    engine: Engines,
    /// Also writes docs/benchmarks.md.
    #[arg(long)]
    write: bool,
    /// Measures this program instead of building one in release mode.
    #[arg(long, value_name = "PROGRAM")]
    program: Option<PathBuf>,
}

/// Which databases a person asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Engines {
    /// SQLite alone.
    Sqlite,
    /// PostgreSQL alone.
    Postgres,
    /// One after the other.
    Both,
}

impl Engines {
    /// One after the other.
    pub fn list(self) -> &'static [Engine] {
        match self {
            Self::Sqlite => &[Engine::Sqlite],
            Self::Postgres => &[Engine::Postgres],
            Self::Both => &[Engine::Sqlite, Engine::Postgres],
        }
    }
}

/// Runs the benchmarks and prints each figure as soon as it is known.
///
/// # Errors
///
/// If a benchmark cannot run, or a figure misses its target.
pub fn run(options: &Options) -> Result<()> {
    let measures = choose(options.name.as_deref())?;
    if cfg!(debug_assertions) {
        // The load shares the machine with what it measures, so it must be as quick as pgbench.
        if options.program.is_none() {
            let mut optimised = cargo::cargo();
            optimised.args(["run", "--quiet", "--release", "--package=xtask", "--"]);
            return process::run(optimised.args(std::env::args_os().skip(1)));
        }
        eprintln!("this xtask is not optimised and takes time from the server; for figures that count, type:\n");
        eprintln!("    cargo run --release --package xtask -- bench\n");
    }
    let engines = options.engine.list();
    if engines.contains(&Engine::Postgres) {
        provision::system(&[Need::PostgreSql])?;
    }
    let program = match &options.program {
        Some(program) => program.canonicalize().during(&program.display().to_string())?,
        None => cargo::build_servicepoint(Profile::Release)?,
    };
    let context = Context::new(program, engines);
    let mut figures = Vec::new();
    for measure in measures {
        interrupt::check()?;
        let found = (measure.run)(&context).during(measure.name)?;
        for figure in &found {
            println!("{}", if options.json { figure.as_json() } else { figure.as_row() });
        }
        if options.write {
            write(measure, &found)?;
        }
        figures.extend(found);
    }
    judge(&figures)
}

/// Into the section of the measure; the chatbot's also says how good its answers are.
fn write(measure: &Measure, figures: &[Figure]) -> Result<()> {
    let below = if measure.name == "chat" {
        let (dev, blind) = (questions::table(Set::Dev)?, questions::table(Set::Blind)?);
        format!(
            "\nHow good the answers are, with 95 % intervals; what the columns mean and what to make of them stands in\n\
             [chatbot.md](chatbot.md). The development set, which the rules were written for and the weights fitted on:\n\n{dev}\n\
             The blind set, which nothing was tuned on:\n\n{blind}"
        )
    } else {
        String::new()
    };
    let words = format!("{}.", capitalised(measure.what));
    Page::Benchmarks.write(Section { name: measure.name, title: measure.name, words: &words, below: &below }, figures)
}

fn capitalised(words: &str) -> String {
    let mut signs = words.chars();
    signs.next().map_or_else(String::new, |first| first.to_uppercase().chain(signs).collect())
}

fn choose(name: Option<&str>) -> Result<Vec<&'static Measure>> {
    let Some(name) = name else {
        return Ok(measures::ALL.iter().collect());
    };
    let chosen = measures::ALL.iter().find(|measure| measure.name == name);
    chosen.map(|measure| vec![measure]).ok_or_else(|| {
        let known = measures::ALL.iter().map(|measure| format!("  {:<24} {}", measure.name, measure.what));
        let known: Vec<String> = known.collect();
        Failure::new(format!("there is no benchmark `{name}`; there are\n{}", known.join("\n")))
    })
}

fn judge(figures: &[Figure]) -> Result<()> {
    let missed: Vec<&str> = figure::missed(figures).collect();
    if missed.is_empty() { Ok(()) } else { Err(Failure::new(format!("missed: {}", missed.join(", ")))) }
}
