//! A PostgreSQL that restarts in the middle, again and again, as after a power cut.

use std::thread;
use std::time::Instant;

use crate::bench::figure::Figure;
use crate::bench::server::{Context, Engine, Stand};
use crate::failure::Result;
use crate::interrupt;
use crate::torture::faults::Strength;
use crate::torture::faults::episode::{ENOUGH, Episode, PATIENCE, figures};
use crate::torture::ground::{Ground, Verdict};
use crate::torture::pressure::{Kind, Pressure};

const PART: &str = "faults.restart";

/// PostgreSQL says yes before it has written: what the promise rests on is taken away.
const CARELESS: [&str; 4] = [
    "ALTER SYSTEM SET synchronous_commit = off",
    "ALTER SYSTEM SET wal_writer_delay = '10s'",
    "ALTER SYSTEM SET wal_writer_flush_after = '1GB'",
    "SELECT pg_reload_conf()",
];

pub(super) fn run(context: &Context, engine: Engine, strength: Strength) -> Result<Vec<Figure>> {
    let stand = context.stand_of(engine, &Ground::city())?;
    let (mut found, verdict, missing) = torment(&stand, engine, strength)?;
    found.extend(verdict.figures(PART, engine));
    let name = |what: &str| format!("{PART}.{what}.{}", engine.name());
    found.push(Figure::exactly(name("control.fabricated-booking"), missing as f64, "lost", 1.0));
    drop(stand);

    let careless = context.stand_of(engine, &Ground::city())?;
    for statement in CARELESS {
        careless.sql(statement)?;
    }
    let (_, verdict, _) = torment(&careless, engine, Strength { times: 1, ..strength })?;
    let lost = verdict.findings.lost as f64;
    found.push(Figure::at_least(name("control.acknowledged-before-written.lost"), lost, "appointments", 1.0));
    Ok(found)
}

fn torment(stand: &Stand, engine: Engine, strength: Strength) -> Result<(Vec<Figure>, Verdict, u64)> {
    let server = stand.serve()?;
    let address = server.address();
    let ground = Ground::survey(address)?;
    let pressure = Pressure::new(&ground.calendar);
    let cluster = stand.cluster()?;
    let episodes = pressure.while_booking(address, || {
        let mut episodes = Vec::new();
        for _ in 0..strength.times {
            interrupt::check()?;
            let turn = Instant::now();
            pressure.wait_for(Kind::Acknowledged, ENOUGH, turn, PATIENCE)?;
            let began = Instant::now();
            cluster.restart_immediately()?;
            let ended = Instant::now();
            pressure.wait_for(Kind::Acknowledged, ENOUGH, ended, PATIENCE)?;
            episodes.push(Episode { began, ended });
            thread::sleep(strength.every.saturating_sub(turn.elapsed()));
        }
        Ok(episodes)
    })?;
    pressure.tell_others(PART);
    let found = figures(PART, engine, &pressure.seen(), &episodes);
    let missing = ground.missing_with_a_fabricated_one(address, &pressure.journal)?;
    Ok((found, ground.settle(address, &pressure.journal)?, missing))
}
