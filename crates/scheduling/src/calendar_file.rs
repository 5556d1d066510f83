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
    Calendar::new().push(event(city, appointment, language)).done().to_string()
}

/// The appointment as it goes along with a mail (RFC 5546, RFC 6047): `METHOD:REQUEST`, or `METHOD:CANCEL` once it was given
/// back, so that the calendar of the reader takes, moves or strikes the entry. `organizer` and `attendee` are mail addresses;
/// the file is for the attendee alone.
pub fn invitation(
    city: &City,
    appointment: &Appointment,
    language: Language,
    organizer: &str,
    attendee: &str,
) -> String {
    let mut event = event(city, appointment, language);
    let mut host = Property::new("ORGANIZER", format!("mailto:{organizer}"));
    event.append_property(host.add_parameter("CN", &quoted(city.municipality.name.get(language))).done());
    let mut guest = Property::new("ATTENDEE", format!("mailto:{attendee}"));
    // The person has booked: no calendar need ask whether they come, and nobody reads the answer.
    guest.add_parameter("PARTSTAT", "ACCEPTED").add_parameter("RSVP", "FALSE");
    event.append_property(guest.done());
    let method = if appointment.status == Status::Cancelled { "CANCEL" } else { "REQUEST" };
    Calendar::new().append_property(("METHOD", method)).push(event).done().to_string()
}

/// A parameter's value between quotation marks, which it must not hold itself (RFC 5545, 3.2).
fn quoted(text: &str) -> String {
    let inner: String = text.chars().map(|sign| if sign == '"' || sign.is_control() { ' ' } else { sign }).collect();
    format!("\"{inner}\"")
}

fn event(city: &City, appointment: &Appointment, language: Language) -> Event {
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
    event.done()
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
