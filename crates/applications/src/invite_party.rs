//! Inviting somebody into their part: a code that is used once.

use domain::application::PartyStep;
use domain::permission::Actor;
use domain::time::Timestamp;

use crate::Applications;
use crate::access::Access;
use crate::failure::{Failure, Problem};
use crate::secret::Scope;
use crate::store::Reader;
use crate::store::parties::PartyRow;

/// How long an invitation can be taken up, in minutes: seven days.
const INVITED_MINUTES: i64 = 7 * 24 * 60;

/// Invites somebody.
#[derive(Debug, Clone)]
pub struct InviteParty {
    /// By the right of whoever began.
    pub access: Access,
    /// Into which part.
    pub role: String,
}

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The code, to be handed over or shown as a QR code. It works once; inviting again voids it.
    pub code: String,
    /// Until when.
    pub until: Timestamp,
}

impl Applications {
    /// Invites somebody. Inviting again voids the code of before.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a part that the form does not know, or for anybody but the one who began;
    /// [`Problem::WrongState`] when somebody has the part already.
    pub async fn invite_party(&self, actor: &Actor, command: &InviteParty) -> Result<Invitation, Failure> {
        let entry = self.enter_real(Reader::Database(&self.database), actor, &command.access).await?;
        if entry.party.position != 0 || !entry.draft.state.is_open() {
            return Err(Problem::NotFound.into());
        }
        let invited = entry.parties.iter().find(|party| party.role == command.role && party.position != 0);
        let invited = invited.ok_or(Problem::NotFound)?;
        let until = self.now().plus_minutes(INVITED_MINUTES);
        let party = PartyRow {
            state: invited.state.after(PartyStep::Invite)?,
            links: invited.links + 1,
            invited_until: Some(until),
            account: None,
            pseudonym: None,
            ..invited.clone()
        };
        self.write_party(&entry, &party).await?;
        Ok(Invitation { code: self.secret.code(Scope::Join, &party.number, party.id.0, party.links), until })
    }
}
