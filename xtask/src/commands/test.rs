//! `cargo xtask test`: everything a change must pass, on both engines, from a machine that has Rust and nothing else.

use std::process::Command;

use clap::Args;

use crate::cargo::cargo;
use crate::cluster::{Cluster, Durability};
use crate::commands::{crash, deploy, faults, fuzz, overload, sim, slow, storm};
use crate::failure::Result;
use crate::process;
use crate::provision::{self, Need};
use crate::report::Report;

/// What a person may change about the tests.
#[derive(Debug, Args)]
pub struct Options {
    /// Runs only tests whose names contain this, and no other check.
    filter: Option<String>,
}

/// Installs what is missing, starts a throw-away PostgreSQL, checks and tests, and stops it whatever happens.
///
/// # Errors
///
/// If something is missing that we may not install, or a step failed.
pub fn run(options: &Options) -> Result<()> {
    provision::system(&[Need::PostgreSql, Need::Node, Need::Python])?;
    let mut report = Report::default();
    if options.filter.is_none() {
        provision::rust_components()?;
        report.run("formatting", cargo().args(["fmt", "--all", "--check"]));
        report.run("clippy", cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]));
        check_dependencies(&mut report);
    }
    run_tests(&mut report, options.filter.as_deref());
    if options.filter.is_none() {
        report.attempt("storm, short form", storm::run_short);
        report.attempt("deployment, short form", deploy::run_short);
        report.attempt("faults, short form", faults::run_short);
        report.attempt("fuzz, short form", fuzz::run_short);
        report.attempt("slow, short form", slow::run_short);
        report.attempt("overload, short form", overload::run_short);
        report.attempt("sim, short form", sim::run_short);
        report.attempt("crash, short form", crash::run_short);
    }
    report.finish()
}

fn check_dependencies(report: &mut Report) {
    let program = match provision::cargo_deny() {
        Ok(program) => program,
        Err(failure) => {
            report.attempt("licences, bans, sources", || Err(failure));
            return;
        }
    };
    let deny = || {
        let mut command = Command::new(&program);
        command.current_dir(crate::house::sources::repository());
        command
    };
    let mut check = deny();
    check.args([
        "--log-level=error",
        "check",
        "--hide-inclusion-graph",
        "-A",
        "duplicate",
        "licenses",
        "bans",
        "sources",
    ]);
    report.run("licences, bans, sources", &mut check);
    match process::capture(deny().args(["fetch", "db"])) {
        Ok(_) => report.run("advisories", deny().args(["check", "--hide-inclusion-graph", "advisories"])),
        Err(_) => report.skip("advisories", "the advisory database cannot be reached from this machine"),
    }
}

fn run_tests(report: &mut Report, filter: Option<&str>) {
    let cluster = match Cluster::start(Durability::ThrowAway) {
        Ok(cluster) => cluster,
        Err(failure) => {
            report.attempt("PostgreSQL", || Err(failure));
            return;
        }
    };
    let scanner = match provision::scanner() {
        Ok(program) => Some(program),
        Err(failure) => {
            // The tests of files fail without it, and say so.
            report.attempt("clamd", || Err(failure));
            None
        }
    };
    let with_cluster = |words: &[&str]| {
        let mut command = cargo();
        command.args(words).args(filter).env("SERVICEPOINT_TEST_POSTGRES", cluster.url("postgres"));
        command.envs(scanner.as_ref().map(|program| ("SERVICEPOINT_TEST_CLAMD", program)));
        command
    };
    if process::find_program("cargo-nextest").is_some() {
        report.run("tests", &mut with_cluster(&["nextest", "run", "--workspace", "--no-fail-fast"]));
        // nextest leaves the examples in the documentation out.
        report.run("examples in the documentation", &mut with_cluster(&["test", "--quiet", "--workspace", "--doc"]));
    } else {
        report.run("tests", &mut with_cluster(&["test", "--workspace", "--no-fail-fast"]));
    }
}
