//! `cargo xtask`: the one door to everything this repository automates.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use xtask::commands::{
    bench, chat_eval, cluster, crash, demo, deploy, faults, fuzz, overload, package, schema, sim, slow, storm, test,
    tidy,
};
use xtask::interrupt;

/// What can be done in this repository with one command.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Builds the server, loads the demo city and serves it.
    Demo(demo::Options),
    /// Installs what tests need, then checks and tests everything on SQLite and PostgreSQL.
    Test(test::Options),
    /// Checks how the house is built and written: architecture and tidiness.
    Tidy,
    /// Writes docs/schema.graphql.
    Schema,
    /// Runs a command with a throw-away PostgreSQL.
    Cluster(cluster::Options),
    /// Measures the figures we promise.
    Bench(bench::Options),
    /// Shows that nothing is sold twice and nothing acknowledged is lost.
    Storm(storm::Options),
    /// Checks how a city is brought onto a machine.
    #[command(subcommand)]
    Deploy(deploy::Deploy),
    /// Makes the Debian package.
    Package(package::Options),
    /// Lists what the program is made of, as CycloneDX.
    Sbom(package::SbomOptions),
    /// Asks the chatbot the project's questions and prints how good it is.
    ChatEval(chat_eval::Options),
    /// Hurts what the gateway stands on (disk, database, network) while people book.
    Faults(faults::Options),
    /// Sends documents made from the schema and spoilt.
    Fuzz(fuzz::Options),
    /// Lets people be slow on purpose while others book.
    Slow(slow::Options),
    /// Lets more people come than the server can answer.
    Overload(overload::Options),
    /// Kills workers between sending a letter and marking it, and lets the mail server hang up.
    Crash(crash::Options),
    /// Plays simulated stories of holds and bookings, with storage that fails between any two statements.
    Sim(sim::Options),
}

fn main() -> ExitCode {
    let task = Arguments::parse().task;
    let outcome = interrupt::listen().and_then(|()| match task {
        Task::Demo(options) => demo::run(&options),
        Task::Test(options) => test::run(&options),
        Task::Tidy => tidy::run(),
        Task::Schema => schema::run(),
        Task::Cluster(options) => cluster::run(&options),
        Task::Bench(options) => bench::run(&options),
        Task::Storm(options) => storm::run(&options),
        Task::Deploy(command) => deploy::run(&command),
        Task::Package(options) => package::run(&options),
        Task::Sbom(options) => package::run_sbom(&options),
        Task::ChatEval(options) => chat_eval::run(&options),
        Task::Faults(options) => faults::run(&options),
        Task::Fuzz(options) => fuzz::run(&options),
        Task::Slow(options) => slow::run(&options),
        Task::Overload(options) => overload::run(&options),
        Task::Crash(options) => crash::run(&options),
        Task::Sim(options) => sim::run(&options),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\n{failure}");
            ExitCode::FAILURE
        }
    }
}
