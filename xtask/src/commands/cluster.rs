//! `cargo xtask cluster -- COMMAND`: lends a developer a PostgreSQL for the time of one command.

use std::ffi::OsString;
use std::process::Command;

use clap::Args;

use crate::cluster::{Cluster, Durability};
use crate::failure::{Failure, Result};
use crate::process;
use crate::provision::{self, Need};

/// What a person may change about the cluster.
#[derive(Debug, Args)]
pub struct Options {
    /// Writes to disk for real (fsync on), in /var/tmp.
    #[arg(long)]
    durable: bool,
    /// The command; it finds the address in `DATABASE_URL` and `SERVICEPOINT_TEST_POSTGRES`.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Starts the cluster, runs the command, stops the cluster.
///
/// # Errors
///
/// If PostgreSQL does not start or the command fails.
pub fn run(options: &Options) -> Result<()> {
    provision::system(&[Need::PostgreSql])?;
    let durability = if options.durable { Durability::Durable } else { Durability::ThrowAway };
    let cluster = Cluster::start(durability)?;
    let url = cluster.url("postgres");
    let Some((program, arguments)) = options.command.split_first() else {
        return Err(Failure::new("a command is needed"));
    };
    let mut command = Command::new(program);
    command.args(arguments).env("DATABASE_URL", &url).env("SERVICEPOINT_TEST_POSTGRES", &url);
    // So that a plain `psql` finds it too.
    command.env("PGHOST", "127.0.0.1").env("PGPORT", cluster.port().to_string());
    command.env("PGUSER", "postgres").env("PGDATABASE", "postgres");
    process::run_in_foreground(&mut command)
}
