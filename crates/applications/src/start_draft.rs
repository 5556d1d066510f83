//! Beginning: a draft pinned to the newest version of its service, with a code to come back with. No account is needed.

use database::{IdempotencyKey, SubjectKey};
use domain::application::{ApplicationState, PartyState};
use domain::identifier::{ApplicationId, Key, PartyId};
use domain::law::TrustLevel;
use domain::permission::{Actor, Permission};
use domain::text::Language;
use domain::time::Timestamp;
use forms::Answers;
use uuid::Uuid;

use crate::Applications;
use crate::access::{Place, taker, trust_of};
use crate::case::Intake;
use crate::definition::Pinned;
use crate::draft::{Draft, Practice};
use crate::failure::{Failure, Problem};
use crate::requests::idempotency_key;
use crate::sealed::{answers_of, json};
use crate::secret::new_number;
use crate::store::drafts::{self, DraftRow};
use crate::store::parties::{self, PartyRow};
use crate::store::{Reader, rehearsals};

/// Asks for a draft.
#[derive(Debug, Clone)]
pub struct StartDraft {
    /// The service.
    pub service: Key,
    /// Whether it counts.
    pub practice: Practice,
    /// By which way it comes. All but [`Intake::Online`] are for staff of the service's office.
    pub intake: Intake,
    /// In which language messages about it are written.
    pub language: Language,
    /// The client's key of this request.
    pub idempotency_key: String,
}

/// A draft that has begun.
#[derive(Debug, Clone, PartialEq)]
pub struct Started {
    /// The draft.
    pub draft: Draft,
    /// The code with which one comes back. It is not stored and cannot be asked for again.
    pub code: String,
}

impl Applications {
    /// Begins a draft.
    ///
    /// # Errors
    /// [`Problem::UnknownService`]; [`Failure::Forbidden`] for staff of another office.
    pub async fn start_draft(&self, actor: &Actor, command: &StartDraft) -> Result<Started, Failure> {
        let pinned = self.newest(&command.service).await?;
        if command.intake != Intake::Online {
            actor.may_in(Permission::WorkOnCases, &self.service(&command.service).await?.team)?;
        }
        let input = format!("{:?}", (&command.service, command.practice, command.intake, command.language));
        let key = idempotency_key(actor, &command.idempotency_key, "start_draft", &input)?;
        self.vault.unlock(&self.database, self.now()).await?;
        let id = match command.practice {
            Practice::Real => self.once(&key, || self.insert_draft(actor, &pinned, command, &key)).await?,
            Practice::Rehearsal => self.once(&key, || self.insert_rehearsal(&pinned, &key)).await?,
        };
        self.started(command.practice, id).await
    }

    async fn started(&self, practice: Practice, id: Uuid) -> Result<Started, Failure> {
        let reader = Reader::Database(&self.database);
        match practice {
            Practice::Real => {
                let parties = parties::of(reader, ApplicationId(id)).await?;
                let party = parties.first().cloned().ok_or(Problem::NotFound)?;
                let draft = drafts::by_id(reader, ApplicationId(id)).await?.ok_or(Problem::NotFound)?;
                let code = self.resume_code(&party);
                let entry = crate::access::Entry { draft, parties, party };
                Ok(Started { draft: self.draft(&Place::Real(Box::new(entry))).await?, code })
            }
            Practice::Rehearsal => {
                let row = rehearsals::by_id(reader, ApplicationId(id)).await?.ok_or(Problem::NotFound)?;
                let code = self.rehearsal_code(&row);
                Ok(Started { draft: self.draft(&Place::Rehearsal(Box::new(row))).await?, code })
            }
        }
    }

    async fn insert_draft(
        &self,
        actor: &Actor,
        pinned: &Pinned,
        command: &StartDraft,
        key: &IdempotencyKey,
    ) -> Result<Uuid, Failure> {
        let (now, calendar) = (self.now(), self.calendar()?);
        let intake = command.intake;
        let id = ApplicationId(self.entropy.id(now));
        let sealed = self.vault.seal_new(id.0, answers_of(id), &json(&Answers::empty()))?;
        let draft = DraftRow {
            id,
            definition: pinned.id,
            service: pinned.service.clone(),
            intake,
            state: ApplicationState::Draft,
            rev: 1,
            answers_sealed: Some(sealed.field),
            key: None,
            case: None,
            expires_at: pinned.draft_ends(now, &calendar),
            keep_until: None,
            moves_to: None,
            dropped_sealed: None,
            language: command.language,
        };
        // Staff fill in for somebody; their own account has no part in it.
        let account = if intake == Intake::Online { taker(actor) } else { None };
        let trust = if account.is_some() { trust_of(actor) } else { TrustLevel::None };
        let unit = self.database.begin().await?;
        self.keep_key(&unit, &sealed.key, now).await?;
        drafts::insert(&unit, &draft, now).await?;
        for (position, party) in (0..).zip(&pinned.form.service().parties) {
            let begins = position == 0;
            let row = PartyRow {
                id: PartyId(self.entropy.id(now)),
                application: id,
                role: party.role.clone(),
                position,
                state: if begins { PartyState::Joined } else { PartyState::Expected },
                number: new_number(&*self.entropy),
                links: 0,
                account: account.filter(|_| begins),
                pseudonym: account.filter(|_| begins).map(|account| self.secret.pseudonym(id.0, account)),
                trust: if begins { trust } else { TrustLevel::None },
                invited_until: None,
                consent_sha256: None,
                consented_at: None,
            };
            parties::insert(&unit, &row, now).await?;
        }
        unit.remember(key, id.0, now).await?;
        unit.commit().await?;
        Ok(id.0)
    }

    /// Keeps the key of something sealed in this unit.
    pub(crate) async fn keep_key(
        &self,
        unit: &database::Unit,
        key: &SubjectKey,
        now: Timestamp,
    ) -> Result<(), Failure> {
        if unit.keep_key(key, now).await? {
            return Ok(());
        }
        // The keys were changed under our hands; the next try seals with the new one.
        self.vault.refresh(&self.database).await?;
        Err(database::DatabaseError::Contended.into())
    }
}
