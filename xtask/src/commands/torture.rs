//! What all commands of the torture chamber have in common: the program, the engines, the form, and what becomes of figures.

use std::path::PathBuf;

use clap::Args;

use crate::bench::figure::{self, Figure};
use crate::bench::page::{Page, Section};
use crate::bench::server::{Context, Engine};
use crate::cargo::{self, Profile};
use crate::commands::bench::Engines;
use crate::failure::{Failure, Result, While as _};
use crate::provision::{self, Need};
use crate::storm;

/// What a person may change about any torment.
#[derive(Debug, Args)]
pub struct Common {
    /// The long form with a program built in release mode; without it the short form, built for development.
    #[arg(long)]
    long: bool,
    /// On which database.
    #[arg(long, value_enum, default_value_t = Engines::Both)]
    engine: Engines,
    /// One JSON line per figure instead of a table.
    #[arg(long)]
    json: bool,
    /// Also writes the figures into docs/reliability.md.
    #[arg(long)]
    write: bool,
    /// Uses this program instead of building one.
    #[arg(long, value_name = "PROGRAM")]
    program: Option<PathBuf>,
}

/// A torment as docs/reliability.md knows it.
#[derive(Debug, Clone, Copy)]
pub struct Trial {
    /// As it is typed.
    pub name: &'static str,
    /// The heading of its section.
    pub title: &'static str,
}

impl Common {
    /// Whether the long form was asked for.
    pub fn is_long(&self) -> bool {
        self.long
    }

    /// Builds what is needed, torments, prints and judges.
    ///
    /// # Errors
    ///
    /// If a figure misses its target.
    pub fn conduct(&self, trial: Trial, torment: impl FnOnce(&Context) -> Result<Vec<Figure>>) -> Result<()> {
        self.conduct_with(trial, cargo::build_servicepoint, torment)
    }

    /// As [`Common::conduct`], with another program than the server.
    ///
    /// # Errors
    ///
    /// As [`Common::conduct`].
    pub fn conduct_with(
        &self,
        trial: Trial,
        build: fn(Profile) -> Result<PathBuf>,
        torment: impl FnOnce(&Context) -> Result<Vec<Figure>>,
    ) -> Result<()> {
        let engines = self.engine.list();
        if engines.contains(&Engine::Postgres) {
            provision::system(&[Need::PostgreSql])?;
        }
        let program = match &self.program {
            Some(program) => program.canonicalize().during(&program.display().to_string())?,
            None => build(if self.long { Profile::Release } else { Profile::Development })?,
        };
        storm::raise_open_files();
        let figures = torment(&Context::new(program, engines)).during(trial.name)?;
        for figure in &figures {
            println!("{}", if self.json { figure.as_json() } else { figure.as_row() });
        }
        if self.write {
            let words = if self.long { "Long form." } else { "Short form." };
            Page::Reliability.write(Section { name: trial.name, title: trial.title, words, below: "" }, &figures)?;
        }
        let missed: Vec<&str> = figure::missed(&figures).collect();
        if missed.is_empty() { Ok(()) } else { Err(Failure::new(format!("broken: {}", missed.join(", ")))) }
    }
}
