//! How much memory the server of the demo city occupies: it must fit on the smallest machine a village rents.

use std::fs;

use crate::bench::calendar::draw;
use crate::bench::figure::Figure;
use crate::bench::graphql::{Client, Search, has_data};
use crate::bench::http::Request;
use crate::bench::load::{Load, Turn, Until};
use crate::bench::processes;
use crate::bench::server::{Context, Stand};
use crate::failure::{Failure, Result, While as _};
use crate::house::sources;
use crate::serving::DEMO_CITY;

/// MiB, resident, after [`SEARCHES`] searches.
const TARGET: f64 = 64.0;

const SEARCHES: u64 = 10_000;

/// Measures a fresh server after it has answered searches over 16 connections.
pub(super) fn run(context: &Context) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for &engine in context.engines() {
        let resident = after_searches(&context.stand(engine)?)?;
        figures.push(Figure::at_most(
            format!("memory.after-10000-searches.{}", engine.name()),
            resident,
            "MiB",
            TARGET,
        ));
    }
    Ok(figures)
}

fn after_searches(stand: &Stand) -> Result<f64> {
    let server = stand.serve()?;
    let searches = searches(&mut Client::open(server.address())?)?;
    let load = Load {
        address: server.address(),
        connections: 16,
        until: Until::Sent(SEARCHES),
        request: &|Turn { number, .. }| searches[draw(number, 5, searches.len())].clone(),
        accepts: &has_data,
    };
    load.run()?.expect_all_accepted()?;
    processes::resident_memory(server.process_id())
}

/// Free starts and free days of every service that can be booked.
fn searches(client: &mut Client) -> Result<Vec<Request>> {
    let mut searches = Vec::new();
    for entry in fs::read_dir(sources::repository().join(DEMO_CITY).join("services")).during("the demo city")? {
        let path = entry?.path();
        let service = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let search = Search { service: &service, offices: &[], days: None };
        // Services without appointments answer with an error; nobody searches for them.
        if client.ask(&search.days()).is_ok() {
            searches.extend([search.starts(20), search.days()]);
        }
    }
    if searches.is_empty() { Err(Failure::new("the demo city has no service to search for")) } else { Ok(searches) }
}
