//! An appointment as an iCalendar file (RFC 5545), for the calendar on a phone.

use chrono::{DateTime, Utc};
use domain::appointment::Status;
use domain::city::City;
use domain::code::grouped;
use domain::text::Language;
use icalendar::{Alarm, Calendar, Component, Event, EventLike, EventStatus, Property};

use crate::appointment::Appointment;

/// Writes the appointment as one VEVENT in UTC. The UID stays the same over moves and the sequence grows, so that a
/// calendar replaces the older entry. `language` picks the texts; names of people never stand in the file.
pub fn calendar_file(city: &City, appointment: &Appointment, language: Language) -> String {
    let instant = |at: domain::time::Timestamp| -> DateTime<Utc> { at.to_utc() };
    let office = city.offices.get(&appointment.office);
    let services: Vec<&str> = appointment
        .visit
        .matters
        .iter()
        .map(|matter| {
            city.services.get(&matter.service).map_or(matter.service.as_str(), |service| service.name.get(language))
        })
        .collect();
    let words = Words::of(language);
    let mut reminder = Alarm::display(words.reminder, -chrono::Duration::hours(24));
    // Left alone the library takes both from the system's clock and chance; the same appointment gives the same file.
    reminder.uid(&format!("reminder-{}", appointment.id.0.simple())).timestamp(instant(appointment.changed_at));
    let mut event = Event::new();
    event
        .uid(&format!("{}@{}", appointment.id.0.simple(), city.municipality.key))
        .timestamp(instant(appointment.changed_at))
        .sequence(u32::try_from(appointment.generation).unwrap_or(u32::MAX))
        .starts(instant(appointment.starts_at))
        .ends(instant(appointment.ends_at))
        .summary(&format!("{}: {}", words.appointment, services.join(", ")))
        .description(&format!("{} {}", words.number, grouped(&appointment.number)))
        .status(match appointment.status {
            Status::Cancelled | Status::Expired | Status::Missed => EventStatus::Cancelled,
            Status::Held | Status::PendingConfirmation => EventStatus::Tentative,
            Status::Confirmed | Status::CheckedIn | Status::Called | Status::Serving | Status::Finished => {
                EventStatus::Confirmed
            }
        })
        .alarm(reminder);
    if let Some(office) = office {
        let address = office.address.as_ref().map_or("", |address| address.line.as_str());
        let place = [office.name.get(language), address]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(", ");
        event.location(&place);
        if let Some(position) = office.position {
            event.append_property(Property::new("GEO", format!("{};{}", position.latitude, position.longitude)));
        }
    }
    Calendar::new().push(event.done()).done().to_string()
}

struct Words {
    appointment: &'static str,
    number: &'static str,
    reminder: &'static str,
}

impl Words {
    // Four words that a calendar shows; the texts of messages stand in files.
    const fn of(language: Language) -> Self {
        match language {
            Language::German => Self { appointment: "Termin", number: "Terminnummer", reminder: "Termin morgen" },
            Language::PlainGerman => {
                Self { appointment: "Termin im Amt", number: "Ihre Nummer", reminder: "Morgen ist Ihr Termin" }
            }
            Language::English => {
                Self { appointment: "Appointment", number: "Appointment number", reminder: "Appointment tomorrow" }
            }
        }
    }
}
