//! Erasing a person (Art. 17 DSGVO): drafts go, cases go whose time is over, and from the others the account is cut off. A case
//! that the law tells the city to keep is kept (Art. 17 (3) (b) DSGVO); retention erases it later.

use database::within_statements;
use domain::application::PartyState;
use domain::identifier::AccountId;
use domain::law::TrustLevel;
use domain::permission::Actor;
use forms::Locale;

use crate::Applications;
use crate::access::{Entry, Place};
use crate::erase_case::EraseCase;
use crate::export_person::{STATEMENTS_EACH, may_handle};
use crate::failure::{Failure, Problem};
use crate::requests::retried;
use crate::save_answers::{AnswerChange, Writing, apply};
use crate::sealed::answers_of;
use crate::store::drafts::{self, DraftRow};
use crate::store::parties::{self, PartyRow};
use crate::store::{Reader, attachments, cases};

/// More applications than anybody has.
const MOST: i64 = 10_000;

/// What erasing a person did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ErasedApplications {
    /// Drafts that are gone, or from which the person's part is.
    pub drafts: u64,
    /// Cases that are gone, because they have been kept long enough.
    pub cases: u64,
    /// Cases that the law tells the city to keep. The account is cut off from them.
    pub kept: u64,
}

impl Applications {
    /// Erases a person from everything in which their account has a part. Doing it twice does no harm.
    ///
    /// # Errors
    /// [`Failure::Forbidden`]; what was done stays done.
    pub async fn erase_person(&self, actor: &Actor, account: AccountId) -> Result<ErasedApplications, Failure> {
        may_handle(actor, account)?;
        self.vault.unlock(&self.database, self.now()).await?;
        let mut erased = ErasedApplications::default();
        for mine in drafts::of_account(Reader::Database(&self.database), account, MOST).await? {
            let part = retried(async || {
                let reader = Reader::Database(&self.database);
                match self.enter_as(reader, account, mine.id).await? {
                    Place::Real(entry) => self.erase_part(&entry, account).await,
                    Place::Rehearsal(_) => Err(Problem::NotFound.into()),
                }
            });
            let ErasedApplications { drafts, cases, kept } = within_statements(STATEMENTS_EACH, part).await?;
            erased.drafts += drafts;
            erased.cases += cases;
            erased.kept += kept;
        }
        self.forget_supporter(account).await?;
        self.delete_garbage_now().await;
        self.database.scrub().await?;
        Ok(erased)
    }

    async fn erase_part(&self, entry: &Entry, account: AccountId) -> Result<ErasedApplications, Failure> {
        let Some(case) = entry.draft.case else {
            if entry.party.position == 0 {
                self.delete_draft(entry).await?;
            } else {
                self.leave_draft(entry).await?;
            }
            return Ok(ErasedApplications { drafts: 1, ..ErasedApplications::default() });
        };
        let found = cases::by_id(Reader::Database(&self.database), case).await?.ok_or(Problem::NotFound)?;
        if self.is_kept_long_enough(&found.case).await? {
            // As the city itself does it with everything that is over.
            self.erase_case(&Actor::System, EraseCase { case }).await?;
            return Ok(ErasedApplications { cases: 1, ..ErasedApplications::default() });
        }
        let unit = self.database.begin().await?;
        parties::unlink(&unit, entry.draft.id, account, self.now()).await?;
        unit.commit().await?;
        Ok(ErasedApplications { kept: 1, ..ErasedApplications::default() })
    }

    /// Deletes a draft with its files and its key.
    pub(crate) async fn delete_draft(&self, entry: &Entry) -> Result<(), Failure> {
        let now = self.now();
        let unit = self.database.begin().await?;
        // The row is ours for the rest of the unit only if nobody handed it in meanwhile.
        let draft = DraftRow { rev: entry.draft.rev + 1, ..entry.draft.clone() };
        self.put_back(&unit, &draft, entry.draft.rev, now).await?;
        drafts::delete(&unit, draft.id).await?;
        attachments::delete_of(&unit, draft.id.0, now).await?;
        unit.destroy_keys(&[draft.id.0]).await?;
        Ok(unit.commit().await?)
    }

    /// Takes somebody who was invited out of a draft: their part is empty and waits for somebody.
    async fn leave_draft(&self, entry: &Entry) -> Result<(), Failure> {
        let now = self.now();
        let pinned = self.pinned(entry.draft.definition).await?;
        let (role, first) = (&entry.party.role, &pinned.first_party()?.role);
        let answers = self.answers(entry).await?;
        let is_theirs = |path: &str| pinned.may_touch(role, path) && !pinned.may_touch(first, path);
        let paths = answers.iter().map(|(path, _)| path).filter(|path| is_theirs(path));
        let changes: Vec<AnswerChange> = paths.map(|path| AnswerChange::Clear { path: path.to_owned() }).collect();
        let source = forms::AnswerSource::Applicant { party: role.clone() };
        let answers = apply(&pinned, &answers, &changes, Writing { source, locale: Locale::De, at: now })?;
        let key = entry.draft.key.as_ref().ok_or(Problem::NotFound)?;
        let draft = DraftRow {
            rev: entry.draft.rev + 1,
            answers_sealed: Some(self.seal(key, answers_of(entry.draft.id), &answers)?),
            ..entry.draft.clone()
        };
        let party = PartyRow {
            state: PartyState::Expected,
            links: entry.party.links + 1,
            account: None,
            pseudonym: None,
            trust: TrustLevel::None,
            invited_until: None,
            consent_sha256: None,
            consented_at: None,
            ..entry.party.clone()
        };
        let files = attachments::of(Reader::Database(&self.database), entry.draft.id.0).await?;
        let unit = self.database.begin().await?;
        self.put_back(&unit, &draft, entry.draft.rev, now).await?;
        if !parties::update(&unit, &party, entry.party.state, now).await? {
            return Err(Problem::ChangedMeanwhile.into());
        }
        parties::void_consents(&unit, draft.id, now).await?;
        for row in files.iter().filter(|row| row.role == *role) {
            attachments::delete(&unit, row, now).await?;
        }
        Ok(unit.commit().await?)
    }
}
