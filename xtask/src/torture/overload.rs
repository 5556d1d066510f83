//! More people than a server can answer: it must go on answering as many as it can, send the others away at once, let clerks
//! work on, and be well again as soon as the crowd is gone.

mod crowd;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::bench::city::{self, City};
use crate::bench::figure::Figure;
use crate::bench::graphql::{Client, Search, global_id, has_data, signed_question};
use crate::bench::http::{Connection, Request};
use crate::bench::load::{Load, Until};
use crate::bench::server::{Context, Engine, Stand};
use crate::failure::{Failure, Result, While as _};
use crate::torture::overload::crowd::{Crowd, Seen};

/// The month view of so many offices is dear enough that the crowd does not use up the machine before the server does.
const OFFICES: usize = 40;
const DAYS: u16 = 90;
/// Running and waiting at once in the short form: a server built for development answers a few dozen a second.
const LIMITS: [(&str, &str); 2] =
    [("SERVICEPOINT_LIMITS__CONCURRENT_REQUESTS", "16"), ("SERVICEPOINT_LIMITS__QUEUED_REQUESTS", "32")];
/// Whoever waits longer has gone away, and the answer is worth nothing.
const PATIENCE: Duration = Duration::from_secs(5);
/// Clerks wait no longer than this, 99 of 100.
const CLERK_SECONDS: f64 = 1.0;
const RECOVERY_SECONDS: f64 = 10.0;
/// Of what the server answers when exactly as many people ask as it can answer.
const GOODPUT: f64 = 0.8;
const FACTORS: [u32; 3] = [1, 2, 10];
/// People who ask one after the other: enough that the server never waits for them.
const CLOSED: usize = 16;

const BOOKS: &str =
    "query($office: ID!, $day: Date!) { officeAppointments(office: $office, day: $day, first: 1) { nodes { id } } }";

/// How long a crowd stays.
#[derive(Debug, Clone, Copy)]
pub struct Strength {
    /// Each crowd.
    pub seconds: u64,
    /// Connections the crowd may hold at once.
    pub connections: usize,
    /// Whether the server has the limits it is delivered with, and how many answers come and how soon is judged; a server
    /// built for development takes its time even to send somebody away.
    pub is_timed: bool,
}

impl Strength {
    /// For every change.
    pub const SHORT: Self = Self { seconds: 4, connections: 400, is_timed: false };
    /// As promised.
    pub const LONG: Self = Self { seconds: 30, connections: 2_000, is_timed: true };
}

/// Lets crowds come.
///
/// # Errors
///
/// If the server cannot be reached at all.
pub fn run(context: &Context, strength: Strength) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for &engine in context.engines() {
        figures.extend(on(context, engine, strength)?);
    }
    Ok(figures)
}

fn on(context: &Context, engine: Engine, strength: Strength) -> Result<Vec<Figure>> {
    let city = City::new(DAYS).offices(OFFICES, 20).with_leads();
    let stand = context.stand_of(engine, &city)?.without_worker();
    let limits: &[_] = if strength.is_timed { &[] } else { &LIMITS };
    let stand = limits.iter().fold(stand, |stand, (name, value)| stand.with(name, value));
    let (mut figures, peak) = crowds(&stand, &city, engine, strength)?;
    figures.push(control(stand, &city, engine, strength, peak)?);
    Ok(figures)
}

/// The figures, and what the server answers at most, per second.
fn crowds(stand: &Stand, city: &City, engine: Engine, strength: Strength) -> Result<(Vec<Figure>, f64)> {
    let name = |what: &str| format!("overload.{what}.{}", engine.name());
    let timed = |name: String, value: f64, target: f64| {
        if strength.is_timed { Figure::at_most(name, value, "s", target) } else { Figure::known(name, value, "s") }
    };
    let server = stand.serve()?;
    let (request, clerk) = (month_view(city), clerk(server.address(), city)?);
    let peak = peak(server.address(), &request, strength)?;
    let mut figures = vec![Figure::known(name("peak"), peak, "answers/s")];
    for factor in FACTORS {
        let crowd =
            Crowd { rate: peak * f64::from(factor), seconds: strength.seconds, connections: strength.connections };
        let (seen, waited) = beside(server.address(), &clerk, || crowd.come(server.address(), &request, PATIENCE))?;
        let part = |what: &str| name(&format!("{factor}x.{what}"));
        figures.push(Figure::known(part("asked"), seen.asked() / crowd.seconds as f64, "requests/s"));
        figures.push(if factor == 10 && strength.is_timed {
            Figure::share_of(part("goodput"), seen.goodput(strength.seconds), "answers/s", peak, GOODPUT)
        } else {
            Figure::known(part("goodput"), seen.goodput(strength.seconds), "answers/s")
        });
        figures.push(timed(part("p99-of-answers"), seen.p99(), PATIENCE.as_secs_f64()));
        figures.push(Figure::known(part("sent-away"), seen.sent_away as f64, "requests"));
        figures.push(Figure::exactly(part("wrong-answers"), seen.wrong as f64, "answers", 0.0));
        figures.push(Figure::exactly(part("clerks-sent-away"), waited.refused as f64, "requests", 0.0));
        figures.push(timed(part("clerk-p99"), waited.p99, CLERK_SECONDS));
        if factor == 10 {
            figures.push(Figure::at_least(part("sent-away-at-all"), seen.sent_away as f64, "requests", 1.0));
            figures.push(timed(name("well-again-after"), recovery(server.address(), &request)?, RECOVERY_SECONDS));
        }
    }
    Ok((figures, peak))
}

/// A server that lets everybody in: at ten times what it can answer people wait longer than they are patient, and that is found.
fn control(stand: Stand, city: &City, engine: Engine, strength: Strength, peak: f64) -> Result<Figure> {
    let stand = LIMITS.iter().fold(stand, |stand, (name, _)| stand.with(name, "100000"));
    let server = stand.serve()?;
    let crowd = Crowd { rate: peak * 10.0, seconds: strength.seconds.max(8), connections: 2_000 };
    let seen = crowd.come(server.address(), &month_view(city), PATIENCE)?;
    let name = format!("overload.control.everybody-let-in.p99-of-answers.{}", engine.name());
    Ok(Figure::at_least(name, seen.p99(), "s", PATIENCE.as_secs_f64()))
}

fn month_view(city: &City) -> Request {
    let offices = city.keys();
    Search { service: city::SHORT, offices: &offices, days: None }.days()
}

/// What a clerk asks again and again.
fn clerk(address: SocketAddr, city: &City) -> Result<Request> {
    let offices = city.keys();
    let office = offices.first().ok_or_else(|| Failure::new("a city without offices has no clerks"))?;
    let mut client = Client::open(address)?;
    let token = client.token(office)?;
    let day = client.days(office)?.into_iter().nth(1).ok_or_else(|| Failure::new("the city has no days"))?;
    let variables = serde_json::json!({ "office": global_id("Office", office), "day": day });
    Ok(signed_question(&token, BOOKS, &variables))
}

/// Answers per second when everybody waits for the answer to their last question.
fn peak(address: SocketAddr, request: &Request, strength: Strength) -> Result<f64> {
    let load = Load {
        address,
        connections: CLOSED,
        until: Until::Elapsed(Duration::from_secs(strength.seconds)),
        request: &|_| request.clone(),
        accepts: &has_data,
    };
    load.run()?.expect_all_accepted()?;
    Ok(load.run()?.expect_all_accepted()?.per_second())
}

/// How long a clerk waited while something else went on.
struct Waited {
    p99: f64,
    refused: u64,
}

fn beside(address: SocketAddr, clerk: &Request, meanwhile: impl FnOnce() -> Result<Seen>) -> Result<(Seen, Waited)> {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let asking = scope.spawn(|| {
            let mut connection = Connection::open(address).during("connecting")?;
            let (mut times, mut refused) = (Vec::new(), 0);
            while !is_over.load(Ordering::SeqCst) {
                let asked = Instant::now();
                let response = connection.exchange(clerk).during("a clerk's question")?;
                times.push(asked.elapsed());
                refused += u64::from(!has_data(&response));
                thread::sleep(Duration::from_millis(20));
            }
            Ok(Waited { p99: crowd::p99(&mut times), refused })
        });
        let seen = meanwhile();
        is_over.store(true, Ordering::SeqCst);
        let waited = asking.join().unwrap_or_else(|_| Err(Failure::new("the clerk panicked")));
        seen.and_then(|seen| Ok((seen, waited?)))
    })
}

/// Seconds until ten answers in a row came in time.
fn recovery(address: SocketAddr, request: &Request) -> Result<f64> {
    let gone = Instant::now();
    let mut in_a_row = 0;
    while gone.elapsed() < Duration::from_mins(1) {
        let asked = Instant::now();
        let response = Connection::open(address).and_then(|mut connection| connection.exchange(request));
        let is_well = response.is_ok_and(|response| has_data(&response)) && asked.elapsed() < PATIENCE;
        in_a_row = if is_well { in_a_row + 1 } else { 0 };
        if in_a_row == 10 {
            return Ok(gone.elapsed().as_secs_f64());
        }
    }
    Err(Failure::new("the server is not well again a minute after the crowd has gone"))
}
