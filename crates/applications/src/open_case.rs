//! Opening a case: everything that begins with it, in the unit that writes it.

use database::{DatabaseError, Rule, Unit};
use domain::identifier::AccountId;
use domain::time::Timestamp;
use forms::{Effective, Evaluation};
use serde_json::Value;

use crate::Applications;
use crate::access::Entry;
use crate::advance::next_link;
use crate::case::Case;
use crate::definition::Pinned;
use crate::failure::{Failure, Problem};
use crate::household::Household;
use crate::letter::Occasion;
use crate::sealed::{Snapshot, snapshot_of};
use crate::store::{cases, events, quotas};

/// What a case begins with.
pub(crate) struct Opening<'a> {
    pub(crate) entry: &'a Entry,
    pub(crate) pinned: &'a Pinned,
    pub(crate) evaluation: &'a Evaluation,
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) household: Option<&'a Household>,
    /// Facts of the first event, beside the hashes of what was said.
    pub(crate) facts: Value,
}

impl Opening<'_> {
    fn effective(&self) -> &Effective {
        &self.evaluation.effective
    }
}

impl Applications {
    /// Writes a new case with its first version, event and letter, and starts its clocks. Gives it as it was written.
    ///
    /// # Errors
    /// [`Problem::QuotaExhausted`], [`Problem::HouseholdExhausted`], [`Problem::SummaryChanged`].
    pub(crate) async fn open_case(
        &self,
        unit: &Unit,
        case: Case,
        opening: &Opening<'_>,
        by: Option<AccountId>,
        now: Timestamp,
    ) -> Result<Case, Failure> {
        let Opening { entry, pinned, evaluation, snapshot, household, facts } = opening;
        let key = entry.draft.key.as_ref().ok_or(Problem::NotFound)?;
        let sealed = self.seal(key, snapshot_of(case.id, 1), *snapshot)?;
        quotas::take(unit, &case.service, case.submitted_at).await.map_err(exhausted)?;
        let sha256 = opening.effective().sha256(&pinned.form);
        let mut facts = facts.clone();
        facts["definition"] = pinned.sha256.as_str().into();
        facts["snapshot"] = sha256.as_str().into();
        facts["intake"] = case.intake.as_str().into();
        facts["parties"] = entry.parties.len().into();
        let link = next_link(&case, "submit", by, &facts, now);
        let case = Case { events: link.number, head: link.hash.clone(), ..case };
        cases::insert(unit, &case).await.map_err(same_number)?;
        self.take_for_household(unit, &case, *household).await?;
        cases::insert_snapshot(unit, &case, &sha256, sealed, by, now).await?;
        events::insert(unit, case.id, &link).await?;
        self.start_clocks(unit, &case, pinned, now).await?;
        self.report_place(unit, &case, pinned, opening.effective(), &entry.party).await?;
        let sinks = (*pinned, evaluation.sinks.as_slice());
        self.plan_forwards(unit, &case, sinks, forms::SinkMoment::Submission, now).await?;
        self.issue_letter(unit, case.id, Occasion::Receipt, now).await?;
        self.trace(unit, case.id, "case.submitted", by, now).await?;
        Ok(case)
    }

    async fn start_clocks(&self, unit: &Unit, case: &Case, pinned: &Pinned, now: Timestamp) -> Result<(), Failure> {
        let calendar = self.calendar()?;
        let today = now.local_date(calendar.time_zone);
        if let Some(due_at) = pinned.deadline("processing", today, &calendar) {
            cases::set_deadline(unit, case.id, "processing", due_at).await?;
        }
        if let Some(due_at) = pinned.fiction(today, &calendar) {
            cases::set_deadline(unit, case.id, "fiction", due_at).await?;
        }
        Ok(())
    }
}

fn exhausted(error: DatabaseError) -> Failure {
    if error.breaks(Rule::QuotaNotExceeded) { Problem::QuotaExhausted.into() } else { error.into() }
}

/// Two receipts of one number: draw again.
fn same_number(error: DatabaseError) -> DatabaseError {
    if error.breaks(Rule::CaseReceipt) { DatabaseError::Contended } else { error }
}
