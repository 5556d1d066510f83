//! What people ask for, and what they were told.

use domain::identifier::{AppointmentId, Key};
use domain::opening::QuotaClass;
use domain::permission::Actor;
use domain::text::Language;
use domain::time::Timestamp;
use scheduling::{
    Access, Appointment, BookAppointment, Booked, BookingPlace, CancelAppointment, ConfirmAppointment, ContactInput,
    ExtendHold, Failure, HoldSlot, Matter, PlaceWish, ReleaseHold, RescheduleAppointment, Route, Scheduling, Search,
    Visit,
};

/// Few, so that they meet their own limits.
const PEOPLE: usize = 8;
const SESSIONS: usize = 4;
const SERVICES: [&str; 3] = ["residence", "certificate", "copy"];

/// Something that was asked, and may be asked again.
#[derive(Debug, Clone)]
pub(super) enum Request {
    Hold(HoldSlot),
    Extend(ExtendHold),
    Release(ReleaseHold),
    Book(BookAppointment),
    Confirm(ConfirmAppointment),
    Move(RescheduleAppointment),
    Cancel(CancelAppointment),
}

/// What a person has in hand: the code opens one step.
#[derive(Debug, Clone)]
pub(super) enum Paper {
    Hold(String),
    Confirmation(String),
    Booking(String),
}

/// A request as it was written down.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) request: Request,
    /// The appointment of the first acknowledgement.
    pub(super) told: Option<AppointmentId>,
}

/// An acknowledgement, and the paper that comes with it.
pub(super) struct Told {
    pub(super) id: AppointmentId,
    pub(super) paper: Option<Paper>,
}

impl Request {
    /// Asks a process.
    pub(super) async fn ask(&self, scheduling: &Scheduling) -> Result<Told, Failure> {
        let nobody = Actor::Anonymous;
        match self {
            Self::Hold(command) => {
                let booked = scheduling.hold_slot(&nobody, command).await?;
                let paper = booked.manage_code.map(Paper::Hold);
                Ok(Told { id: booked.appointment.id, paper })
            }
            Self::Extend(command) => Ok(told(&scheduling.extend_hold(&nobody, command).await?)),
            Self::Release(command) => Ok(told(&scheduling.release_hold(&nobody, command).await?)),
            Self::Book(command) => {
                let booked = scheduling.book_appointment(&nobody, command).await?;
                // What would stand in the mail.
                let code = scheduling.confirmation_code(&booked.appointment);
                Ok(Told { id: booked.appointment.id, paper: Some(Paper::Confirmation(code)) })
            }
            Self::Confirm(command) => Ok(with_paper(scheduling.confirm_appointment(&nobody, command).await?)),
            Self::Move(command) => Ok(with_paper(scheduling.reschedule_appointment(&nobody, command).await?)),
            Self::Cancel(command) => Ok(told(&scheduling.cancel_appointment(&nobody, command).await?)),
        }
    }

    /// Whether a repetition must be answered like the first time. A confirmation has no key: it is one by itself.
    pub(super) fn has_key(&self) -> bool {
        match self {
            Self::Hold(_) | Self::Extend(_) | Self::Release(_) | Self::Book(_) | Self::Move(_) | Self::Cancel(_) => {
                true
            }
            Self::Confirm(_) => false,
        }
    }

    /// The client's key.
    pub(super) fn key(&self) -> Option<&str> {
        match self {
            Self::Hold(it) => Some(&it.idempotency_key),
            Self::Extend(it) => Some(&it.idempotency_key),
            Self::Release(it) => Some(&it.idempotency_key),
            Self::Book(it) => Some(&it.idempotency_key),
            Self::Move(it) => Some(&it.idempotency_key),
            Self::Cancel(it) => Some(&it.idempotency_key),
            Self::Confirm(_) => None,
        }
    }
}

fn told(appointment: &Appointment) -> Told {
    Told { id: appointment.id, paper: None }
}

fn with_paper(booked: Booked) -> Told {
    Told { id: booked.appointment.id, paper: booked.manage_code.map(Paper::Booking) }
}

/// Dice: a number below `end`.
pub(super) type Below<'a> = dyn FnMut(usize) -> usize + 'a;

/// A wish for something new: a hold or a booking of a start that may be free, may be taken, or may not exist.
pub(super) fn new_wish(below: &mut Below<'_>, scheduling: &Scheduling, key: String, now: Timestamp) -> Request {
    let visit = visit(below);
    let starts = scheduling.find_starts(&search(visit.clone()), 40, None).map(|page| page.starts).unwrap_or_default();
    let place = match starts.len() {
        count @ 1.. if below(10) > 0 => {
            // Most want the next ones.
            let end = if below(3) > 0 { count.min(6) } else { count };
            let start = &starts[below(end)];
            wish(start.office.clone(), start.starts_at, visit)
        }
        _ => {
            let starts_at = now.plus_minutes(below(4_000) as i64 - 200);
            wish(key_of(["mitte", "nord", "nowhere"][below(3)]), starts_at, visit)
        }
    };
    if below(3) == 0 {
        Request::Hold(HoldSlot { place, session: format!("session-{}", below(SESSIONS)), idempotency_key: key })
    } else {
        Request::Book(booking(below, BookingPlace::Start(place), key))
    }
}

/// What somebody does with a paper.
pub(super) fn next_step(below: &mut Below<'_>, scheduling: &Scheduling, paper: &Paper, key: String) -> Request {
    match paper {
        Paper::Hold(code) => match below(4) {
            0 => Request::Extend(ExtendHold { code: code.clone(), idempotency_key: key }),
            1 => Request::Release(ReleaseHold { code: code.clone(), idempotency_key: key }),
            _ => Request::Book(booking(below, BookingPlace::Hold { code: code.clone() }, key)),
        },
        Paper::Confirmation(code) => Request::Confirm(ConfirmAppointment { code: code.clone() }),
        Paper::Booking(code) if below(2) == 0 => {
            Request::Cancel(CancelAppointment { access: Access::Code(code.clone()), idempotency_key: key })
        }
        Paper::Booking(code) => {
            let starts = scheduling.find_starts(&search(visit(below)), 20, None).map(|page| page.starts);
            let starts = starts.unwrap_or_default();
            let (office, starts_at) = match starts.len() {
                0 => (None, Timestamp::from_seconds(0)),
                count => {
                    let start = &starts[below(count)];
                    (Some(start.office.clone()), start.starts_at)
                }
            };
            let access = Access::Code(code.clone());
            Request::Move(RescheduleAppointment { access, office, starts_at, channel: None, idempotency_key: key })
        }
    }
}

/// A search of everybody for everything that fits one cell or two.
pub(super) fn search(visit: Visit) -> Search {
    Search {
        visit,
        offices: vec![],
        from: None,
        to: None,
        channel: None,
        variant: None,
        step_free_only: false,
        origin: None,
        quota: QuotaClass::Public,
    }
}

/// One matter for one person.
pub(super) fn one_matter(service: &str) -> Visit {
    Visit::new(vec![Matter { service: key_of(service), people: 1 }]).expect("a visit")
}

fn visit(below: &mut Below<'_>) -> Visit {
    one_matter(SERVICES[below(SERVICES.len())])
}

fn booking(below: &mut Below<'_>, place: BookingPlace, key: String) -> BookAppointment {
    let contact = ContactInput {
        name: "Erika Musterfrau".to_owned().into(),
        mail: Some(format!("person{}@example.org", below(PEOPLE)).into()),
        phone: None,
        language: Language::German,
    };
    BookAppointment { place, contact, route: Route::MailLink, idempotency_key: key }
}

fn wish(office: Key, starts_at: Timestamp, visit: Visit) -> PlaceWish {
    PlaceWish { office, team: None, starts_at, visit, channel: None, variant: None }
}

fn key_of(text: &str) -> Key {
    Key::new(text).expect("a key")
}
