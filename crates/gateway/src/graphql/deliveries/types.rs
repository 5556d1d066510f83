//! A delivery as operators see it.

use async_graphql::connection::PageInfo;
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use domain::identifier::{AccountId, AppointmentId};
use notifications::{Consumer, Delivery};

use crate::graphql::catalogue::OfficeNode;
use crate::graphql::context::ContextExtensions;
use crate::graphql::ids::Global;
use crate::graphql::paging::cursor;
use crate::graphql::scalars::Instant;

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "notifications::State")]
pub(crate) enum DeliveryState {
    /// It will be tried, now or later.
    Waiting,
    /// The reader has it.
    Done,
    /// Nobody needs it any more.
    Skipped,
    /// It was given up, and waits for somebody to decide.
    Dead,
    /// Somebody decided that it is not needed.
    Dismissed,
}

/// A message to one reader: a letter, a reminder, or a call of a webhook. It names nobody.
#[derive(Debug, Clone)]
pub(crate) struct DeliveryNode(pub(crate) Delivery);

/// A message to one reader: a letter, a reminder, or a call of a webhook. It names nobody.
#[Object(name = "Delivery")]
impl DeliveryNode {
    /// Its global id.
    async fn id(&self) -> ID {
        Global::Delivery(self.0.id).id()
    }

    /// What happened, as a dotted word: `appointment.booked`.
    async fn kind(&self) -> &str {
        &self.0.kind
    }

    /// The name of the webhook; null for letters and reminders.
    async fn webhook(&self) -> Option<&str> {
        match &self.0.consumer {
            Consumer::Mail => None,
            Consumer::Webhook(name) => Some(name),
        }
    }

    /// For reminders: how many minutes before the start; null for everything else.
    async fn reminder_minutes(&self) -> Option<i64> {
        Some(self.0.lead_minutes).filter(|minutes| *minutes > 0)
    }

    /// The global id of the appointment or account it is about.
    async fn subject(&self) -> ID {
        let global = if self.0.kind.starts_with("account.") {
            Global::Account(AccountId(self.0.subject))
        } else {
            Global::Appointment(AppointmentId(self.0.subject))
        };
        global.id()
    }

    /// The office it concerns; null where it concerns none, or the city has no such office any more.
    async fn office(&self, ctx: &Context<'_>) -> Result<Option<OfficeNode>> {
        let picture = ctx.picture()?;
        Ok(self.0.office.as_ref().and_then(|office| OfficeNode::new(picture, office)))
    }

    /// Where it stands.
    async fn state(&self) -> DeliveryState {
        self.0.state.into()
    }

    /// How often it was tried.
    async fn attempts(&self) -> i64 {
        self.0.attempts
    }

    /// Why it failed the last time, as a stable code: `SMTP_550`, `HTTP_410`, `ADDRESS_UNUSABLE`, `WORKER_LOST`,
    /// `ENDPOINT_REMOVED` and others; null when nothing failed.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// When it happened, UTC.
    async fn happened_at(&self) -> Instant {
        self.0.at.into()
    }

    /// Its last change, UTC.
    async fn changed_at(&self) -> Instant {
        self.0.changed_at.into()
    }
}

/// A page of deliveries.
pub(crate) struct DeliveryConnection {
    deliveries: Vec<Delivery>,
    has_next: bool,
    is_first: bool,
}

impl DeliveryConnection {
    /// A page out of one more delivery than it shows.
    pub(crate) fn new(mut deliveries: Vec<Delivery>, size: usize, is_first: bool) -> Self {
        let has_next = deliveries.len() > size;
        deliveries.truncate(size);
        Self { deliveries, has_next, is_first }
    }
}

/// A page of deliveries.
#[Object]
impl DeliveryConnection {
    /// The deliveries with their cursors.
    async fn edges(&self) -> Vec<DeliveryEdge> {
        let edge =
            |delivery: &Delivery| DeliveryEdge { cursor: cursor(&delivery.id.0), node: DeliveryNode(delivery.clone()) };
        self.deliveries.iter().map(edge).collect()
    }

    /// The deliveries.
    async fn nodes(&self) -> Vec<DeliveryNode> {
        self.deliveries.iter().cloned().map(DeliveryNode).collect()
    }

    /// Whether there are more.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_previous_page: !self.is_first,
            has_next_page: self.has_next,
            start_cursor: self.deliveries.first().map(|delivery| cursor(&delivery.id.0)),
            end_cursor: self.deliveries.last().map(|delivery| cursor(&delivery.id.0)),
        }
    }
}

/// A delivery with its cursor.
#[derive(SimpleObject)]
struct DeliveryEdge {
    /// Where the list goes on behind this delivery.
    cursor: String,
    /// The delivery.
    node: DeliveryNode,
}
