//! People who go on booking through trouble: every request is written down with its answer and the time it took.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::bench::calendar::{Calendar, fresh_name};
use crate::bench::city;
use crate::bench::graphql::Answer;
use crate::bench::http::{Connection, Request};
use crate::failure::{Failure, Result};
use crate::interrupt;
use crate::storm::journal::{Journal, Outcome};

const CONNECTIONS: usize = 8;

/// Between an answer and the next request of the same person: trouble is measured in time, not in requests.
const PAUSE: Duration = Duration::from_millis(5);

/// What kind of answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A booking.
    Acknowledged,
    /// `UNAVAILABLE`: ask again.
    Unavailable,
    /// The connection broke or could not be opened.
    Broken,
    /// Anything else.
    Other,
}

impl Kind {
    fn of(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Acknowledged(_) => Self::Acknowledged,
            Outcome::Unavailable => Self::Unavailable,
            Outcome::Unknown => Self::Broken,
            Outcome::Taken | Outcome::Wrong(_) => Self::Other,
        }
    }
}

/// One request and its answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) asked: Instant,
    pub(crate) answered: Instant,
    pub(crate) kind: Kind,
}

/// The people and what they saw.
#[derive(Debug)]
pub(crate) struct Pressure<'a> {
    calendar: &'a Calendar,
    name: String,
    next: AtomicU64,
    is_over: AtomicBool,
    seen: Mutex<Vec<Seen>>,
    pub(crate) journal: Journal,
}

impl<'a> Pressure<'a> {
    /// People who book any place of the calendar, each another person's.
    pub(crate) fn new(calendar: &'a Calendar) -> Self {
        Self {
            calendar,
            name: fresh_name(),
            next: AtomicU64::new(0),
            is_over: AtomicBool::new(false),
            seen: Mutex::default(),
            journal: Journal::default(),
        }
    }

    /// Lets people book until `meanwhile` is done.
    pub(crate) fn while_booking<T>(&self, address: SocketAddr, meanwhile: impl FnOnce() -> Result<T>) -> Result<T> {
        self.is_over.store(false, Ordering::SeqCst);
        thread::scope(|scope| {
            for _ in 0..CONNECTIONS {
                scope.spawn(|| self.one_person(address));
            }
            let outcome = meanwhile();
            self.is_over.store(true, Ordering::SeqCst);
            outcome
        })
    }

    /// Everything seen so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until so many requests asked since `since` were answered like this.
    pub(crate) fn wait_for(&self, kind: Kind, count: usize, since: Instant, patience: Duration) -> Result<()> {
        let waiting = Instant::now();
        while waiting.elapsed() < patience {
            interrupt::check()?;
            let seen = self.seen();
            if seen.iter().filter(|seen| seen.kind == kind && seen.asked >= since).count() >= count {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(20));
        }
        self.tell_others("waiting");
        let seen = self.seen();
        let count_of = |kind: Kind| seen.iter().filter(|seen| seen.kind == kind && seen.asked >= since).count();
        let kinds = [Kind::Acknowledged, Kind::Unavailable, Kind::Broken, Kind::Other];
        let counts: Vec<String> = kinds.map(|kind| format!("{kind:?} {}", count_of(kind))).into();
        let (seconds, counts) = (patience.as_secs(), counts.join(", "));
        Err(Failure::new(format!("fewer than {count} answers were {kind:?} within {seconds} s: {counts}")))
    }

    /// Says on the screen which answers were none of those promised.
    pub(crate) fn tell_others(&self, place: &str) {
        for entry in self.journal.entries() {
            if let Outcome::Wrong(words) = entry.outcome {
                eprintln!("{place}: {words}");
                return;
            }
        }
    }

    fn one_person(&self, address: SocketAddr) {
        let mut stream = None;
        while !self.is_over.load(Ordering::SeqCst) {
            let number = self.next.fetch_add(1, Ordering::SeqCst);
            let person = format!("{}-{number}", self.name);
            let request = self.calendar.place(number).book(city::SHORT, &person, &person);
            let line = self.journal.begin(request.clone());
            let asked = Instant::now();
            let outcome = match exchange(&mut stream, address, &request) {
                Ok(answer) => answer.into(),
                Err(_) => Outcome::Unknown,
            };
            let seen = Seen { asked, answered: Instant::now(), kind: Kind::of(&outcome) };
            self.journal.end(line, outcome);
            self.seen.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
            thread::sleep(PAUSE);
        }
    }
}

fn exchange(stream: &mut Option<Connection>, address: SocketAddr, request: &Request) -> std::io::Result<Answer> {
    let mut open = match stream.take() {
        Some(open) => open,
        None => Connection::open(address)?,
    };
    let response = open.exchange(request)?;
    *stream = Some(open);
    Ok(Answer::read(&response))
}
