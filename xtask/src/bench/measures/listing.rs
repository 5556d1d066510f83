//! What a list of 20 free starts costs: CPU time of the server and the database together.

use std::time::Duration;

use crate::bench::calendar::{Calendar, draw};
use crate::bench::city::{self, City};
use crate::bench::figure::Figure;
use crate::bench::graphql::{Client, Search, has_data};
use crate::bench::load::{Load, Outcome, Turn, Until};
use crate::bench::server::Context;
use crate::failure::Result;

/// Milliseconds of CPU.
const TARGET: f64 = 0.25;

/// Asks over 16 connections for 20 starts from different days on, in all of 20 offices.
pub(super) fn run(context: &Context) -> Result<Vec<Figure>> {
    let city = City::new(60).offices(20, 50);
    let mut figures = Vec::new();
    for &engine in context.engines() {
        let stand = context.stand_of(engine, &city)?.without_worker();
        let server = stand.serve()?;
        let calendar = Calendar::ask(&mut Client::open(server.address())?, &city)?;
        let last = calendar.days().last().cloned().unwrap_or_default();
        // All but the last: a page of 20 is full there too, but nothing is behind it.
        let days = &calendar.days()[..calendar.days().len() - 1];
        let requests: Vec<_> = days
            .iter()
            .map(|from| Search { service: city::MEDIUM, offices: &[], days: Some((from, &last)) }.starts(20))
            .collect();
        let load = |seconds| -> Result<Outcome> {
            let load = Load {
                address: server.address(),
                connections: 16,
                until: Until::Elapsed(Duration::from_secs(seconds)),
                request: &|Turn { number, .. }| requests[draw(number, 4, requests.len())].clone(),
                accepts: &has_data,
            };
            load.run()?.expect_all_accepted()
        };
        load(2)?;
        let (outcome, cost) = stand.cpu_per_answer(&server, || load(10))?;
        let engine = engine.name();
        figures.push(Figure::at_most(format!("list-of-20-starts.cpu.{engine}"), cost, "CPU-ms", TARGET));
        figures.push(Figure::known(format!("list-of-20-starts.{engine}"), outcome.per_second(), "requests/s"));
    }
    Ok(figures)
}
