//! Documents made from the schema and spoilt, sent to a live server: whatever is asked, it answers, and does not grow.

mod documents;
mod guard_cost;
mod mutations;
mod schema;
mod stub;

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::bench::city::City;
use crate::bench::figure::Figure;
use crate::bench::graphql::{Client, global_id};
use crate::bench::http::{Connection, Request, Response};
use crate::bench::processes;
use crate::bench::server::{Context, Engine};
use crate::failure::{Failure, Result, While as _};
use crate::house::sources;
use crate::interrupt;
use crate::torture::dice::Dice;
use crate::torture::fuzz::documents::Author;
use crate::torture::fuzz::schema::Schema;

const SCHEMA: &str = "docs/schema.graphql";
const OFFICE: &str = "hall";
const CONNECTIONS: u64 = 4;
/// A token lives ten minutes; after so many documents of one connection a new one is drawn.
const TOKEN_FOR: u64 = 2_000;

/// At least this share of all documents must be answered with data.
const WITH_DATA: f64 = 0.05;

/// MiB the server may grow after the first tenth.
const GROWTH: f64 = 64.0;

/// How much is sent.
#[derive(Debug, Clone, Copy)]
pub struct Strength {
    /// How many documents, over all connections.
    pub documents: u64,
    /// What all chance comes from.
    pub seed: u64,
}

impl Strength {
    /// For every change.
    pub const SHORT: Self = Self { documents: 3_000, seed: 1 };
    /// For a night.
    pub const LONG: Self = Self { documents: 1_000_000, seed: 1 };
}

/// Who gets the documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whom {
    /// Ours: half of them come from somebody signed in.
    Server,
    /// The careless one: nobody has an account there.
    Stub,
}

/// Whether an answer is one that may be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Judgement {
    Good,
    Bad,
}

/// What was answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Tally {
    answered: u64,
    with_data: u64,
    /// Statuses from 500 on.
    failed: u64,
    /// `INTERNAL` under any status.
    internal: u64,
    broken: u64,
}

/// Sends the documents on each engine.
///
/// # Errors
///
/// If the server cannot be asked at all.
pub fn run(context: &Context, strength: Strength) -> Result<Vec<Figure>> {
    let text = fs::read_to_string(sources::repository().join(SCHEMA)).during(SCHEMA)?;
    let fuzz = Fuzz { schema: Schema::read(&text)?, ids: ids(), strength };
    let mut figures = Vec::new();
    for &engine in context.engines() {
        figures.extend(fuzz.on(context, engine)?);
    }
    figures.push(fuzz.control()?);
    Ok(figures)
}

/// One document on the screen, as it was sent.
///
/// # Errors
///
/// If there is no schema.
pub fn show(seed: u64, number: u64) -> Result<String> {
    let text = fs::read_to_string(sources::repository().join(SCHEMA)).during(SCHEMA)?;
    let strength = Strength { documents: 0, seed };
    let fuzz = Fuzz { schema: Schema::read(&text)?, ids: ids(), strength };
    Ok(String::from_utf8_lossy(&fuzz.body(number)).into_owned())
}

fn ids() -> Vec<String> {
    let of = |kind: &str, keys: &[&str]| keys.iter().map(|key| global_id(kind, key)).collect::<Vec<_>>();
    let nobody = "01a20613-3eb1-77d1-920c-37733965e9d8";
    let mut ids = of("Office", &[OFFICE, "nowhere"]);
    ids.extend(of("Service", &["short", "medium", "long", "none"]));
    ids.extend(of("Account", &[nobody]));
    ids.extend(of("Appointment", &[nobody]));
    ids
}

struct Fuzz {
    schema: Schema,
    ids: Vec<String>,
    strength: Strength,
}

impl Fuzz {
    /// The body of a document, the same for the same number.
    fn body(&self, number: u64) -> Vec<u8> {
        let mut dice = Dice::new(self.strength.seed, number);
        let author = Author::new(&self.schema, &self.ids, Dice::new(dice.next(), number));
        mutations::body(author.write(), &mut dice)
    }

    fn on(&self, context: &Context, engine: Engine) -> Result<Vec<Figure>> {
        let city = City::new(8).office(OFFICE, 20).with_leads();
        let stand = context.stand_of(engine, &city)?;
        let server = stand.serve()?;
        let address = server.address();
        let documents = self.strength.documents;
        let mut tally = self.send(address, 0..documents / 10, Whom::Server)?;
        let before = processes::resident_memory(server.process_id())?;
        tally.add(self.send(address, documents / 10..documents, Whom::Server)?);
        let grown = processes::resident_memory(server.process_id())? - before;
        let panics = panics_in(&stand.directory().join("server.log"))?;
        let name = |what: &str| format!("fuzz.{what}.{}", engine.name());
        let none = |what: &str, count: u64, unit| Figure::exactly(name(what), count as f64, unit, 0.0);
        let mut figures = vec![
            Figure::exactly(name("answered"), tally.answered as f64, "documents", documents as f64),
            // What is refused at the door alone tries the door alone.
            Figure::at_least(name("with-data"), tally.with_data as f64, "documents", documents as f64 * WITH_DATA),
            none("status-from-500-on", tally.failed, "answers"),
            none("internal-errors", tally.internal, "answers"),
            none("broken-connections", tally.broken, "connections"),
            none("panics", panics, "panics"),
            Figure::at_most(name("grown-by"), grown, "MiB", GROWTH),
        ];
        figures.extend(guard_cost::measure(&stand, &server, engine)?);
        Ok(figures)
    }

    /// A server that breaks where a careless one would: the judge must see it, and the documents must get there.
    fn control(&self) -> Result<Figure> {
        let stub = stub::serve()?;
        let tally = self.send(stub, 0..self.strength.documents.min(5_000), Whom::Stub)?;
        Ok(Figure::at_least(
            "fuzz.control.a-server-that-breaks-on-negative-numbers",
            tally.failed as f64,
            "answers",
            1.0,
        ))
    }

    fn send(&self, address: SocketAddr, numbers: std::ops::Range<u64>, whom: Whom) -> Result<Tally> {
        let (next, total) = (AtomicU64::new(numbers.start), Mutex::new(Tally::default()));
        thread::scope(|scope| {
            let person = || {
                scope.spawn(|| {
                    let tally = self.one_person(address, &next, numbers.end, whom)?;
                    total.lock().unwrap_or_else(PoisonError::into_inner).add(tally);
                    Ok(())
                })
            };
            let people: Vec<thread::ScopedJoinHandle<'_, Result<()>>> = (0..CONNECTIONS).map(|_| person()).collect();
            let join = |person: thread::ScopedJoinHandle<'_, Result<()>>| {
                person.join().unwrap_or_else(|_| Err(Failure::new("a connection panicked")))
            };
            people.into_iter().try_for_each(join)
        })?;
        Ok(total.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// Says how to see the document that was answered badly. A stub is there to answer badly.
    fn tell(&self, whom: Whom, number: u64, words: &str) {
        if whom == Whom::Server {
            eprintln!("fuzz: --seed {} --show {number}: {words}", self.strength.seed);
        }
    }

    fn one_person(&self, address: SocketAddr, next: &AtomicU64, end: u64, whom: Whom) -> Result<Tally> {
        let mut tally = Tally::default();
        let (mut stream, mut token, mut sent) = (None, None, 0);
        loop {
            interrupt::check()?;
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= end {
                return Ok(tally);
            }
            if whom == Whom::Server && sent % TOKEN_FOR == 0 {
                // A document may have changed the password; then everybody is a stranger.
                token = Client::open(address)?.token(OFFICE).ok();
            }
            sent += 1;
            let header = token
                .as_ref()
                .filter(|_| number.is_multiple_of(2))
                .map(|token| format!("Authorization: Bearer {token}"));
            let headers: Vec<&str> = header.iter().map(String::as_str).collect();
            let request = Request::post_bytes("/graphql", &headers, &self.body(number));
            match exchange(&mut stream, address, &request) {
                Ok(response) if tally.count(&response) == Judgement::Good => {}
                Ok(response) => {
                    let start: String = String::from_utf8_lossy(&response.body).chars().take(300).collect();
                    self.tell(whom, number, &format!("{} {start}", response.status));
                }
                Err(error) => {
                    self.tell(whom, number, &error.to_string());
                    tally.broken += 1;
                }
            }
        }
    }
}

/// A connection that the server closed after its last answer is no breach; one that closes without an answer is.
fn exchange(stream: &mut Option<Connection>, address: SocketAddr, request: &Request) -> io::Result<Response> {
    if let Some(mut open) = stream.take()
        && let Ok(response) = open.exchange(request)
    {
        *stream = Some(open);
        return Ok(response);
    }
    let mut fresh = Connection::open(address)?;
    let response = fresh.exchange(request)?;
    *stream = Some(fresh);
    Ok(response)
}

fn panics_in(log: &Path) -> Result<u64> {
    let text = fs::read_to_string(log).during("reading the server's log")?;
    let panics: Vec<&str> = text.lines().filter(|line| line.contains("panicked")).collect();
    panics.iter().take(3).for_each(|line| eprintln!("fuzz: {line}"));
    Ok(panics.len() as u64)
}

impl Tally {
    fn count(&mut self, response: &Response) -> Judgement {
        self.answered += 1;
        let holds = |words: &str| response.body.windows(words.len()).any(|window| window == words.as_bytes());
        let is_internal = holds(r#""code":"INTERNAL""#);
        self.failed += u64::from(response.status >= 500);
        self.internal += u64::from(is_internal);
        self.with_data += u64::from(response.status == 200 && !response.body.starts_with(br#"{"data":null"#));
        if response.status >= 500 || is_internal { Judgement::Bad } else { Judgement::Good }
    }

    fn add(&mut self, part: Self) {
        self.answered += part.answered;
        self.with_data += part.with_data;
        self.failed += part.failed;
        self.internal += part.internal;
        self.broken += part.broken;
    }
}

#[cfg(test)]
mod tests {
    use crate::bench::http::Response;
    use crate::torture::fuzz::{Judgement, Tally};

    #[test]
    fn sees_failures_under_any_status() {
        let mut tally = Tally::default();
        let mut count = |status, body: &str| tally.count(&Response { status, body: body.as_bytes().to_vec() });
        assert_eq!(count(200, r#"{"data":{"a":1}}"#), Judgement::Good);
        assert_eq!(count(400, r#"{"errors":[]}"#), Judgement::Good);
        assert_eq!(count(503, ""), Judgement::Bad);
        let internal = r#"{"data":null,"errors":[{"extensions":{"code":"INTERNAL"}}]}"#;
        assert_eq!(count(200, internal), Judgement::Bad);
        assert_eq!(tally, Tally { answered: 4, with_data: 1, failed: 1, internal: 1, broken: 0 });
    }
}
