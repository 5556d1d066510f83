//! A crowd: everybody is at the door before the first one asks.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Barrier, Mutex, PoisonError};
use std::thread;

use crate::bench::graphql::Answer;
use crate::bench::http::{Connection, Request};
use crate::failure::{Result, While as _};

/// Threads of a crowd do little; a thousand of them must fit.
const STACK_BYTES: usize = 256 * 1024;

/// What a crowd got.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Acknowledged.
    pub(super) won: u64,
    /// Refused with `SLOT_TAKEN`.
    pub(super) taken: u64,
    /// Everything else, by its words.
    pub(super) other: BTreeMap<String, u64>,
}

impl Tally {
    /// How many were answered with anything but a place or `SLOT_TAKEN`.
    pub(super) fn others(&self) -> u64 {
        self.other.values().sum()
    }

    fn count(&mut self, answer: Answer) {
        match answer {
            Answer::Done { .. } => self.won += 1,
            Answer::Problem(code) if code == "SLOT_TAKEN" => self.taken += 1,
            Answer::Problem(words) | Answer::Wrong(words) => *self.other.entry(words).or_default() += 1,
            Answer::Unavailable => *self.other.entry("UNAVAILABLE".to_owned()).or_default() += 1,
        }
    }

    fn add(&mut self, part: Self) {
        self.won += part.won;
        self.taken += part.taken;
        for (words, count) in part.other {
            *self.other.entry(words).or_default() += count;
        }
    }
}

/// Opens all connections, evenly over the gateways, then lets everybody ask until `attempts` requests were sent.
///
/// # Errors
///
/// If a connection cannot be opened. One that breaks later is an answer of its own kind.
pub(super) fn gather(
    gateways: &[SocketAddr],
    connections: usize,
    attempts: u64,
    request: &(dyn Fn(u64) -> Request + Sync),
) -> Result<Tally> {
    let open = |gateway: &SocketAddr| Connection::open(*gateway).during("joining the crowd");
    let streams: Vec<Connection> = gateways.iter().cycle().take(connections).map(open).collect::<Result<_>>()?;
    let (start, sent, tally) = (Barrier::new(streams.len()), AtomicU64::new(0), Mutex::new(Tally::default()));
    thread::scope(|scope| {
        for mut stream in streams {
            let (start, sent, tally) = (&start, &sent, &tally);
            let person = move || {
                start.wait();
                let part = one_person(&mut stream, sent, attempts, request);
                tally.lock().unwrap_or_else(PoisonError::into_inner).add(part);
            };
            let builder = thread::Builder::new().stack_size(STACK_BYTES);
            builder
                .spawn_scoped(scope, person)
                .expect("a thread with a small stack fits, or the crowd would wait forever");
        }
    });
    Ok(tally.into_inner().unwrap_or_else(PoisonError::into_inner))
}

fn one_person(
    stream: &mut Connection,
    sent: &AtomicU64,
    attempts: u64,
    request: &(dyn Fn(u64) -> Request + Sync),
) -> Tally {
    let mut tally = Tally::default();
    loop {
        let number = sent.fetch_add(1, Ordering::Relaxed);
        if number >= attempts {
            return tally;
        }
        match stream.exchange(&request(number)) {
            Ok(response) => tally.count(Answer::read(&response)),
            Err(error) => {
                tally.count(Answer::Wrong(format!("the connection broke: {error}")));
                return tally;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::bench::graphql::Answer;
    use crate::storm::crowd::Tally;

    #[test]
    fn only_a_place_or_slot_taken_is_in_order() {
        let mut tally = Tally::default();
        tally.count(Answer::Done { id: "a".into(), code: None });
        tally.count(Answer::Problem("SLOT_TAKEN".into()));
        tally.count(Answer::Problem("NO_SUCH_START".into()));
        tally.count(Answer::Wrong("500".into()));
        tally.count(Answer::Wrong("500".into()));
        assert_eq!((tally.won, tally.taken, tally.others()), (1, 1, 3));
        assert_eq!(tally.other["500"], 2);
    }
}
