//! Trouble below the gateway while people book: a full disk, a PostgreSQL that restarts, a lock that somebody keeps. People
//! are told `UNAVAILABLE` and nothing else, the process lives, and the next request after the trouble works.

mod episode;
mod full_disk;
mod locked;
mod network;
mod proxy;
mod restart;
mod small_disk;

use std::time::Duration;

use crate::bench::figure::Figure;
use crate::bench::server::{Context, Engine};
use crate::failure::Result;

pub use small_disk::may_mount;

/// How much trouble there is.
#[derive(Debug, Clone, Copy)]
pub struct Strength {
    /// How often each trouble comes.
    pub times: u16,
    /// From the start of one trouble to the next.
    pub every: Duration,
}

impl Strength {
    /// Under a minute, for every change.
    pub const SHORT: Self = Self { times: 2, every: Duration::from_secs(3) };
    /// A minute of restarts, five seconds apart.
    pub const LONG: Self = Self { times: 12, every: Duration::from_secs(5) };
}

/// One kind of trouble.
#[derive(Debug)]
pub struct Fault {
    /// As it is typed.
    pub name: &'static str,
    /// What is done, in one sentence.
    pub what: &'static str,
    /// The engines that know this trouble.
    pub engines: &'static [Engine],
    /// Makes the trouble and gives what was found.
    pub run: fn(&Context, Engine, Strength) -> Result<Vec<Figure>>,
}

const BOTH: &[Engine] = &[Engine::Sqlite, Engine::Postgres];

/// All kinds of trouble in the order they come.
pub const ALL: &[Fault] = &[
    Fault {
        name: "full-disk",
        what: "a small file system with the database on it is filled to the last byte while people book, and freed again; \
               at the end the server is killed while it is full",
        engines: BOTH,
        run: full_disk::run,
    },
    Fault {
        name: "restart",
        what: "`pg_ctl restart -m immediate` again and again while people book; the control lets PostgreSQL acknowledge \
               before it writes",
        engines: &[Engine::Postgres],
        run: restart::run,
    },
    Fault {
        name: "locked",
        what: "a second program locks the database (SQLite: the file, PostgreSQL: the table of capacity) and keeps the lock \
               longer than a request may wait",
        engines: BOTH,
        run: locked::run,
    },
    Fault {
        name: "network",
        what: "a proxy between the gateway and PostgreSQL answers late, resets every connection, is silent and delivers \
               afterwards, or is silent and forgets its connections",
        engines: &[Engine::Postgres],
        run: network::run,
    },
];
