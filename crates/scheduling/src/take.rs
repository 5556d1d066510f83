//! What an appointment takes: units of pools, cell by cell.
//!
//! Everything that is limited is a pool: the desks of a team, a quota, the bookings of one person, the booking of one
//! matter by one person, the holds of one session. So one rule of the database decides every race.

use domain::identifier::Key;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// One unit of `pool` in each of `cells` consecutive cells from `first` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(i64, i64, i64, i64)", into = "(i64, i64, i64, i64)")]
pub(crate) struct Take {
    /// The pool.
    pub(crate) pool: i64,
    /// The first cell: UTC seconds for places in time, a small constant for people.
    pub(crate) first: i64,
    /// Distance of the cells in seconds.
    pub(crate) step: i64,
    /// How many cells.
    pub(crate) cells: i64,
}

impl From<(i64, i64, i64, i64)> for Take {
    fn from((pool, first, step, cells): (i64, i64, i64, i64)) -> Self {
        Self { pool, first, step, cells }
    }
}

impl From<Take> for (i64, i64, i64, i64) {
    fn from(take: Take) -> Self {
        (take.pool, take.first, take.step, take.cells)
    }
}

impl Take {
    /// The cells as `(pool, at)`.
    pub(crate) fn each(self) -> impl Iterator<Item = (i64, i64)> {
        (0..self.cells).map(move |index| (self.pool, self.first + index * self.step))
    }

    /// Whether the pool lies in time, unlike the pools of people.
    pub(crate) const fn in_time(self) -> bool {
        self.first > PEOPLE_END
    }
}

/// A cell to be taken with the limit that holds for it at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CellTake {
    /// The pool.
    pub(crate) pool: i64,
    /// The cell.
    pub(crate) at: i64,
    /// How many units may be taken in all, this one included.
    pub(crate) limit: i64,
}

/// Cells of people's pools; real instants are far above.
const BOOKINGS: i64 = 1;
const HOLDS: i64 = 3;
const PEOPLE_END: i64 = 15;

/// The pool of all open bookings of a person.
pub(crate) const fn bookings_of(person: i64) -> Take {
    Take { pool: person, first: BOOKINGS, step: 0, cells: 1 }
}

/// The cell, of one place, of a person's booking of `service`. It lies in the person's own pool, below zero, so that
/// both of a booking's personal cells stand on one page of the database: a random page costs more than all computing.
pub(crate) fn matter_of(person: i64, service: &Key) -> Take {
    Take { pool: person, first: -1 - pool_number(&["matter", service.as_str()]), step: 0, cells: 1 }
}

/// The pool of a session's holds.
pub(crate) fn holds_of(session: &str) -> Take {
    Take { pool: pool_number(&["session", session]), first: HOLDS, step: 0, cells: 1 }
}

/// A number for a pool: the first eight bytes of SHA-256 over its parts, without the sign.
pub(crate) fn pool_number(parts: &[&str]) -> i64 {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let digest = hash.finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    i64::from_be_bytes(first) & i64::MAX
}

/// Whether a take limits a person's open bookings.
pub(crate) const fn is_bookings(take: Take) -> bool {
    take.first == BOOKINGS
}

/// Whether a take limits a session's holds.
pub(crate) const fn is_holds(take: Take) -> bool {
    take.first == HOLDS
}

/// Whether a take guards one matter of a person.
pub(crate) const fn is_matter(take: Take) -> bool {
    take.first < 0
}
