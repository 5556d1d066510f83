//! Looks at what happened and plans who is told: one delivery for each reader of an event.

use std::collections::{BTreeSet, HashMap};

use database::DatabaseError;
use domain::identifier::{AppointmentId, EventId};
use uuid::Uuid;

use crate::Notifications;
use crate::consumer::Consumer;
use crate::delivery::delivery_id;
use crate::facts::{FactsMissing, Outline};
use crate::kind::Kind;
use crate::store::events::{self, Happened, Planned};
use crate::webhook;

/// How many events are looked at together.
const BATCH: i64 = 200;

/// What one look at the outbox did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dispatched {
    /// Deliveries planned, reminders included.
    pub planned: u64,
    /// Events that nobody is told of.
    pub passed: u64,
    /// Whether more events wait, so that the next look should follow at once.
    pub more: bool,
}

/// What is known of the appointments of a batch.
struct Known {
    outlines: HashMap<AppointmentId, Outline>,
    /// Those that cannot be read. Their letters are planned all the same: they fail visibly, and hold up nobody else.
    unreadable: BTreeSet<AppointmentId>,
}

impl Notifications {
    /// Plans the deliveries of everything that happened since the last time. Any number of workers may do this at the same
    /// time; each event is looked at once, in one unit with its deliveries.
    ///
    /// # Errors
    /// [`DatabaseError`]; nothing is half planned.
    pub async fn dispatch(&self) -> Result<Dispatched, DatabaseError> {
        let fresh = events::fresh(&self.database, BATCH).await?;
        if fresh.is_empty() {
            return Ok(Dispatched::default());
        }
        let known = self.known(&fresh).await;
        let planned: Vec<Planned> = fresh.iter().flat_map(|event| self.plan(event, &fresh, &known)).collect();
        let now = self.clock.now();
        let unit = self.database.begin().await?;
        let ours: BTreeSet<EventId> = events::take(&unit, &fresh, now).await?.into_iter().collect();
        let is_ours = |event: &&Happened| ours.contains(&event.id);
        let voided = fresh.iter().filter(is_ours).filter(|event| voids_reminders(event)).map(|event| event.subject);
        events::drop_reminders(&unit, voided, now).await?;
        let planned: Vec<Planned> = planned.into_iter().filter(|delivery| ours.contains(&delivery.of)).collect();
        let told: BTreeSet<EventId> = planned.iter().map(|delivery| delivery.of).collect();
        let count = events::plan(&unit, &planned, now).await?;
        unit.commit().await?;
        Ok(Dispatched { planned: count, passed: (ours.len() - told.len()) as u64, more: fresh.len() == BATCH as usize })
    }

    async fn known(&self, fresh: &[Happened]) -> Known {
        let interesting = fresh.iter().filter(|event| self.interests_anybody(&event.kind));
        let subjects: BTreeSet<AppointmentId> = interesting.filter_map(appointment).collect();
        let subjects: Vec<AppointmentId> = subjects.into_iter().collect();
        if let Ok(outlines) = self.facts.outlines(&subjects).await {
            return Known { outlines, unreadable: BTreeSet::new() };
        }
        // One that cannot be read must not hold up the others: each is looked at by itself.
        let mut known = Known { outlines: HashMap::new(), unreadable: BTreeSet::new() };
        for subject in subjects {
            let outline: Result<_, FactsMissing> = self.facts.outlines(&[subject]).await;
            match outline {
                Ok(outline) => known.outlines.extend(outline),
                Err(_) => drop(known.unreadable.insert(subject)),
            }
        }
        known
    }

    fn interests_anybody(&self, kind: &str) -> bool {
        Kind::parse(kind).is_some() || self.webhooks.iter().any(|endpoint| endpoint.wants(kind))
    }

    fn plan(&self, event: &Happened, all: &[Happened], known: &Known) -> Vec<Planned> {
        let outline = appointment(event).and_then(|id| known.outlines.get(&id));
        let mut planned = Vec::new();
        if let Some(kind) = Kind::parse(&event.kind) {
            let unreadable = appointment(event).is_some_and(|id| known.unreadable.contains(&id));
            let has_reader = matches!(kind, Kind::Account(_) | Kind::Case(_) | Kind::Pickup(_))
                || outline.is_some_and(|outline| outline.has_mail);
            if has_reader || unreadable {
                planned.push(delivery(event, &Consumer::Mail, outline));
            }
            // Of several changes in one look the last one decides.
            let is_last =
                all.iter().rfind(|other| other.subject == event.subject && plans_reminders(other)) == Some(event);
            if let Some(outline) = outline.filter(|outline| is_last && outline.has_mail && outline.is_firm) {
                planned.extend(self.reminders_of(event, outline));
            }
        }
        let wanting = self.webhooks.iter().filter(|endpoint| endpoint.wants(&event.kind));
        planned.extend(wanting.map(|endpoint| {
            let consumer = Consumer::Webhook(endpoint.name.clone());
            Planned { body: Some(webhook::body(event, outline)), ..delivery(event, &consumer, outline) }
        }));
        planned
    }

    fn reminders_of<'a>(&'a self, event: &'a Happened, outline: &'a Outline) -> impl Iterator<Item = Planned> + 'a {
        let plain = delivery(event, &Consumer::Mail, Some(outline));
        self.settings.reminders.of(outline.starts_at, event.at).map(move |(lead_minutes, due)| Planned {
            id: hex(delivery_id(event.id, &Consumer::Mail, lead_minutes).0),
            lead_minutes,
            starts_at: Some(outline.starts_at.millis()),
            next_at: due.millis(),
            ..plain.clone()
        })
    }
}

fn delivery(event: &Happened, consumer: &Consumer, outline: Option<&Outline>) -> Planned {
    Planned {
        id: hex(delivery_id(event.id, consumer, 0).0),
        of: event.id,
        event: hex(event.id.0),
        consumer: consumer.to_string(),
        lead_minutes: 0,
        kind: event.kind.clone(),
        subject: hex(event.subject),
        office: outline.map(|outline| outline.office.to_string()),
        at: event.at.millis(),
        starts_at: None,
        body: None,
        next_at: event.at.millis(),
    }
}

fn appointment(event: &Happened) -> Option<AppointmentId> {
    event.kind.starts_with("appointment.").then_some(AppointmentId(event.subject))
}

fn plans_reminders(event: &Happened) -> bool {
    Kind::parse(&event.kind).is_some_and(Kind::plans_reminders)
}

fn voids_reminders(event: &Happened) -> bool {
    Kind::parse(&event.kind).is_some_and(Kind::voids_reminders)
}

fn hex(id: Uuid) -> String {
    id.simple().to_string()
}
