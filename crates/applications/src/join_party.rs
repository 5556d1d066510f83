//! Taking up an invitation. The code works once; nobody is two parties.

use domain::application::PartyStep;
use domain::permission::Actor;

use crate::Applications;
use crate::access::{Entry, Place, taker, trust_of};
use crate::consent::has_trust;
use crate::failure::{Failure, Problem};
use crate::secret::{Scope, parse_code};
use crate::start_draft::Started;
use crate::store::Reader;
use crate::store::drafts;
use crate::store::parties::{self, PartyRow};

/// Takes up an invitation.
#[derive(Debug, Clone)]
pub struct JoinParty {
    /// The code of the invitation.
    pub code: String,
}

impl Applications {
    /// Takes up an invitation and gives the application, as this part sees it, with a code of one's own.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a code that is wrong, used or too old; [`Problem::TrustTooLow`]; [`Problem::SamePerson`].
    pub async fn join_party(&self, actor: &Actor, command: &JoinParty) -> Result<Started, Failure> {
        let (number, proof) = parse_code(&command.code).ok_or(Problem::NotFound)?;
        let reader = Reader::Database(&self.database);
        let invited = parties::by_number(reader, &number).await?.ok_or(Problem::NotFound)?;
        let is_open = self.secret.opens(Scope::Join, invited.id.0, invited.links, &proof)
            && invited.invited_until.is_some_and(|until| until > self.now());
        let Ok(state) = invited.state.after(PartyStep::Join) else { return Err(Problem::NotFound.into()) };
        if !is_open {
            return Err(Problem::NotFound.into());
        }
        let party = PartyRow {
            state,
            account: taker(actor),
            pseudonym: taker(actor).map(|account| self.secret.pseudonym(invited.application.0, account)),
            trust: trust_of(actor),
            invited_until: None,
            ..invited.clone()
        };
        let draft = drafts::by_id(reader, invited.application).await?.ok_or(Problem::NotFound)?;
        let parties = parties::of(reader, invited.application).await?;
        let entry = Entry { draft, parties, party: invited };
        if !entry.draft.state.is_open() {
            return Err(Problem::NotFound.into());
        }
        let pinned = self.pinned(entry.draft.definition).await?;
        has_trust(&pinned, &entry, &party)?;
        self.write_party(&entry, &party).await?;
        let code = self.resume_code(&party);
        let place = self.enter(reader, actor, &crate::Access::Code(code.clone())).await?;
        let Place::Real(_) = &place else { return Err(Problem::NotFound.into()) };
        Ok(Started { draft: self.draft(&place).await?, code })
    }
}
