//! A person and the documents that lie ready for them: handing out what is kept, and erasing it.

use database::{AuditEntry, DatabaseError};
use domain::identifier::EventId;
use domain::permission::{Actor, Permission};
use domain::text::{mail_address, phone_number};
use domain::time::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Scheduling;
use crate::numbers::Known;
use crate::person::Person;
use crate::pickup::failure::{Failure, Problem};
use crate::pickup::once::retried;
use crate::pickup::whose::Whose;
use crate::store::contacts;
use crate::store::pickups::{self, PickupRow, Reader};

/// How many are looked at in one unit while the key of blind numbers changes.
const PORTION: i64 = 100;

/// What an erasure did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ErasedPickups {
    /// Pick-ups that name nobody any more. What lies in a box stays there until it is fetched or taken to the counter.
    pub pickups: u64,
}

impl Scheduling {
    /// Everything kept about the documents that lie or lay ready for somebody, as JSON objects (Art. 15 and 20 DSGVO). An
    /// account has none of its own: they are found by mail address or telephone number.
    ///
    /// # Errors
    /// [`Failure::Forbidden`] for anybody but operators, [`Problem::Contact`].
    pub async fn export_pickups(&self, actor: &Actor, person: &Person) -> Result<Vec<Value>, Failure> {
        let Some(found) = self.pickups_of(actor, person).await? else { return Ok(Vec::new()) };
        let ids: Vec<Uuid> = found.iter().map(|(row, _)| row.pickup.id.0).collect();
        self.audit_person(actor, "pickup.export", &ids).await?;
        let now = self.now();
        Ok(found.iter().map(|(row, whose)| told(row, whose, now)).collect())
    }

    /// Erases somebody from the documents that lie or lay ready (Art. 17 DSGVO). Doing it twice does no harm.
    ///
    /// # Errors
    /// As [`Scheduling::export_pickups`].
    pub async fn erase_pickups(&self, actor: &Actor, person: &Person) -> Result<ErasedPickups, Failure> {
        let Some(found) = self.pickups_of(actor, person).await? else { return Ok(ErasedPickups::default()) };
        let ids: Vec<Uuid> = found.iter().map(|(row, _)| row.pickup.id.0).collect();
        if ids.is_empty() {
            return Ok(ErasedPickups::default());
        }
        retried(async || {
            let unit = self.database.begin().await?;
            contacts::unindex(&unit, &ids).await?;
            pickups::empty(&unit, &ids).await?;
            unit.destroy_keys(&ids).await?;
            unit.commit().await?;
            Ok(())
        })
        .await?;
        self.audit_person(actor, "pickup.erase", &ids).await?;
        self.database.scrub().await?;
        Ok(ErasedPickups { pickups: ids.len() as u64 })
    }

    /// Gives the people of all pick-ups the numbers of the key in force, in small units. Gives how many had others.
    pub(crate) async fn renumber_pickups(&self) -> Result<u64, DatabaseError> {
        let (mut renumbered, mut after) = (0, Uuid::nil());
        loop {
            let unit = self.database.begin().await?;
            let rows = pickups::named(Reader::Unit(&unit), after, PORTION).await?;
            let Some(last) = rows.last() else { return Ok(renumbered) };
            after = last.pickup.id.0;
            for row in &rows {
                renumbered += u64::from(self.renumber_pickup(&unit, row).await?);
            }
            unit.commit().await?;
        }
    }

    async fn renumber_pickup(&self, unit: &database::Unit, row: &PickupRow) -> Result<bool, DatabaseError> {
        let id = row.pickup.id;
        let whose = self.open_whose(id, row.key.as_ref(), row.sealed.as_deref());
        let whose = whose.map_err(|failure| DatabaseError::Internal(failure.to_string()))?;
        let Some(whose) = whose else { return Ok(false) };
        let mut wanted = whose.contact.further_tokens(self.numbering(self.now())?, None)?;
        let indexed = contacts::indexed(unit, &[domain::identifier::AppointmentId(id.0)]).await?;
        let mut there: Vec<i64> = indexed.into_iter().map(|(_, token)| token).collect();
        wanted.sort_unstable();
        there.sort_unstable();
        if wanted == there {
            return Ok(false);
        }
        contacts::unindex(unit, &[id.0]).await?;
        pickups::index(unit, id, &wanted).await?;
        Ok(true)
    }

    /// Those of a person; `None` for an account. Two people may share a blind number; what is in the contact decides.
    async fn pickups_of(&self, actor: &Actor, person: &Person) -> Result<Option<Vec<(PickupRow, Whose)>>, Failure> {
        let wrong = |field| move |reason| Problem::Contact { field, reason };
        let (mail, phone) = match person {
            Person::Account(_) => return Ok(None),
            Person::Mail(mail) => (Some(mail_address(mail.expose()).map_err(wrong("mail"))?.to_lowercase()), None),
            Person::Phone(phone) => (None, Some(phone_number(phone.expose()).map_err(wrong("phone"))?)),
        };
        actor.may(Permission::HandlePersonalData)?;
        self.vault.unlock(&self.database, self.now()).await?;
        let known = mail.as_deref().map(Known::Mail).or(phone.as_deref().map(Known::Phone));
        let Some(known) = known else { return Ok(None) };
        let mut found: Vec<(PickupRow, Whose)> = Vec::new();
        for token in self.numbering(self.now())?.all(known)? {
            for row in pickups::of_token(Reader::Database(&self.database), token).await? {
                let Some(whose) = self.open_whose(row.pickup.id, row.key.as_ref(), row.sealed.as_deref())? else {
                    continue;
                };
                let kept_mail = whose.contact.mail.as_ref().map(|kept| kept.expose().to_lowercase());
                let kept_phone = whose.contact.phone.as_ref().map(|kept| kept.expose().clone());
                let is_theirs = (mail.is_some() && kept_mail == mail) || (phone.is_some() && kept_phone == phone);
                if is_theirs && !found.iter().any(|(known, _)| known.pickup.id == row.pickup.id) {
                    found.push((row, whose));
                }
            }
        }
        Ok(Some(found))
    }

    async fn audit_person(&self, actor: &Actor, action: &'static str, ids: &[Uuid]) -> Result<(), DatabaseError> {
        let Some((first, more)) = ids.split_first() else { return Ok(()) };
        let at = self.now();
        let id = EventId(self.entropy.id(at));
        let entry = AuditEntry { id, actor: actor.account(), action, subject: *first, at };
        self.database.audit_alone(&entry, more).await
    }
}

fn told(row: &PickupRow, whose: &Whose, now: Timestamp) -> Value {
    let pickup = row.shown_at(now);
    let contact = &whose.contact;
    let text = |text: &Option<domain::personal::Pii<String>>| text.as_ref().map(|text| text.expose().clone());
    let time = |at: Timestamp| at.to_utc().to_rfc3339();
    json!({
        "id": pickup.id.to_string(),
        "number": pickup.number,
        "office": pickup.office.as_str(),
        "locker": pickup.locker.as_str(),
        "service": pickup.service.as_str(),
        "state": pickup.state.as_str(),
        "reference": whose.reference,
        "name": contact.name.expose(),
        "mail": text(&contact.mail),
        "phone": text(&contact.phone),
        "expiresAt": time(pickup.expires_at),
        "createdAt": time(pickup.created_at),
        "changedAt": time(pickup.changed_at),
    })
}
