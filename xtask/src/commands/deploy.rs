//! `cargo xtask deploy check`: everything about units, scripts, proxies, alerts, image and package that can be known before a city
//! depends on it.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cargo::{self, Profile};
use crate::deploy::package::{self, Compression, Parts, Recipe};
use crate::deploy::{alerts, containers, figures, machine, proxies, scripts, units};
use crate::failure::Result;
use crate::provision::{self, Need};
use crate::report::Report;

/// What to do about the deployment.
#[derive(Debug, Subcommand)]
pub enum Deploy {
    /// Checks units, scripts, proxies, alerts, image and package; then boots a small Debian and tries the package in it.
    Check(Options),
}

/// What a person may change about the checks.
#[derive(Debug, Args)]
pub struct Options {
    /// Packs this program instead of building one.
    #[arg(long, value_name = "PROGRAM")]
    program: Option<PathBuf>,
    /// Leaves the small Debian out.
    #[arg(long)]
    short: bool,
}

/// Runs it.
///
/// # Errors
///
/// Names the checks that failed.
pub fn run(command: &Deploy) -> Result<()> {
    let Deploy::Check(options) = command;
    let program = match &options.program {
        Some(program) => std::path::absolute(program)?,
        None => cargo::build_servicepoint(Profile::Development)?,
    };
    let mut report = Report::default();
    let package = check(&mut report, program)?;
    match package {
        _ if options.short => report.skip("an operator's hour", "left out on request"),
        None => report.skip("an operator's hour", "there is no package"),
        Some(package) => {
            provision::system(&[Need::SmallDebian])?;
            report.attempt("an operator's hour", || machine::try_out(&package));
        }
    }
    report.finish()
}

/// The short form, as part of `cargo xtask test`.
///
/// # Errors
///
/// Names the checks that failed.
pub fn run_short() -> Result<()> {
    let mut report = Report::default();
    check(&mut report, cargo::build_servicepoint(Profile::Development)?)?;
    report.finish()
}

fn check(report: &mut Report, program: PathBuf) -> Result<Option<PathBuf>> {
    provision::system(&[Need::DeployChecks])?;
    report.attempt("units", units::check);
    report.attempt("scripts", scripts::check);
    report.attempt("proxies", proxies::check);
    report.attempt("alerts and runbooks", alerts::check);
    report.attempt("image and composition", containers::check);
    report.attempt("figures of the alerts", || figures::check(&program));
    let recipe =
        Recipe { program, maintainer: None, revision: 1, parts: Parts::Unlisted, compression: Compression::Fast };
    let mut package = None;
    report.attempt("package", || {
        let made = package::make(&recipe)?;
        package::check(&made)?;
        package = Some(made);
        Ok(())
    });
    Ok(package)
}
