//! Reading a draft: what stands there, what is asked next, what is wrong.

use domain::application::ApplicationState;
use domain::permission::{Actor, Permission};
use domain::text::Language;
use forms::{Answers, Evaluation};

use crate::Applications;
use crate::access::{Access, Entry, Place};
use crate::definition::Pinned;
use crate::draft::{Answered, Draft, MyApplication, PartyView, Practice};
use crate::failure::Failure;
use crate::sealed::{answers_of, rehearsal_of};
use crate::store::Reader;
use crate::store::drafts;
use crate::store::parties::PartyRow;

impl Applications {
    /// A draft, or what is left of it once it was handed in.
    ///
    /// # Errors
    /// [`crate::Problem::NotFound`].
    pub async fn read_draft(&self, actor: &Actor, access: &Access) -> Result<Draft, Failure> {
        let place = self.enter(Reader::Database(&self.database), actor, access).await?;
        self.draft(&place).await
    }

    /// The applications in which the account that asks has a part, newest first; at most `limit`.
    ///
    /// # Errors
    /// [`Failure::Forbidden`], [`Failure::Database`].
    pub async fn my_applications(&self, actor: &Actor, limit: i64) -> Result<Vec<MyApplication>, Failure> {
        actor.may(Permission::BookForOneself)?;
        let Some(account) = actor.account() else { return Ok(Vec::new()) };
        Ok(drafts::of_account(Reader::Database(&self.database), account, limit).await?)
    }

    /// A draft as whoever came sees it.
    pub(crate) async fn draft(&self, place: &Place) -> Result<Draft, Failure> {
        match place {
            Place::Real(entry) => self.real_draft(entry).await,
            Place::Rehearsal(row) => {
                let pinned = self.pinned(row.definition).await?;
                let role = pinned.first_party()?.role.clone();
                self.vault.unlock(&self.database, self.now()).await?;
                let answers: Answers = self.open(row.key.as_ref(), rehearsal_of(row.id), Some(&row.answers_sealed))?;
                let finished = row.finished_at.is_some();
                let empty = Draft {
                    id: row.id,
                    practice: Practice::Rehearsal,
                    service: row.service.clone(),
                    definition: pinned.id,
                    definition_sha256: pinned.sha256.clone(),
                    sequence: pinned.sequence,
                    state: if finished { ApplicationState::Submitted } else { ApplicationState::Draft },
                    language: Language::German,
                    rev: row.rev,
                    role,
                    answers: Vec::new(),
                    dropped: Vec::new(),
                    answered: Answered::default(),
                    parties: Vec::new(),
                    expires_at: row.expires_at,
                    case: None,
                    household_used: None,
                    tour: None,
                };
                let calendar = self.calendar()?;
                let today = self.now().local_date(calendar.time_zone);
                // A rehearsal asks nobody's household.
                let evaluation = pinned.evaluate_for(&answers, &calendar, today, Some(0));
                Ok(filled(empty, &pinned, &answers, &evaluation))
            }
        }
    }

    async fn real_draft(&self, entry: &Entry) -> Result<Draft, Failure> {
        let pinned = self.pinned(entry.draft.definition).await?;
        let draft = Draft {
            id: entry.draft.id,
            practice: Practice::Real,
            service: entry.draft.service.clone(),
            definition: pinned.id,
            definition_sha256: pinned.sha256.clone(),
            sequence: pinned.sequence,
            state: entry.draft.state,
            language: entry.draft.language,
            rev: entry.draft.rev,
            role: entry.party.role.clone(),
            answers: Vec::new(),
            dropped: Vec::new(),
            answered: Answered::default(),
            parties: entry.parties.iter().map(view).collect(),
            expires_at: entry.draft.expires_at,
            case: entry.draft.case,
            household_used: None,
            tour: None,
        };
        if !entry.draft.state.is_open() {
            // What was handed in stands in the case; here nothing is left to fill in.
            return Ok(draft);
        }
        let answers = self.answers(entry).await?;
        let dropped = self.dropped(&entry.draft, &entry.party.role)?;
        let (evaluation, household) = self.evaluated_for_household(&pinned, &answers).await?;
        let household_used = household.map(|household| household.seen);
        let tour = self.chosen_tour(Reader::Database(&self.database), &pinned, entry.draft.id).await?;
        Ok(filled(Draft { dropped, household_used, tour, ..draft }, &pinned, &answers, &evaluation))
    }

    /// Everything that was typed into an application.
    pub(crate) async fn answers(&self, entry: &Entry) -> Result<Answers, Failure> {
        self.vault.unlock(&self.database, self.now()).await?;
        let Entry { draft, .. } = entry;
        self.open(draft.key.as_ref(), answers_of(draft.id), draft.answers_sealed.as_deref())
    }
}

fn filled(draft: Draft, pinned: &Pinned, answers: &Answers, evaluation: &Evaluation) -> Draft {
    let shown = pinned.visible_answers(answers, &draft.role);
    let answered = pinned.answered(evaluation, &draft.role, draft.language.into());
    Draft { answers: shown, answered, ..draft }
}

fn view(party: &PartyRow) -> PartyView {
    PartyView {
        id: party.id,
        role: party.role.clone(),
        state: party.state,
        trust: party.trust,
        invited_until: party.invited_until,
        consented_at: party.consented_at,
    }
}
