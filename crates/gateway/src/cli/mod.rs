//! The command line: what an operator types, and how each command ends.

mod account;
mod audit;
mod backup;
mod chat_batch;
mod checksum;
mod city;
mod city_directory;
mod config;
mod doctor;
mod drain;
mod ending;
mod keys;
mod locker;
mod manual;
mod migrate;
mod permit;
mod person;
mod probe;
mod restore;
mod retention;
mod services;
mod settings;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use tokio_util::sync::CancellationToken;

use crate::cli::settings::Source;
use crate::configuration::Configuration;
use crate::logging::start_logging;
use crate::serve::{Worker, serve, signal_from_now_on};
use crate::{forwarding, graphql, mail, start, work};

pub(crate) use backup::newest as newest_backup;
pub(crate) use ending::{CommandError, say};

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed; the reason stands on standard error
  2  wrong usage or configuration
  3  refused by a check: problems in a city, pending or newer migrations, a place that is not empty, an account that is
     not allowed
  4  damaged: what was checked is not whole: a backup, the audit log
  5  the time was up: what was waited for has not happened
docs/operations/exit-codes.md says which command ends how.";

/// Appointments and services of a city's offices.
#[derive(Debug, Parser)]
#[command(name = "servicepoint", version, about, after_help = EXIT_CODES)]
struct CommandLine {
    /// The configuration file; `servicepoint.toml` where there is one.
    #[arg(long, global = true, value_name = "FILE", env = "SERVICEPOINT_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves citizens, clerks and devices until SIGTERM.
    Serve {
        /// Leaves the worker to a process of its own (`servicepoint work`).
        #[arg(long)]
        no_worker: bool,
    },
    /// Runs the worker alone until SIGTERM.
    Work,
    /// Shows and applies changes of the database's tables.
    #[command(subcommand)]
    Migrate(migrate::Migrate),
    /// Checks and loads a city.
    #[command(subcommand)]
    City(city::CityCommand),
    /// Checks and publishes online services.
    #[command(subcommand)]
    Services(services::ServicesCommand),
    /// Asks the chatbot the questions of a file: no server, no database.
    ChatBatch(chat_batch::ChatBatch),
    /// Checks permits without network, and writes what that needs.
    #[command(subcommand)]
    Permit(permit::PermitCommand),
    /// Tries lockers without a box.
    #[command(subcommand)]
    Locker(locker::LockerCommand),
    /// Prints the GraphQL schema.
    Schema,
    /// Looks at everything this installation needs.
    Doctor {
        /// Prints one JSON object.
        #[arg(long)]
        json: bool,
        /// Reads every row, too: whether the file is whole and every count is what the appointments take.
        #[arg(long)]
        deep: bool,
    },
    /// Asks the server of this configuration whether it is ready.
    Probe {
        /// Asks the worker instead.
        #[arg(long)]
        worker: bool,
    },
    /// Makes, checks, lists and prunes backups, while people book.
    #[command(subcommand)]
    Backup(backup::BackupCommand),
    /// Brings a city back from a backup into an empty place: all of it or nothing.
    Restore(restore::Restore),
    /// Prints rows and checksum of each table, the same for the same rows on every engine.
    Checksum(checksum::ChecksumCommand),
    /// Asks the server on this machine to stop in order, as SIGTERM does.
    Drain(drain::DrainCommand),
    /// Checks and explains the configuration.
    #[command(subcommand)]
    Config(config::Config),
    /// Creates and disables accounts.
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// Writes the manual pages and the completions of shells into a directory: for whoever makes a package.
    #[command(hide = true)]
    Manual {
        /// Made where it is missing.
        directory: PathBuf,
    },
    /// Checks the audit log against its seals.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Changes the keys of personal data.
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Hands out or erases what is kept about a person.
    #[command(subcommand)]
    Person(person::PersonCommand),
    /// Lets go what has been kept long enough.
    #[command(subcommand)]
    Retention(retention::RetentionCommand),
}

/// Runs the command that was typed.
pub fn main() -> ExitCode {
    // Databases, letters and keys hold what is nobody else's business: files are made for our own account alone.
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    let CommandLine { config, command } = CommandLine::parse();
    let source = Source { file: config };
    match run(&source, command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => error.told(),
    }
}

fn run(source: &Source, command: Command) -> Result<(), CommandError> {
    match command {
        Command::Schema => {
            say(graphql::schema_text().trim_end());
            Ok(())
        }
        Command::Config(command) => config::run(source, &command),
        Command::Probe { worker } => probe::run(&source.read()?, probe::Whom::of(worker)),
        Command::Manual { directory } => manual::write(CommandLine::command(), &directory),
        Command::City(city::CityCommand::Check { directory }) => city::check(&directory),
        Command::ChatBatch(wanted) => chat_batch::run(&wanted),
        Command::Doctor { json, deep } => {
            running(Runtime::Small, doctor::run(source, doctor::Form::of(json), doctor::Depth::of(deep)))
        }
        Command::Backup(command) => running(Runtime::Small, backup::run(&source.read()?, command)),
        Command::Restore(wanted) => running(Runtime::Small, restore::run(source.read()?, &wanted)),
        Command::Checksum(wanted) => running(Runtime::Small, checksum::run(&source.read()?, wanted)),
        Command::Drain(wanted) => running(Runtime::Small, drain::run(&source.read()?, &wanted)),
        Command::Serve { no_worker } => {
            let configuration = source.read()?;
            let worker = if no_worker { Worker::Elsewhere } else { Worker::Here };
            logged(&configuration, serve(&configuration, worker))
        }
        Command::Work => {
            let configuration = source.read()?;
            logged(&configuration, work_alone(&configuration))
        }
        Command::Migrate(command) => running(Runtime::Small, migrate::run(&source.read()?, command)),
        Command::City(city::CityCommand::Load { directory, plan }) => {
            running(Runtime::Small, city::load(&source.read()?, &directory, city::Wish::of(plan)))
        }
        Command::Services(services::ServicesCommand::Check { directory }) => services::check(&directory),
        Command::Services(services::ServicesCommand::Test { directory }) => services::test(&directory),
        Command::Services(services::ServicesCommand::Diff { old, new }) => services::diff(&old, &new),
        Command::Services(services::ServicesCommand::Publish(wanted)) => {
            running(Runtime::Small, services::publish(&source.read()?, &wanted))
        }
        Command::Services(services::ServicesCommand::Export { key, xdf3: _ }) => {
            running(Runtime::Small, services::export(&source.read()?, key))
        }
        Command::Services(services::ServicesCommand::Import { file, directory }) => services::import(&file, &directory),
        Command::Permit(permit::PermitCommand::Check { keys, on, token }) => permit::check(&keys, on, &token),
        Command::Permit(permit::PermitCommand::Register) => running(Runtime::Small, permit::register(&source.read()?)),
        Command::Locker(locker::LockerCommand::Simulate(wanted)) => running(Runtime::Small, locker::simulate(&wanted)),
        Command::Account(command) => running(Runtime::Small, account::run(&source.read()?, command)),
        Command::Audit(command) => running(Runtime::Small, audit::run(&source.read()?, command)),
        Command::Keys(command) => running(Runtime::Small, keys::run(&source.read()?, command)),
        Command::Person(command) => running(Runtime::Small, person::run(&source.read()?, command)),
        Command::Retention(command) => running(Runtime::Small, retention::run(&source.read()?, command)),
    }
}

/// How many threads a command gets.
#[derive(Debug, Clone, Copy)]
enum Runtime {
    /// One: for commands that end by themselves.
    Small,
    /// One for each core.
    Full,
}

fn running<T>(size: Runtime, command: impl Future<Output = Result<T, CommandError>>) -> Result<T, CommandError> {
    let mut builder = match size {
        Runtime::Small => tokio::runtime::Builder::new_current_thread(),
        Runtime::Full => tokio::runtime::Builder::new_multi_thread(),
    };
    let runtime = builder.enable_all().build();
    let runtime = runtime.map_err(|error| CommandError::Failed(format!("no threads can be started: {error}")))?;
    runtime.block_on(command)
}

/// Runs a command that lives long: with log lines, written out to the last one.
fn logged(
    configuration: &Configuration,
    command: impl Future<Output = Result<(), CommandError>>,
) -> Result<(), CommandError> {
    let _last_lines = start_logging(&configuration.log).map_err(|error| CommandError::Failed(error.to_string()))?;
    running(Runtime::Full, command)
}

async fn work_alone(configuration: &Configuration) -> Result<(), CommandError> {
    let database = start::connect(configuration).await?;
    start::migrated(&database).await?;
    let secrets = start::secrets(configuration, &database).await?;
    start::zones(configuration)?;
    let (application, _desk) = start::application(configuration, database, secrets)?;
    let stop = CancellationToken::new();
    let letters = mail::open(configuration, &application)?;
    let forwarding = forwarding::open(configuration, &application)?;
    let figures = work::open_figures(configuration, &application, &stop).await?;
    let worker = tokio::spawn(work::work(application, letters, forwarding, configuration.retention, stop.clone()));
    let signal = signal_from_now_on().await?;
    say("working");
    signal.await;
    stop.cancel();
    figures.wait().await;
    worker.await.map_err(|_| CommandError::Failed("the worker ended unexpectedly".to_owned()))
}
