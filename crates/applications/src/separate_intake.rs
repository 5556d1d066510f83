//! Taking two apart that were held for one: the arrival that joined a case begins a case of its own.

use domain::identifier::{CaseId, IntakeId};
use domain::permission::{Actor, Permission};
use serde_json::json;

use crate::Applications;
use crate::access::Entry;
use crate::case::Case;
use crate::failure::{Failure, Problem};
use crate::open_case::Opening;
use crate::requests::idempotency_key;
use crate::sealed::{Handling, Snapshot};
use crate::store::drafts::{self, DraftRow};
use crate::store::intakes;
use crate::store::{Reader, parties};

/// Separates an arrival from the case that it joined.
#[derive(Debug, Clone)]
pub struct SeparateIntake {
    /// The case.
    pub case: CaseId,
    /// The arrival.
    pub intake: IntakeId,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Applications {
    /// Lets an arrival that joined a case begin one of its own, because they are two after all. Whoever handed it in reads
    /// with their code how that one stands. Where a day is collected on, they choose one.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for what did not join this case; [`Problem::HouseholdExhausted`], [`Problem::QuotaExhausted`];
    /// [`Problem::OwnCase`], [`Failure::Forbidden`].
    pub async fn separate_intake(&self, actor: &Actor, command: &SeparateIntake) -> Result<Case, Failure> {
        actor.may(Permission::WorkOnCases)?;
        let SeparateIntake { case, intake, idempotency_key: client_key } = command;
        let key = idempotency_key(actor, client_key, "separate_intake", &format!("{case} {intake}"))?;
        self.vault.unlock(&self.database, self.now()).await?;
        let work = async || {
            let reader = Reader::Database(&self.database);
            let found = self.case_to_work_on(reader, actor, *case).await?;
            let row = intakes::by_id(reader, *intake).await?;
            let joined = |row: &intakes::IntakeRow| row.case == *case && row.reason.has_joined();
            let row = row.filter(joined).ok_or(Problem::NotFound)?;
            let draft = drafts::by_id(reader, row.application).await?.ok_or(Problem::NotFound)?;
            let parties = parties::of(reader, row.application).await?;
            let party = parties.first().cloned().ok_or(Problem::NotFound)?;
            let entry = Entry { draft, parties, party };
            let pinned = self.pinned(entry.draft.definition).await?;
            let answers = self.answers(&entry).await?;
            let (evaluation, household) = self.evaluated_for_household(&pinned, &answers).await?;
            let canonical = evaluation.effective.canonical_json(&pinned.form);
            let household_used = household.as_ref().map(|household| household.seen);
            // Nobody knows what they would have said to the machine.
            let snapshot = Snapshot { answers, canonical, handling: Handling::PersonDecides, household_used };
            let now = self.now();
            let team = found.case.team.clone();
            let new = Case { submitted_at: row.arrived_at, ..self.new_case(&entry, &pinned, team, now)? };
            let opening = Opening {
                entry: &entry,
                pinned: &pinned,
                evaluation: &evaluation,
                snapshot: &snapshot,
                household: household.as_ref(),
                facts: json!({ "separated_from": case }),
            };
            let seen = entry.draft.rev;
            let draft = DraftRow { rev: seen + 1, answers_sealed: None, case: Some(new.id), ..entry.draft.clone() };
            let unit = self.database.begin().await?;
            self.put_back(&unit, &draft, seen, now).await?;
            let new = self.open_case(&unit, new, &opening, actor.account(), now).await?;
            if !intakes::separate(&unit, &row, new.id).await? {
                return Err(Problem::ChangedMeanwhile.into());
            }
            let facts = json!({ "to": new.id });
            let kinds = ("separate_intake", "case.separate_intake");
            let old = self.note_event(&unit, &found.case, kinds, facts, actor, now).await?;
            unit.remember(&key, new.id.0, now).await?;
            unit.commit().await?;
            self.tell(&old);
            self.tell(&new);
            Ok(new.id.0)
        };
        let new = CaseId(self.once(&key, work).await?);
        if let Err(failure) = self.check_automatically(new).await {
            // It is there all the same; the worker looks again.
            tracing::warn!(case.id = %new, %failure, "the machine could not look at a case yet");
        }
        Ok(self.team_case(Reader::Database(&self.database), actor, new).await?.case)
    }
}
