//! Writes one letter from the facts as they stand now, and hands it to the post.

use database::DatabaseError;
use domain::identifier::{AccountId, AppointmentId, CaseId, EventId, PickupId};
use domain::time::Timestamp;

use crate::Notifications;
use crate::deliver_due::{Outcome, Trouble};
use crate::facts::{AccountHappening, AccountOccasion, CaseOccasion, Facts, FactsMissing, PickupOccasion};
use crate::kind::{Kind, Letter};
use crate::message::{Envelope, compose, message_id};
use crate::post::NotSent;
use crate::store::lanes::Taken;
use crate::texts::{self, Links};

impl Notifications {
    /// Sends a letter, or says that nobody needs it.
    pub(crate) async fn send_letter(&self, row: &Taken) -> Result<Outcome, Trouble> {
        let Some(kind) = Kind::parse(&row.kind) else { return Ok(Outcome::Skipped) };
        match kind {
            Kind::Account(occasion) => self.write_to_account(row, occasion).await,
            Kind::Case(occasion) => self.write_to_applicant(row, occasion).await,
            Kind::Pickup(occasion) => self.write_to_collector(row, occasion).await,
            Kind::ConfirmationRequested | Kind::Booked | Kind::Rescheduled | Kind::Cancelled => {
                // Read late: what the letter says holds when it leaves.
                let Some(facts) = self.facts.facts(AppointmentId(row.subject)).await? else {
                    return Ok(Outcome::Skipped);
                };
                self.write_about_appointment(row, kind, &facts).await
            }
        }
    }

    async fn write_about_appointment(&self, row: &Taken, kind: Kind, facts: &Facts) -> Result<Outcome, Trouble> {
        let letter =
            if row.lead_minutes > 0 { self.reminder(row, facts).await? } else { kind.letter(facts, self.clock.now()) };
        let Some(letter) = letter else { return Ok(Outcome::Skipped) };
        let stop_code = self.deliveries.secret.code(facts.recipient.mail.expose());
        let links = Links { public_url: &self.settings.public_url, stop_code: &stop_code };
        let written = texts::write(letter, facts, &links);
        let envelope = Envelope {
            id: row.id,
            at: if row.lead_minutes > 0 { due(row) } else { row.at },
            recipient: &facts.recipient,
            names_the_person: letter.names_the_person(),
            city: &facts.city,
            unsubscribe: (letter == Letter::Reminder).then(|| links.stop_url()),
            calendar: letter.brings_the_calendar().then(|| facts.standing.calendar()).flatten(),
        };
        self.post_letter(&envelope, written).await
    }

    /// A reminder is sent when the appointment still stands at the time it speaks of and the person wants reminders.
    async fn reminder(&self, row: &Taken, facts: &Facts) -> Result<Option<Letter>, Trouble> {
        let still_holds = facts.standing.is_confirmed() && row.starts_at == Some(facts.starts_at);
        let in_time = self.settings.reminders.is_worth_sending(row.lead_minutes, facts.starts_at, self.clock.now());
        if !still_holds || !in_time {
            return Ok(None);
        }
        let refused = self.deliveries.refuses_reminders(facts.recipient.mail.expose()).await;
        let refused = refused.map_err(|error: DatabaseError| FactsMissing(error.to_string()))?;
        Ok((!refused).then_some(Letter::Reminder))
    }

    async fn write_to_account(&self, row: &Taken, occasion: AccountOccasion) -> Result<Outcome, Trouble> {
        let account = AccountId(row.subject);
        let happening = AccountHappening { event: EventId(row.event), account, occasion, at: row.at };
        let Some(told) = self.accounts.facts(&happening).await? else { return Ok(Outcome::Skipped) };
        let lapsed = told.reset.as_ref().is_none_or(|reset| reset.until <= self.clock.now());
        if occasion == AccountOccasion::ResetRequested && lapsed {
            return Ok(Outcome::Skipped);
        }
        let written = texts::write_to_account(&happening, &told, &self.settings.public_url);
        let envelope = Envelope {
            id: row.id,
            at: row.at,
            recipient: &told.recipient,
            names_the_person: true,
            city: &told.city,
            unsubscribe: None,
            calendar: None,
        };
        self.post_letter(&envelope, written).await
    }

    async fn write_to_applicant(&self, row: &Taken, occasion: CaseOccasion) -> Result<Outcome, Trouble> {
        // Read late: whoever was decided about meanwhile is not told that it came in.
        let Some(told) = self.cases.facts(CaseId(row.subject), occasion).await? else { return Ok(Outcome::Skipped) };
        let written = texts::write_to_applicant(occasion, &told, &self.settings.public_url);
        let envelope = Envelope {
            id: row.id,
            at: row.at,
            recipient: &told.recipient,
            names_the_person: false,
            city: &told.city,
            unsubscribe: None,
            calendar: None,
        };
        self.post_letter(&envelope, written).await
    }

    async fn write_to_collector(&self, row: &Taken, occasion: PickupOccasion) -> Result<Outcome, Trouble> {
        // Read late: a PIN that is void by now is never sent.
        let Some(told) = self.pickups.facts(PickupId(row.subject), occasion).await? else {
            return Ok(Outcome::Skipped);
        };
        let written = texts::write_to_collector(occasion, &told, &self.settings.public_url);
        let envelope = Envelope {
            id: row.id,
            at: row.at,
            recipient: &told.recipient,
            names_the_person: false,
            city: &told.city,
            unsubscribe: None,
            calendar: None,
        };
        self.post_letter(&envelope, written).await
    }

    async fn post_letter(&self, envelope: &Envelope<'_>, written: texts::Written) -> Result<Outcome, Trouble> {
        let sender = &self.settings.sender;
        let mail = compose(envelope, written, sender).map_err(|_| NotSent::Address)?;
        self.pace.count(self.clock.now());
        self.post.send(&message_id(envelope.id, sender), &mail).await?;
        Ok(Outcome::Sent)
    }
}

/// When a reminder is due; the same whenever it is made.
fn due(row: &Taken) -> Timestamp {
    row.starts_at.unwrap_or(row.at).plus_minutes(-row.lead_minutes)
}
