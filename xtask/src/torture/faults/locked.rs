//! A second program that locks the database and keeps the lock.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

use crate::bench::figure::Figure;
use crate::bench::server::{Context, Engine, Stand};
use crate::failure::{Failure, Result, While as _};
use crate::torture::faults::Strength;
use crate::torture::faults::episode::{Episode, figures};
use crate::torture::ground::Ground;
use crate::torture::pressure::Pressure;

const PART: &str = "faults.locked";

pub(super) fn run(context: &Context, engine: Engine, strength: Strength) -> Result<Vec<Figure>> {
    let stand = context.stand_of(engine, &Ground::city())?;
    let server = stand.serve()?;
    let address = server.address();
    let ground = Ground::survey(address)?;
    let pressure = Pressure::new(&ground.calendar);
    let episodes = pressure.while_booking(address, || {
        let live = |_| {
            Episode::live_through(
                &pressure,
                || Lock::take(&stand, engine),
                || Ok(()),
                |lock| {
                    drop(lock);
                    Ok(())
                },
            )
        };
        // Each lock lasts until many requests have waited in vain: half a minute.
        (0..strength.times.div_ceil(4)).map(live).collect::<Result<Vec<_>>>()
    })?;
    pressure.tell_others(PART);
    let mut found = figures(PART, engine, &pressure.seen(), &episodes);
    found.extend(ground.settle(address, &pressure.journal)?.figures(PART, engine));
    let missing = ground.missing_with_a_fabricated_one(address, &pressure.journal)?;
    let name = format!("{PART}.control.fabricated-booking.{}", engine.name());
    found.push(Figure::exactly(name, missing as f64, "lost", 1.0));
    Ok(found)
}

/// The engine's own shell with an open transaction. Dropping it ends the shell, which undoes the transaction.
struct Lock(Child);

impl Lock {
    fn take(stand: &Stand, engine: Engine) -> Result<Self> {
        let (mut shell, words) = match engine {
            Engine::Sqlite => {
                let mut shell = Command::new("sqlite3");
                shell.arg(stand.directory().join("servicepoint.db"));
                (shell, ".timeout 5000\nBEGIN EXCLUSIVE;\nSELECT 'locked';\n")
            }
            Engine::Postgres => {
                let mut shell = Command::new(stand.postgresql_program("psql")?);
                shell.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]).arg(stand.database_url());
                (shell, "BEGIN;\nLOCK TABLE capacity_cell IN ACCESS EXCLUSIVE MODE;\nSELECT 'locked';\n")
            }
        };
        let child = shell.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().during("starting a shell")?;
        let mut lock = Self(child);
        lock.0.stdin.as_mut().ok_or_else(|| Failure::new("the shell does not listen"))?.write_all(words.as_bytes())?;
        let said = lock.0.stdout.as_mut().ok_or_else(|| Failure::new("the shell does not speak"))?;
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line)?;
        if line.trim() == "locked" { Ok(lock) } else { Err(Failure::new("the database could not be locked")) }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
