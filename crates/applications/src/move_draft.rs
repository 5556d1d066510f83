//! Carrying a draft to another version: answers that fit come along, the others are kept for whoever gave them to see.

use domain::application::{ApplicationStep, PartyState};
use domain::identifier::{DefinitionId, PartyId};
use forms::Locale;
use serde::{Deserialize, Serialize};

use crate::Applications;
use crate::access::Entry;
use crate::definition::{Pinned, without_row};
use crate::failure::{Failure, Problem};
use crate::requests::retried;
use crate::sealed::{answers_of, dropped_of};
use crate::secret::new_number;
use crate::store::drafts::{self, DraftRow};
use crate::store::parties::{self, PartyRow};

/// An answer that has no place in the version a draft was carried to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DroppedAnswer {
    /// Where it stood.
    pub path: String,
    /// What the field was called, German.
    pub label: String,
    /// What it was.
    pub value: serde_json::Value,
    /// The roles that could read it there.
    pub(crate) roles: Vec<String>,
}

impl Applications {
    /// Carries a draft to the version that somebody has decided on. Whoever comes at the same moment does it once.
    pub(crate) async fn move_draft(&self, entry: &Entry, to: DefinitionId) -> Result<(), Failure> {
        let (old, new) = (self.pinned(entry.draft.definition).await?, self.pinned(to).await?);
        let carried = self.answers(entry).await?.carry_over(&old.form, &new.form);
        let label = |path: &str| {
            let key = format!("field.{}.label", without_row(path));
            old.form.text(&key, Locale::De).unwrap_or(path).to_owned()
        };
        let dropped: Vec<DroppedAnswer> = carried
            .dropped
            .into_iter()
            .map(|gone| DroppedAnswer {
                label: label(&gone.path),
                roles: readers(&old, &gone.path),
                path: gone.path,
                value: gone.answer.value,
            })
            .collect();
        let key = entry.draft.key.as_ref().ok_or(Problem::NotFound)?;
        let state = entry.draft.state.after(ApplicationStep::Edit)?;
        let draft = DraftRow {
            state,
            answers_sealed: Some(self.seal(key, answers_of(entry.draft.id), &carried.answers)?),
            dropped_sealed: Some(self.seal(key, dropped_of(entry.draft.id), &dropped)?),
            ..entry.draft.clone()
        };
        retried(|| self.write_moved(entry, &draft, &new)).await
    }

    async fn write_moved(&self, entry: &Entry, draft: &DraftRow, new: &Pinned) -> Result<(), Failure> {
        let now = self.now();
        let unit = self.database.begin().await?;
        if !drafts::carry(&unit, draft, new.id, entry.draft.rev, now).await? {
            // Somebody saved or carried it meanwhile; whoever reads next sees what holds.
            return Ok(());
        }
        parties::void_consents(&unit, draft.id, now).await?;
        let known = |role: &str| entry.parties.iter().any(|party| party.role == role);
        for (position, party) in (0..).zip(&new.form.service().parties) {
            if known(&party.role) {
                continue;
            }
            let row = PartyRow {
                id: PartyId(self.entropy.id(now)),
                application: draft.id,
                role: party.role.clone(),
                position,
                state: PartyState::Expected,
                number: new_number(&*self.entropy),
                links: 0,
                account: None,
                pseudonym: None,
                trust: domain::law::TrustLevel::None,
                invited_until: None,
                consent_sha256: None,
                consented_at: None,
            };
            parties::insert(&unit, &row, now).await?;
        }
        unit.commit().await?;
        Ok(())
    }

    /// What was dropped when a draft was carried, as far as `role` could read it before.
    pub(crate) fn dropped(&self, draft: &DraftRow, role: &str) -> Result<Vec<DroppedAnswer>, Failure> {
        let Some(sealed) = draft.dropped_sealed.as_deref() else { return Ok(Vec::new()) };
        let all: Vec<DroppedAnswer> = self.open(draft.key.as_ref(), dropped_of(draft.id), Some(sealed))?;
        Ok(all.into_iter().filter(|gone| gone.roles.iter().any(|reader| reader == role)).collect())
    }
}

fn readers(old: &Pinned, path: &str) -> Vec<String> {
    let parties = old.form.service().parties.iter();
    parties.filter(|party| old.may_touch(&party.role, path)).map(|party| party.role.clone()).collect()
}
