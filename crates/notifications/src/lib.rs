//! Messages: letters and reminders from texts in files, webhooks for other programs, all fed by the outbox.
//!
//! Whatever happens stands in the outbox, written in the same transaction. [`Notifications::dispatch`] looks at it once and
//! plans a delivery for each reader: the mail, and every webhook. Reminders are deliveries for later.
//! [`Notifications::deliver_letters`] and [`Notifications::call_webhook`] carry what is due. They ask for the facts late
//! ([`AppointmentFacts`] and [`AccountFacts`], ports that the gateway wires), so that a message says what holds when it
//! leaves. A message goes out at least once; its name in the world is the id of its delivery, so a reader recognises the same
//! message when it comes twice. What was given up is a task for people: [`Deliveries`].

mod back_off;
mod consumer;
mod deliver_due;
mod deliveries;
mod delivery;
mod dispatch;
mod facts;
mod kind;
mod message;
mod pace;
mod post;
mod reminders;
mod send_letter;
mod sender;
mod store;
mod texts;
mod unsubscribe;
mod webhook;

use std::sync::Arc;

use database::{Database, DatabaseError};
use domain::environment::Clock;

pub use consumer::Consumer;
pub use deliver_due::{Delivered, Trouble};
pub use deliveries::{Deliveries, FailedDeliveriesError, SettleError};
pub use delivery::{Delivery, State};
pub use dispatch::Dispatched;
pub use facts::{
    AccountFacts, AccountHappening, AccountLetter, AccountOccasion, Answer, AppointmentFacts, CaseFacts, CaseMessage,
    CaseOccasion, Facts, FactsMissing, Outline, PickupFacts, PickupMessage, PickupOccasion, Recipient, Reset, Standing,
};
pub use post::{NotAnSmtpAddress, NotSent, Post};
pub use reminders::Reminders;
pub use sender::{NotASender, Sender};
pub use store::lanes::Backlog;
pub use texts::date_in_words;
pub use unsubscribe::{UnsubscribeError, UnsubscribeSecret};
pub use webhook::{CallerUnusable, Endpoint, EndpointProblem, NotASecret, NotCalled, WebhookSecret, read_endpoints};

/// What an operator sets for messages; `docs/configuration.md` says what each means to the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Who writes.
    pub sender: Sender,
    /// How browsers reach this server, without a slash at the end: the beginning of all links.
    pub public_url: String,
    /// When people are reminded.
    pub reminders: Reminders,
    /// How many letters this worker sends in a minute, at least 1.
    pub letters_per_minute: u32,
}

/// What the worker is made of.
#[derive(Debug)]
pub struct Parts {
    /// The database, the clock, and who wants no reminders.
    pub deliveries: Arc<Deliveries>,
    /// Who knows the appointments.
    pub facts: Arc<dyn AppointmentFacts>,
    /// Who knows the accounts.
    pub accounts: Arc<dyn AccountFacts>,
    /// Who knows the cases.
    pub cases: Arc<dyn CaseFacts>,
    /// Who knows the documents that lie ready.
    pub pickups: Arc<dyn PickupFacts>,
    /// Who carries the letters.
    pub post: Post,
    /// Who is called.
    pub webhooks: Vec<Endpoint>,
    /// What the operator sets.
    pub settings: Settings,
}

/// The worker's side of the feature. Cheap to share behind an `Arc`.
#[derive(Debug)]
pub struct Notifications {
    database: Database,
    clock: Arc<dyn Clock>,
    deliveries: Arc<Deliveries>,
    facts: Arc<dyn AppointmentFacts>,
    accounts: Arc<dyn AccountFacts>,
    cases: Arc<dyn CaseFacts>,
    pickups: Arc<dyn PickupFacts>,
    post: Post,
    webhooks: Vec<Endpoint>,
    caller: webhook::Caller,
    pace: pace::Pace,
    settings: Settings,
}

impl Notifications {
    /// Puts the feature together. The caller must call [`Notifications::dispatch`], [`Notifications::deliver_letters`] and,
    /// for each endpoint, [`Notifications::call_webhook`] every second or so, in one process or in several.
    ///
    /// # Errors
    /// [`CallerUnusable`] when this machine cannot speak HTTPS.
    pub fn new(parts: Parts) -> Result<Self, CallerUnusable> {
        texts::read();
        let Parts { deliveries, facts, accounts, cases, pickups, post, webhooks, settings } = parts;
        Ok(Self {
            database: deliveries.database.clone(),
            clock: Arc::clone(&deliveries.clock),
            deliveries,
            facts,
            accounts,
            cases,
            pickups,
            post,
            webhooks,
            caller: webhook::Caller::new()?,
            pace: pace::Pace::new(settings.letters_per_minute),
            settings,
        })
    }

    /// The names of the endpoints that are called.
    pub fn endpoints(&self) -> impl Iterator<Item = &str> {
        self.webhooks.iter().map(|endpoint| endpoint.name.as_str())
    }

    /// Gives up what waits for endpoints that are not set up any more, so that somebody decides about it. Call it once at
    /// the start of a worker.
    ///
    /// # Errors
    /// See [`DatabaseError`].
    pub async fn give_up_orphans(&self) -> Result<u64, DatabaseError> {
        let endpoints = self.webhooks.iter().map(|endpoint| Consumer::Webhook(endpoint.name.clone()));
        let known: Vec<Consumer> = [Consumer::Mail].into_iter().chain(endpoints).collect();
        store::tasks::orphans(&self.database, &known, self.clock.now()).await
    }
}
