//! Booking through the door over 16 connections: how many a second, beside pgbench with the same bare transaction, and
//! what one costs.

use std::time::Duration;

use crate::bench::bare_booking;
use crate::bench::calendar::{Calendar, fresh_name};
use crate::bench::city::{self, City};
use crate::bench::figure::Figure;
use crate::bench::graphql::{Answer, Client};
use crate::bench::load::{Load, Outcome, Turn, Until};
use crate::bench::pgbench::Reference;
use crate::bench::server::{Context, Engine, Stand};
use crate::failure::{Failure, Result, While as _};
use crate::serving::Server;

const CONNECTIONS: usize = 16;
const OFFICES: usize = 20;
const DAYS: u16 = 60;
/// More than anybody books in the time, so that nobody is refused.
const DESKS: u16 = 500;
const WARM_UP: Duration = Duration::from_secs(3);
const DURATION: Duration = Duration::from_secs(15);

/// At least this share of what pgbench reaches.
const TARGET_SHARE: f64 = 0.6;
/// Milliseconds of CPU, server and database together.
const TARGET_CPU: f64 = 0.35;

/// Books as fast as the answers come; every booking is another person's.
pub(super) fn run(context: &Context) -> Result<Vec<Figure>> {
    let city = City::new(DAYS).offices(OFFICES, DESKS);
    let mut figures = Vec::new();
    for &engine in context.engines() {
        let stand = context.stand_of(engine, &city)?.without_worker();
        let server = stand.serve()?;
        let calendar = Calendar::ask(&mut Client::open(server.address())?, &city)?;
        book(&server, &calendar, WARM_UP)?;
        let (outcome, cost) = stand.cpu_per_answer(&server, || book(&server, &calendar, DURATION))?;
        // It would follow the bookings of pgbench and take its time.
        drop(server);
        figures.push(throughput(engine, &stand, outcome.per_second())?);
        let name = engine.name();
        figures.push(Figure::at_most(format!("booking.cpu.{name}"), cost, "CPU-ms", TARGET_CPU));
        let p99 = outcome.quantile(0.99).as_secs_f64() * 1e3;
        figures.push(Figure::known(format!("booking.p99.{name}"), p99, "ms"));
    }
    Ok(figures)
}

fn throughput(engine: Engine, stand: &Stand, per_second: f64) -> Result<Figure> {
    match engine {
        Engine::Sqlite => Ok(Figure::known("booking.sqlite", per_second, "bookings/s")),
        Engine::Postgres => {
            let script = bare_booking::script(stand, OFFICES, DAYS)?;
            let warm_up = Reference { script: &script, clients: CONNECTIONS, duration: WARM_UP };
            warm_up.run(stand)?;
            let before = appointments(stand)?;
            let bare = Reference { duration: DURATION, ..warm_up }.run(stand)?;
            // A statement that writes nothing is a quick one.
            let (written, promised) = (appointments(stand)? - before, bare.per_second * DURATION.as_secs_f64());
            if written < promised * 0.9 {
                return Err(Failure::new(format!("pgbench counts {promised:.0} bookings, the database {written:.0}")));
            }
            Ok(Figure::share_of("booking.postgres", per_second, "bookings/s", bare.per_second, TARGET_SHARE))
        }
    }
}

fn appointments(stand: &Stand) -> Result<f64> {
    stand.sql("SELECT count(*) FROM appointment")?.parse().during("counting appointments")
}

fn book(server: &Server, calendar: &Calendar, duration: Duration) -> Result<Outcome> {
    let name = fresh_name();
    let load = Load {
        address: server.address(),
        connections: CONNECTIONS,
        until: Until::Elapsed(duration),
        request: &|Turn { number, .. }| {
            let person = format!("{name}-{number}");
            calendar.place(number).book(city::SHORT, &person, &person)
        },
        accepts: &|response| matches!(Answer::read(response), Answer::Done { .. }),
    };
    load.run()?.expect_all_accepted()
}
