//! Reading: the state by code, and what staff have to look after.

use domain::identifier::{Key, PickupId};
use domain::permission::{Actor, Permission};
use domain::pickup::PickupState;
use domain::time::Timestamp;
use uuid::Uuid;

use crate::Scheduling;
use crate::pickup::Pickup;
use crate::pickup::failure::{Failure, Problem};
use crate::pickup::secret::{code, opens, read_code};
use crate::store::pickups::{self, PickupRow, Reader};

/// Which documents of an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Those in a box.
    InTheBox,
    /// Those to be taken out: expired, locked, or behind a door that was opened without leave.
    ToTakeOut,
    /// Those at the counter.
    AtCounter,
}

impl Which {
    /// The states that may be stored of them.
    fn stored(self) -> Vec<PickupState> {
        let wanted = |state: &&PickupState| match self {
            Self::InTheBox | Self::ToTakeOut => state.is_in_the_box(),
            Self::AtCounter => **state == PickupState::AtCounter,
        };
        PickupState::ALL.iter().filter(wanted).copied().collect()
    }

    fn has(self, state: PickupState) -> bool {
        match self {
            Self::InTheBox => state.is_in_the_box(),
            Self::ToTakeOut => matches!(state, PickupState::Expired | PickupState::Locked | PickupState::Forced),
            Self::AtCounter => state == PickupState::AtCounter,
        }
    }
}

/// Asks for the documents of an office, those that end first before the others.
#[derive(Debug, Clone)]
pub struct FindPickups {
    /// The office.
    pub office: Key,
    /// Which.
    pub which: Which,
    /// How many at most.
    pub most: usize,
}

/// A document as its staff see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficePickup {
    /// The document.
    pub pickup: Pickup,
    /// What the office calls it; nothing once its person was erased.
    pub reference: Option<String>,
}

impl Scheduling {
    /// The document that a code opens, as it stands now. Whoever has the code may.
    ///
    /// # Errors
    /// [`Problem::NotFound`].
    pub async fn pickup_by_code(&self, typed: &str) -> Result<Pickup, Failure> {
        let (number, proof) = read_code(typed).ok_or(Problem::NotFound)?;
        let found = pickups::by_number(Reader::Database(&self.database), &number).await?;
        let found = found.filter(|row| opens(&self.secret, row.pickup.id, &proof)).ok_or(Problem::NotFound)?;
        Ok(found.shown_at(self.now()))
    }

    /// The code of a document, for its person's letter.
    pub fn pickup_code(&self, pickup: &Pickup) -> String {
        code(&self.secret, &pickup.number, pickup.id)
    }

    /// The documents of one's own office that lie somewhere.
    ///
    /// # Errors
    /// [`Failure::Forbidden`] for anybody but the staff of the office.
    pub async fn find_pickups(&self, actor: &Actor, wanted: &FindPickups) -> Result<Vec<OfficePickup>, Failure> {
        actor.may_in(Permission::HandOutDocuments, &wanted.office)?;
        let now = self.now();
        self.vault.unlock(&self.database, now).await?;
        let (reader, states) = (Reader::Database(&self.database), wanted.which.stored());
        let (mut found, mut after) = (Vec::new(), (Timestamp::from_millis(i64::MIN), Uuid::nil()));
        while found.len() < wanted.most {
            let rows = pickups::of_office(reader, &wanted.office, &states, after, wanted.most as i64).await?;
            let Some(last) = rows.last() else { break };
            after = (last.pickup.expires_at, last.pickup.id.0);
            for row in rows.iter().filter(|row| wanted.which.has(row.state_at(now))) {
                found.push(self.seen_by_staff(row, now)?);
            }
        }
        found.truncate(wanted.most);
        Ok(found)
    }

    /// One document, as the staff of its office see it.
    ///
    /// # Errors
    /// [`Failure::Forbidden`], [`Problem::NotFound`].
    pub async fn office_pickup(&self, actor: &Actor, id: PickupId) -> Result<OfficePickup, Failure> {
        actor.may(Permission::HandOutDocuments)?;
        let now = self.now();
        self.vault.unlock(&self.database, now).await?;
        let row = pickups::by_id(Reader::Database(&self.database), id).await?.ok_or(Problem::NotFound)?;
        actor.may_in(Permission::HandOutDocuments, &row.pickup.office).map_err(|_| Problem::NotFound)?;
        self.seen_by_staff(&row, now)
    }

    fn seen_by_staff(&self, row: &PickupRow, now: Timestamp) -> Result<OfficePickup, Failure> {
        let whose = self.open_whose(row.pickup.id, row.key.as_ref(), row.sealed.as_deref())?;
        Ok(OfficePickup { pickup: row.shown_at(now), reference: whose.map(|whose| whose.reference) })
    }
}
