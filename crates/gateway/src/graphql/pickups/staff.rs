//! What staff do: load, give a new PIN, take to the counter, hand out, take off the list.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::identifier::Key;
use domain::locker::Reach;
use scheduling::pickup::{Failure, LoadLocker, Pickup, StaffStep, WorkOnPickup};

use crate::graphql::appointments::{ContactInput, invalid};
use crate::graphql::context::ContextExtensions;
use crate::graphql::ids::Global;
use crate::graphql::pickups::problem::{ProblemObject, parted};
use crate::graphql::pickups::types::{CompartmentSize, OfficePickupNode};

/// Mutations of staff.
#[derive(Default)]
pub(crate) struct PickupMutation;

/// Puts a document into a box.
#[derive(InputObject)]
struct LoadLockerInput {
    /// The id of the office.
    office: ID,
    /// The key of its box, as `Office.lockers` names it.
    locker: String,
    /// The id of the service that the document was asked for.
    service: ID,
    /// What the office calls it: where it is filed, never the number of the document. 1 to 60 signs; kept sealed.
    reference: String,
    /// Who is told, by mail. Kept sealed, and gone some days after the document was fetched.
    contact: ContactInput,
    /// How much room it takes.
    #[graphql(default_with = "CompartmentSize::Small")]
    size: CompartmentSize,
    /// Whether its person needs a door that can be reached from a wheelchair.
    #[graphql(default)]
    low: bool,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// One step with a document.
#[derive(InputObject)]
struct PickupStepInput {
    /// The id of the document.
    pickup: ID,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// The answer to a step of staff. Either `item` or `problem` is set.
#[derive(SimpleObject)]
struct OfficePickupPayload {
    /// The document as it is now; null when there is a problem.
    item: Option<OfficePickupNode>,
    /// What was in the way; null when it was done.
    problem: Option<ProblemObject>,
}

#[Object]
impl PickupMutation {
    /// Takes a compartment for a document. Put it in at once: the letter with the PIN leaves within seconds.
    async fn load_locker(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What, where, whose.")] input: LoadLockerInput,
    ) -> Result<OfficePickupPayload> {
        let command = LoadLocker {
            office: Global::office(&input.office)?,
            locker: key(&input.locker)?,
            service: Global::service(&input.service)?,
            reference: input.reference,
            contact: input.contact.into(),
            size: input.size.into(),
            reach: if input.low { Reach::Low } else { Reach::Any },
            idempotency_key: input.idempotency_key,
        };
        let loaded = ctx.application().scheduling.load_locker(ctx.actor(), &command).await;
        payload(ctx, loaded).await
    }

    /// Gives a document a new PIN, which goes out by mail, and three new tries.
    async fn renew_locker_pin(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: PickupStepInput,
    ) -> Result<OfficePickupPayload> {
        step(ctx, input, StaffStep::RenewPin).await
    }

    /// Takes note that a document was taken out of its compartment and is at the counter now.
    async fn return_to_counter(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: PickupStepInput,
    ) -> Result<OfficePickupPayload> {
        step(ctx, input, StaffStep::ReturnToCounter).await
    }

    /// Takes note that a document was handed out at the counter.
    async fn hand_out_document(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: PickupStepInput,
    ) -> Result<OfficePickupPayload> {
        step(ctx, input, StaffStep::HandOut).await
    }

    /// Takes a document off the list: it is not to be handed out any more.
    async fn withdraw_pickup(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: PickupStepInput,
    ) -> Result<OfficePickupPayload> {
        step(ctx, input, StaffStep::Withdraw).await
    }
}

async fn step(ctx: &Context<'_>, input: PickupStepInput, step: StaffStep) -> Result<OfficePickupPayload> {
    let pickup = Global::pickup(&input.pickup)?;
    let command = WorkOnPickup { pickup, step, idempotency_key: input.idempotency_key };
    let worked = ctx.application().scheduling.work_on_pickup(ctx.actor(), &command).await;
    payload(ctx, worked).await
}

async fn payload(ctx: &Context<'_>, outcome: Result<Pickup, Failure>) -> Result<OfficePickupPayload> {
    let (done, problem) = parted(outcome)?;
    let Some(done) = done else { return Ok(OfficePickupPayload { item: None, problem }) };
    let (item, problem) = parted(ctx.application().scheduling.office_pickup(ctx.actor(), done.id).await)?;
    Ok(OfficePickupPayload { item: item.map(OfficePickupNode), problem })
}

/// Reads the key of a box.
pub(super) fn key(text: &str) -> Result<Key> {
    text.parse().map_err(|_| invalid("the key of a box is not well formed"))
}
