//! Documents that lie ready in boxes: loading, opening with a PIN, what the doors report, running out, back to the counter.
//!
//! Staff load a document; whose it is lies sealed. The PIN goes out in the letter and is computed, never stored, like every
//! code here ([ADR 0004](../../../docs/adr/0004-codes-are-computed-not-stored.md)). The box is an account of its own: it asks
//! with number and PIN, gets an order that opens one door once, and reports what its doors did, numbered without gaps. Every
//! step is one conditional write, so of two that meet one happens.

mod failure;
mod find_pickups;
mod load_locker;
mod news;
mod once;
mod open_locker;
mod person;
mod report_doors;
mod retain;
mod run_out;
mod secret;
mod whose;
mod work_on_pickup;

use domain::identifier::{AccountId, Key, PickupId};
use domain::locker::{CompartmentSize, Reach};
use domain::pickup::PickupState;
use domain::time::Timestamp;

pub use failure::{Failure, Problem};
pub use find_pickups::{FindPickups, OfficePickup, Which};
pub use load_locker::LoadLocker;
pub use news::{PickupNews, PickupOccasion};
pub use open_locker::{DoorOrder, ORDER_SECONDS, OpenLocker};
pub use person::ErasedPickups;
pub use report_doors::{DoorEvent, MOST_EVENTS, ReportDoorEvents};
pub use run_out::REMINDED_DAYS;
pub use work_on_pickup::{StaffStep, WorkOnPickup};

/// A document that lies ready, or did. Names nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pickup {
    /// Its id.
    pub id: PickupId,
    /// The eight signs that are typed at the box and said at the counter.
    pub number: String,
    /// The office whose box it is in, and to whose counter it goes back.
    pub office: Key,
    /// The box.
    pub locker: Key,
    /// The compartment it lies in; nothing once it left it.
    pub compartment: Option<u16>,
    /// What it was asked for.
    pub service: Key,
    /// How much room it takes.
    pub size: CompartmentSize,
    /// Which compartments its person reaches.
    pub reach: Reach,
    /// Where it stands.
    pub state: PickupState,
    /// How often a wrong PIN was typed since the last right one.
    pub wrong_pins: i64,
    /// Until when it can be fetched from the box, UTC.
    pub expires_at: Timestamp,
    /// Who loaded it.
    pub loaded_by: Option<AccountId>,
    /// When it was loaded, UTC.
    pub created_at: Timestamp,
    /// Its last change, UTC.
    pub changed_at: Timestamp,
}
