//! Letters, wired: what they need to know comes from appointments, and the worker sends them round by round.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use domain::appointment::Status;
use domain::identifier::AppointmentId;
use domain::permission::Actor;
use domain::text::Language;
use notifications::{
    Answer, AppointmentFacts, Delivered, Facts, FactsMissing, Notifications, Parts, Post, Recipient, Sender, Settings,
    Standing,
};
use scheduling::{Appointment, Failure, Picture, Scheduling, calendar_file};

use crate::application::Application;
use crate::cli::CommandError;
use crate::configuration::Configuration;

/// How often the outbox is asked for letters.
const EVERY: Duration = Duration::from_secs(1);
/// How often what waits is counted, in rounds of the above.
const COUNTED_EVERY: u32 = 30;

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
    Ok(notifications(application, post, Settings { sender, public_url: configuration.server.public_url.clone() }))
}

/// Letters about the appointments of `application`, carried by `post`.
pub fn notifications(application: &Application, post: Post, settings: Settings) -> Notifications {
    Notifications::new(Parts {
        database: application.database.clone(),
        clock: Arc::clone(&application.clock),
        facts: Arc::new(FromScheduling(Arc::clone(&application.scheduling))),
        post,
        settings,
    })
}

/// Sends letters until `stop`, and ends between two letters.
pub(crate) async fn deliver(notifications: Notifications, stop: CancellationToken) {
    let mut rounds = interval(EVERY);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut health = Health::default();
    for round in (0..COUNTED_EVERY).cycle() {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = rounds.tick() => {}
        }
        let mut more = true;
        while more && !stop.is_cancelled() {
            let outcome = notifications.deliver_due(&|| !stop.is_cancelled()).await;
            more = outcome.as_ref().is_ok_and(|done| done.more);
            match outcome {
                Ok(done) => health.note(&done),
                Err(error) => health.fails(&error.to_string()),
            }
        }
        if round == 0
            && let Ok(backlog) = notifications.backlog().await
        {
            metrics::gauge!("letters_waiting").set(backlog.waiting as f64);
            metrics::gauge!("letters_given_up").set(backlog.dead as f64);
        }
    }
}

/// Whether letters leave; a change is logged once, not every round.
#[derive(Debug, Default)]
struct Health {
    is_failing: bool,
}

impl Health {
    fn note(&mut self, done: &Delivered) {
        metrics::counter!("letters_sent_total").increment(done.sent);
        // Letters that may have reached their reader before: the most duplicates there can be.
        metrics::counter!("letters_repeated_total").increment(done.repeated);
        metrics::counter!("letters_failed_total").increment(done.failed + done.dead);
        if let Some(trouble) = &done.trouble {
            self.fails(&trouble.to_string());
        } else if done.sent > 0 && std::mem::take(&mut self.is_failing) {
            tracing::info!("letters leave again");
        }
    }

    fn fails(&mut self, reason: &str) {
        if !std::mem::replace(&mut self.is_failing, true) {
            tracing::error!(reason, "letters do not leave; they are tried again");
        }
    }
}

/// The port of letters to appointments.
#[derive(Debug)]
struct FromScheduling(Arc<Scheduling>);

impl AppointmentFacts for FromScheduling {
    fn addressed<'a>(&'a self, appointments: &'a [AppointmentId]) -> Answer<'a, HashSet<AppointmentId>> {
        Box::pin(async move {
            let found =
                self.0.read_appointments(&Actor::System, appointments).await.map_err(|failure| missing(&failure))?;
            Ok(found.into_iter().filter(|found| recipient(found).is_some()).map(|found| found.id).collect())
        })
    }

    fn facts(&self, appointment: AppointmentId) -> Answer<'_, Option<Facts>> {
        Box::pin(async move { self.read(appointment).await.map_err(|failure| missing(&failure)) })
    }
}

impl FromScheduling {
    async fn read(&self, id: AppointmentId) -> Result<Option<Facts>, Failure> {
        let found = self.0.read_appointments(&Actor::System, &[id]).await?;
        let Some(appointment) = found.into_iter().next() else { return Ok(None) };
        let Some(recipient) = recipient(&appointment) else { return Ok(None) };
        let picture = self.picture(&appointment).await?;
        let Some(standing) = self.standing(&appointment, &picture, recipient.language).await? else { return Ok(None) };
        Ok(Some(told(&appointment, &picture, recipient, standing)))
    }

    /// The city the appointment was booked in, or a later version of it. A worker on its own follows nobody, so it looks
    /// when it meets something newer than it knows.
    async fn picture(&self, appointment: &Appointment) -> Result<Arc<Picture>, Failure> {
        match self.0.board().picture() {
            Ok(picture) if picture.version >= appointment.city_version => Ok(picture),
            Ok(_) | Err(_) => {
                self.0.follow_changes().await?;
                Ok(self.0.board().picture()?)
            }
        }
    }

    async fn standing(
        &self,
        appointment: &Appointment,
        picture: &Picture,
        language: Language,
    ) -> Result<Option<Standing>, Failure> {
        match appointment.status {
            Status::PendingConfirmation => {
                let until = appointment.expires_at.unwrap_or(appointment.starts_at);
                Ok(Some(Standing::Pending { code: self.0.confirmation_code(appointment), until }))
            }
            Status::Confirmed => {
                let code = self.0.manage_code(appointment);
                let calendar = calendar_file(&picture.city, appointment, language);
                Ok(Some(Standing::Confirmed { code, calendar }))
            }
            Status::Cancelled => Ok(Some(Standing::Cancelled)),
            Status::Held
            | Status::CheckedIn
            | Status::Called
            | Status::Serving
            | Status::Finished
            | Status::Missed
            | Status::Expired => Ok(None),
        }
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
    let services = appointment.visit.matters.iter().map(|matter| {
        let service = city.services.get(&matter.service);
        service.map_or(matter.service.as_str(), |service| service.name.get(language)).to_owned()
    });
    Facts {
        standing,
        number: grouped(&appointment.number),
        starts_at: appointment.starts_at,
        ends_at: appointment.ends_at,
        zone: city.municipality.time_zone,
        office: office.map_or(appointment.office.as_str(), |office| office.name.get(language)).to_owned(),
        address: office.and_then(|office| office.address.as_ref()).map(|address| address.line.clone()),
        services: services.collect(),
        city: city.municipality.name.get(language).to_owned(),
        phone: office.and_then(|office| office.phone.clone()).or_else(|| city.municipality.phone.clone()),
        recipient,
    }
}

/// A number in groups of four, as people read it: `K7M4-QX2P`.
pub(crate) fn grouped(number: &str) -> String {
    let signs: Vec<char> = number.chars().collect();
    signs.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}
