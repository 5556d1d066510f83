//! `cargo xtask storm`: shows that no place is sold twice and nothing acknowledged is lost, whatever happens.

use std::path::PathBuf;

use clap::Args;

use crate::bench::figure::{self, Figure};
use crate::bench::server::{Context, Engine};
use crate::cargo::{self, Profile};
use crate::commands::bench::Engines;
use crate::failure::{Failure, Result, While as _};
use crate::provision::{self, Need};
use crate::storm::{self, Strength};

/// What a person may change about the storm.
#[derive(Debug, Args)]
pub struct Options {
    /// How often the server is killed.
    #[arg(long, default_value_t = Strength::FULL.rounds, value_parser = clap::value_parser!(u16).range(1..=300))]
    rounds: u16,
    /// How many want one of the places.
    #[arg(long, default_value_t = Strength::FULL.users)]
    users: u64,
    /// How many places there are for them.
    #[arg(long, default_value_t = Strength::FULL.places)]
    places: u16,
    /// Two rounds, 200 users, 50 places: under a minute with a program built for development.
    #[arg(long, conflicts_with_all = ["rounds", "users", "places"])]
    short: bool,
    /// On which database.
    #[arg(long, value_enum, default_value_t = Engines::Both)]
    engine: Engines,
    /// One JSON line per figure instead of a table.
    #[arg(long)]
    json: bool,
    /// Uses this program instead of building one in release mode (`--short`: for development).
    #[arg(long, value_name = "PROGRAM")]
    program: Option<PathBuf>,
}

/// Runs the crowds and the kills with their negative controls.
///
/// # Errors
///
/// If something was sold twice or lost, or a control was not found.
pub fn run(options: &Options) -> Result<()> {
    let engines = options.engine.list();
    if engines.contains(&Engine::Postgres) {
        provision::system(&[Need::PostgreSql])?;
    }
    let profile = if options.short { Profile::Development } else { Profile::Release };
    let program = match &options.program {
        Some(program) => program.canonicalize().during(&program.display().to_string())?,
        None => cargo::build_servicepoint(profile)?,
    };
    let Options { rounds, users, places, .. } = *options;
    let full = Strength { users, places, rounds, ..Strength::FULL };
    let strength = if options.short { Strength::SHORT } else { full };
    blow(&Context::new(program, engines), strength, |figure| {
        println!("{}", if options.json { figure.as_json() } else { figure.as_row() });
    })
}

/// The short form on both engines with a program built for development.
///
/// # Errors
///
/// As [`run`].
pub fn run_short() -> Result<()> {
    let program = cargo::build_servicepoint(Profile::Development)?;
    let context = Context::new(program, Engines::Both.list());
    blow(&context, Strength::SHORT, |figure| println!("{}", figure.as_row()))
}

fn blow(context: &Context, strength: Strength, print: impl Fn(&Figure)) -> Result<()> {
    let mut figures = Vec::new();
    for part in [storm::crowds, storm::kills] {
        let found = part(context, strength)?;
        found.iter().for_each(&print);
        figures.extend(found);
    }
    let missed: Vec<&str> = figure::missed(&figures).collect();
    if missed.is_empty() { Ok(()) } else { Err(Failure::new(format!("broken: {}", missed.join(", ")))) }
}
