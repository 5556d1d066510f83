//! A double of a locker: speaks the protocol of docs/locker-protocol.md as a real box would, and opens no real door.
//!
//! What it has to remember is one value that can be written down ([`Simulator`]): the number of the next report, reports that
//! nobody has acknowledged, orders that were carried out. So it survives a lost line and a restart.

use std::collections::{BTreeSet, VecDeque};
use std::pin::Pin;

use chrono::{DateTime, Utc};
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const OPEN: &str = "mutation($input: OpenLockerInput!) { openLocker(input: $input) {
    order { token compartment validUntil } problem { code triesLeft } } }";
const REPORT: &str = "mutation($input: ReportDoorEventsInput!) { reportDoorEvents(input: $input) {
    acknowledged problem { code expected } } }";
/// How many reports are sent at once.
const AT_ONCE: usize = 100;
/// How often a request is sent before the person is told that there is no line.
const TRIES: usize = 3;

/// No answer came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the line is down")]
pub struct LineDown;

/// An answer, some time.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Result<Value, LineDown>> + Send + 'a>>;

/// The line to the server: sends a document and gives the object `data` of its answer.
pub trait Line: Send + Sync {
    /// Asks.
    fn ask<'a>(&'a self, query: &'static str, variables: Value) -> Answering<'a>;
}

/// A report that waits to be acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Report {
    sequence: i64,
    compartment: u16,
    kind: String,
    order: Option<String>,
    at: String,
}

/// What the box remembers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Simulator {
    locker: String,
    next: i64,
    unsent: VecDeque<Report>,
    carried_out: BTreeSet<String>,
    open: BTreeSet<u16>,
    jammed: BTreeSet<u16>,
}

/// What the display shows after somebody typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// A door opened.
    Opened(u16),
    /// The door did not open.
    Stuck(u16),
    /// The server said no, with the code of the problem and the tries that are left.
    Refused(String, Option<i64>),
    /// There is no line.
    NoLine,
}

impl Simulator {
    /// A box that has never reported anything.
    pub fn new(locker: &str) -> Self {
        Self {
            locker: locker.to_owned(),
            next: 1,
            unsent: VecDeque::new(),
            carried_out: BTreeSet::new(),
            open: BTreeSet::new(),
            jammed: BTreeSet::new(),
        }
    }

    /// How many reports wait to be acknowledged.
    pub fn waiting(&self) -> usize {
        self.unsent.len()
    }

    /// Somebody types number and PIN. `key` is new each time somebody types; here it stays the same over all tries to get
    /// through, so that a lost answer costs no try.
    pub async fn type_in(&mut self, line: &dyn Line, typed: (&str, &str), key: &str, now: Timestamp) -> Shown {
        let (number, pin) = typed;
        for _ in 0..TRIES {
            let input = json!({ "locker": self.locker, "number": number, "pin": pin, "idempotencyKey": key });
            let Ok(answer) = line.ask(OPEN, json!({ "input": input })).await else { continue };
            let answer = &answer["openLocker"];
            let order = &answer["order"];
            let Some(token) = order["token"].as_str() else {
                let problem = &answer["problem"];
                let code = problem["code"].as_str().unwrap_or("UNAVAILABLE");
                return Shown::Refused(code.to_owned(), problem["triesLeft"].as_i64());
            };
            return self.carry_out(token, order, now);
        }
        Shown::NoLine
    }

    /// Opens a door if the order is fresh and was not carried out before.
    fn carry_out(&mut self, token: &str, order: &Value, now: Timestamp) -> Shown {
        let door = order["compartment"].as_u64().and_then(|number| u16::try_from(number).ok()).unwrap_or_default();
        let until = order["validUntil"].as_str().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
        let is_fresh = until.is_some_and(|until| now < Timestamp::from(until.with_timezone(&Utc)));
        if !is_fresh || self.carried_out.contains(token) {
            return Shown::Refused("ORDER_VOID".to_owned(), None);
        }
        self.carried_out.insert(token.to_owned());
        if self.jammed.contains(&door) {
            self.note(door, "FAILED", Some(token), now);
            return Shown::Stuck(door);
        }
        self.open.insert(door);
        self.note(door, "OPENED", Some(token), now);
        Shown::Opened(door)
    }

    /// Somebody closes a door that stands open.
    pub fn close(&mut self, door: u16, now: Timestamp) {
        if self.open.remove(&door) {
            self.note(door, "CLOSED", None, now);
        }
    }

    /// Somebody breaks a door open.
    pub fn force(&mut self, door: u16, now: Timestamp) {
        self.open.insert(door);
        self.note(door, "FORCED", None, now);
    }

    /// Staff open a door with the key of the box and close it again.
    pub fn service(&mut self, door: u16, now: Timestamp) {
        self.note(door, "SERVICED", None, now);
    }

    /// From now on a door does not open.
    pub fn jam(&mut self, door: u16) {
        self.jammed.insert(door);
    }

    /// The door opens again.
    pub fn repair(&mut self, door: u16) {
        self.jammed.remove(&door);
    }

    fn note(&mut self, compartment: u16, kind: &str, order: Option<&str>, now: Timestamp) {
        let (order, at) = (order.map(str::to_owned), now.to_utc().to_rfc3339());
        self.unsent.push_back(Report { sequence: self.next, compartment, kind: kind.to_owned(), order, at });
        self.next += 1;
    }

    /// Sends what waits. Whatever is not acknowledged stays and is sent again next time.
    ///
    /// # Errors
    /// [`LineDown`], also when the server refuses: nothing is thrown away.
    pub async fn send(&mut self, line: &dyn Line) -> Result<(), LineDown> {
        while !self.unsent.is_empty() {
            let events: Vec<&Report> = self.unsent.iter().take(AT_ONCE).collect();
            let input = json!({ "locker": self.locker, "events": events });
            let answer = line.ask(REPORT, json!({ "input": input })).await?;
            let acknowledged = answer["reportDoorEvents"]["acknowledged"].as_i64().ok_or(LineDown)?;
            let before = self.unsent.len();
            self.unsent.retain(|report| report.sequence > acknowledged);
            if self.unsent.len() == before {
                return Err(LineDown);
            }
        }
        Ok(())
    }
}
