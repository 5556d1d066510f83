//! The appointment as clients see it.

use async_graphql::connection::PageInfo;
use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use domain::permission::Permission;
use domain::personal::Pii;
use scheduling::{Appointment, Matter};
use uuid::Uuid;

use crate::graphql::catalogue::{OfficeNode, ServiceNode};
use crate::graphql::context::ContextExtensions;
use crate::graphql::failure::{Masked, of_database};
use crate::graphql::ids::Global;
use crate::graphql::paging::cursor;
use crate::graphql::people::{AccountLoader, AccountNode};
use crate::graphql::scalars::Instant;
use crate::graphql::sensitive::SensitiveReads;
use crate::graphql::words::{AppointmentStatus, Conflict, Language, QuotaClass, VisitChannel};

/// An appointment.
#[derive(Debug, Clone)]
pub(crate) struct AppointmentNode(pub(crate) Appointment);

/// An appointment, from the first hold to its end.
#[Object(name = "Appointment")]
impl AppointmentNode {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        Global::Appointment(self.0.id).id()
    }

    /// The number that people say, in two groups of four letters and digits. It opens nothing by itself.
    async fn number(&self) -> String {
        let (first, second) = self.0.number.split_at(self.0.number.len().min(4));
        format!("{first}-{second}")
    }

    /// Where it stands at this moment.
    async fn status(&self) -> AppointmentStatus {
        self.0.status.into()
    }

    /// The office; null if the city has no such office any more.
    async fn office(&self, ctx: &Context<'_>) -> Result<Option<OfficeNode>> {
        Ok(OfficeNode::new(ctx.picture()?, &self.0.office))
    }

    /// The team of the office.
    async fn team(&self) -> &str {
        self.0.team.as_str()
    }

    /// Start, UTC.
    async fn starts_at(&self) -> Instant {
        self.0.starts_at.into()
    }

    /// End, UTC. The length was fixed when it was booked.
    async fn ends_at(&self) -> Instant {
        self.0.ends_at.into()
    }

    /// How the visit takes place.
    async fn channel(&self) -> VisitChannel {
        self.0.channel.into()
    }

    /// The matters of the visit.
    async fn matters(&self) -> Vec<MatterObject> {
        self.0.visit.matters.iter().cloned().map(MatterObject).collect()
    }

    /// From which quota the place was taken.
    async fn quota(&self) -> QuotaClass {
        self.0.quota.into()
    }

    /// When a hold or an unconfirmed booking lapses, UTC; null for others.
    async fn expires_at(&self) -> Option<Instant> {
        self.0.expires_at.filter(|_| self.0.status.takes_a_place()).map(Instant)
    }

    /// Whether it was booked over capacity, by permission.
    async fn overbooked(&self) -> bool {
        self.0.overbooked
    }

    /// What a later change of rules did to it, until somebody settles it.
    async fn conflict(&self) -> Option<Conflict> {
        self.0.conflict.map(Into::into)
    }

    /// Whom to reach; null for holds, and once it was erased. What staff read of others stands in the audit log.
    async fn contact(&self, ctx: &Context<'_>) -> Option<ContactObject> {
        if let Some(reads) = ctx.data_opt::<SensitiveReads>() {
            reads.note(&self.0);
        }
        self.0.contact.clone().map(|contact| ContactObject {
            name: contact.name.into_exposed(),
            mail: contact.mail.map(Pii::into_exposed),
            phone: contact.phone.map(Pii::into_exposed),
            language: contact.language.into(),
        })
    }

    /// When it was made, UTC.
    async fn created_at(&self) -> Instant {
        self.0.created_at.into()
    }

    /// Its last change, UTC.
    async fn changed_at(&self) -> Instant {
        self.0.changed_at.into()
    }

    /// The appointment as an iCalendar file (RFC 5545), without the person's name.
    async fn calendar_file(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language of its few words.", default_with = "Language::German")] language: Language,
    ) -> Result<String> {
        Ok(scheduling::calendar_file(&ctx.picture()?.city, &self.0, language.into()))
    }

    /// The member of staff who booked for someone, for staff of the office; null for others.
    async fn booked_by(&self, ctx: &Context<'_>) -> Result<Option<AccountNode>> {
        let allowed = ctx.actor().may_in(Permission::ReadOfficeAppointments, &self.0.office).is_ok();
        let Some(account) = self.0.booked_by.filter(|_| allowed) else { return Ok(None) };
        let loaded = ctx.data_unchecked::<DataLoader<AccountLoader>>().load_one(account).await;
        Ok(loaded.map_err(|error| of_database(&error).masked())?.map(AccountNode))
    }
}

/// One matter of a visit.
pub(crate) struct MatterObject(Matter);

/// One matter of a visit.
#[Object(name = "Matter")]
impl MatterObject {
    /// The service; null if the city has no such service any more.
    async fn service(&self, ctx: &Context<'_>) -> Result<Option<ServiceNode>> {
        Ok(ServiceNode::new(ctx.picture()?, &self.0.service))
    }

    /// The key of the service.
    async fn service_key(&self) -> &str {
        self.0.service.as_str()
    }

    /// For how many people.
    async fn people(&self) -> u16 {
        self.0.people
    }
}

/// Whom to reach. Only the person and the staff of the office see it.
#[derive(SimpleObject)]
#[graphql(name = "Contact")]
pub(crate) struct ContactObject {
    /// The name the clerk calls.
    name: String,
    /// The mail address, if there is one.
    mail: Option<String>,
    /// The telephone number, if there is one.
    phone: Option<String>,
    /// The language of messages.
    language: Language,
}

/// A page of appointments.
pub(crate) struct AppointmentConnection {
    pub(crate) appointments: Vec<Appointment>,
    pub(crate) has_next: bool,
    pub(crate) is_first: bool,
}

impl AppointmentConnection {
    /// A page out of one more appointment than it shows.
    pub(crate) fn new(mut appointments: Vec<Appointment>, size: usize, is_first: bool) -> Self {
        let has_next = appointments.len() > size;
        appointments.truncate(size);
        Self { appointments, has_next, is_first }
    }
}

/// A page of appointments.
#[Object]
impl AppointmentConnection {
    /// The appointments with their cursors.
    async fn edges(&self) -> Vec<AppointmentEdge> {
        let edge = |appointment: &Appointment| AppointmentEdge {
            cursor: cursor_of(appointment),
            node: AppointmentNode(appointment.clone()),
        };
        self.appointments.iter().map(edge).collect()
    }

    /// The appointments.
    async fn nodes(&self) -> Vec<AppointmentNode> {
        self.appointments.iter().cloned().map(AppointmentNode).collect()
    }

    /// Whether there are more.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_previous_page: !self.is_first,
            has_next_page: self.has_next,
            start_cursor: self.appointments.first().map(cursor_of),
            end_cursor: self.appointments.last().map(cursor_of),
        }
    }
}

/// An appointment with its cursor.
#[derive(SimpleObject)]
struct AppointmentEdge {
    /// Where the list goes on behind this appointment.
    cursor: String,
    /// The appointment.
    node: AppointmentNode,
}

/// The place of an appointment in a list: start in milliseconds, id.
pub(crate) type AppointmentPosition = (i64, Uuid);

fn cursor_of(appointment: &Appointment) -> String {
    cursor(&(appointment.starts_at.millis(), appointment.id.0))
}
