//! An appointment as the pages tell it. Never the person's name or address: the code may be in other hands.

use domain::appointment::Status;
use domain::city::City;
use domain::identifier::Key;
use domain::text::Language;
use domain::time::Timestamp;
use notifications::date_in_words;
use scheduling::Appointment;
use serde::Serialize;

use crate::application::Application;
use crate::mail::{documents, grouped, services};
use crate::pages::words::word;

/// What a page says about an appointment.
#[derive(Debug, Serialize)]
pub(super) struct Summary {
    when: String,
    place: String,
    services: Vec<String>,
    documents: Vec<String>,
    number: String,
    phone: Option<String>,
    /// Whether it can still be moved and cancelled.
    pub(super) is_open: bool,
    pub(super) is_cancelled: bool,
}

/// Tells an appointment; `None` before a city was loaded.
pub(super) fn summary(application: &Application, appointment: &Appointment, language: Language) -> Option<Summary> {
    let picture = application.scheduling.board().picture().ok()?;
    let city = &picture.city;
    let phone = city.offices.get(&appointment.office).and_then(|office| office.phone.clone());
    Some(Summary {
        when: when(city, appointment.starts_at, appointment.ends_at, language),
        place: place(city, &appointment.office, language),
        services: services(city, appointment, language),
        documents: documents(city, appointment, language),
        number: grouped(&appointment.number),
        phone: phone.or_else(|| city.municipality.phone.clone()),
        is_open: appointment.status == Status::Confirmed && appointment.starts_at > application.clock.now(),
        is_cancelled: appointment.status == Status::Cancelled,
    })
}

/// Day and times: `Dienstag, 24. November 2026, 09:15 bis 09:30 Uhr`.
pub(super) fn when(city: &City, starts_at: Timestamp, ends_at: Timestamp, language: Language) -> String {
    let zone = city.municipality.time_zone;
    let (start, end) = (starts_at.local(zone), ends_at.local(zone));
    let clock = |time: chrono::NaiveDateTime| time.format("%H:%M").to_string();
    let time = word(language, "time").replace("{start}", &clock(start)).replace("{end}", &clock(end));
    format!("{}, {time}", date_in_words(start.date(), language))
}

/// Name and address of an office.
pub(super) fn place(city: &City, key: &Key, language: Language) -> String {
    let Some(office) = city.offices.get(key) else { return key.to_string() };
    let address = office.address.as_ref().map(|address| address.line.as_str());
    [Some(office.name.get(language)), address].into_iter().flatten().collect::<Vec<_>>().join(", ")
}
