//! An open loop of people: they come at their own pace, whether those before them were answered or not.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::bench::graphql::has_data;
use crate::bench::http::{Connection, Request, Response};
use crate::failure::{Failure, Result};

/// Thousands of threads that wait need hardly any stack.
const STACK: usize = 128 * 1024;

/// Who comes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Crowd {
    /// Requests per second.
    pub(super) rate: f64,
    pub(super) seconds: u64,
    /// So many may wait at once; who finds all of them busy is a little late.
    pub(super) connections: usize,
}

/// What became of them.
#[derive(Debug, Default)]
pub(super) struct Seen {
    in_time: Vec<Duration>,
    late: Vec<Duration>,
    pub(super) sent_away: u64,
    pub(super) wrong: u64,
}

impl Crowd {
    /// Comes, asks and counts; an answer after `patience` is late.
    pub(super) fn come(&self, address: SocketAddr, request: &Request, patience: Duration) -> Result<Seen> {
        let (next, started) = (AtomicU64::new(0), Instant::now());
        thread::scope(|scope| {
            let mut people = Vec::new();
            for _ in 0..self.connections {
                let one = || self.one_person(address, request, patience, &next, started);
                let thread = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, one);
                people.push(thread.map_err(|error| Failure::new(format!("no thread for a person: {error}")))?);
            }
            let mut seen = Seen::default();
            for person in people {
                seen.add(person.join().map_err(|_| Failure::new("a person of the crowd panicked"))?);
            }
            Ok(seen)
        })
    }

    fn one_person(
        &self,
        address: SocketAddr,
        request: &Request,
        patience: Duration,
        next: &AtomicU64,
        started: Instant,
    ) -> Seen {
        let (mut seen, mut connection) = (Seen::default(), None);
        loop {
            let comes = Duration::from_secs_f64(next.fetch_add(1, Ordering::Relaxed) as f64 / self.rate);
            if comes >= Duration::from_secs(self.seconds) {
                return seen;
            }
            thread::sleep(comes.saturating_sub(started.elapsed()));
            // Who could not come in time because everybody of the crowd waits does not come at all.
            if started.elapsed() >= Duration::from_secs(self.seconds) {
                return seen;
            }
            let asked = Instant::now();
            let answer = exchange(&mut connection, address, request);
            seen.count(answer.as_ref(), asked.elapsed(), patience);
        }
    }
}

fn exchange(kept: &mut Option<Connection>, address: SocketAddr, request: &Request) -> Option<Response> {
    let mut connection = kept.take().or_else(|| Connection::open(address).ok())?;
    let response = connection.exchange(request).ok()?;
    *kept = Some(connection);
    Some(response)
}

impl Seen {
    /// Everybody who asked.
    pub(super) fn asked(&self) -> f64 {
        (self.in_time.len() + self.late.len()) as f64 + (self.sent_away + self.wrong) as f64
    }

    /// Answers in time, per second.
    pub(super) fn goodput(&self, seconds: u64) -> f64 {
        self.in_time.len() as f64 / seconds as f64
    }

    /// Seconds that 99 of 100 answers took, of those who were let in.
    pub(super) fn p99(&self) -> f64 {
        p99(&mut [self.in_time.as_slice(), self.late.as_slice()].concat())
    }

    fn count(&mut self, answer: Option<&Response>, time: Duration, patience: Duration) {
        match answer {
            Some(answer) if has_data(answer) && time <= patience => self.in_time.push(time),
            Some(answer) if has_data(answer) => self.late.push(time),
            // Sent away, or let in and given up: both are said in good order.
            Some(answer) if matches!(answer.status, 503 | 504) => self.sent_away += 1,
            Some(_) | None => self.wrong += 1,
        }
    }

    fn add(&mut self, part: Self) {
        self.in_time.extend(part.in_time);
        self.late.extend(part.late);
        self.sent_away += part.sent_away;
        self.wrong += part.wrong;
    }
}

/// In seconds.
pub(super) fn p99(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    let place = (times.len() as f64 * 0.99).ceil() as usize;
    times.get(place.saturating_sub(1)).copied().unwrap_or_default().as_secs_f64()
}
