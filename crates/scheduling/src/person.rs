//! A person and their appointments: finding them, handing them out, erasing them.

use std::collections::BTreeSet;

use database::{AuditEntry, DatabaseError};
use domain::appointment::{Status, Step};
use domain::identifier::{AccountId, AppointmentId, EventId};
use domain::permission::{Actor, Forbidden, Permission};
use domain::personal::Pii;
use domain::text::{mail_address, phone_number};
use serde::Serialize;
use uuid::Uuid;

use crate::Scheduling;
use crate::appointment::Appointment;
use crate::erase_contacts::is_being_served;
use crate::failure::{Failure, Problem};
use crate::numbers::Known;
use crate::requests::retried;
use crate::store::appointments::{self, Which};
use crate::store::cells;
use crate::store::contacts::Account;
use crate::take::Take;
use crate::traces::{Happening, leave};

/// By what a person is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Person {
    /// A mail address, as typed.
    Mail(Pii<String>),
    /// A telephone number, as typed.
    Phone(Pii<String>),
    /// An account.
    Account(AccountId),
}

/// An appointment as it is handed to its person: everything that is kept about it.
#[derive(Debug, Serialize)]
#[expect(missing_docs, reason = "the names are those of the appointment")]
pub struct Exported {
    pub id: String,
    pub number: String,
    pub status: &'static str,
    pub office: String,
    pub team: String,
    pub starts_at: String,
    pub ends_at: String,
    pub services: Vec<(String, u16)>,
    pub name: Option<String>,
    pub mail: Option<String>,
    pub phone: Option<String>,
    pub created_at: String,
    pub changed_at: String,
}

/// What an erasure did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erased {
    /// Appointments that name nobody any more.
    pub appointments: u64,
    /// Those of them that were still to come; they were cancelled and their places are free.
    pub cancelled: u64,
    /// Appointments that are being served at this moment. Ask again when they are over.
    pub left: u64,
    /// Mail addresses that were erased and that no appointment names any more: whoever keeps something about them may forget it.
    pub mails: BTreeSet<Pii<String>>,
}

impl Scheduling {
    /// The live appointments of a contact in the asker's office, by start: somebody calls and knows no number.
    ///
    /// # Errors
    /// [`Failure::Forbidden`] for anybody but staff, [`Problem::Contact`] for what is no address.
    pub async fn appointments_of_contact(&self, actor: &Actor, person: &Person) -> Result<Vec<Appointment>, Failure> {
        actor.may(Permission::ReadOfficeAppointments)?;
        let mut found = self.of_person(person).await?;
        found.retain(|one| actor.may_in(Permission::ReadOfficeAppointments, &one.office).is_ok());
        found.retain(|one| one.status.takes_a_place() && one.status != Status::Held);
        Ok(found)
    }

    /// Everything kept about the appointments of a person (Art. 15 and 20 DSGVO). Leaves one audit entry.
    ///
    /// # Errors
    /// [`Failure::Forbidden`] for anybody but the person's own account and operators.
    pub async fn export_person(&self, actor: &Actor, person: &Person) -> Result<Vec<Exported>, Failure> {
        may_handle(actor, person)?;
        let found = self.of_person(person).await?;
        let ids: Vec<Uuid> = found.iter().map(|one| one.id.0).collect();
        let (entry, more) = self.person_entry(actor, "person.export", person, &ids);
        self.database.audit_alone(&entry, &more).await?;
        Ok(found.into_iter().map(exported).collect())
    }

    /// Erases a person from their appointments (Art. 17 DSGVO): what is to come is cancelled, contacts and their keys go,
    /// letters that wait find nobody to write to. Leaves one audit entry. Doing it twice does no harm.
    ///
    /// # Errors
    /// As [`Scheduling::export_person`].
    pub async fn erase_person(&self, actor: &Actor, person: &Person) -> Result<Erased, Failure> {
        may_handle(actor, person)?;
        let mut erased = Erased::default();
        for appointment in self.of_person(person).await? {
            if is_being_served(appointment.status) {
                erased.left += 1;
            } else if appointment.status.takes_a_place() && appointment.starts_at > self.now() {
                erased.cancelled += u64::from(retried(|| self.cancel_for_erasure(actor, appointment.id)).await?);
            }
        }
        let mut found = self.of_person(person).await?;
        found.retain(|one| !is_being_served(one.status));
        let due: Vec<AppointmentId> = found.iter().map(|one| one.id).collect();
        erased.appointments = retried(|| self.erase_all(actor, person, &due)).await?;
        self.database.scrub().await?;
        for mail in found.into_iter().filter_map(|one| one.contact?.mail) {
            let mail = Pii::new(mail.expose().to_lowercase());
            if self.of_person(&Person::Mail(mail.clone())).await?.is_empty() {
                erased.mails.insert(mail);
            }
        }
        Ok(erased)
    }

    async fn erase_all(&self, actor: &Actor, person: &Person, due: &[AppointmentId]) -> Result<u64, Failure> {
        let unit = self.database.begin().await?;
        let gone = self.erase_in(&unit, due, Account::Goes).await?;
        if gone.len() < due.len() {
            // Somebody changed one of them at this moment.
            return Err(DatabaseError::Contended.into());
        }
        let ids: Vec<Uuid> = gone.iter().map(|one| one.id.0).collect();
        let (entry, more) = self.person_entry(actor, "person.erase", person, &ids);
        unit.audit_many(&entry, &more).await?;
        unit.commit().await?;
        Ok(ids.len() as u64)
    }

    async fn cancel_for_erasure(&self, actor: &Actor, id: AppointmentId) -> Result<bool, Failure> {
        let now = self.now();
        let unit = self.database.begin().await?;
        let found = self.find_in(&unit, &Which::Ids(&[id]), now).await?;
        let Some(current) = found.into_iter().next() else { return Ok(false) };
        let Ok(status) = current.status.after(Step::Cancel) else { return Ok(false) };
        let (generation, given_back): (i64, Vec<Take>) = (current.generation, current.takes.clone());
        let cancelled = Appointment {
            status,
            expires_at: None,
            takes: Vec::new(),
            conflict: None,
            changed_at: now,
            generation: generation + 1,
            ..current
        };
        if !appointments::update(&unit, &cancelled, generation).await? {
            return Err(DatabaseError::Contended.into());
        }
        cells::release(&unit, &given_back).await?;
        leave(&unit, &self.traces(Happening::Cancelled, id, actor.account(), &given_back, now)).await?;
        unit.commit().await?;
        self.board.forget(id, &given_back);
        Ok(true)
    }

    /// All appointments of a person. Two people may share a blind number; what is in the contact decides.
    async fn of_person(&self, person: &Person) -> Result<Vec<Appointment>, Failure> {
        let now = self.now();
        let wrong = |field| move |reason| Problem::Contact { field, reason };
        let found = match person {
            Person::Account(account) => {
                let which = Which::OfAccount { account: *account, before: None, limit: i64::MAX };
                self.find(&which, now).await?
            }
            Person::Mail(mail) => {
                let mail = mail_address(mail.expose()).map_err(wrong("mail"))?.to_lowercase();
                let mut found = self.find_known(Known::Mail(&mail)).await?;
                found.retain(|one| {
                    let kept = one.contact.as_ref().and_then(|contact| contact.mail.as_ref());
                    kept.is_some_and(|kept| kept.expose().to_lowercase() == mail)
                });
                found
            }
            Person::Phone(phone) => {
                let phone = phone_number(phone.expose()).map_err(wrong("phone"))?;
                let mut found = self.find_known(Known::Phone(&phone)).await?;
                found.retain(|one| {
                    let kept = one.contact.as_ref().and_then(|contact| contact.phone.as_ref());
                    kept.is_some_and(|kept| *kept.expose() == phone)
                });
                found
            }
        };
        Ok(found)
    }

    /// The appointments that have one of somebody's numbers.
    async fn find_known(&self, known: Known<'_>) -> Result<Vec<Appointment>, DatabaseError> {
        let now = self.now();
        self.vault.unlock(&self.database, now).await?;
        let mut found: Vec<Appointment> = Vec::new();
        for number in self.numbering(now)?.all(known)? {
            let more = self.find(&Which::OfToken(number), now).await?;
            found.extend(
                more.into_iter().filter(|one| !found.iter().any(|known| known.id == one.id)).collect::<Vec<_>>(),
            );
        }
        found.sort_by_key(|one| one.starts_at);
        Ok(found)
    }

    /// One entry that names every appointment; the account, where that is what was asked for.
    fn person_entry(
        &self,
        actor: &Actor,
        action: &'static str,
        person: &Person,
        ids: &[Uuid],
    ) -> (AuditEntry, Vec<Uuid>) {
        let account = match person {
            Person::Account(account) => Some(account.0),
            Person::Mail(_) | Person::Phone(_) => None,
        };
        let mut subjects = account.into_iter().chain(ids.iter().copied());
        let subject = subjects.next().unwrap_or(Uuid::nil());
        let at = self.now();
        let id = EventId(self.entropy.id(at));
        (AuditEntry { id, actor: actor.account(), action, subject, at }, subjects.collect())
    }
}

fn may_handle(actor: &Actor, person: &Person) -> Result<(), Forbidden> {
    match person {
        Person::Account(account) if actor.account() == Some(*account) => actor.may(Permission::BookForOneself),
        Person::Account(_) | Person::Mail(_) | Person::Phone(_) => actor.may(Permission::HandlePersonalData),
    }
}

fn exported(appointment: Appointment) -> Exported {
    let time = |at: domain::time::Timestamp| at.to_utc().to_rfc3339();
    let (name, mail, phone) = match appointment.contact {
        Some(contact) => (Some(contact.name), contact.mail, contact.phone),
        None => (None, None, None),
    };
    let text = |text: Option<Pii<String>>| text.map(Pii::into_exposed);
    Exported {
        id: appointment.id.to_string(),
        number: appointment.number,
        status: appointment.status.as_str(),
        office: appointment.office.to_string(),
        team: appointment.team.to_string(),
        starts_at: time(appointment.starts_at),
        ends_at: time(appointment.ends_at),
        services: appointment.visit.matters.iter().map(|matter| (matter.service.to_string(), matter.people)).collect(),
        name: text(name),
        mail: text(mail),
        phone: text(phone),
        created_at: time(appointment.created_at),
        changed_at: time(appointment.changed_at),
    }
}
