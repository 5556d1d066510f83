//! Who may touch an application: whoever has the code of a part, and the account that took it.

use domain::identifier::{AccountId, ApplicationId};
use domain::law::TrustLevel;
use domain::permission::{Actor, Permission};

use crate::Applications;
use crate::failure::{Failure, Problem};
use crate::secret::{Scope, parse_code};
use crate::store::Reader;
use crate::store::drafts::{self, DraftRow};
use crate::store::parties::{self, PartyRow};
use crate::store::rehearsals::{self, RehearsalRow};

/// By what right somebody comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// With the code of a part, or of a rehearsal.
    Code(String),
    /// As the account that has a part.
    Own(ApplicationId),
}

/// An application, with the part of whoever came.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) draft: DraftRow,
    /// Everybody's; the one who began comes first.
    pub(crate) parties: Vec<PartyRow>,
    pub(crate) party: PartyRow,
}

/// Where a right leads.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    Real(Box<Entry>),
    Rehearsal(Box<RehearsalRow>),
}

impl Applications {
    /// Where `access` leads. Strangers and wrong codes get one and the same answer.
    pub(crate) async fn enter(&self, reader: Reader<'_>, actor: &Actor, access: &Access) -> Result<Place, Failure> {
        match access {
            Access::Code(code) => self.enter_with_code(reader, code).await,
            Access::Own(id) => {
                let account = actor.account().ok_or(Problem::NotFound)?;
                self.enter_as(reader, account, *id).await
            }
        }
    }

    /// The application as the account that has a part in it.
    pub(crate) async fn enter_as(
        &self,
        reader: Reader<'_>,
        account: AccountId,
        id: ApplicationId,
    ) -> Result<Place, Failure> {
        let parties = parties::of(reader, id).await?;
        let mine = parties.iter().find(|party| party.account == Some(account)).cloned();
        self.entry(reader, mine.ok_or(Problem::NotFound)?, parties).await
    }

    /// An application that counts.
    pub(crate) async fn enter_real(
        &self,
        reader: Reader<'_>,
        actor: &Actor,
        access: &Access,
    ) -> Result<Entry, Failure> {
        match self.enter(reader, actor, access).await? {
            Place::Real(entry) => Ok(*entry),
            Place::Rehearsal(_) => Err(Problem::NotFound.into()),
        }
    }

    async fn enter_with_code(&self, reader: Reader<'_>, code: &str) -> Result<Place, Failure> {
        let (number, proof) = parse_code(code).ok_or(Problem::NotFound)?;
        if let Some(party) = parties::by_number(reader, &number).await? {
            if !self.secret.opens(Scope::Resume, party.id.0, party.links, &proof) {
                return Err(Problem::NotFound.into());
            }
            let parties = parties::of(reader, party.application).await?;
            return self.entry(reader, party, parties).await;
        }
        let rehearsal = rehearsals::by_number(reader, &number).await?.ok_or(Problem::NotFound)?;
        let opens = self.secret.opens(Scope::Rehearse, rehearsal.id.0, 0, &proof);
        if opens { Ok(Place::Rehearsal(Box::new(rehearsal))) } else { Err(Problem::NotFound.into()) }
    }

    async fn entry(&self, reader: Reader<'_>, party: PartyRow, parties: Vec<PartyRow>) -> Result<Place, Failure> {
        let draft = drafts::by_id(reader, party.application).await?.ok_or(Problem::NotFound)?;
        Ok(Place::Real(Box::new(Entry { draft, parties, party })))
    }

    /// The code with which somebody goes on with their part.
    pub(crate) fn resume_code(&self, party: &PartyRow) -> String {
        self.secret.code(Scope::Resume, &party.number, party.id.0, party.links)
    }
}

/// The account that takes a part, if the asker has one of their own. A kiosk is many people: whoever begins there has the
/// code alone, and nobody after them comes in by the account of the device.
pub(crate) fn taker(actor: &Actor) -> Option<AccountId> {
    actor.may(Permission::BookForOneself).ok().and_then(|()| actor.account())
}

/// How sure it is who asks.
pub(crate) const fn trust_of(actor: &Actor) -> TrustLevel {
    match actor {
        Actor::Account { trust, .. } => *trust,
        Actor::Anonymous | Actor::System => TrustLevel::None,
    }
}
