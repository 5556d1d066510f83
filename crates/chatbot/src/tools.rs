//! What the chatbot can have done. The gateway implements it for the person who asks, with that person's rights: no text,
//! whoever wrote it, can widen them.

use std::pin::Pin;

use chrono::{NaiveDate, NaiveTime};
use domain::identifier::Key;
use domain::personal::Pii;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::language::ChatLanguage;

/// What a tool answers, some time.
pub type Answering<'a, T> = Pin<Box<dyn Future<Output = Result<T, ToolFailure>> + Send + 'a>>;

/// Why a tool did nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ToolFailure {
    /// This city does not offer it.
    #[error("not offered here")]
    NotOffered,
    /// There is no such thing, or it is not the asker's.
    #[error("no such thing")]
    NotFound,
    /// It was refused, with the stable code of the refusal.
    #[error("refused: {0}")]
    Refused(String),
    /// The service is not available for a moment.
    #[error("not available")]
    Unavailable,
}

/// An office, as people name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficeName {
    /// The office.
    pub key: Key,
    /// Its name, in German.
    pub name: String,
    /// Street and town.
    pub address: String,
    /// Other names of the place: districts, short names.
    pub also: Vec<String>,
}

/// What start is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartWish {
    /// What for.
    pub service: Key,
    /// Where; absent: anywhere.
    pub office: Option<Key>,
    /// First local day.
    pub from: NaiveDate,
    /// Last local day, included; absent: as far as the city plans.
    pub to: Option<NaiveDate>,
    /// Not before this local time of the day.
    pub not_before: Option<NaiveTime>,
    /// Not after this local time of the day.
    pub not_after: Option<NaiveTime>,
    /// By video instead of at the office.
    pub by_video: bool,
    /// How many at most.
    pub most: usize,
}

/// A free start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedStart {
    /// The office.
    pub office: Key,
    /// Its name, in German.
    pub office_name: String,
    /// The team that serves.
    pub team: Key,
    /// When it begins, UTC.
    pub starts_at: Timestamp,
    /// By video instead of at the office.
    pub by_video: bool,
}

/// An appointment to be booked, confirmed by the person.
#[derive(Debug, Clone)]
pub struct BookingOrder {
    /// What for.
    pub service: Key,
    /// When and where.
    pub start: OfferedStart,
    /// The name that is called.
    pub name: Pii<String>,
    /// Where the confirmation goes.
    pub mail: Pii<String>,
    /// In which language messages are written.
    pub language: ChatLanguage,
    /// The same order has the same key, so that it is carried out once.
    pub idempotency_key: String,
}

/// An appointment, for whoever may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppointmentFacts {
    /// When, where.
    pub start: OfferedStart,
    /// What for.
    pub service: Key,
    /// Its number, as it is called.
    pub number: String,
    /// Whether it is firm, or waits for a click in a mail.
    pub is_firm: bool,
    /// The code that opens it, where it may be told here.
    pub code: Option<String>,
}

/// How a case stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFacts {
    /// The number on the receipt.
    pub receipt: String,
    /// What it is about.
    pub service: Key,
    /// The stable word: `submitted`, `processing`, `completed`, ...
    pub status: String,
    /// By when something is to be expected, as far as it is known.
    pub due: Option<NaiveDate>,
}

/// When an office is open on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenDay {
    /// The local day.
    pub day: NaiveDate,
    /// From when to when, local; empty: closed.
    pub hours: Vec<(NaiveTime, NaiveTime)>,
}

/// The opening hours of an office, as they are in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningHours {
    /// The office.
    pub office: OfficeName,
    /// The days that were asked for, in order.
    pub days: Vec<OpenDay>,
    /// File and field they come from.
    pub source: String,
    /// Since when they are known to hold.
    pub since: NaiveDate,
}

/// A form that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BegunApplication {
    /// The code with which one goes on.
    pub code: String,
}

/// What can be done. One value belongs to one person and one request.
pub trait ToolPort: Send + Sync {
    /// The offices of the city.
    fn offices(&self) -> Vec<OfficeName>;
    /// The next free starts, earliest first.
    fn free_starts<'a>(&'a self, wish: &'a StartWish) -> Answering<'a, Vec<OfferedStart>>;
    /// Books.
    fn book<'a>(&'a self, order: &'a BookingOrder) -> Answering<'a, AppointmentFacts>;
    /// The appointment that a code opens.
    fn appointment<'a>(&'a self, code: &'a str) -> Answering<'a, AppointmentFacts>;
    /// Gives it back.
    fn cancel<'a>(&'a self, code: &'a str, idempotency_key: &'a str) -> Answering<'a, ()>;
    /// Moves it.
    fn reschedule<'a>(
        &'a self,
        code: &'a str,
        start: &'a OfferedStart,
        idempotency_key: &'a str,
    ) -> Answering<'a, AppointmentFacts>;
    /// How the case stands that a code opens.
    fn case_status<'a>(&'a self, code: &'a str) -> Answering<'a, CaseFacts>;
    /// When an office is open, for a week from `from`; without an office: every one of the city.
    fn opening_hours<'a>(&'a self, office: Option<&'a Key>, from: NaiveDate) -> Answering<'a, Vec<OpeningHours>>;
    /// How long people wait at an office now, in minutes.
    fn waiting_minutes<'a>(&'a self, office: &'a Key) -> Answering<'a, u32>;
    /// Begins a form.
    fn start_application<'a>(
        &'a self,
        service: &'a Key,
        language: ChatLanguage,
        idempotency_key: &'a str,
    ) -> Answering<'a, BegunApplication>;
    /// Whether the guide of a service in a language holds for the form that is published now; not offered otherwise.
    fn guide_holds<'a>(&'a self, service: &'a Key, language: ChatLanguage) -> Answering<'a, ()>;
}
