//! The month view of 20 offices over 60 days through the door, as a browser asks for it.

use crate::bench::calendar::{Calendar, draw, fresh_name};
use crate::bench::city::{self, City};
use crate::bench::figure::Figure;
use crate::bench::graphql::{Answer, Client, Search, has_data};
use crate::bench::http::Response;
use crate::bench::load::{Load, Turn, Until};
use crate::bench::server::{Context, Stand};
use crate::failure::{Failure, Result};

/// Milliseconds that 99 of 100 answers may take.
const TARGET: f64 = 20.0;

const OFFICES: usize = 20;
const DAYS: u16 = 60;
/// Few, so that many cells are full and the rows of free starts are broken.
const DESKS: u16 = 3;
/// Wishes for places of 10 to 60 minutes, of which the city fulfils what fits.
const WISHES: u64 = 20_000;
const QUESTIONS: u64 = 1_000;

/// Asks over one connection, after pseudo-random bookings.
pub(super) fn run(context: &Context) -> Result<Vec<Figure>> {
    let city = City::new(DAYS).offices(OFFICES, DESKS);
    let mut figures = Vec::new();
    for &engine in context.engines() {
        let stand = context.stand_of(engine, &city)?;
        for (cells, p99) in ask(&stand, &city)? {
            let name = format!("month-view.graphql.k{cells}.p99.{}", engine.name());
            figures.push(Figure::at_most(name, p99, "ms", TARGET));
        }
    }
    Ok(figures)
}

/// The length in cells and the 99th percentile in milliseconds.
fn ask(stand: &Stand, city: &City) -> Result<Vec<(u32, f64)>> {
    let server = stand.serve()?;
    let mut client = Client::open(server.address())?;
    let calendar = Calendar::ask(&mut client, city)?;
    let name = fresh_name();
    let occupy = Load {
        address: server.address(),
        connections: 16,
        until: Until::Sent(WISHES),
        request: &|Turn { number, .. }| {
            let service = [city::SHORT, city::MEDIUM, city::LONG][draw(number, 3, 3)];
            calendar.place(number).book(service, &format!("{name}-{number}"), &format!("{name}-{number}"))
        },
        accepts: &is_booked_or_taken,
    };
    occupy.run()?.expect_all_accepted()?;
    let mut found = Vec::new();
    for (cells, service) in [(1, city::SHORT), (3, city::MEDIUM), (6, city::LONG)] {
        let search = Search { service, offices: calendar.offices(), days: None };
        let request = search.days();
        check_size(&mut client, &search)?;
        let load = Load {
            address: server.address(),
            connections: 1,
            until: Until::Sent(QUESTIONS),
            request: &|_| request.clone(),
            accepts: &has_data,
        };
        let outcome = load.run()?.expect_all_accepted()?;
        found.push((cells, outcome.quantile(0.99).as_secs_f64() * 1e3));
    }
    Ok(found)
}

/// A short answer would be a quick one.
fn check_size(client: &mut Client, search: &Search<'_>) -> Result<()> {
    let data = client.ask(&search.days())?;
    let days = data["freeDays"].as_array().map_or(0, Vec::len);
    if days + 1 >= usize::from(DAYS) {
        Ok(())
    } else {
        Err(Failure::new(format!("the month view has {days} days only")))
    }
}

fn is_booked_or_taken(response: &Response) -> bool {
    match Answer::read(response) {
        Answer::Done { .. } => true,
        // A visit of an hour does not fit in front of closing time.
        Answer::Problem(code) => code == "SLOT_TAKEN" || code == "NO_SUCH_START",
        Answer::Unavailable | Answer::Wrong(_) => false,
    }
}
