//! What a box asks and reports: docs/locker-protocol.md.

use async_graphql::{Context, Enum, InputObject, Object, Result, SimpleObject};
use domain::personal::Pii;
use scheduling::pickup::{DoorEvent, DoorOrder, OpenLocker, ReportDoorEvents};

use crate::graphql::context::ContextExtensions;
use crate::graphql::pickups::problem::{ProblemObject, parted};
use crate::graphql::pickups::staff::key;
use crate::graphql::scalars::Instant;

/// Mutations of boxes.
#[derive(Default)]
pub(crate) struct LockerMutation;

/// What somebody typed at a box.
#[derive(InputObject)]
struct OpenLockerInput {
    /// The key of the box.
    locker: String,
    /// The eight signs of the number; case, blanks and hyphens do not matter.
    number: String,
    /// The six digits of the PIN.
    pin: String,
    /// A random text of 16 to 128 printable ASCII signs, new each time somebody types and the same for its repetitions: an
    /// answer that was lost costs no try.
    idempotency_key: String,
}

/// The order to open one door once.
#[derive(SimpleObject)]
#[graphql(name = "DoorOrder")]
struct DoorOrderObject {
    /// What the report of the door names.
    token: String,
    /// The number on the door.
    compartment: i32,
    /// Until when it may be carried out, UTC: a minute.
    valid_until: Instant,
}

impl From<DoorOrder> for DoorOrderObject {
    fn from(order: DoorOrder) -> Self {
        let DoorOrder { token, compartment, valid_until } = order;
        Self { token, compartment: i32::from(compartment), valid_until: valid_until.into() }
    }
}

/// The answer to number and PIN. Either `order` or `problem` is set.
#[derive(SimpleObject)]
struct OpenLockerPayload {
    /// The order; null when there is a problem.
    order: Option<DoorOrderObject>,
    /// What was in the way; null when the door may be opened.
    problem: Option<ProblemObject>,
}

/// What a door did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::pickup::DoorEventKind")]
enum DoorEventKind {
    /// It was opened by an order.
    Opened,
    /// It was closed.
    Closed,
    /// It did not open although it was ordered to.
    Failed,
    /// It was opened without an order.
    Forced,
    /// Staff opened it with the key of the box.
    Serviced,
}

/// A report of a door.
#[derive(InputObject)]
struct DoorEventInput {
    /// 1, 2, 3, ... over the whole life of the device, without gaps.
    sequence: i64,
    /// The number on the door.
    compartment: i32,
    /// What it did.
    kind: DoorEventKind,
    /// The token of the order that was carried out or could not be.
    order: Option<String>,
    /// When, by the clock of the box, UTC.
    at: Instant,
}

/// Reports of a box.
#[derive(InputObject)]
struct ReportDoorEventsInput {
    /// The key of the box.
    locker: String,
    /// At most 100, in order. None asks for the last number alone.
    events: Vec<DoorEventInput>,
}

/// The answer to reports. Either `acknowledged` or `problem` is set.
#[derive(SimpleObject)]
struct ReportDoorEventsPayload {
    /// The number of the last report that is kept. Whatever comes after it has to be sent again.
    acknowledged: Option<i64>,
    /// What was in the way; null when everything is kept.
    problem: Option<ProblemObject>,
}

#[Object]
impl LockerMutation {
    /// Judges number and PIN for the box that asks, and gives the order to open a door. The third wrong PIN locks the
    /// document. For devices.
    async fn open_locker(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was typed, and where.")] input: OpenLockerInput,
    ) -> Result<OpenLockerPayload> {
        let OpenLockerInput { locker, number, pin, idempotency_key } = input;
        let command = OpenLocker { locker: key(&locker)?, number, pin: Pii::new(pin), idempotency_key };
        let (order, problem) = parted(ctx.application().scheduling.open_locker(ctx.actor(), &command).await)?;
        Ok(OpenLockerPayload { order: order.map(DoorOrderObject::from), problem })
    }

    /// Keeps what the doors of a box did. A report that comes twice has one effect. For devices.
    async fn report_door_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which box, and what.")] input: ReportDoorEventsInput,
    ) -> Result<ReportDoorEventsPayload> {
        let events = input.events.into_iter().map(|event| DoorEvent {
            sequence: event.sequence,
            // A number that no door has is kept as door 0: the report is not lost.
            compartment: u16::try_from(event.compartment).unwrap_or_default(),
            kind: event.kind.into(),
            order: event.order,
            at: event.at.0,
        });
        let command = ReportDoorEvents { locker: key(&input.locker)?, events: events.collect() };
        let reported = ctx.application().scheduling.report_door_events(ctx.actor(), &command).await;
        let (acknowledged, problem) = parted(reported)?;
        Ok(ReportDoorEventsPayload { acknowledged, problem })
    }
}
