//! A thousand sign-ins a minute beside people who book: checking passwords is dear, and the bookings must not notice.
//!
//! Both loads come at a fixed pace, as people do, so that the time of a booking is its own and not that of the queue its
//! predecessors made. Without and with the sign-ins, one after the other, on the same server.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::bench::calendar::{Calendar, fresh_name};
use crate::bench::city::{self, City};
use crate::bench::figure::Figure;
use crate::bench::graphql::{Answer, Client, question};
use crate::bench::http::{Request, Response};
use crate::bench::load::{Load, Outcome, Turn, Until};
use crate::bench::server::{Context, Engine};
use crate::failure::{Failure, Result};
use crate::serving::Server;

const OFFICES: usize = 20;
const DAYS: u16 = 60;
/// More than anybody books in the time, so that nobody is refused.
const DESKS: u16 = 500;
const WARM_UP: Duration = Duration::from_secs(3);
const DURATION: Duration = Duration::from_secs(30);

/// People who book: one each 20 ms.
const BOOKERS: usize = 16;
const BOOKING_EVERY: Duration = Duration::from_millis(20);
/// Sign-ins: one each 60 ms is a thousand a minute.
const GUESSERS: usize = 32;
const LOGIN_EVERY: Duration = Duration::from_millis(60);

/// So many times the p99 without sign-ins, at most.
const TARGET: f64 = 1.5;

const SIGN_IN: &str = "mutation($credentials: CredentialsInput!) { signIn(credentials: $credentials) { problem } }";

/// Measures bookings without and with the sign-ins.
pub(super) fn run(context: &Context) -> Result<Vec<Figure>> {
    let city = City::new(DAYS).offices(OFFICES, DESKS);
    let mut figures = Vec::new();
    for &engine in context.engines() {
        let stand = context.stand_of(engine, &city)?.without_worker();
        let server = stand.serve()?;
        let calendar = Calendar::ask(&mut Client::open(server.address())?, &city)?;
        book(&server, &calendar, WARM_UP)?;
        let alone = book(&server, &calendar, DURATION)?;
        let (beside, logins) = thread::scope(|scope| {
            let guessing = scope.spawn(|| sign_in(&server, DURATION));
            let beside = book(&server, &calendar, DURATION);
            let logins = guessing.join().unwrap_or_else(|_| Err(Failure::new("the sign-ins panicked")));
            beside.and_then(|beside| logins.map(|logins| (beside, logins)))
        })?;
        figures.extend(judged(engine, &alone, &beside, &logins));
    }
    Ok(figures)
}

fn judged(engine: Engine, alone: &Outcome, beside: &Outcome, logins: &Outcome) -> [Figure; 3] {
    let name = engine.name();
    let p99 = |outcome: &Outcome| outcome.quantile(0.99).as_secs_f64() * 1e3;
    [
        Figure::times_of(format!("logins.booking-p99.{name}"), p99(beside), "ms", p99(alone), TARGET),
        Figure::known(format!("logins.answered.{name}"), logins.per_second() * 60.0, "sign-ins/min"),
        Figure::known(format!("logins.p99.{name}"), p99(logins), "ms"),
    ]
}

fn book(server: &Server, calendar: &Calendar, duration: Duration) -> Result<Outcome> {
    let (name, started) = (fresh_name(), Instant::now());
    let load = Load {
        address: server.address(),
        connections: BOOKERS,
        until: Until::Elapsed(duration),
        request: &|Turn { number, .. }| {
            wait_for_turn(started, BOOKING_EVERY, number);
            let person = format!("{name}-{number}");
            calendar.place(number).book(city::SHORT, &person, &person)
        },
        accepts: &|response| matches!(Answer::read(response), Answer::Done { .. }),
    };
    load.run()?.expect_all_accepted()
}

/// Every attempt is another login, so that no delay after wrong passwords spares the server the work.
fn sign_in(server: &Server, duration: Duration) -> Result<Outcome> {
    let (name, started) = (fresh_name(), Instant::now());
    let load = Load {
        address: server.address(),
        connections: GUESSERS,
        until: Until::Elapsed(duration),
        request: &|Turn { number, .. }| {
            wait_for_turn(started, LOGIN_EVERY, number);
            guess(&format!("{name}-{number}@example.org"))
        },
        // Judged, or sent away in good order because too many passwords wait: both are answers.
        accepts: &|response| is_judged(response) || response.status == 429,
    };
    load.run()?.expect_all_accepted()
}

fn guess(login: &str) -> Request {
    question(SIGN_IN, &json!({ "credentials": { "login": login, "password": "a password that nobody has" } }))
}

fn is_judged(response: &Response) -> bool {
    let body = String::from_utf8_lossy(&response.body);
    body.contains("INVALID_CREDENTIALS") || body.contains("BUSY")
}

fn wait_for_turn(started: Instant, every: Duration, number: u64) {
    let due = every.saturating_mul(u32::try_from(number).unwrap_or(u32::MAX));
    thread::sleep(due.saturating_sub(started.elapsed()));
}
