//! The reference: the same transaction without us, run by PostgreSQL's own pgbench.

use std::fs;
use std::process::Command;
use std::time::Duration;

use crate::bench::server::Stand;
use crate::failure::{Failure, Result, While as _};
use crate::process;

/// A transaction for pgbench and how it is run.
#[derive(Debug, Clone)]
pub struct Reference<'a> {
    /// pgbench's script: SQL and `\set` lines.
    pub script: &'a str,
    /// How many clients at once.
    pub clients: usize,
    /// How long.
    pub duration: Duration,
}

/// What pgbench found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// Transactions per second, without the time to connect.
    pub per_second: f64,
    /// Mean time of a transaction in milliseconds.
    pub latency_ms: f64,
}

impl Reference<'_> {
    /// Runs the script on the database of `stand` with prepared statements.
    ///
    /// # Errors
    ///
    /// If pgbench is missing or a transaction failed.
    pub fn run(&self, stand: &Stand) -> Result<Outcome> {
        let program = stand.postgresql_program("pgbench")?;
        let file = stand.directory().join("reference.sql");
        fs::write(&file, self.script).during("writing the script for pgbench")?;
        let mut command = Command::new(program);
        command.args(["--no-vacuum", "--protocol=prepared", "--jobs=2"]);
        command.arg(format!("--client={}", self.clients));
        command.arg(format!("--time={}", self.duration.as_secs().max(1)));
        command.arg("--file").arg(&file).arg(stand.database_url());
        parse(&process::capture(&mut command)?)
    }
}

fn parse(output: &str) -> Result<Outcome> {
    let number_after = |label: &str| -> Option<f64> {
        let rest = output.lines().find_map(|line| line.strip_prefix(label))?;
        rest.split_whitespace().next()?.parse().ok()
    };
    let failed = number_after("number of failed transactions: ").unwrap_or(0.0);
    if failed > 0.0 {
        return Err(Failure::new(format!("pgbench: {failed} transactions failed")));
    }
    match (number_after("tps = "), number_after("latency average = ")) {
        (Some(per_second), Some(latency_ms)) => Ok(Outcome { per_second, latency_ms }),
        _ => Err(Failure::new(format!("pgbench says nothing we understand:\n{output}"))),
    }
}

#[cfg(test)]
mod tests {
    use crate::bench::pgbench::{Outcome, parse};

    #[test]
    fn reads_what_pgbench_prints() {
        let output = "transaction type: a.sql\nnumber of failed transactions: 0 (0.000%)\n\
                      latency average = 3.270 ms\ninitial connection time = 12.1 ms\n\
                      tps = 4890.123456 (without initial connection time)\n";
        let expected = Outcome { per_second: 4_890.123_456, latency_ms: 3.27 };
        assert_eq!(parse(output).expect("a result"), expected);
    }

    #[test]
    fn refuses_failed_transactions_and_silence() {
        assert!(parse("number of failed transactions: 3 (1.0%)\nlatency average = 1 ms\ntps = 1").is_err());
        assert!(parse("").is_err());
    }
}
