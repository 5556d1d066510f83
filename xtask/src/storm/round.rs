//! One round of a booking storm: who wishes for which start, and the crowd that asks until all is said or the server is gone.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::bench::calendar::fresh_name;
use crate::bench::city;
use crate::bench::graphql::{Answer, Place, book_held};
use crate::bench::http::{Connection, Request};
use crate::failure::{Failure, Result};
use crate::storm::journal::Journal;

/// The office that is stormed.
pub(super) const OFFICE: &str = "storm";
const CONNECTIONS: usize = 16;

/// Which starts are wished for: the wanted ones twice as often as they have desks, so that they are sold out, and the quiet
/// ones half as often, so that a place that is lost there shows.
pub(super) struct Wishes<'a> {
    wanted: &'a [String],
    quiet: &'a [String],
    desks: u64,
}

impl<'a> Wishes<'a> {
    pub(super) fn new(starts: &'a [String], wanted: usize, desks: u16) -> Result<Self> {
        let parts = starts.split_at_checked(wanted).ok_or_else(|| Failure::new("the day has too few starts"))?;
        Ok(Self { wanted: parts.0, quiet: parts.1, desks: u64::from(desks) })
    }

    /// How many wishes there are.
    pub(super) fn count(&self) -> u64 {
        2 * self.desks * self.wanted.len() as u64 + self.quiet_count()
    }

    /// How many places are taken when all is done.
    pub(super) fn fulfilled(&self) -> u64 {
        self.desks * self.wanted.len() as u64 + self.quiet_count()
    }

    fn quiet_count(&self) -> u64 {
        self.desks / 2 * self.quiet.len() as u64
    }

    /// The start of a wish; wishes for quiet starts are spread evenly among the others.
    fn start(&self, number: u64) -> &str {
        let quiet_before = |number: u64| number * self.quiet_count() / self.count();
        let before = quiet_before(number);
        if quiet_before(number + 1) > before {
            &self.quiet[before as usize % self.quiet.len()]
        } else {
            &self.wanted[(number - before) as usize % self.wanted.len()]
        }
    }
}

/// The requests of one round: a quarter holds, a quarter holds and then books the hold, half book at once.
pub(super) struct Round<'a> {
    wishes: &'a Wishes<'a>,
    name: String,
    next: AtomicU64,
    answered: AtomicU64,
    active: AtomicUsize,
    is_killed: AtomicBool,
    broken: AtomicU64,
    pub(super) journal: Journal,
}

impl<'a> Round<'a> {
    pub(super) fn new(wishes: &'a Wishes<'a>) -> Self {
        Self {
            wishes,
            name: fresh_name(),
            next: AtomicU64::new(0),
            answered: AtomicU64::new(0),
            active: AtomicUsize::new(0),
            is_killed: AtomicBool::new(false),
            broken: AtomicU64::new(0),
            journal: Journal::default(),
        }
    }

    /// Waits until so many requests were answered, or nobody asks any more.
    pub(super) fn wait_for_answers(&self, count: u64) {
        while self.answered.load(Ordering::SeqCst) < count && self.active.load(Ordering::SeqCst) > 0 {
            thread::sleep(Duration::from_micros(200));
        }
    }

    /// From here on a connection may break.
    pub(super) fn expect_the_kill(&self) {
        self.is_killed.store(true, Ordering::SeqCst);
    }

    /// From here on no connection may break.
    pub(super) fn expect_no_kill(&self) {
        self.is_killed.store(false, Ordering::SeqCst);
    }

    /// How many connections broke although nobody killed the server.
    pub(super) fn broken(&self) -> u64 {
        self.broken.load(Ordering::SeqCst)
    }

    /// Sends requests until all are sent or the gateways are gone, while `meanwhile` runs beside it.
    pub(super) fn blow(&self, gateways: &[SocketAddr], meanwhile: impl FnOnce() -> Result<()>) -> Result<()> {
        self.active.store(CONNECTIONS, Ordering::SeqCst);
        let person = |mut stream: Connection| -> Result<()> {
            while self.one_attempt(&mut stream).is_some() {}
            self.active.fetch_sub(1, Ordering::SeqCst);
            Ok(())
        };
        thread::scope(|scope| {
            let people = scope.spawn(|| {
                let outcome = everybody(gateways, &person);
                // Also where somebody failed before the end: whoever waits for answers must not wait forever.
                self.active.store(0, Ordering::SeqCst);
                outcome
            });
            let killed = meanwhile();
            let people = people.join().unwrap_or_else(|_| Err(Failure::new("the storm panicked")));
            killed.and(people)
        })
    }

    /// Gives nothing when there is no more to do.
    fn one_attempt(&self, stream: &mut Connection) -> Option<()> {
        let number = self.next.fetch_add(1, Ordering::SeqCst);
        if number >= self.wishes.count() {
            return None;
        }
        let starts_at = self.wishes.start(number).to_owned();
        let place = Place { office: OFFICE.to_owned(), starts_at };
        let name = format!("{}-{number}", self.name);
        match number % 4 {
            0 => self.send(stream, &place.hold(&name, &name)).map(drop),
            1 => match self.send(stream, &place.hold(&name, &name))? {
                Answer::Done { code: Some(code), .. } => {
                    self.send(stream, &book_held(&code, &name, &format!("{name}-firm"))).map(drop)
                }
                Answer::Done { code: None, .. } | Answer::Problem(_) | Answer::Unavailable | Answer::Wrong(_) => {
                    Some(())
                }
            },
            _ => self.send(stream, &place.book(city::SHORT, &name, &name)).map(drop),
        }
    }

    /// Writes the request down, sends it, and writes the answer down. Gives nothing when the connection broke.
    fn send(&self, stream: &mut Connection, request: &Request) -> Option<Answer> {
        let line = self.journal.begin(request.clone());
        let Ok(response) = stream.exchange(request) else {
            if !self.is_killed.load(Ordering::SeqCst) {
                self.broken.fetch_add(1, Ordering::SeqCst);
            }
            return None;
        };
        let answer = Answer::read(&response);
        self.journal.end(line, answer.clone().into());
        self.answered.fetch_add(1, Ordering::SeqCst);
        Some(answer)
    }
}

/// Lets each of the connections do the same work.
pub(crate) fn everybody(gateways: &[SocketAddr], work: &(dyn Fn(Connection) -> Result<()> + Sync)) -> Result<()> {
    let streams: Vec<Connection> = gateways
        .iter()
        .cycle()
        .take(CONNECTIONS)
        .map(|gateway| Connection::open(*gateway))
        .collect::<std::io::Result<_>>()?;
    thread::scope(|scope| {
        let people: Vec<_> = streams.into_iter().map(|stream| scope.spawn(move || work(stream))).collect();
        let join = |person: thread::ScopedJoinHandle<'_, Result<()>>| {
            person.join().unwrap_or_else(|_| Err(Failure::new("a connection of the storm panicked")))
        };
        people.into_iter().try_for_each(join)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::storm::round::Wishes;

    #[test]
    fn wishes_twice_for_wanted_places_and_half_for_quiet_ones() {
        let starts: Vec<String> = (0..48).map(|start| start.to_string()).collect();
        let wishes = Wishes::new(&starts, 25, 20).expect("enough starts");
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        (0..wishes.count()).for_each(|number| *counts.entry(wishes.start(number)).or_default() += 1);
        assert!(starts[..25].iter().all(|start| counts[start.as_str()] == 40), "{counts:?}");
        assert!(starts[25..].iter().all(|start| counts[start.as_str()] == 10), "{counts:?}");
        assert_eq!(wishes.fulfilled(), 25 * 20 + 23 * 10);
        assert!(Wishes::new(&starts, 49, 1).is_err());
    }
}
