//! A closed loop of people: each connection sends its next request when the answer to the last one is there.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::bench::http::{Connection, Request, Response};
use crate::failure::{Failure, Result, While as _};
use crate::interrupt;

/// When a load ends.
#[derive(Debug, Clone, Copy)]
pub enum Until {
    /// After this time.
    Elapsed(Duration),
    /// After this many requests over all connections.
    Sent(u64),
}

/// Which request is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Turn {
    /// Number of the connection, from 0.
    pub connection: usize,
    /// Number of the request over all connections, from 0; no two are equal.
    pub number: u64,
}

/// A load as it is ordered.
pub struct Load<'a> {
    /// Where the server listens.
    pub address: SocketAddr,
    /// How many people at once.
    pub connections: usize,
    /// When it ends.
    pub until: Until,
    /// Makes the request of a turn.
    pub request: &'a (dyn Fn(Turn) -> Request + Sync),
    /// Whether an answer is what it should be.
    pub accepts: &'a (dyn Fn(&Response) -> bool + Sync),
}

/// What a load found.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Answers that were accepted.
    pub answered: u64,
    /// Answers that were not.
    pub refused: u64,
    /// From the first request to the last answer.
    pub elapsed: Duration,
    latencies: Vec<Duration>,
    first_refused: Option<Response>,
}

impl Load<'_> {
    /// Runs to the end.
    ///
    /// # Errors
    ///
    /// If a connection breaks: a server under load must not do that.
    pub fn run(&self) -> Result<Outcome> {
        let sent = AtomicU64::new(0);
        let started = Instant::now();
        let parts: Vec<Result<Outcome>> = thread::scope(|scope| {
            let person = |connection| {
                let sent = &sent;
                scope.spawn(move || self.one_person(connection, sent, started))
            };
            let people: Vec<_> = (0..self.connections).map(person).collect();
            let join = |person: thread::ScopedJoinHandle<'_, Result<Outcome>>| {
                person.join().unwrap_or_else(|_| Err(Failure::new("a connection of the load panicked")))
            };
            people.into_iter().map(join).collect()
        });
        let mut outcome = Outcome { elapsed: started.elapsed(), ..Outcome::default() };
        for part in parts {
            outcome.add(part?);
        }
        outcome.latencies.sort_unstable();
        Ok(outcome)
    }

    fn one_person(&self, connection: usize, sent: &AtomicU64, started: Instant) -> Result<Outcome> {
        let mut stream = Connection::open(self.address).during("connecting")?;
        let mut outcome = Outcome::default();
        loop {
            interrupt::check()?;
            let number = sent.fetch_add(1, Ordering::Relaxed);
            let is_over = match self.until {
                Until::Elapsed(duration) => started.elapsed() >= duration,
                Until::Sent(limit) => number >= limit,
            };
            if is_over {
                return Ok(outcome);
            }
            let request = (self.request)(Turn { connection, number });
            let asked = Instant::now();
            let response = stream.exchange(&request).during("under load")?;
            outcome.latencies.push(asked.elapsed());
            if (self.accepts)(&response) {
                outcome.answered += 1;
            } else {
                outcome.refused += 1;
                outcome.first_refused.get_or_insert(response);
            }
        }
    }
}

impl Outcome {
    /// Accepted answers per second.
    pub fn per_second(&self) -> f64 {
        self.answered as f64 / self.elapsed.as_secs_f64()
    }

    /// The time that `share` of the requests (0.5, 0.99) did not pass.
    pub fn quantile(&self, share: f64) -> Duration {
        let last = self.latencies.len().saturating_sub(1);
        let index = (last as f64 * share).ceil() as usize;
        self.latencies.get(index.min(last)).copied().unwrap_or_default()
    }

    /// Fails if an answer was not what it should be, or there was none at all.
    ///
    /// # Errors
    ///
    /// Quotes the first such answer.
    pub fn expect_all_accepted(self) -> Result<Self> {
        if let Some(Response { status, body }) = &self.first_refused {
            let body = String::from_utf8_lossy(body);
            let start: String = body.chars().take(500).collect();
            return Err(Failure::new(format!("{} answers were wrong, the first: {status} {start}", self.refused)));
        }
        if self.answered == 0 { Err(Failure::new("nothing was answered")) } else { Ok(self) }
    }

    fn add(&mut self, part: Self) {
        self.answered += part.answered;
        self.refused += part.refused;
        self.latencies.extend(part.latencies);
        self.first_refused = self.first_refused.take().or(part.first_refused);
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;
    use std::thread;
    use std::time::Duration;

    use crate::bench::http::Request;
    use crate::bench::load::{Load, Outcome, Until};

    #[test]
    fn sends_exactly_what_was_ordered_and_sees_wrong_answers() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address");
        let serve = move || {
            for stream in listener.incoming().take(4).flatten() {
                thread::spawn(move || answer_until_closed(stream));
            }
        };
        let server = thread::spawn(serve);
        let load = Load {
            address,
            connections: 4,
            until: Until::Sent(100),
            request: &|turn| Request::get(if turn.number == 17 { "/wrong" } else { "/" }),
            accepts: &|response| response.status == 200,
        };
        let outcome = load.run().expect("the load runs");
        server.join().expect("the server ends");
        assert_eq!((outcome.answered, outcome.refused), (99, 1));
        assert!(outcome.per_second() > 0.0);
        assert!(outcome.expect_all_accepted().is_err());
    }

    fn answer_until_closed(mut stream: std::net::TcpStream) {
        let mut buffer = [0_u8; 1024];
        while let Ok(length @ 1..) = stream.read(&mut buffer) {
            let is_wrong = buffer[..length].starts_with(b"GET /wrong");
            let status = if is_wrong { "500 No" } else { "200 OK" };
            let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nok");
            stream.write_all(answer.as_bytes()).expect("the load still listens");
        }
    }

    #[test]
    fn finds_quantiles() {
        let latencies = (1..=100).map(Duration::from_millis).collect();
        let outcome = Outcome { latencies, ..Outcome::default() };
        assert_eq!(outcome.quantile(0.0), Duration::from_millis(1));
        assert_eq!(outcome.quantile(1.0), Duration::from_millis(100));
        assert_eq!(outcome.quantile(0.99), Duration::from_millis(100));
        assert_eq!(Outcome::default().quantile(0.5), Duration::ZERO);
    }
}
