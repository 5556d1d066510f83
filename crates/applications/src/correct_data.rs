//! Correcting an answer, with its reason: a new version of the answers beside the old one.

use domain::application::CaseStep;
use domain::identifier::CaseId;
use domain::permission::Actor;
use forms::{AnswerSource, Locale};
use serde_json::json;

use crate::Applications;
use crate::advance::{Effect, Step};
use crate::attach_files::{FilesOf, Owner};
use crate::case::Case;
use crate::failure::{Failure, Problem, text};
use crate::requests::idempotency_key;
use crate::save_answers::{AnswerChange, Writing, apply};
use crate::sealed::{Snapshot, snapshot_of};
use crate::store::Reader;

/// Corrects answers.
#[derive(Debug, Clone)]
pub struct CorrectData {
    /// Which case.
    pub case: CaseId,
    /// The changes.
    pub changes: Vec<AnswerChange>,
    /// Why. It stands beside each answer.
    pub reason: String,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Applications {
    /// Corrects answers of a case in review. What parties agreed to was the version before; the chain says so.
    ///
    /// # Errors
    /// [`Problem::ReasonMissing`], [`Problem::AnswersRefused`]; [`Problem::OwnCase`], [`Failure::Forbidden`]; [`Problem::NotFound`],
    /// [`Problem::WrongState`].
    pub async fn correct_data(&self, actor: &Actor, command: &CorrectData) -> Result<Case, Failure> {
        let reader = Reader::Database(&self.database);
        let found = self.case_to_work_on(reader, actor, command.case).await?;
        let reason = text(&command.reason, 500).map_err(|_| Problem::ReasonMissing)?;
        let input = self.secret.fingerprint(&format!("{:?}", (command.case, &command.changes, &reason)));
        let key = idempotency_key(actor, &command.idempotency_key, "correct_data", &input)?;
        self.vault.unlock(&self.database, self.now()).await?;
        let pinned = self.pinned(found.case.definition).await?;
        let calendar = self.calendar()?;
        let before = self.snapshot(reader, &found).await?;
        let read = found.case.revision;
        let key_of_case = found.key.as_ref().ok_or(Problem::NotFound)?;
        let owner = Owner { id: found.case.application.0, key: key_of_case, locale: Locale::De };
        let changes = self.with_files(owner, &pinned, FilesOf::Everybody, &command.changes).await?;
        self.staff_step(actor, command.case, &key, |found, now| {
            found.case.state.after(CaseStep::CorrectData)?;
            if found.case.revision != read {
                return Err(Problem::ChangedMeanwhile.into());
            }
            let source = AnswerSource::Clerk { reason: reason.clone() };
            let answers = apply(&pinned, &before.answers, &changes, Writing { source, locale: Locale::De, at: now })?;
            let day = found.case.submitted_at.local_date(calendar.time_zone);
            let effective = pinned.evaluate_for(&answers, &calendar, day, before.household_used).effective;
            let canonical = effective.canonical_json(&pinned.form);
            let Snapshot { handling, household_used, .. } = before;
            let snapshot = Snapshot { answers, canonical, handling, household_used };
            let revision = found.case.revision + 1;
            let subject_key = found.key.as_ref().ok_or(Problem::NotFound)?;
            let sealed = self.seal(subject_key, snapshot_of(found.case.id, revision), &snapshot)?;
            let facts = json!({
                "revision": revision, "snapshot": effective.sha256(&pinned.form), "changes": command.changes.len(),
                "consents": "to_the_version_before",
            });
            let mut effects = vec![Effect::Snapshot(effective.sha256(&pinned.form), sealed)];
            effects.extend(pinned.reported_place(&effective).map(Effect::Relocate));
            let case = Case { revision, ..found.case.clone() };
            Ok(Step { taken: CaseStep::CorrectData, case, facts, effects })
        })
        .await
    }
}
