//! Letters about appointments: written from texts in files, sent as mail, fed by the outbox.
//!
//! Whatever happens to an appointment stands in the outbox, written in the same transaction. [`Notifications::deliver_due`]
//! takes what is due, asks the feature that owns the appointment for the facts ([`AppointmentFacts`], a port that the
//! gateway wires), writes the letter and hands it to the [`Post`]. A letter goes out at least once; its `Message-ID` is
//! the id of the event, so a reader recognises the same letter when it comes twice.

mod deliver_due;
mod facts;
mod kind;
mod message;
mod post;
mod sender;
mod store;
mod texts;

use std::sync::Arc;

use database::{Database, DatabaseError};
use domain::environment::Clock;

pub use deliver_due::{Delivered, Trouble};
pub use facts::{Answer, AppointmentFacts, Facts, FactsMissing, Recipient, Standing};
pub use post::{NotAnSmtpAddress, NotSent, Post};
pub use sender::{NotASender, Sender};
pub use store::Backlog;
pub use texts::date_in_words;

/// What an operator sets for letters; `docs/configuration.md` says what each means to the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Who writes.
    pub sender: Sender,
    /// How browsers reach this server, without a slash at the end: the beginning of all links.
    pub public_url: String,
}

/// What the feature is made of.
#[derive(Debug)]
pub struct Parts {
    /// The database.
    pub database: Database,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Who knows the appointments.
    pub facts: Arc<dyn AppointmentFacts>,
    /// Who carries the letters.
    pub post: Post,
    /// What the operator sets.
    pub settings: Settings,
}

/// The feature. Cheap to share behind an `Arc`.
#[derive(Debug)]
pub struct Notifications {
    database: Database,
    clock: Arc<dyn Clock>,
    facts: Arc<dyn AppointmentFacts>,
    post: Post,
    settings: Settings,
}

impl Notifications {
    /// Puts the feature together. The caller must call [`Notifications::deliver_due`] every second or so, in one process
    /// or in several.
    pub fn new(parts: Parts) -> Self {
        texts::read();
        let Parts { database, clock, facts, post, settings } = parts;
        Self { database, clock, facts, post, settings }
    }

    /// How many letters wait, and how many were given up and wait for an operator.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn backlog(&self) -> Result<Backlog, DatabaseError> {
        store::backlog(&self.database, self.clock.now()).await
    }
}
