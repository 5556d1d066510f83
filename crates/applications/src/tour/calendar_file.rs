//! The day of a collection as an iCalendar file (RFC 5545), for the calendar on a phone.

use domain::application::ReceiptNumber;
use forms::Locale;
use icalendar::{Alarm, Calendar, Component as _, Event, EventLike as _};

use crate::case::Case;
use crate::definition::Pinned;
use crate::tour::{ChosenTour, PlaceState};

/// How long the entry takes, in minutes; it ends when everything must stand outside.
const MINUTES: i64 = 30;
/// How many hours before it reminds.
const REMINDER_HOURS: i64 = 12;

/// Writes the day as one VEVENT in UTC. The UID stays the same when another day is chosen and the sequence grows, so that a
/// calendar replaces the older entry. Names nobody. `None` while nothing is promised.
pub(crate) fn calendar_file(pinned: &Pinned, case: &Case, tour: &ChosenTour, locale: Locale) -> Option<String> {
    if tour.state != PlaceState::Promised {
        return None;
    }
    let title = pinned.form.text("service.title", locale).unwrap_or(pinned.service.as_str());
    let number = case.receipt.as_ref().map(ReceiptNumber::as_str).unwrap_or_default();
    let mut reminder = Alarm::display(title, -chrono::Duration::hours(REMINDER_HOURS));
    // Left alone the library takes both from the system's clock and chance; the same day gives the same file.
    reminder.uid(&format!("reminder-{}", case.id.0.simple())).timestamp(case.changed_at.to_utc());
    let event = Event::new()
        .uid(&format!("{}@{}", case.id.0.simple(), pinned.service))
        .timestamp(case.changed_at.to_utc())
        .sequence(u32::try_from(case.generation).unwrap_or(u32::MAX))
        .starts(tour.put_out_by.plus_minutes(-MINUTES).to_utc())
        .ends(tour.put_out_by.to_utc())
        .summary(title)
        .description(number)
        .alarm(reminder)
        .done();
    Some(Calendar::new().push(event).done().to_string())
}
