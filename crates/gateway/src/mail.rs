//! Messages, wired: what they need to know comes from appointments, and the worker carries them round by round.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use database::DatabaseError;
use domain::appointment::Status;
use domain::city::City;
use domain::identifier::AppointmentId;
use domain::permission::Actor;
use domain::text::Language;
use notifications::{
    Answer, AppointmentFacts, Delivered, Endpoint, Facts, FactsMissing, Notifications, Outline, Parts, Post, Recipient,
    Reminders, Sender, Settings, Standing, read_endpoints,
};
use scheduling::{Appointment, Failure, Picture, Scheduling, invitation};

use crate::account_letters::FromIdentity;
use crate::application::Application;
use crate::case_messages::FromApplications;
use crate::cli::CommandError;
use crate::configuration::Configuration;
use crate::pickup_letters::FromPickups;

/// How often the outbox is asked for letters.
const EVERY: Duration = Duration::from_secs(1);

/// Letters as the operator has set them up.
///
/// # Errors
/// The address of the mail server is missing or unusable.
pub(crate) fn open(configuration: &Configuration, application: &Application) -> Result<Notifications, CommandError> {
    let mail = &configuration.mail;
    let wrong = |key: &str, reason: &dyn std::fmt::Display| CommandError::Usage(format!("mail.{key}: {reason}"));
    let sender = Sender::new(&mail.from).map_err(|error| wrong("from", &error))?;
    let post = match &mail.smtp_url_file {
        None => {
            tracing::info!(directory = %mail.directory.display(), "letters are put into a directory; no mail server is set");
            Post::directory(&mail.directory)
        }
        Some(path) => {
            let url = std::fs::read_to_string(path).map_err(|error| {
                wrong("smtp_url_file", &format!("{} cannot be read: {}", path.display(), error.kind()))
            })?;
            Post::smtp(url.trim(), sender.host()).map_err(|error| wrong("smtp_url_file", &error))?
        }
    };
    let reminders = Reminders::hours_before(&[configuration.reminders.early_hours, configuration.reminders.late_hours]);
    let public_url = configuration.server.public_url.clone();
    let settings = Settings { sender, public_url, reminders, letters_per_minute: mail.per_minute };
    notifications(application, post, endpoints(configuration)?, settings)
        .map_err(|error| CommandError::Failed(error.to_string()))
}

/// The endpoints that the operator has set up.
///
/// # Errors
/// The file or one of its secrets is missing or wrong.
pub(crate) fn endpoints(configuration: &Configuration) -> Result<Vec<Endpoint>, CommandError> {
    let Some(path) = &configuration.webhooks.endpoints_file else { return Ok(Vec::new()) };
    let wrong = |reason: &dyn std::fmt::Display| {
        CommandError::Usage(format!("webhooks.endpoints_file: {}: {reason}", path.display()))
    };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(&error.kind()))?;
    // Secrets stand beside the file that names them, unless it says otherwise.
    let folder = path.parent().unwrap_or(Path::new("."));
    let secret = |name: &Path| std::fs::read_to_string(folder.join(name));
    read_endpoints(&text, configuration.webhooks.timeout, &secret).map_err(|problem| wrong(&problem))
}

/// Messages about what happens in `application`: letters carried by `post`, calls to `webhooks`.
///
/// # Errors
/// This machine cannot speak HTTPS.
pub fn notifications(
    application: &Application,
    post: Post,
    webhooks: Vec<Endpoint>,
    settings: Settings,
) -> Result<Notifications, notifications::CallerUnusable> {
    let facts = FromScheduling { scheduling: Arc::clone(&application.scheduling), sender: settings.sender.clone() };
    Notifications::new(Parts {
        deliveries: Arc::clone(&application.deliveries),
        facts: Arc::new(facts),
        accounts: Arc::new(FromIdentity::new(application)),
        cases: Arc::new(FromApplications::new(application)),
        pickups: Arc::new(FromPickups::new(application)),
        post,
        webhooks,
        settings,
    })
}

/// Carries messages until `stop`, and ends between two of them.
pub(crate) async fn deliver(messages: Notifications, stop: CancellationToken) {
    if let Err(error) = messages.give_up_orphans().await {
        tracing::warn!(%error, "messages to endpoints that were removed are still waiting");
    }
    let endpoints: Vec<String> = messages.endpoints().map(str::to_owned).collect();
    // Each endpoint has a loop of its own: one that is slow holds up neither letters nor the others.
    let calls = join_all(endpoints.iter().map(|name| call(&messages, name, &stop)));
    tokio::join!(send_letters(&messages, &stop), calls);
}

async fn send_letters(messages: &Notifications, stop: &CancellationToken) {
    let mut health = Health::new("mail");
    let mut rounds = rounds();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = rounds.tick() => {}
        }
        let mut more = true;
        while more && !stop.is_cancelled() {
            let planned = messages.dispatch().await;
            more = planned.as_ref().is_ok_and(|planned| planned.more);
            if let Err(error) = planned {
                health.fails(&error.to_string());
            }
            more |= health.note(messages.deliver_letters(&|| !stop.is_cancelled()).await);
        }
    }
}

async fn call(messages: &Notifications, name: &str, stop: &CancellationToken) {
    let mut health = Health::new(name);
    let mut rounds = rounds();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = rounds.tick() => {}
        }
        while !stop.is_cancelled() && health.note(messages.call_webhook(name, &|| !stop.is_cancelled()).await) {}
    }
}

fn rounds() -> tokio::time::Interval {
    let mut rounds = interval(EVERY);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    rounds
}

/// Measures what waits and what was given up.
pub(crate) async fn measure(application: &Application) {
    if let Ok(backlog) = application.deliveries.backlog().await {
        metrics::gauge!("messages_waiting").set(backlog.waiting as f64);
        metrics::gauge!("messages_given_up").set(backlog.dead as f64);
    }
    if let Ok(overdue) = application.deliveries.overdue_millis().await {
        metrics::gauge!("messages_overdue_seconds").set(overdue as f64 / 1_000.0);
    }
    if let Ok(silent) = application.applications.silent_cases().await {
        metrics::gauge!("cases_silent").set(silent as f64);
    }
    if let Ok(backlog) = application.applications.forward_backlog().await {
        metrics::gauge!("case_forwards_waiting").set(backlog.waiting as f64);
        metrics::gauge!("case_forwards_given_up").set(backlog.dead as f64);
    }
}

/// Whether the messages of one consumer leave; a change is logged once, not every round.
#[derive(Debug)]
struct Health {
    consumer: String,
    is_failing: bool,
}

impl Health {
    fn new(consumer: &str) -> Self {
        Self { consumer: consumer.to_owned(), is_failing: false }
    }

    /// Whether the next round should follow at once.
    fn note(&mut self, outcome: Result<Delivered, DatabaseError>) -> bool {
        match outcome {
            Ok(done) => {
                self.count(&done);
                done.more
            }
            Err(error) => {
                self.fails(&error.to_string());
                false
            }
        }
    }

    fn count(&mut self, done: &Delivered) {
        let consumer = || self.consumer.clone();
        metrics::counter!("messages_sent_total", "consumer" => consumer()).increment(done.sent);
        // Messages that may have reached their reader before: the most duplicates there can be.
        metrics::counter!("messages_repeated_total", "consumer" => consumer()).increment(done.repeated);
        metrics::counter!("messages_failed_total", "consumer" => consumer()).increment(done.failed + done.dead);
        if let Some(trouble) = &done.trouble {
            self.fails(&trouble.to_string());
        } else if done.sent > 0 && std::mem::take(&mut self.is_failing) {
            tracing::info!(consumer = self.consumer, "messages leave again");
        }
    }

    fn fails(&mut self, reason: &str) {
        if !std::mem::replace(&mut self.is_failing, true) {
            tracing::error!(consumer = self.consumer, reason, "messages do not leave; they are tried again");
        }
    }
}

/// The port of messages to appointments.
#[derive(Debug)]
struct FromScheduling {
    scheduling: Arc<Scheduling>,
    /// The organizer of calendar entries.
    sender: Sender,
}

impl AppointmentFacts for FromScheduling {
    fn outlines<'a>(&'a self, appointments: &'a [AppointmentId]) -> Answer<'a, HashMap<AppointmentId, Outline>> {
        Box::pin(async move {
            let found = self.scheduling.read_appointments(&Actor::System, appointments).await;
            let found = found.map_err(|failure| missing(&failure))?;
            Ok(found.iter().map(|appointment| (appointment.id, outline(appointment))).collect())
        })
    }

    fn facts(&self, appointment: AppointmentId) -> Answer<'_, Option<Facts>> {
        Box::pin(async move { self.read(appointment).await.map_err(|failure| missing(&failure)) })
    }
}

impl FromScheduling {
    async fn read(&self, id: AppointmentId) -> Result<Option<Facts>, Failure> {
        let found = self.scheduling.read_appointments(&Actor::System, &[id]).await?;
        let Some(appointment) = found.into_iter().next() else { return Ok(None) };
        let Some(recipient) = recipient(&appointment) else { return Ok(None) };
        let picture = self.picture(&appointment).await?;
        let Some(standing) = self.standing(&appointment, &picture, &recipient) else { return Ok(None) };
        Ok(Some(told(&appointment, &picture, recipient, standing)))
    }

    /// The city the appointment was booked in, or a later version of it. A worker on its own follows nobody, so it looks
    /// when it meets something newer than it knows.
    async fn picture(&self, appointment: &Appointment) -> Result<Arc<Picture>, Failure> {
        match self.scheduling.board().picture() {
            Ok(picture) if picture.version >= appointment.city_version => Ok(picture),
            Ok(_) | Err(_) => {
                self.scheduling.follow_changes().await?;
                Ok(self.scheduling.board().picture()?)
            }
        }
    }

    fn standing(&self, appointment: &Appointment, picture: &Picture, recipient: &Recipient) -> Option<Standing> {
        let calendar = || {
            let (organizer, attendee) = (self.sender.text(), &recipient.mail);
            invitation(&picture.city, appointment, recipient.language, &organizer, attendee.expose())
        };
        match appointment.status {
            Status::PendingConfirmation => {
                let until = appointment.expires_at.unwrap_or(appointment.starts_at);
                Some(Standing::Pending { code: self.scheduling.confirmation_code(appointment), until })
            }
            Status::Confirmed => {
                Some(Standing::Confirmed { code: self.scheduling.manage_code(appointment), calendar: calendar() })
            }
            Status::Cancelled => Some(Standing::Cancelled { calendar: calendar() }),
            Status::Held
            | Status::CheckedIn
            | Status::Called
            | Status::Serving
            | Status::Finished
            | Status::Missed
            | Status::Expired => None,
        }
    }
}

fn outline(appointment: &Appointment) -> Outline {
    Outline {
        has_mail: recipient(appointment).is_some(),
        is_firm: appointment.status == Status::Confirmed,
        status: appointment.status.as_str(),
        office: appointment.office.clone(),
        services: appointment.visit.matters.iter().map(|matter| matter.service.clone()).collect(),
        starts_at: appointment.starts_at,
        ends_at: appointment.ends_at,
        changed_at: appointment.changed_at,
    }
}

fn missing(failure: &Failure) -> FactsMissing {
    FactsMissing(failure.to_string())
}

fn recipient(appointment: &Appointment) -> Option<Recipient> {
    let contact = appointment.contact.as_ref()?;
    let mail = contact.mail.clone()?;
    Some(Recipient { mail, name: contact.name.clone(), language: contact.language })
}

fn told(appointment: &Appointment, picture: &Picture, recipient: Recipient, standing: Standing) -> Facts {
    let city = &picture.city;
    let language = recipient.language;
    let office = city.offices.get(&appointment.office);
    Facts {
        standing,
        number: grouped(&appointment.number),
        starts_at: appointment.starts_at,
        ends_at: appointment.ends_at,
        zone: city.municipality.time_zone,
        office: office.map_or(appointment.office.as_str(), |office| office.name.get(language)).to_owned(),
        address: office.and_then(|office| office.address.as_ref()).map(|address| address.line.clone()),
        services: services(city, appointment, language),
        documents: documents(city, appointment, language),
        city: city.municipality.name.get(language).to_owned(),
        phone: office.and_then(|office| office.phone.clone()).or_else(|| city.municipality.phone.clone()),
        recipient,
    }
}

/// The names of the services of a visit, in the order they were asked for.
pub(crate) fn services(city: &City, appointment: &Appointment, language: Language) -> Vec<String> {
    let matters = appointment.visit.matters.iter().map(|matter| &matter.service);
    matters
        .map(|key| city.services.get(key).map_or(key.as_str(), |service| service.name.get(language)).to_owned())
        .collect()
}

/// What to bring to a visit, each paper once.
pub(crate) fn documents(city: &City, appointment: &Appointment, language: Language) -> Vec<String> {
    let services = appointment.visit.matters.iter().filter_map(|matter| city.services.get(&matter.service));
    let mut papers: Vec<String> = Vec::new();
    for paper in services.flat_map(|service| &service.documents).map(|paper| paper.get(language)) {
        if !papers.iter().any(|known| known == paper) {
            papers.push(paper.to_owned());
        }
    }
    papers
}

/// A number in groups of four, as people read it: `K7M4-QX2P`.
pub(crate) fn grouped(number: &str) -> String {
    let signs: Vec<char> = number.chars().collect();
    signs.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}
