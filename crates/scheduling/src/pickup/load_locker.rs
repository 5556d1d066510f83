//! Putting a document into a box: a compartment is taken, its person is told by mail.

use database::{IdempotencyKey, Rule};
use domain::identifier::{Key, PickupId};
use domain::locker::{CompartmentSize, Locker, Reach};
use domain::permission::{Actor, Permission};
use domain::pickup::PickupState;
use uuid::Uuid;

use crate::Scheduling;
use crate::contact::ContactInput;
use crate::failure::Problem as ContactProblem;
use crate::pickup::failure::{Failure, Problem};
use crate::pickup::once::idempotency_key;
use crate::pickup::whose::Whose;
use crate::pickup::{Pickup, work_on_pickup};
use crate::secret::new_number;
use crate::store::lockers;
use crate::store::pickups::{self, PickupRow, Reader};

/// Signs of a reference.
const REFERENCE_LENGTH: usize = 60;
/// How often a compartment is asked for while others take theirs: each time somebody else got one, so it ends.
const TRIES: u32 = 64;

/// Puts a document into a box.
#[derive(Debug, Clone)]
pub struct LoadLocker {
    /// The office.
    pub office: Key,
    /// Its box.
    pub locker: Key,
    /// What the document was asked for.
    pub service: Key,
    /// What the office calls it: where it is filed, never the number of the document. 1 to 60 signs, sealed.
    pub reference: String,
    /// Who is told. Sealed.
    pub contact: ContactInput,
    /// How much room it takes.
    pub size: CompartmentSize,
    /// Which compartments its person reaches.
    pub reach: Reach,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Scheduling {
    /// Takes a compartment for a document. It is to be put in at once: the mail with the PIN leaves within seconds.
    ///
    /// # Errors
    /// [`Failure::Forbidden`] for anybody but the staff of the office; [`Problem::UnknownLocker`],
    /// [`Problem::UnknownService`], [`Problem::Contact`], [`Problem::MailMissing`], [`Problem::Reference`],
    /// [`Problem::LockerFull`].
    pub async fn load_locker(&self, actor: &Actor, command: &LoadLocker) -> Result<Pickup, Failure> {
        actor.may_in(Permission::HandOutDocuments, &command.office)?;
        let locker = self.locker(&command.office, &command.locker)?;
        let whose = self.whose(command)?;
        let LoadLocker { office, locker: name, service, reference, contact, size, reach, .. } = command;
        let contact = contact.fingerprint(&self.secret);
        let (size, reach) = (size.as_str(), reach.as_str());
        let parts = [office.as_str(), name.as_str(), service.as_str(), reference, &contact, size, reach];
        let input = self.secret.fingerprint(&parts);
        let key = idempotency_key(actor, &command.idempotency_key, "load_locker", &input)?;
        self.vault.unlock(&self.database, self.now()).await?;
        let id = self.once_with_pickup(&key, || self.load(actor, command, &locker, &whose, &key)).await?;
        let row = pickups::by_id(Reader::Database(&self.database), PickupId(id)).await?.ok_or(Problem::NotFound)?;
        Ok(row.shown_at(self.now()))
    }

    /// The box of an office, if the city that serves has it.
    pub(crate) fn locker(&self, office: &Key, locker: &Key) -> Result<Locker, Problem> {
        let picture = self.board.picture().map_err(|_| Problem::NoCity)?;
        let office = picture.city.offices.get(office);
        let found = office.and_then(|office| office.lockers.iter().find(|one| one.key == *locker));
        found.cloned().ok_or(Problem::UnknownLocker)
    }

    fn whose(&self, command: &LoadLocker) -> Result<Whose, Problem> {
        let picture = self.board.picture().map_err(|_| Problem::NoCity)?;
        if !picture.city.services.contains_key(&command.service) {
            return Err(Problem::UnknownService);
        }
        let contact = command.contact.check().map_err(|problem| match problem {
            ContactProblem::Contact { field, reason } => Problem::Contact { field, reason },
            _ => Problem::MailMissing,
        })?;
        if contact.mail.is_none() {
            return Err(Problem::MailMissing);
        }
        let reference = domain::text::line(&command.reference, REFERENCE_LENGTH).map_err(|_| Problem::Reference)?;
        Ok(Whose { contact, reference })
    }

    async fn load(
        &self,
        actor: &Actor,
        command: &LoadLocker,
        locker: &Locker,
        whose: &Whose,
        key: &IdempotencyKey,
    ) -> Result<Uuid, Failure> {
        let now = self.now();
        let id = PickupId(self.entropy.id(now));
        let sealed = self.seal_whose(id, whose)?;
        let tokens = whose.contact.further_tokens(self.numbering(now)?, None)?;
        let pickup = Pickup {
            id,
            number: new_number(&*self.entropy),
            office: command.office.clone(),
            locker: command.locker.clone(),
            compartment: None,
            service: command.service.clone(),
            size: command.size,
            reach: command.reach,
            state: PickupState::Loaded,
            wrong_pins: 0,
            expires_at: now.plus_minutes(i64::from(locker.keep_days) * 24 * 60),
            loaded_by: actor.account(),
            created_at: now,
            changed_at: now,
        };
        let mut row = PickupRow {
            pickup,
            pins: 0,
            reminded_at: None,
            opening: None,
            order_until: None,
            rev: 1,
            sealed: Some(sealed.field),
            key: Some(sealed.key.clone()),
        };
        let unit = self.database.begin().await?;
        if !unit.keep_key(&sealed.key, now).await? {
            drop(unit);
            // The keys were changed under our hands; the next try seals with the new one.
            self.vault.refresh(&self.database).await?;
            return Err(database::DatabaseError::Contended.into());
        }
        match pickups::insert(&unit, &row).await {
            // The number is another's: the next try draws another.
            Err(error) if error.breaks(Rule::PickupNumber) => return Err(database::DatabaseError::Contended.into()),
            inserted => inserted?,
        }
        let taking = take_compartment(&unit, &row.pickup, locker);
        row.pickup.compartment = Some(database::within_statements(2 * TRIES, taking).await?);
        row.rev = 2;
        if !pickups::update(&unit, &row, 1).await? {
            return Err(Problem::ChangedMeanwhile.into());
        }
        pickups::index(&unit, id, &tokens).await?;
        self.leave_pickup_traces(&unit, work_on_pickup::LOADED, id, actor.account(), now).await?;
        unit.remember(key, id.0, now).await?;
        unit.commit().await?;
        Ok(id.0)
    }
}

async fn take_compartment(unit: &database::Unit, pickup: &Pickup, locker: &Locker) -> Result<u16, Failure> {
    let candidates = locker.candidates(pickup.size, pickup.reach);
    let place = (&pickup.office, &pickup.locker);
    for _ in 0..TRIES {
        if let Some(compartment) = lockers::take(unit, place, &candidates, pickup.id).await? {
            return Ok(compartment);
        }
        if !lockers::is_any_empty(unit, place, &candidates).await? {
            return Err(Problem::LockerFull.into());
        }
    }
    Err(database::DatabaseError::Contended.into())
}
