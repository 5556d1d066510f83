//! Changing appointments. Every mutation that is not harmless to repeat takes an idempotency key.

use async_graphql::{Context, ID, InputObject, Object, OneofObject, Result};
use scheduling::{
    Access, BookAppointment, BookingPlace, CancelAppointment, ConfirmAppointment, ExtendHold, HoldSlot, Overbook,
    PlaceWish, ReleaseHold, RescheduleAppointment, Route, SettleConflict, Settlement,
};

use crate::graphql::appointments::inputs::{ContactInput, PlaceInput};
use crate::graphql::appointments::payloads::AppointmentPayload;
use crate::graphql::appointments::proof::missing_proof;
use crate::graphql::context::ContextExtensions;
use crate::graphql::ids::Global;
use crate::graphql::scalars::Instant;
use crate::graphql::words::{QuotaClass, VisitChannel};
use crate::proof_of_work::Subject;

/// Mutations of appointments.
#[derive(Default)]
pub(crate) struct AppointmentMutation;

/// Asks for a hold.
#[derive(InputObject)]
struct HoldSlotInput {
    /// The place.
    place: PlaceInput,
    /// A random text of 8 to 256 signs that the client draws once for its session; holds are limited per session.
    session: String,
    /// The answer to `proofOfWorkChallenge`, where one is asked for.
    proof_of_work: Option<String>,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// What is to be booked: one of the two.
#[derive(OneofObject)]
enum BookingPlaceInput {
    /// A free start, directly.
    Start(PlaceInput),
    /// The place held under this code.
    HoldCode(String),
}

/// On which route a booking becomes firm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
enum BookingRoute {
    /// By the account that is signed in; firm at once.
    Account,
    /// By a link in a mail; firm after the click.
    MailLink,
    /// Staff book for someone, with or without mail; firm at once, and the code is printed.
    Staff,
}

/// Asks for a booking.
#[derive(InputObject)]
struct BookAppointmentInput {
    /// A start or a hold.
    place: BookingPlaceInput,
    /// Whom to reach.
    contact: ContactInput,
    /// How the booking becomes firm.
    route: BookingRoute,
    /// For staff: from which quota, INTERNAL or URGENT.
    #[graphql(default_with = "QuotaClass::Internal")]
    quota: QuotaClass,
    /// For leads: whether to book over capacity, up to the configured cap.
    #[graphql(default)]
    overbook: bool,
    /// For the route MAIL_LINK: the answer to `proofOfWorkChallenge`, where one is asked for.
    proof_of_work: Option<String>,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// Which appointment, and by what right: one of the three.
#[derive(OneofObject)]
pub(super) enum AccessInput {
    /// By the code from the mail or the paper.
    Code(String),
    /// One's own, by id, as the account that booked it.
    Own(ID),
    /// By id, as staff of its office.
    Staff(ID),
}

impl AccessInput {
    pub(super) fn access(self) -> Result<Access> {
        Ok(match self {
            Self::Code(code) => Access::Code(code),
            Self::Own(id) => Access::Own(Global::appointment(&id)?),
            Self::Staff(id) => Access::Staff(Global::appointment(&id)?),
        })
    }
}

/// Moves an appointment.
#[derive(InputObject)]
struct RescheduleAppointmentInput {
    /// Which appointment.
    access: AccessInput,
    /// The new start.
    starts_at: Instant,
    /// The id of the new office; the same when absent.
    office: Option<ID>,
    /// The kind of visit; as the office usually works when absent.
    channel: Option<VisitChannel>,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// Gives an appointment back.
#[derive(InputObject)]
struct CancelAppointmentInput {
    /// Which appointment.
    access: AccessInput,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// Keeps a hold longer, or gives it back.
#[derive(InputObject)]
struct HoldInput {
    /// The code that came with the hold.
    code: String,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// Decides about an appointment that no longer fits the rules.
#[derive(InputObject)]
struct SettleConflictInput {
    /// The id of the appointment.
    appointment: ID,
    /// The decision.
    settlement: ConflictSettlement,
    /// A random text of 16 to 128 printable ASCII signs, new for each request and the same for its repetitions.
    idempotency_key: String,
}

/// What becomes of an appointment that no longer fits the rules. Moving and cancelling it settle the conflict as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, async_graphql::Enum)]
#[graphql(remote = "scheduling::Settlement")]
enum ConflictSettlement {
    /// It stays as it is, over capacity if need be.
    Keep,
}

#[Object]
impl AppointmentMutation {
    /// Holds a place for some minutes while somebody types. The answer's `manageCode` turns it into a booking.
    async fn hold_slot(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The place and the session.")] input: HoldSlotInput,
    ) -> Result<AppointmentPayload> {
        let proof = input.proof_of_work.as_deref();
        if let Some(problem) = missing_proof(ctx, input.subject()?, proof, &input.idempotency_key).await? {
            return Ok(AppointmentPayload::of_problem(problem));
        }
        let command =
            HoldSlot { place: input.place.wish()?, session: input.session, idempotency_key: input.idempotency_key };
        AppointmentPayload::of_booked(ctx.application().scheduling.hold_slot(ctx.actor(), &command).await)
    }

    /// Keeps a hold once more as long. Works once.
    async fn extend_hold(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which hold.")] input: HoldInput,
    ) -> Result<AppointmentPayload> {
        let command = ExtendHold { code: input.code, idempotency_key: input.idempotency_key };
        AppointmentPayload::of_appointment(ctx.application().scheduling.extend_hold(ctx.actor(), &command).await)
    }

    /// Gives a hold back; the place is free at once.
    async fn release_hold(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which hold.")] input: HoldInput,
    ) -> Result<AppointmentPayload> {
        let command = ReleaseHold { code: input.code, idempotency_key: input.idempotency_key };
        AppointmentPayload::of_appointment(ctx.application().scheduling.release_hold(ctx.actor(), &command).await)
    }

    /// Books an appointment: by account, by a link in a mail, or by staff for someone.
    async fn book_appointment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The place, the person and the route.")] input: BookAppointmentInput,
    ) -> Result<AppointmentPayload> {
        if let Some(subject) = input.subject()? {
            let proof = input.proof_of_work.as_deref();
            if let Some(problem) = missing_proof(ctx, subject, proof, &input.idempotency_key).await? {
                return Ok(AppointmentPayload::of_problem(problem));
            }
        }
        let command = input.command()?;
        AppointmentPayload::of_booked(ctx.application().scheduling.book_appointment(ctx.actor(), &command).await)
    }

    /// Makes a booking firm with the code from the mail. Doing it twice gives the same answer.
    async fn confirm_appointment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code from the mail.")] code: String,
    ) -> Result<AppointmentPayload> {
        let command = ConfirmAppointment { code };
        AppointmentPayload::of_booked(ctx.application().scheduling.confirm_appointment(ctx.actor(), &command).await)
    }

    /// Moves an appointment. The new place is taken before the old one is given back; if that fails, nothing changes.
    async fn reschedule_appointment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which appointment, and where to.")] input: RescheduleAppointmentInput,
    ) -> Result<AppointmentPayload> {
        let command = RescheduleAppointment {
            access: input.access.access()?,
            office: input.office.as_ref().map(Global::office).transpose()?,
            starts_at: input.starts_at.0,
            channel: input.channel.map(Into::into),
            idempotency_key: input.idempotency_key,
        };
        AppointmentPayload::of_booked(ctx.application().scheduling.reschedule_appointment(ctx.actor(), &command).await)
    }

    /// Gives an appointment back, until its start.
    async fn cancel_appointment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which appointment.")] input: CancelAppointmentInput,
    ) -> Result<AppointmentPayload> {
        let command = CancelAppointment { access: input.access.access()?, idempotency_key: input.idempotency_key };
        AppointmentPayload::of_appointment(ctx.application().scheduling.cancel_appointment(ctx.actor(), &command).await)
    }

    /// Settles a conflict after a change of rules. For leads of the office and operators.
    async fn settle_conflict(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which appointment, and the decision.")] input: SettleConflictInput,
    ) -> Result<AppointmentPayload> {
        let settlement: Settlement = input.settlement.into();
        let appointment = Global::appointment(&input.appointment)?;
        let command = SettleConflict { appointment, settlement, idempotency_key: input.idempotency_key };
        AppointmentPayload::of_appointment(ctx.application().scheduling.settle_conflict(ctx.actor(), &command).await)
    }
}

impl HoldSlotInput {
    /// What a proof of work must have been made for.
    fn subject(&self) -> Result<Subject> {
        let PlaceWish { office, starts_at, .. } = self.place.wish()?;
        Ok(Subject::Hold { session: self.session.clone(), office: office.to_string(), starts_at })
    }
}

impl BookAppointmentInput {
    /// What a proof of work must have been made for; nothing on the routes that need none.
    fn subject(&self) -> Result<Option<Subject>> {
        Ok(match (self.route, &self.place) {
            (BookingRoute::Account | BookingRoute::Staff, _) => None,
            (BookingRoute::MailLink, BookingPlaceInput::HoldCode(code)) => {
                Some(Subject::BookingOfHold { code: code.clone() })
            }
            (BookingRoute::MailLink, BookingPlaceInput::Start(place)) => {
                let PlaceWish { office, starts_at, .. } = place.wish()?;
                Some(Subject::Booking { office: office.to_string(), starts_at })
            }
        })
    }

    fn command(self) -> Result<BookAppointment> {
        let place = match self.place {
            BookingPlaceInput::Start(place) => BookingPlace::Start(place.wish()?),
            BookingPlaceInput::HoldCode(code) => BookingPlace::Hold { code },
        };
        let overbook = if self.overbook { Overbook::Yes } else { Overbook::No };
        let route = match self.route {
            BookingRoute::Account => Route::Account,
            BookingRoute::MailLink => Route::MailLink,
            BookingRoute::Staff => Route::Staff { quota: self.quota.into(), overbook },
        };
        Ok(BookAppointment { place, contact: self.contact.into(), route, idempotency_key: self.idempotency_key })
    }
}
