//! A disk that is full to the last byte: people are told, nothing is corrupt, and with room it goes on.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::bench::figure::Figure;
use crate::bench::graphql::Client;
use crate::bench::http::{Connection, Request};
use crate::bench::server::{Context, Engine, Stand};
use crate::failure::{Failure, Result};
use crate::process;
use crate::torture::faults::Strength;
use crate::torture::faults::episode::{Episode, figures};
use crate::torture::faults::small_disk::SmallDisk;
use crate::torture::ground::Ground;
use crate::torture::pressure::Pressure;

const PART: &str = "faults.full-disk";
/// Room for the city and for the bookings of the long form.
const MEBIBYTES: u32 = 192;

pub(super) fn run(context: &Context, engine: Engine, strength: Strength) -> Result<Vec<Figure>> {
    let disk = SmallDisk::mount(engine.name(), MEBIBYTES)?;
    let stand = context.stand_on(disk.path(), engine, &Ground::city())?;
    let server = stand.serve()?;
    let address = server.address();
    let ground = Ground::survey(address)?;
    let pressure = Pressure::new(&ground.calendar);
    let mut alive = 0;
    let episodes = pressure.while_booking(address, || {
        let mut episodes = Vec::new();
        for _ in 0..strength.times {
            let look = || {
                let response = Connection::open(address)?.exchange(&Request::get("/livez"))?;
                alive += u64::from(response.status == 200);
                // Search answers from memory.
                Client::open(address)?.days("hall").map(drop)
            };
            let free = |ballast| {
                drop(ballast);
                Ok(())
            };
            episodes.push(Episode::live_through(&pressure, || disk.fill(), look, free)?);
        }
        Ok(episodes)
    })?;
    pressure.tell_others(PART);
    let mut found = figures(PART, engine, &pressure.seen(), &episodes);
    let name = |what: &str| format!("{PART}.{what}.{}", engine.name());
    found.push(Figure::exactly(name("alive-while-full"), alive as f64, "times", f64::from(strength.times)));

    // The worst moment for a kill: half a write is on the disk and there is no room for the rest.
    let ballast = disk.fill()?;
    server.kill()?;
    drop(ballast);
    let server = stand.serve()?;
    found.extend(ground.settle(server.address(), &pressure.journal)?.figures(PART, engine));
    let missing = ground.missing_with_a_fabricated_one(server.address(), &pressure.journal)?;
    found.push(Figure::exactly(name("control.fabricated-booking"), missing as f64, "lost", 1.0));
    drop(server);
    found.extend(integrity(&stand, disk.path(), engine)?);
    Ok(found)
}

/// Whether the engine's own checker finds the files in order, and a spoiled copy not.
fn integrity(stand: &Stand, disk: &Path, engine: Engine) -> Result<Vec<Figure>> {
    let name = |what: &str| format!("{PART}.{what}.{}", engine.name());
    match engine {
        Engine::Sqlite => {
            let file = disk.join("servicepoint.db");
            let sound = Figure::exactly(name("corrupt"), f64::from(is_corrupt(&file)?), "databases", 0.0);
            let spoiled = stand.directory().join("spoiled.db");
            let mut bytes = fs::read(&file)?;
            let middle = bytes.len() / 2;
            bytes[middle..middle + 4096].fill(0xff);
            fs::write(&spoiled, bytes)?;
            let control = name("control.spoiled-copy");
            Ok(vec![sound, Figure::exactly(control, f64::from(is_corrupt(&spoiled)?), "databases", 1.0)])
        }
        Engine::Postgres => {
            let mut check = Command::new(stand.postgresql_program("pg_amcheck")?);
            check.args(["--install-missing", "--heapallindexed", "--host=127.0.0.1", "--username=postgres"]);
            check.arg(format!("--port={}", stand.cluster()?.port())).arg("--database=servicepoint");
            let outcome = process::capture(&mut check);
            if let Err(failure) = &outcome {
                eprintln!("{failure}");
            }
            Ok(vec![Figure::exactly(name("corrupt"), f64::from(outcome.is_err()), "databases", 0.0)])
        }
    }
}

fn is_corrupt(file: &Path) -> Result<bool> {
    let mut check = Command::new("sqlite3");
    check.arg("-readonly").arg(file).arg("PRAGMA integrity_check");
    match process::capture(&mut check) {
        Ok(words) => Ok(words.trim() != "ok"),
        Err(_) if file.exists() => Ok(true),
        Err(failure) => Err(Failure::new(format!("{}: {failure}", file.display()))),
    }
}
