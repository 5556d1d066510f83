//! The numbers that stand for people in pools and in the index, and changing the key they are made with while people book.
//!
//! A person's bookings are counted under one number, so at each moment one key is in force: while it changes the old one,
//! until every process knows the new one, and then the new one. Look-ups try both. Whoever books is given their new number
//! first, with everything they have booked before; the rest follow in portions.

use std::collections::BTreeSet;

use database::{DatabaseError, Unit, Vault};
use domain::identifier::AppointmentId;
use domain::permission::{Actor, Permission};
use domain::time::Timestamp;
use uuid::Uuid;

use crate::Scheduling;
use crate::appointment::{Appointment, Contact};
use crate::failure::Failure;
use crate::requests::retried;
use crate::secret::LinkSecret;
use crate::store::appointments::{self, Which};
use crate::store::{cells, contacts};
use crate::take::Take;

/// How many appointments are looked at in one unit.
const PORTION: i64 = 100;
/// The numbers of the first generation are made with the secret of links, as they were before there were others.
const FIRST: i64 = 1;

/// Makes the numbers of people, as of a moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Numbering<'a> {
    secret: &'a LinkSecret,
    vault: &'a Vault,
    in_force: i64,
    other: Option<i64>,
}

/// By what somebody is told apart.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Known<'a> {
    Account(&'a str),
    Mail(&'a str),
    Phone(&'a str),
}

impl Numbering<'_> {
    /// The number that counts.
    pub(crate) fn of(self, known: Known<'_>) -> Result<i64, DatabaseError> {
        self.number(self.in_force, known)
    }

    /// The number that counted before, or will soon, while the key changes.
    pub(crate) fn other(self, known: Known<'_>) -> Result<Option<i64>, DatabaseError> {
        self.other.map(|generation| self.number(generation, known)).transpose()
    }

    /// All of them, for looking up.
    pub(crate) fn all(self, known: Known<'_>) -> Result<Vec<i64>, DatabaseError> {
        Ok([Some(self.of(known)?), self.other(known)?].into_iter().flatten().collect())
    }

    fn number(self, generation: i64, known: Known<'_>) -> Result<i64, DatabaseError> {
        let (kind, text) = match known {
            Known::Account(account) => ("account", account.to_owned()),
            Known::Mail(mail) => ("mail", mail.to_lowercase()),
            Known::Phone(phone) => ("phone", phone.to_owned()),
        };
        if generation == FIRST {
            return Ok(self.secret.person(kind, &text));
        }
        let digest = self.vault.index_with(generation, &format!("person by {kind}"), &text)?;
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        Ok(i64::from_be_bytes(first) & i64::MAX)
    }
}

impl Scheduling {
    /// The numbering as it is now. The vault must be open.
    pub(crate) fn numbering(&self, now: Timestamp) -> Result<Numbering<'_>, DatabaseError> {
        let (in_force, other) = self.vault.index_in_force(now)?;
        Ok(Numbering { secret: &self.secret, vault: &self.vault, in_force, other })
    }

    /// Gives whoever is about to book their number that counts, where they still have the one of before.
    pub(crate) async fn renumber_first(&self, known: Known<'_>) -> Result<(), Failure> {
        let Some(other) = self.numbering(self.now())?.other(known)? else { return Ok(()) };
        let found = self.find(&Which::OfToken(other), self.now()).await?;
        let ids: Vec<AppointmentId> = found.into_iter().map(|one| one.id).collect();
        if !ids.is_empty() {
            retried(|| self.renumber(&ids)).await?;
        }
        Ok(())
    }

    /// Gives the people of all appointments the numbers of the key in force, in small units, and says how many appointments
    /// had others. What an interrupted run did stays done.
    ///
    /// # Errors
    /// [`Failure::Forbidden`], [`Failure::Database`].
    pub async fn renumber_contacts(&self, actor: &Actor) -> Result<u64, Failure> {
        actor.may(Permission::HandlePersonalData)?;
        self.vault.unlock(&self.database, self.now()).await?;
        let (mut renumbered, mut after) = (0, Uuid::nil());
        loop {
            let ids = contacts::numbered(&self.database, after, PORTION).await?;
            let Some(last) = ids.last() else { break };
            after = last.0;
            renumbered += retried(|| self.renumber(&ids)).await?;
        }
        Ok(renumbered + self.renumber_pickups().await?)
    }

    async fn renumber(&self, ids: &[AppointmentId]) -> Result<u64, Failure> {
        let now = self.now();
        let unit = self.database.begin().await?;
        let indexed = contacts::indexed(&unit, ids).await?;
        let mut renumbered = 0;
        for appointment in self.find_in(&unit, &Which::Ids(ids), now).await? {
            let tokens = indexed.iter().filter(|(id, _)| *id == appointment.id).map(|(_, token)| *token).collect();
            renumbered += u64::from(self.renumber_one(&unit, appointment, &tokens, now).await?);
        }
        unit.commit().await?;
        Ok(renumbered)
    }

    async fn renumber_one(
        &self,
        unit: &Unit,
        appointment: Appointment,
        tokens: &BTreeSet<i64>,
        now: Timestamp,
    ) -> Result<bool, DatabaseError> {
        let numbering = self.numbering(now)?;
        let id = appointment.id;
        let person = match appointment.person {
            Some(person) => Some(person_of(&appointment, numbering)?.unwrap_or(person)),
            None => None,
        };
        let contact = appointment.contact.clone();
        let mut changed = false;
        if person != appointment.person {
            self.recount(unit, appointment, person).await?;
            changed = true;
        }
        if let Some(contact) = contact {
            let wanted = contact.further_tokens(numbering, person)?;
            if wanted.iter().copied().collect::<BTreeSet<i64>>() != *tokens {
                contacts::unindex(unit, &[id.0]).await?;
                contacts::index(unit, id, &wanted).await?;
                changed = true;
            }
        }
        Ok(changed)
    }

    /// Counts an appointment under another number of its person.
    async fn recount(&self, unit: &Unit, appointment: Appointment, person: Option<i64>) -> Result<(), DatabaseError> {
        let (Some(from), Some(to)) = (appointment.person, person) else { return Ok(()) };
        let is_theirs = |take: &Take| take.pool == from && !take.in_time();
        let old: Vec<Take> = appointment.takes.iter().copied().filter(is_theirs).collect();
        let anew = |take: &Take| if is_theirs(take) { Take { pool: to, ..*take } } else { *take };
        let takes: Vec<Take> = appointment.takes.iter().map(anew).collect();
        let seen = appointment.generation;
        let renumbered = Appointment { person, takes, generation: seen + 1, ..appointment };
        if !appointments::update(unit, &renumbered, seen).await? {
            return Err(DatabaseError::Contended);
        }
        cells::release(unit, &old).await?;
        contacts::forget_counters(unit, &[from]).await?;
        let new: Vec<Take> = old.into_iter().map(|take| Take { pool: to, ..take }).collect();
        cells::move_in(unit, &new).await
    }
}

/// The number under which the person of an appointment counts: that of the account, else of the mail address, else of the
/// telephone, as when it was booked.
fn person_of(appointment: &Appointment, numbering: Numbering<'_>) -> Result<Option<i64>, DatabaseError> {
    match (&appointment.account, &appointment.contact) {
        (Some(account), _) => numbering.of(Known::Account(&account.to_string())).map(Some),
        (None, Some(contact)) => contact.number(numbering),
        (None, None) => Ok(None),
    }
}

impl Contact {
    /// The numbers of the mail address and of the telephone number.
    fn numbers(&self, numbering: Numbering<'_>) -> Result<Vec<i64>, DatabaseError> {
        let mail = self.mail.as_ref().map(|mail| numbering.of(Known::Mail(mail.expose())));
        let phone = self.phone.as_ref().map(|phone| numbering.of(Known::Phone(phone.expose())));
        mail.into_iter().chain(phone).collect()
    }

    /// The number of what identifies somebody best; nobody can be told apart who gives neither mail nor phone.
    pub(crate) fn number(&self, numbering: Numbering<'_>) -> Result<Option<i64>, DatabaseError> {
        Ok(self.numbers(numbering)?.first().copied())
    }

    /// What identifies somebody best.
    pub(crate) fn known(&self) -> Option<Known<'_>> {
        let mail = self.mail.as_ref().map(|mail| Known::Mail(mail.expose()));
        mail.or_else(|| self.phone.as_ref().map(|phone| Known::Phone(phone.expose())))
    }

    /// The numbers to write into the index: those that `person` does not say already.
    pub(crate) fn further_tokens(
        &self,
        numbering: Numbering<'_>,
        person: Option<i64>,
    ) -> Result<Vec<i64>, DatabaseError> {
        Ok(self.numbers(numbering)?.into_iter().filter(|token| Some(*token) != person).collect())
    }
}
