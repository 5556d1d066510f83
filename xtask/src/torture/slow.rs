//! People who are slow on purpose: they say half a sentence, or listen to nothing. Others must not wait for them, and the
//! server must hang up.

mod laggards;

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use crate::bench::calendar::{Calendar, fresh_name};
use crate::bench::city::{self, City};
use crate::bench::figure::Figure;
use crate::bench::graphql::{Answer, Client, Search, has_data};
use crate::bench::http::Connection;
use crate::bench::load::{Load, Outcome, Until};
use crate::bench::server::{Context, Engine, Stand};
use crate::failure::{Failure, Result};
use crate::torture::slow::laggards::{Crowd, Manner};

const OFFICE: &str = "hall";
/// Ordinary people at the same time.
const PEOPLE: usize = 4;
/// The server gives slow clients ten seconds; we look a few times a second.
const HANG_UP_SECONDS: f64 = 10.5;
/// Ordinary people wait no longer than this, 99 of 100.
const P99_SECONDS: f64 = 1.0;
/// Whoever waits so long has been seen to wait.
const LONG_ENOUGH: Duration = Duration::from_secs(2);
/// How long nobody is hung up on before we call the server broken.
const LOOKING: Duration = Duration::from_secs(20);

/// How many are slow.
#[derive(Debug, Clone, Copy)]
pub struct Strength {
    /// Over all manners, at once.
    pub laggards: usize,
    /// Whether the engines wait for each other.
    pub order: Order,
}

/// In which order the engines are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Each has the machine to itself.
    OneByOne,
    /// Being slow takes time and hardly any work.
    AtOnce,
}

impl Strength {
    /// For every change.
    pub const SHORT: Self = Self { laggards: 400, order: Order::AtOnce };
    /// As promised.
    pub const LONG: Self = Self { laggards: 4_000, order: Order::OneByOne };
}

/// Lets people be slow while others search and book.
///
/// # Errors
///
/// If the server cannot be reached at all.
pub fn run(context: &Context, strength: Strength) -> Result<Vec<Figure>> {
    let joined = |thread: thread::ScopedJoinHandle<'_, Result<Vec<Figure>>>| {
        thread.join().unwrap_or_else(|_| Err(Failure::new("a thread panicked")))
    };
    thread::scope(|scope| {
        let control = scope.spawn(|| control_of_hanging_up().map(|figure| vec![figure]));
        let start = |engine| scope.spawn(move || on(context, engine, strength));
        let found: Vec<Result<Vec<Figure>>> = match strength.order {
            Order::OneByOne => context.engines().iter().map(|&engine| joined(start(engine))).collect(),
            Order::AtOnce => {
                let threads: Vec<_> = context.engines().iter().map(|&engine| start(engine)).collect();
                threads.into_iter().map(joined).collect()
            }
        };
        let mut figures = Vec::new();
        for part in found.into_iter().chain([joined(control)]) {
            figures.extend(part?);
        }
        Ok(figures)
    })
}

fn on(context: &Context, engine: Engine, strength: Strength) -> Result<Vec<Figure>> {
    let city = City::new(8).office(OFFICE, 400);
    let stand = context.stand_of(engine, &city)?;
    let name = |what: &str| format!("slow.{what}.{}", engine.name());
    let mut figures = Vec::new();
    {
        let server = stand.serve()?;
        let address = server.address();
        let calendar = Calendar::ask(&mut Client::open(address)?, &city)?;
        let quiet = ordinary(address, &calendar, Duration::from_secs(3))?;
        figures.push(Figure::known(name("p99-without-laggards"), quiet.quantile(0.99).as_secs_f64(), "s"));
        let gather = |manner: &Manner| Crowd::gather(address, *manner, manner.share_of(strength.laggards));
        let crowds: Vec<Crowd> = Manner::ALL.iter().map(gather).collect::<Result<_>>()?;
        let outcome = thread::scope(|scope| {
            let watching = scope.spawn(|| laggards::watch(address, &crowds, LOOKING));
            let outcome = ordinary(address, &calendar, Duration::from_secs(12));
            let watched = watching.join().unwrap_or_else(|_| Err(Failure::new("the watch panicked")));
            watched.and_then(|hung_up| Ok((outcome?, hung_up)))
        });
        let (busy, hung_up) = outcome?;
        figures.push(Figure::known(
            name("laggards"),
            crowds.iter().map(Crowd::count).sum::<usize>() as f64,
            "connections",
        ));
        figures.push(Figure::at_most(name("p99"), busy.quantile(0.99).as_secs_f64(), "s", P99_SECONDS));
        figures.push(Figure::known(name("answered"), busy.answered as f64, "answers"));
        let left = hung_up.iter().filter(|seconds| **seconds >= LOOKING.as_secs_f64()).count();
        figures.push(Figure::exactly(name("manners-nobody-hung-up-on"), left as f64, "manners", 0.0));
        for (manner, seconds) in Manner::ALL.iter().zip(hung_up) {
            let after = name(&format!("{}.hung-up-after", manner.name()));
            figures.push(match strength.order {
                Order::OneByOne => Figure::at_most(after, seconds, "s", HANG_UP_SECONDS),
                // Two servers built for development share the machine: how soon is for the long form to judge.
                Order::AtOnce => Figure::known(after, seconds, "s"),
            });
        }
    }
    figures.push(control_of_waiting(stand, engine)?);
    Ok(figures)
}

/// People who search, and every fourth time book.
fn ordinary(address: SocketAddr, calendar: &Calendar, duration: Duration) -> Result<Outcome> {
    let person = fresh_name();
    let offices = [OFFICE.to_owned()];
    let search = Search { service: city::SHORT, offices: &offices, days: None };
    let load = Load {
        address,
        connections: PEOPLE,
        until: Until::Elapsed(duration),
        request: &|turn| {
            // People read before they go on.
            thread::sleep(Duration::from_millis(10));
            if turn.number % 4 == 0 {
                let name = format!("{person}-{}", turn.number);
                calendar.place(turn.number).book(city::SHORT, &name, &name)
            } else {
                search.starts(20)
            }
        },
        accepts: &|response| has_data(response) && !matches!(Answer::read(response), Answer::Unavailable),
    };
    load.run()?.expect_all_accepted()
}

/// A server with so few places that the slow ones take them all: then others must be seen to wait.
fn control_of_waiting(stand: Stand, engine: Engine) -> Result<Figure> {
    let stand = stand.with("SERVICEPOINT_LIMITS__CONNECTIONS", "16");
    let server = stand.serve()?;
    let address = server.address();
    let _crowd = Crowd::gather(address, Manner::SaysNothing, 64)?;
    let asked = Instant::now();
    let offices = [OFFICE.to_owned()];
    let request = Search { service: city::SHORT, offices: &offices, days: None }.starts(20);
    // Whether it is answered at last does not matter.
    let _ = Connection::open_with_patience(address, LONG_ENOUGH)?.exchange(&request);
    let name = format!("slow.control.16-connections.waited.{}", engine.name());
    Ok(Figure::at_least(name, asked.elapsed().as_secs_f64(), "s", P99_SECONDS))
}

/// A server that never hangs up: it must be found.
fn control_of_hanging_up() -> Result<Figure> {
    let address = laggards::patient_server()?;
    let crowd = Crowd::gather(address, Manner::SaysNothing, 8)?;
    let seconds = laggards::watch(address, &[crowd], Duration::from_secs(12))?;
    let longest = seconds.into_iter().fold(0.0, f64::max);
    Ok(Figure::at_least("slow.control.a-server-that-waits-for-ever.hung-up-after", longest, "s", HANG_UP_SECONDS))
}
