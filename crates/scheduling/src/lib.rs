//! Appointments: finding a start, holding it, booking, moving and giving it back, and what happens when rules change.
//!
//! Search answers from memory: the [`Board`] mirrors what is taken and follows the database within seconds. Booking asks
//! the database, whose rule `capacity_not_exceeded` decides every race.
//!
//! One use case, one file. [`Scheduling`] carries what they share: the door to the database, the clock, randomness, the
//! secret of links, the vault, settings, the board and the booking desk.

mod appointment;
mod board;
mod book_appointment;
mod calendar_file;
mod cancel_appointment;
mod check_counts;
mod confirm_appointment;
mod contact;
mod desk;
mod doubts;
mod erase_contacts;
mod failure;
mod find_appointments;
mod find_starts;
mod follow_changes;
mod hold_slot;
mod lapse;
mod lead_times;
mod load_city;
mod numbers;
mod person;
pub mod pickup;
mod place;
mod read_appointments;
mod refusal;
mod requests;
mod reschedule_appointment;
mod secret;
mod settings;
mod settle_conflict;
mod store;
mod take;
mod traces;
mod visit;

use std::sync::Arc;

use database::{Database, Vault};
use domain::environment::{Clock, Entropy};
use domain::time::Timestamp;

pub use appointment::{Appointment, Conflict, Contact};
pub use board::{Board, Picture};
pub use book_appointment::{BookAppointment, Booked, BookingPlace, Route};
pub use calendar_file::{calendar_file, invitation};
pub use cancel_appointment::CancelAppointment;
pub use check_counts::{Counts, check_counts, city_since, lapsed_places, serving_version};
pub use confirm_appointment::ConfirmAppointment;
pub use contact::ContactInput;
pub use desk::DeskWork;
pub use erase_contacts::Expiring;
pub use failure::{Failure, Problem};
pub use find_starts::{Earliest, FreeDay, FreeStart, Origin, Search, StartPage};
pub use hold_slot::{ExtendHold, HoldSlot, ReleaseHold};
pub use lead_times::LeadTimes;
pub use load_city::{Companion, ConflictPlan, LoadRefusal, Loaded, PlannedConflict};
pub use person::{Erased, Exported, Person};
pub use place::{Overbook, PlaceWish};
pub use read_appointments::{Access, OfficeDay};
pub use reschedule_appointment::RescheduleAppointment;
pub use secret::{LinkSecret, Scope};
pub use settings::Settings;
pub use settle_conflict::{SettleConflict, Settlement};
pub use visit::{MOST_MATTERS, MOST_PEOPLE, Matter, Visit, VisitRefusal};

/// The feature. Cheap to share behind an `Arc`.
#[derive(Debug)]
pub struct Scheduling {
    pub(crate) database: Database,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) secret: LinkSecret,
    pub(crate) vault: Vault,
    pub(crate) settings: Settings,
    pub(crate) board: Board,
    pub(crate) desk: desk::Desk,
    /// Drawn at the start of this process; marks its events.
    pub(crate) origin: i64,
}

impl Scheduling {
    /// Puts the feature together. The caller must keep [`DeskWork::run`] running, and call [`Scheduling::follow_changes`]
    /// every second or so.
    pub fn new(
        database: Database,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        secret: LinkSecret,
        vault: Vault,
        settings: Settings,
    ) -> (Self, DeskWork) {
        let (desk, work) = desk::Desk::open(database.clone());
        let mut drawn = [0; 8];
        entropy.fill(&mut drawn);
        let origin = i64::from_be_bytes(drawn);
        (Self { database, clock, entropy, secret, vault, settings, board: Board::default(), desk, origin }, work)
    }

    /// What is taken, and the city that serves.
    pub const fn board(&self) -> &Board {
        &self.board
    }

    /// The settings in force.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
