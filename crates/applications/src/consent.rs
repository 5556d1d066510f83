//! Agreeing: to exactly what stands there, and to nothing else. Any later change voids it.

use domain::application::{PartyState, PartyStep};
use domain::permission::Actor;
use forms::Evaluation;

use crate::Applications;
use crate::access::{Access, Entry, trust_of};
use crate::case::Intake;
use crate::definition::Pinned;
use crate::draft::Draft;
use crate::failure::{Failure, Problem};
use crate::store::Reader;
use crate::store::drafts::DraftRow;
use crate::store::parties::{self, PartyRow};

/// Everything on one page, to be checked before it is handed in or agreed to (§ 9a OZG).
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The draft.
    pub draft: Draft,
    /// The hash of the answers of everybody, the texts of the declarations and the version of the form; 64 hexadecimal
    /// digits. Whoever agrees or hands in names it.
    pub sha256: String,
}

/// Agrees, or says no.
#[derive(Debug, Clone)]
pub struct Consent {
    /// Which part.
    pub access: Access,
    /// The hash of the summary that was read; absent to say no.
    pub summary_sha256: Option<String>,
}

impl Applications {
    /// The summary of an application.
    ///
    /// # Errors
    /// [`Problem::NotFound`].
    pub async fn summary(&self, actor: &Actor, access: &Access) -> Result<Summary, Failure> {
        let reader = Reader::Database(&self.database);
        let entry = self.enter_real(reader, actor, access).await?;
        let (pinned, evaluation) = self.evaluated(&entry).await?;
        let sha256 = pinned.form.consent_hash(&evaluation.effective);
        Ok(Summary { draft: self.read_draft(actor, access).await?, sha256 })
    }

    /// Agrees to a summary, or says no. Agreeing twice to the same changes nothing.
    ///
    /// # Errors
    /// [`Problem::SummaryChanged`] when something else stands there by now; [`Problem::TrustTooLow`];
    /// [`Problem::Incomplete`]; [`Problem::WrongState`].
    pub async fn consent(&self, actor: &Actor, command: &Consent) -> Result<Draft, Failure> {
        let reader = Reader::Database(&self.database);
        let entry = self.enter_real(reader, actor, &command.access).await?;
        let party = match &command.summary_sha256 {
            Some(sha256) => self.agreed(actor, &entry, sha256).await?,
            None => PartyRow {
                state: entry.party.state.after(PartyStep::Decline)?,
                consent_sha256: None,
                consented_at: None,
                ..entry.party.clone()
            },
        };
        if party.state != entry.party.state || party.consent_sha256 != entry.party.consent_sha256 {
            self.write_party(&entry, &party).await?;
        }
        self.read_draft(actor, &command.access).await
    }

    async fn agreed(&self, actor: &Actor, entry: &Entry, sha256: &str) -> Result<PartyRow, Failure> {
        let (pinned, evaluation) = self.evaluated(entry).await?;
        if pinned.form.consent_hash(&evaluation.effective) != sha256 {
            return Err(Problem::SummaryChanged.into());
        }
        if entry.party.state == PartyState::Consented {
            return Ok(entry.party.clone());
        }
        let errors = pinned.obstacles(&evaluation, &entry.party.role, entry.draft.language.into());
        if !errors.is_empty() {
            return Err(Problem::Incomplete { errors }.into());
        }
        let trust = entry.party.trust.max(trust_of(actor));
        has_trust(&pinned, entry, &PartyRow { trust, ..entry.party.clone() })?;
        Ok(PartyRow {
            state: entry.party.state.after(PartyStep::Consent)?,
            consent_sha256: Some(sha256.to_owned()),
            consented_at: Some(self.now()),
            trust,
            ..entry.party.clone()
        })
    }

    /// What an open application amounts to today.
    pub(crate) async fn evaluated(&self, entry: &Entry) -> Result<(std::sync::Arc<Pinned>, Evaluation), Failure> {
        let pinned = self.pinned(entry.draft.definition).await?;
        let answers = self.answers(entry).await?;
        let (evaluation, _) = self.evaluated_for_household(&pinned, &answers).await?;
        Ok((pinned, evaluation))
    }

    /// Writes a part back, and lets everybody who read the application before read it again.
    pub(crate) async fn write_party(&self, entry: &Entry, party: &PartyRow) -> Result<(), Failure> {
        let now = self.now();
        let seen = entry.draft.rev;
        let before = entry.parties.iter().find(|before| before.id == party.id).ok_or(Problem::NotFound)?;
        let draft = DraftRow { rev: seen + 1, ..entry.draft.clone() };
        let unit = self.database.begin().await?;
        self.put_back(&unit, &draft, seen, now).await?;
        if !parties::update(&unit, party, before.state, now).await.map_err(same_person)? {
            return Err(Problem::ChangedMeanwhile.into());
        }
        unit.commit().await?;
        Ok(())
    }
}

/// The human name of the rule that nobody is two parties.
fn same_person(error: database::DatabaseError) -> Failure {
    if error.breaks(database::Rule::PartyIdentity) { Problem::SamePerson.into() } else { error.into() }
}

/// Whether it is sure enough who a party is. Staff who filled in for somebody answer for it.
pub(crate) fn has_trust(pinned: &Pinned, entry: &Entry, party: &PartyRow) -> Result<(), Problem> {
    let needed = pinned.party(&party.role).map(|party| party.trust).unwrap_or_default();
    let vouched = entry.draft.intake != Intake::Online && party.position == 0;
    if vouched || party.trust >= needed { Ok(()) } else { Err(Problem::TrustTooLow { needed }) }
}
