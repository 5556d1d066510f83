//! What people ask about their own data, and finding somebody's appointments by what they know: address or number.

use async_graphql::{Context, Object, OneofObject, Result, SimpleObject};
use domain::permission::{Forbidden, Permission};
use scheduling::{Failure, Person};
use serde_json::json;

use crate::graphql::appointments::AppointmentNode;
use crate::graphql::context::ContextExtensions;
use crate::graphql::failure::{Masked, of_database, refused};
use crate::graphql::sensitive::SensitiveReads;

/// Queries about personal data.
#[derive(Default)]
pub(crate) struct PrivacyQuery;

/// Mutations of personal data.
#[derive(Default)]
pub(crate) struct PrivacyMutation;

/// By what somebody is known: one of the two.
#[derive(OneofObject)]
enum ContactSearchInput {
    /// The mail address they booked with; capital letters do not matter.
    Mail(String),
    /// The telephone number they booked with, with or without country code.
    Phone(String),
}

/// What erasing one's appointments did.
#[derive(SimpleObject)]
struct EraseMyAppointmentsPayload {
    /// Appointments that name nobody any more.
    appointments: i32,
    /// Those of them that were still to come; they are cancelled.
    cancelled: i32,
    /// Appointments that are being served at this moment; ask again afterwards.
    left: i32,
}

#[Object]
impl PrivacyQuery {
    /// The live appointments, in the asker's office, of somebody who calls and knows no number. For staff; what was found
    /// stands in the audit log.
    async fn appointments_of_contact(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A mail address or a telephone number.")] contact: ContactSearchInput,
    ) -> Result<Vec<AppointmentNode>> {
        let person = match contact {
            ContactSearchInput::Mail(mail) => Person::Mail(mail.into()),
            ContactSearchInput::Phone(phone) => Person::Phone(phone.into()),
        };
        let found = ctx.application().scheduling.appointments_of_contact(ctx.actor(), &person).await;
        let found = found.map_err(|failure| refused(&failure).masked())?;
        if let Some(reads) = ctx.data_opt::<SensitiveReads>() {
            // Whoever asked knows the contact; the answer says whose appointments these are.
            for appointment in &found {
                reads.note(appointment);
            }
        }
        Ok(found.into_iter().map(AppointmentNode).collect())
    }

    /// Everything kept about the account that is signed in and its appointments, as the text of a JSON document (Art. 15
    /// and 20 DSGVO).
    async fn export_my_data(&self, ctx: &Context<'_>) -> Result<String> {
        let person = own(ctx)?;
        let appointments = ctx.application().scheduling.export_person(ctx.actor(), &person).await;
        let appointments = appointments.map_err(|failure| refused(&failure).masked())?;
        let account = ctx.application().identity.viewer(ctx.actor()).await;
        let account = account.map_err(|error| of_database(&error).masked())?;
        let account = account.map(|account| {
            let (id, created_at) = (account.id.to_string(), account.created_at.to_utc().to_rfc3339());
            json!({ "id": id, "login": account.login, "name": account.name, "createdAt": created_at })
        });
        Ok(json!({ "account": account, "appointments": appointments }).to_string())
    }
}

#[Object]
impl PrivacyMutation {
    /// Erases oneself from all of one's appointments (Art. 17 DSGVO). What is still to come is cancelled. Doing it twice does
    /// no harm.
    async fn erase_my_appointments(&self, ctx: &Context<'_>) -> Result<EraseMyAppointmentsPayload> {
        let person = own(ctx)?;
        let erased = ctx.application().scheduling.erase_person(ctx.actor(), &person).await;
        let erased = erased.map_err(|failure| refused(&failure).masked())?;
        let count = |number: u64| i32::try_from(number).unwrap_or(i32::MAX);
        let (appointments, cancelled, left) = (count(erased.appointments), count(erased.cancelled), count(erased.left));
        Ok(EraseMyAppointmentsPayload { appointments, cancelled, left })
    }
}

fn own(ctx: &Context<'_>) -> Result<Person> {
    let nobody = Failure::Forbidden(Forbidden { permission: Permission::BookForOneself });
    ctx.actor().account().map(Person::Account).ok_or_else(|| refused(&nobody).masked())
}
