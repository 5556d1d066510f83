//! What people ask about their own data, and finding somebody's appointments by what they know: address or number.

use async_graphql::{Context, Error, Object, OneofObject, Result, SimpleObject};
use database::DatabaseError;
use domain::permission::{Forbidden, Permission};
use scheduling::{Failure, Person};

use crate::graphql::appointments::AppointmentNode;
use crate::graphql::context::ContextExtensions;
use crate::graphql::failure::{Masked, forbidden_words, of_database, refused};
use crate::graphql::scalars::Instant;
use crate::graphql::sensitive::SensitiveReads;
use crate::person::{self, ErasedPerson, PersonError};

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

/// Where somebody fetches everything that is kept about them.
#[derive(SimpleObject)]
struct PersonalArchive {
    /// The address on the same server. Whoever has it can fetch everything, so it works for a minute.
    address: String,
    /// Until when it works, UTC.
    until: Instant,
}

/// What erasing oneself did.
#[derive(SimpleObject)]
struct EraseMyDataPayload {
    /// Appointments that name nobody any more.
    appointments: i32,
    /// Those of them that were still to come; they are cancelled.
    cancelled: i32,
    /// Appointments that are being served at this moment; until they are over the account stays. Ask again afterwards.
    left: i32,
    /// Applications that were not handed in and are gone.
    drafts: i32,
    /// Cases that are gone, because the city had kept them long enough.
    cases: i32,
    /// Cases that the law tells the city to keep. They are not the account's any more, and go when their time is over.
    kept_cases: i32,
    /// Conversations with the chatbot or with staff that are gone.
    conversations: i32,
    /// Whether the account is gone.
    account: bool,
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

    /// An address to fetch everything kept about the account that is signed in as a ZIP: what `exportMyData` says, the files
    /// that were handed in, and a list of hashes (Art. 15 and 20 DSGVO).
    async fn export_my_archive(&self, ctx: &Context<'_>) -> Result<PersonalArchive> {
        let ticket = ctx.application().applications.archive_ticket(ctx.actor());
        let (ticket, until) = ticket.map_err(|failure| crate::graphql::applications::refused(&failure))?;
        Ok(PersonalArchive { address: format!("/my-data/{ticket}"), until: until.into() })
    }

    /// Everything kept about the account that is signed in, its appointments and applications, as the text of a JSON document
    /// (Art. 15 and 20 DSGVO).
    async fn export_my_data(&self, ctx: &Context<'_>) -> Result<String> {
        let exported = person::export(ctx.application(), ctx.actor(), &own(ctx)?).await;
        Ok(exported.map_err(|error| error_of(&error))?.to_string())
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

    /// Erases oneself from all of one's appointments and applications and erases one's account with its sessions and tokens, this one too
    /// (Art. 17 DSGVO). What is still to come is cancelled. For citizens; an account of staff belongs to the city.
    async fn erase_my_data(&self, ctx: &Context<'_>) -> Result<EraseMyDataPayload> {
        let erased = person::erase(ctx.application(), ctx.actor(), &own_as_citizen(ctx)?).await;
        // What lies in a locker was asked for without an account, and is found by address alone.
        let ErasedPerson { appointments, cancelled, left, applications, conversations, accounts, pickups: _ } =
            erased.map_err(|error| error_of(&error))?;
        let count = |number: u64| i32::try_from(number).unwrap_or(i32::MAX);
        let account = accounts > 0;
        Ok(EraseMyDataPayload {
            appointments: count(appointments),
            cancelled: count(cancelled),
            left: count(left),
            drafts: count(applications.drafts),
            cases: count(applications.cases),
            kept_cases: count(applications.kept),
            conversations: count(conversations),
            account,
        })
    }
}

fn own(ctx: &Context<'_>) -> Result<Person> {
    let nobody = Failure::Forbidden(Forbidden { permission: Permission::BookForOneself });
    ctx.actor().account().map(Person::Account).ok_or_else(|| refused(&nobody).masked())
}

/// Nothing of a member of staff goes before it is clear that they may not do this.
fn own_as_citizen(ctx: &Context<'_>) -> Result<Person> {
    ctx.actor().may(Permission::EraseOneself).map_err(|forbidden| forbidden_words(forbidden).masked())?;
    own(ctx)
}

fn error_of(error: &PersonError) -> Error {
    match error {
        PersonError::Appointments(failure) => refused(failure).masked(),
        PersonError::Account(failure) => crate::graphql::people::error_of(failure),
        PersonError::Applications(failure) => crate::graphql::applications::refused(failure),
        PersonError::Conversations(failure) => crate::graphql::conversations::refused(failure),
        PersonError::Pickups(failure) => crate::graphql::pickups::refused(failure),
        PersonError::Archive(reason) => {
            tracing::error!(reason, "an archive could not be written");
            of_database(&DatabaseError::Internal(reason.clone())).masked()
        }
        PersonError::Database(error) => of_database(error).masked(),
    }
}
