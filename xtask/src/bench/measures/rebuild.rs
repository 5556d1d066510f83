//! Rebuilding the picture of 100 offices over 180 days from the database. The whole start of the server is measured, from
//! its process to the first 200 of `/readyz`; the rebuild is the largest part of it.

use crate::bench::calendar::{Calendar, fresh_name};
use crate::bench::city::{self, City};
use crate::bench::figure::Figure;
use crate::bench::graphql::{Answer, Client};
use crate::bench::load::{Load, Turn, Until};
use crate::bench::server::{Context, Stand};
use crate::failure::Result;

const OFFICES: usize = 100;
const DAYS: u16 = 180;
const DESKS: u16 = 10;
/// Firm bookings of half an hour, three cells each, at random starts: 100,000 in all.
const BOOKINGS_PER_OFFICE: u64 = 1_000;
/// The worst of these counts.
const STARTS: usize = 3;

/// Seconds.
const TARGET: f64 = 1.0;

/// Fills the city through the door, then starts the server anew.
pub(super) fn run(context: &Context) -> Result<Vec<Figure>> {
    let city = City::new(DAYS).offices(OFFICES, DESKS).with_leads();
    let mut figures = Vec::new();
    for &engine in context.engines() {
        let stand = context.stand_of(engine, &city)?;
        let empty = worst_start(&stand)?;
        let booked = fill(&stand, &city)?;
        let full = worst_start(&stand)?;
        let engine = engine.name();
        figures.push(Figure::at_most(format!("rebuild.start-to-ready.{engine}"), full, "s", TARGET));
        figures.push(Figure::known(format!("rebuild.start-to-ready.empty.{engine}"), empty, "s"));
        figures.push(Figure::known(format!("rebuild.bookings.{engine}"), booked as f64, "bookings"));
    }
    Ok(figures)
}

fn worst_start(stand: &Stand) -> Result<f64> {
    let mut worst = 0.0_f64;
    for _ in 0..STARTS {
        let (_server, took) = stand.serve_timed()?;
        worst = worst.max(took.as_secs_f64());
    }
    Ok(worst)
}

/// Books as staff do: firm, so that nothing of it will lapse. Gives how many bookings there are.
fn fill(stand: &Stand, city: &City) -> Result<u64> {
    let server = stand.serve()?;
    let mut client = Client::open(server.address())?;
    let calendar = Calendar::ask(&mut client, city)?;
    let name = fresh_name();
    let mut booked = 0;
    for (index, office) in calendar.offices().iter().enumerate() {
        let token = client.token(office)?;
        let is_booked = |response: &_| matches!(Answer::read(response), Answer::Done { .. });
        let load = Load {
            address: server.address(),
            connections: 16,
            until: Until::Sent(BOOKINGS_PER_OFFICE),
            request: &|Turn { number, .. }| {
                let place = calendar.place_in(index, number + index as u64 * BOOKINGS_PER_OFFICE);
                place.book_as_staff(city::MEDIUM, &token, &format!("{name}-{index}-{number}"))
            },
            accepts: &is_booked,
        };
        let outcome = load.run()?;
        // The last starts of a day are too late for half an hour.
        booked += outcome.answered;
    }
    Ok(booked)
}
