//! Reading appointments: one's own, by code, and those of an office.

use async_graphql::{Context, ID, Object, Result};
use domain::time::Timestamp;
use scheduling::{Failure, OfficeDay, Problem};

use crate::graphql::appointments::mutations::AccessInput;
use crate::graphql::appointments::staff::LeadTimesObject;
use crate::graphql::appointments::types::{AppointmentConnection, AppointmentNode, AppointmentPosition};
use crate::graphql::context::ContextExtensions;
use crate::graphql::failure::{Masked, refused};
use crate::graphql::ids::Global;
use crate::graphql::paging::{page_size, position};
use crate::graphql::scalars::{Instant, LocalDate};

/// Queries of appointments.
#[derive(Default)]
pub(crate) struct AppointmentQuery;

#[Object]
impl AppointmentQuery {
    /// One appointment, by code, as its owner or as staff of its office. Null when there is none or it is not yours.
    async fn appointment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which appointment, and by what right.")] access: AccessInput,
    ) -> Result<Option<AppointmentNode>> {
        match ctx.application().scheduling.read_appointment(ctx.actor(), &access.access()?).await {
            Ok(appointment) => Ok(Some(AppointmentNode(appointment))),
            Err(Failure::Problem(Problem::NotFound)) => Ok(None),
            Err(failure) => Err(refused(&failure).masked()),
        }
    }

    /// The appointments of the account that is signed in, latest start first.
    async fn my_appointments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
    ) -> Result<AppointmentConnection> {
        let size = page_size(first)?;
        let before = place(after.as_deref())?;
        let found = ctx.application().scheduling.my_appointments(ctx.actor(), size as i64 + 1, before).await;
        let found = found.map_err(|failure| refused(&failure).masked())?;
        Ok(AppointmentConnection::new(found, size, before.is_none()))
    }

    /// The live appointments of an office on a local day, by start. For staff of that office.
    async fn office_appointments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the office.")] office: ID,
        #[graphql(desc = "The local day.")] day: LocalDate,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
    ) -> Result<AppointmentConnection> {
        let size = page_size(first)?;
        let after = place(after.as_deref())?;
        let wanted = OfficeDay { office: Global::office(&office)?, day: day.0, limit: size as i64 + 1, after };
        let found = ctx.application().scheduling.office_appointments(ctx.actor(), &wanted).await;
        let found = found.map_err(|failure| refused(&failure).masked())?;
        Ok(AppointmentConnection::new(found, size, after.is_none()))
    }

    /// Future appointments that a change of rules has left without a place and that nobody has settled yet, by start. For
    /// leads (their office) and operators.
    async fn conflicts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of an office; all that the asker may see when absent.")] office: Option<ID>,
        #[graphql(desc = "How many, 1 to 100; 20 when absent.")] first: Option<i32>,
    ) -> Result<Vec<AppointmentNode>> {
        let office = office.as_ref().map(Global::office).transpose()?;
        let size = page_size(first)? as i64;
        let found = ctx.application().scheduling.conflicts(ctx.actor(), office.as_ref(), size).await;
        Ok(found.map_err(|failure| refused(&failure).masked())?.into_iter().map(AppointmentNode).collect())
    }

    /// How long people waited between booking and start, over the bookings made in a period. For leads and operators.
    async fn lead_times(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of an office; all when absent.")] office: Option<ID>,
        #[graphql(desc = "Bookings made from this instant on.")] from: Instant,
        #[graphql(desc = "Bookings made before this instant.")] to: Instant,
    ) -> Result<LeadTimesObject> {
        let office = office.as_ref().map(Global::office).transpose()?;
        let found = ctx.application().scheduling.lead_times(ctx.actor(), office.as_ref(), from.0, to.0).await;
        found.map(LeadTimesObject::from).map_err(|failure| refused(&failure).masked())
    }
}

fn place(cursor: Option<&str>) -> Result<Option<(Timestamp, uuid::Uuid)>> {
    Ok(position::<AppointmentPosition>(cursor)?.map(|(at, id)| (Timestamp::from_millis(at), id)))
}
