//! The texts of letters: files in three languages, filled in with the facts.

use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use domain::text::Language;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

use crate::facts::{
    AccountHappening, AccountLetter, CaseMessage, CaseOccasion, Facts, PickupMessage, PickupOccasion, Standing,
};
use crate::kind::{Letter, account_text, case_text, pickup_text};

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(
            (concat!("de/", $name, ".txt"), include_str!(concat!("../texts/de/", $name, ".txt"))),
            (concat!("de-simple/", $name, ".txt"), include_str!(concat!("../texts/de-simple/", $name, ".txt"))),
            (concat!("en/", $name, ".txt"), include_str!(concat!("../texts/en/", $name, ".txt"))),
        )*]
    };
}

/// Every text, by name.
const FILES: &[(&str, &str)] = files![
    "appointment",
    "booked",
    "bring",
    "calendar_name",
    "cancelled",
    "case_decided",
    "case_items_requested",
    "case_received",
    "closing",
    "confirmation_requested",
    "date",
    "manage",
    "permit_expires_soon",
    "pickup_collected",
    "pickup_expired",
    "pickup_expires_soon",
    "pickup_pin_renewed",
    "pickup_ready",
    "reminder",
    "rescheduled",
    "reset_requested",
    "second_factor_changed",
];

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // Lines that hold a tag alone leave no line behind; a text that is put into another ends its own line.
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    environment.set_syntax(syntax.expect("the usual signs are allowed"));
    for (name, source) in FILES {
        environment.add_template(name, source).expect("a test renders every text");
    }
    environment
});

/// A letter in words.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Written {
    /// One line.
    pub(crate) subject: String,
    /// Plain text.
    pub(crate) body: String,
    /// What the attached calendar file is called.
    pub(crate) calendar_name: String,
}

/// What the texts can name. A text that names anything else does not pass the tests.
#[derive(Serialize)]
struct Words<'a> {
    /// Absent before the address was confirmed.
    name: Option<&'a str>,
    date: String,
    start: String,
    end: String,
    office: &'a str,
    address: Option<&'a str>,
    services: &'a [String],
    documents: &'a [String],
    number: &'a str,
    city: &'a str,
    phone: Option<&'a str>,
    code: &'a str,
    until_date: String,
    until_time: String,
    confirm_page: String,
    confirm_url: String,
    view_url: String,
    move_url: String,
    cancel_url: String,
    calendar_url: String,
    stop_url: String,
}

/// What the texts of letters about accounts can name.
#[derive(Serialize)]
struct AccountWords<'a> {
    name: &'a str,
    city: &'a str,
    phone: Option<&'a str>,
    date: String,
    time: String,
    code: &'a str,
    reset_url: String,
    until_date: String,
    until_time: String,
}

/// What the texts of messages about cases can name. No name: whoever typed the address may not own it.
#[derive(Serialize)]
struct CaseWords<'a> {
    service: &'a str,
    number: &'a str,
    city: &'a str,
    phone: Option<&'a str>,
    until_date: String,
    public_url: &'a str,
}

/// What the texts of messages about documents can name. No name: staff typed the address.
#[derive(Serialize)]
struct PickupWords<'a> {
    service: &'a str,
    number: &'a str,
    code: &'a str,
    pin: &'a str,
    locker: &'a str,
    place: &'a str,
    office: &'a str,
    address: Option<&'a str>,
    city: &'a str,
    phone: Option<&'a str>,
    until_date: String,
    until_time: String,
    public_url: &'a str,
}

/// Where the links of a letter begin, and the code that ends reminders.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Links<'a> {
    pub(crate) public_url: &'a str,
    pub(crate) stop_code: &'a str,
}

impl Links<'_> {
    pub(crate) fn stop_url(&self) -> String {
        format!("{}/reminders/stop/{}", self.public_url, self.stop_code)
    }
}

/// Reads the texts, so that a mistake in them shows at the start.
pub(crate) fn read() {
    LazyLock::force(&ENVIRONMENT);
}

/// Writes a letter.
pub(crate) fn write(letter: Letter, facts: &Facts, links: &Links<'_>) -> Written {
    let public_url = links.public_url;
    let language = facts.recipient.language;
    let (starts_at, ends_at) = (facts.starts_at.local(facts.zone), facts.ends_at.local(facts.zone));
    let (code, until) = match &facts.standing {
        Standing::Pending { code, until } => (code.as_str(), *until),
        Standing::Confirmed { code, .. } => (code.as_str(), facts.starts_at),
        Standing::Cancelled { .. } => ("", facts.starts_at),
    };
    let until = until.local(facts.zone);
    let tag = tag(language);
    let words = Words {
        // Whoever typed the name may not own the address: an unconfirmed letter carries nothing that was typed.
        name: letter.names_the_person().then_some(facts.recipient.name.expose().as_str()),
        date: date_in_words(starts_at.date(), language),
        start: clock(starts_at),
        end: clock(ends_at),
        office: &facts.office,
        address: facts.address.as_deref(),
        services: &facts.services,
        documents: &facts.documents,
        number: &facts.number,
        city: &facts.city,
        phone: facts.phone.as_deref(),
        code,
        until_date: date_in_words(until.date(), language),
        until_time: clock(until),
        confirm_page: format!("{public_url}/appointments/confirm?language={tag}"),
        confirm_url: format!("{public_url}/appointments/confirm/{code}?language={tag}"),
        view_url: format!("{public_url}/appointments/view/{code}?language={tag}"),
        move_url: format!("{public_url}/appointments/move/{code}?language={tag}"),
        cancel_url: format!("{public_url}/appointments/cancel/{code}?language={tag}"),
        calendar_url: format!("{public_url}/appointments/{code}/calendar.ics?language={tag}"),
        stop_url: format!("{}?language={tag}", links.stop_url()),
    };
    written(language, &render(language, letter.text(), &words))
}

/// Writes a letter about an account.
pub(crate) fn write_to_account(happening: &AccountHappening, told: &AccountLetter, public_url: &str) -> Written {
    let language = told.recipient.language;
    let at = happening.at.local(told.zone);
    let until = told.reset.as_ref().map_or(happening.at, |reset| reset.until).local(told.zone);
    let words = AccountWords {
        name: told.recipient.name.expose(),
        city: &told.city,
        phone: told.phone.as_deref(),
        date: date_in_words(at.date(), language),
        time: clock(at),
        code: told.reset.as_ref().map_or("", |reset| &reset.code),
        reset_url: told.reset.as_ref().map(|reset| format!("{public_url}{}", reset.path)).unwrap_or_default(),
        until_date: date_in_words(until.date(), language),
        until_time: clock(until),
    };
    written(language, &render(language, account_text(happening.occasion), &words))
}

/// Writes a message about a case.
pub(crate) fn write_to_applicant(occasion: CaseOccasion, told: &CaseMessage, public_url: &str) -> Written {
    let language = told.recipient.language;
    let words = CaseWords {
        service: &told.service,
        number: &told.number,
        city: &told.city,
        phone: told.phone.as_deref(),
        until_date: told.until.map(|day| date_in_words(day, language)).unwrap_or_default(),
        public_url,
    };
    written(language, &render(language, case_text(occasion), &words))
}

/// Writes a message about a document that lies ready.
pub(crate) fn write_to_collector(occasion: PickupOccasion, told: &PickupMessage, public_url: &str) -> Written {
    let language = told.recipient.language;
    let until = told.until.local(told.zone);
    let words = PickupWords {
        service: &told.service,
        number: &told.number,
        code: &told.code,
        pin: told.pin.as_ref().map(|pin| pin.expose().as_str()).unwrap_or_default(),
        locker: &told.locker,
        place: &told.place,
        office: &told.office,
        address: told.address.as_deref(),
        city: &told.city,
        phone: told.phone.as_deref(),
        until_date: date_in_words(until.date(), language),
        until_time: clock(until),
        public_url,
    };
    written(language, &render(language, pickup_text(occasion), &words))
}

/// The first line is the subject.
fn written(language: Language, text: &str) -> Written {
    let (subject, body) = text.split_once('\n').unwrap_or((text, ""));
    Written {
        subject: subject.trim().to_owned(),
        body: format!("{}\n", body.trim()),
        calendar_name: render(language, "calendar_name", &()).trim().to_owned(),
    }
}

/// A date as people write it: `Dienstag, 24. November 2026`.
pub fn date_in_words(date: NaiveDate, language: Language) -> String {
    #[derive(Serialize)]
    struct Parts {
        weekday: u32,
        day: u32,
        month: u32,
        year: i32,
    }
    let weekday = date.weekday().num_days_from_monday();
    let parts = Parts { weekday, day: date.day(), month: date.month(), year: date.year() };
    render(language, "date", &parts).trim().to_owned()
}

/// The language as BCP 47 writes it, which is also the folder of its texts and the word in links.
pub(crate) const fn tag(language: Language) -> &'static str {
    match language {
        Language::German => "de",
        Language::PlainGerman => "de-simple",
        Language::English => "en",
    }
}

fn clock(local: NaiveDateTime) -> String {
    local.format("%H:%M").to_string()
}

fn render(language: Language, name: &str, words: &impl Serialize) -> String {
    let name = format!("{}/{name}.txt", tag(language));
    let template = ENVIRONMENT.get_template(&name).expect("every language has every text");
    template.render(Serde(words)).expect("a test renders every text with and without the optional facts")
}
