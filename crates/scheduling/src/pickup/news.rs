//! What letters about a document say, as it stands when they leave.

use domain::identifier::PickupId;
use domain::permission::{Actor, Forbidden, Permission};
use domain::personal::Pii;
use domain::pickup::PickupState;

use crate::Scheduling;
use crate::appointment::Contact;
use crate::pickup::Pickup;
use crate::pickup::failure::Failure;
use crate::pickup::secret::{code, pin};
use crate::store::pickups::{self, Reader};

/// What somebody is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PickupOccasion {
    /// It lies ready.
    Ready,
    /// There is a new PIN.
    PinRenewed,
    /// Its time ends soon.
    ExpiresSoon,
    /// Its time is over.
    Expired,
    /// It was taken out.
    Collected,
}

/// What a letter says.
#[derive(Debug, Clone)]
pub struct PickupNews {
    /// The document.
    pub pickup: Pickup,
    /// Who is told.
    pub contact: Contact,
    /// The code with which the state is read.
    pub code: String,
    /// The PIN; there for [`PickupOccasion::Ready`] and [`PickupOccasion::PinRenewed`] alone.
    pub pin: Option<Pii<String>>,
}

impl Scheduling {
    /// What a letter about this occasion says. `None` when there is nobody to write to, or the document has moved on: nobody
    /// is reminded of what was fetched, and a PIN that is void is not sent.
    ///
    /// # Errors
    /// [`Failure::Forbidden`] for anybody but the system, [`Failure::Database`].
    pub async fn pickup_news(
        &self,
        actor: &Actor,
        id: PickupId,
        occasion: PickupOccasion,
    ) -> Result<Option<PickupNews>, Failure> {
        match actor {
            Actor::System => {}
            Actor::Anonymous | Actor::Account { .. } => {
                return Err(Forbidden { permission: Permission::HandlePersonalData }.into());
            }
        }
        let now = self.now();
        self.vault.unlock(&self.database, now).await?;
        let Some(row) = pickups::by_id(Reader::Database(&self.database), id).await? else { return Ok(None) };
        let whose = self.open_whose(id, row.key.as_ref(), row.sealed.as_deref())?;
        let Some(whose) = whose.filter(|whose| whose.contact.mail.is_some()) else { return Ok(None) };
        let pickup = row.shown_at(now);
        let lies_ready = matches!(pickup.state, PickupState::Loaded | PickupState::Opening);
        let holds = match occasion {
            PickupOccasion::Ready => lies_ready && row.pins == 0,
            PickupOccasion::PinRenewed => lies_ready && row.pins > 0,
            PickupOccasion::ExpiresSoon => lies_ready,
            PickupOccasion::Expired => matches!(pickup.state, PickupState::Expired | PickupState::AtCounter),
            PickupOccasion::Collected => pickup.state == PickupState::Collected,
        };
        if !holds {
            return Ok(None);
        }
        let pin = match occasion {
            PickupOccasion::Ready | PickupOccasion::PinRenewed => Some(pin(&self.secret, id, row.pins).into()),
            PickupOccasion::ExpiresSoon | PickupOccasion::Expired | PickupOccasion::Collected => None,
        };
        let code = code(&self.secret, &pickup.number, id);
        Ok(Some(PickupNews { pickup, contact: whose.contact, code, pin }))
    }
}
