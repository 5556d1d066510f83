//! A document that lies ready, as its person and as staff see it.

use async_graphql::{Context, Enum, ID, Object, Result};
use domain::locker::Reach;
use scheduling::pickup::{OfficePickup, Pickup};

use crate::graphql::catalogue::{LockerObject, OfficeNode, ServiceNode};
use crate::graphql::context::ContextExtensions;
use crate::graphql::ids::Global;
use crate::graphql::scalars::Instant;

/// Where a document stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::pickup::PickupState")]
pub(crate) enum PickupState {
    /// It lies in its compartment and opens with number and PIN.
    Loaded,
    /// The PIN was right: its door may be opened, within a minute.
    Opening,
    /// Its door stands open.
    Open,
    /// It was taken out with the PIN.
    Collected,
    /// The PIN was wrong too often. Staff give a new one or hand it out at the counter.
    Locked,
    /// Its time in the box is over. Staff hand it out at the counter.
    Expired,
    /// Its door was opened without leave. Staff look after it.
    Forced,
    /// It is at the counter of the office.
    AtCounter,
    /// It was handed out at the counter.
    HandedOut,
    /// It is not to be handed out any more.
    Withdrawn,
}

/// How much room something takes, or a compartment has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::locker::CompartmentSize")]
pub(crate) enum CompartmentSize {
    /// An identity card or a passport.
    Small,
    /// A letter of the size A4.
    Medium,
    /// A parcel.
    Large,
}

/// A document that lies ready, for whoever has its code.
pub(super) struct DocumentPickupNode(pub(super) Pickup);

/// A document that lies ready, or did. Names nobody.
#[Object(name = "DocumentPickup")]
impl DocumentPickupNode {
    /// The eight signs that are typed at the box and said at the counter.
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// Where it stands now.
    async fn state(&self) -> PickupState {
        self.0.state.into()
    }

    /// What it was asked for; null if the city has no such service any more.
    async fn service(&self, ctx: &Context<'_>) -> Result<Option<ServiceNode>> {
        Ok(ServiceNode::new(ctx.picture()?, &self.0.service))
    }

    /// The office to whose counter it goes; null if the city has no such office any more.
    async fn office(&self, ctx: &Context<'_>) -> Result<Option<OfficeNode>> {
        Ok(OfficeNode::new(ctx.picture()?, &self.0.office))
    }

    /// The box it was put into; null if the office has no such box any more.
    async fn locker(&self, ctx: &Context<'_>) -> Result<Option<LockerObject>> {
        let picture = ctx.picture()?;
        let office = picture.city.offices.get(&self.0.office);
        let locker = office.and_then(|office| office.lockers.iter().find(|locker| locker.key == self.0.locker));
        Ok(locker.cloned().map(LockerObject))
    }

    /// Until when it can be fetched from the box, UTC.
    async fn expires_at(&self) -> Instant {
        self.0.expires_at.into()
    }
}

/// A document as the staff of its office see it.
pub(super) struct OfficePickupNode(pub(super) OfficePickup);

/// A document of one's office, with what staff need to find it. Whose it is stays sealed.
#[Object(name = "OfficePickup")]
impl OfficePickupNode {
    /// Its id.
    async fn id(&self) -> ID {
        Global::Pickup(self.0.pickup.id).id()
    }

    /// What everybody with its code sees.
    async fn pickup(&self) -> DocumentPickupNode {
        DocumentPickupNode(self.0.pickup.clone())
    }

    /// What the office calls it; null once its person was erased.
    async fn reference(&self) -> Option<&str> {
        self.0.reference.as_deref()
    }

    /// The number on the door; null once it left the box.
    async fn compartment(&self) -> Option<i32> {
        self.0.pickup.compartment.map(i32::from)
    }

    /// How much room it takes.
    async fn size(&self) -> CompartmentSize {
        self.0.pickup.size.into()
    }

    /// Whether its person needs a door that can be reached from a wheelchair.
    async fn low(&self) -> bool {
        self.0.pickup.reach == Reach::Low
    }

    /// How often a wrong PIN was typed since the last right one.
    async fn wrong_pins(&self) -> i64 {
        self.0.pickup.wrong_pins
    }

    /// When it was loaded, UTC.
    async fn loaded_at(&self) -> Instant {
        self.0.pickup.created_at.into()
    }

    /// Its last change, UTC.
    async fn changed_at(&self) -> Instant {
        self.0.pickup.changed_at.into()
    }
}
