//! Clocks that run out: silence that means consent, and the end of the time to object.

use domain::application::{CaseState, CaseStep, Outcome};
use domain::identifier::CaseId;
use domain::time::Timestamp;
use serde_json::json;

use crate::Applications;
use crate::advance::{Effect, Step};
use crate::case::{Decision, DecisionReason};
use crate::failure::{Failure, Problem};
use crate::requests::retried;
use crate::store::{Reader, cases, tours};
use crate::tour::PlaceState;

/// How many are handled in one round.
const PORTION: i64 = 200;

impl Applications {
    /// Does what is due. Gives how many cases were moved.
    pub(crate) async fn run_clocks(&self) -> Result<u64, Failure> {
        let now = self.now();
        let reader = Reader::Database(&self.database);
        let mut moved = 0;
        for id in cases::due(reader, "fiction", now, PORTION).await? {
            moved += u64::from(retried(|| self.deem_granted(id, now)).await?);
        }
        for id in cases::due(reader, "objection", now, PORTION).await? {
            moved += u64::from(retried(|| self.rest(id, now)).await?);
        }
        Ok(moved)
    }

    /// The time is over in which the city could have decided (§ 42a VwVfG).
    async fn deem_granted(&self, id: CaseId, now: Timestamp) -> Result<bool, Failure> {
        self.vault.unlock(&self.database, now).await?;
        let found = cases::by_id(Reader::Database(&self.database), id).await?.ok_or(Problem::NotFound)?;
        if found.case.state.after(CaseStep::DeemGranted).is_err() {
            return Ok(false);
        }
        let pinned = self.pinned(found.case.definition).await?;
        let Some(fiction) = &pinned.form.service().fiction else { return Ok(false) };
        let legal_ref = Some(fiction.legal_basis.to_string());
        let text = "Die Genehmigung gilt als erteilt, weil die Frist für die Entscheidung abgelaufen ist.".to_owned();
        let decision = Decision {
            outcome: Outcome::DeemedGranted,
            reasons: vec![DecisionReason { key: None, text, legal_ref }],
            automatic: true,
            traces: serde_json::Value::Null,
        };
        let step = self.decided(&found, CaseStep::DeemGranted, &decision, now)?;
        let unit = self.database.begin().await?;
        // The certificate (§ 42a (3) VwVfG) is a task: somebody announces it.
        let case = self.take_step(&unit, &found.case, step, None, now).await?;
        unit.commit().await?;
        self.tell(&case);
        Ok(true)
    }

    /// Nobody objected in time: whatever was only announced is done.
    async fn rest(&self, id: CaseId, now: Timestamp) -> Result<bool, Failure> {
        let found = cases::by_id(Reader::Database(&self.database), id).await?.ok_or(Problem::NotFound)?;
        let unit = self.database.begin().await?;
        let place = tours::place_of(Reader::Unit(&unit), found.case.application).await?;
        let is_awaited = place.is_some_and(|place| matches!(place.state, PlaceState::Promised | PlaceState::Missed));
        // What is still to be collected goes on; only its time to object is over.
        if found.case.state != CaseState::Delivered || is_awaited {
            cases::end_deadline(&unit, id, "objection", now).await?;
            unit.commit().await?;
            return Ok(false);
        }
        let step = Step {
            facts: json!({ "why": "not_objected" }),
            effects: vec![Effect::EndDeadline("objection")],
            ..Step::plain(CaseStep::Close, found.case.clone())
        };
        let case = self.take_step(&unit, &found.case, step, None, now).await?;
        unit.commit().await?;
        self.tell(&case);
        Ok(true)
    }
}
