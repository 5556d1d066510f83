//! Two reports about the same become one: the supporters move, and whoever reported it twice learns where it goes on.

use domain::application::{CaseStep, DeliveryChannel, Outcome};
use domain::identifier::CaseId;
use domain::permission::{Actor, Permission};
use forms::Locale;
use serde_json::json;

use crate::Applications;
use crate::advance::Step;
use crate::case::{Case, Decision, DecisionReason};
use crate::failure::{Failure, Problem};
use crate::requests::idempotency_key;
use crate::store::cases::Found;
use crate::store::{Reader, report_steps, reports};

/// The text of the notice, to which the number is added.
const REASON: &str = "duplicate";

/// Lets a report go on in another one.
#[derive(Debug, Clone)]
pub struct MergeReports {
    /// The case that ends.
    pub case: CaseId,
    /// The case that goes on.
    pub into: CaseId,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Applications {
    /// Merges two reports of one service and office. Gives the case that ended: it was announced to its applicant with the
    /// number of the other one, and closed.
    ///
    /// # Errors
    /// [`Problem::MergeRefused`] for the same, for one that went on elsewhere, or of another service or office;
    /// [`Problem::WrongState`] for one that was decided; [`Problem::OwnCase`] of either; [`Failure::Forbidden`],
    /// [`Problem::NotFound`].
    pub async fn merge_reports(&self, actor: &Actor, command: &MergeReports) -> Result<Case, Failure> {
        actor.may(Permission::WorkOnCases)?;
        let MergeReports { case, into, idempotency_key: key } = command;
        let key = idempotency_key(actor, key, "merge_reports", &format!("{case} {into}"))?;
        self.vault.unlock(&self.database, self.now()).await?;
        let work = async || {
            let reader = Reader::Database(&self.database);
            let found = self.case_to_work_on(reader, actor, *case).await?;
            let other = self.case_to_work_on(reader, actor, *into).await?;
            let decision = self.duplicate_of(&found, &other).await?;
            let now = self.now();
            let mut step = self.decided(&found, CaseStep::Merge, &decision, now)?;
            step.facts["into"] = json!(into);
            let unit = self.database.begin().await?;
            if !report_steps::merge(&unit, *case, *into, now).await? {
                return Err(Problem::MergeRefused.into());
            }
            let case = self.take_step(&unit, &found.case, step, actor.account(), now).await?;
            let step = self.announced(case.clone(), DeliveryChannel::Portal, now)?;
            let case = self.take_step(&unit, &case, step, actor.account(), now).await?;
            let step = Step::plain(CaseStep::Close, case.clone());
            let case = self.take_step(&unit, &case, step, actor.account(), now).await?;
            unit.remember(&key, case.id.0, now).await?;
            unit.commit().await?;
            self.tell(&case);
            self.tell(&other.case);
            Ok(case.id.0)
        };
        self.once(&key, work).await?;
        Ok(self.team_case(Reader::Database(&self.database), actor, *case).await?.case)
    }

    /// The decision about a report that goes on in another one.
    async fn duplicate_of(&self, found: &Found, other: &Found) -> Result<Decision, Failure> {
        let reader = Reader::Database(&self.database);
        let is_same_kind = found.case.service == other.case.service && found.case.team == other.case.team;
        if found.case.id == other.case.id || !is_same_kind {
            return Err(Problem::MergeRefused.into());
        }
        self.is_report(found.case.id).await?;
        let into = reports::of_case(reader, other.case.id).await?.ok_or(Problem::NotFound)?;
        if into.merged.is_some() {
            return Err(Problem::MergeRefused.into());
        }
        let pinned = self.pinned(found.case.definition).await?;
        let words = pinned.form.text(&format!("reason.{REASON}"), Locale::De).unwrap_or(REASON);
        let text = format!("{words}: {}.", into.number);
        Ok(Decision {
            outcome: Outcome::Settled,
            reasons: vec![DecisionReason { key: Some(REASON.to_owned()), text, legal_ref: None }],
            automatic: false,
            traces: serde_json::Value::Null,
        })
    }
}
