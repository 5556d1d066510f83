//! The machine looks at what was handed in: it decides where a statute allows it and nothing speaks against it. Everything
//! else, and every doubt, goes to people.

use domain::application::{CaseState, CaseStep, DeliveryChannel, Outcome};
use domain::identifier::CaseId;
use domain::time::Timestamp;
use forms::{AutomationDegree, Evaluation};
use serde_json::{Value, json};

use crate::Applications;
use crate::advance::{Effect, Step};
use crate::case::{Case, Decision, DecisionReason};
use crate::definition::Pinned;
use crate::failure::{Failure, Problem};
use crate::requests::retried;
use crate::sealed::{Handling, Snapshot, decision_of, snapshot_of};
use crate::store::Reader;
use crate::store::cases::{self, Found};
use crate::switch_automation::AutomationState;

/// What the machine does.
enum Finding {
    Decide(Outcome, Vec<DecisionReason>),
    /// Why it is left to people; a stable word.
    Leave(&'static str),
}

impl Applications {
    /// Looks at a case, if nobody did yet.
    pub(crate) async fn check_automatically(&self, id: CaseId) -> Result<(), Failure> {
        self.vault.unlock(&self.database, self.now()).await?;
        retried(|| self.check_once(id)).await
    }

    async fn check_once(&self, id: CaseId) -> Result<(), Failure> {
        let reader = Reader::Database(&self.database);
        let found = cases::by_id(reader, id).await?.ok_or(Problem::NotFound)?;
        if found.case.state != CaseState::Received {
            return Ok(());
        }
        let (now, calendar) = (self.now(), self.calendar()?);
        let pinned = self.pinned(found.case.definition).await?;
        let snapshot = self.snapshot(reader, &found).await?;
        // On the day it was handed in, however late the machine comes.
        let day = found.case.submitted_at.local_date(calendar.time_zone);
        let evaluation = pinned.evaluate_snapshot(&snapshot, &calendar, day);
        let running = self.service(&found.case.service).await?.automation;
        let finding = self.finding(&found.case, &pinned, &evaluation, snapshot.handling, running);
        let finding = match finding {
            Finding::Decide(Outcome::Granted, reasons) => {
                match self.permit_obstacle(&found, &pinned, &evaluation).await? {
                    None => Finding::Decide(Outcome::Granted, reasons),
                    Some(why) => Finding::Leave(why),
                }
            }
            other => other,
        };
        let traces = serde_json::to_value(&evaluation.traces).unwrap_or_default();
        match finding {
            Finding::Leave(why) => {
                // Whoever takes it over reads what the tables found odd.
                let (_, reasons) = pinned.recommendation(&evaluation);
                self.leave_to_people(&found.case, why, &reasons, now).await
            }
            Finding::Decide(outcome, reasons) => {
                let decision = Decision { outcome, reasons, automatic: true, traces };
                self.decide(&found, &decision, now).await
            }
        }
    }

    fn finding(
        &self,
        case: &Case,
        pinned: &Pinned,
        evaluation: &Evaluation,
        handling: Handling,
        running: AutomationState,
    ) -> Finding {
        let automation = &pinned.form.service().automation;
        match automation.degree {
            AutomationDegree::None | AutomationDegree::Assist | AutomationDegree::FourEyes => {
                return Finding::Leave("people_decide");
            }
            AutomationDegree::Full => {}
        }
        if handling == Handling::PersonDecides {
            return Finding::Leave("person_wanted");
        }
        if running == AutomationState::Stopped {
            return Finding::Leave("stopped");
        }
        if !evaluation.complete() {
            return Finding::Leave("incomplete");
        }
        match pinned.recommendation(evaluation) {
            (None, _) => Finding::Leave("table"),
            (Some(Outcome::Refused), _) if !automation.auto_refuse => Finding::Leave("refusal"),
            (Some(_), _) if self.secret.samples(case.id, automation.sample_permille) => Finding::Leave("sample"),
            (Some(outcome), reasons) => Finding::Decide(outcome, reasons),
        }
    }

    async fn leave_to_people(
        &self,
        case: &Case,
        why: &'static str,
        reasons: &[DecisionReason],
        now: Timestamp,
    ) -> Result<(), Failure> {
        let keys: Vec<&str> = reasons.iter().filter_map(|reason| reason.key.as_deref()).collect();
        let facts = json!({ "why": why, "reasons": keys });
        let step = Step { facts, ..Step::plain(CaseStep::OpenForReview, case.clone()) };
        let unit = self.database.begin().await?;
        let case = self.take_step(&unit, case, step, None, now).await?;
        unit.commit().await?;
        self.tell(&case);
        Ok(())
    }

    /// Decides and announces in the person's mailbox, in one unit: no decision waits for anybody.
    async fn decide(&self, found: &Found, decision: &Decision, now: Timestamp) -> Result<(), Failure> {
        let step = self.decided(found, CaseStep::DecideAutomatically, decision, now)?;
        let unit = self.database.begin().await?;
        let case = self.take_step(&unit, &found.case, step, None, now).await?;
        let step = self.announced(case.clone(), DeliveryChannel::Portal, now)?;
        let case = self.take_step(&unit, &case, step, None, now).await?;
        unit.commit().await?;
        self.tell(&case);
        Ok(())
    }

    /// The step to a decision.
    pub(crate) fn decided(
        &self,
        found: &Found,
        taken: CaseStep,
        decision: &Decision,
        now: Timestamp,
    ) -> Result<Step, Failure> {
        let key = found.key.as_ref().ok_or(Problem::NotFound)?;
        let sealed = self.seal(key, decision_of(found.case.id), decision)?;
        let case = Case {
            outcome: Some(decision.outcome),
            decided_at: Some(now),
            decision_sealed: Some(sealed),
            ..found.case.clone()
        };
        let keys: Vec<&str> = decision.reasons.iter().filter_map(|reason| reason.key.as_deref()).collect();
        let facts = json!({ "outcome": decision.outcome, "reasons": keys, "rows": rows(&decision.traces) });
        Ok(Step { taken, case, facts, effects: ends() })
    }

    /// What was said, in the version that holds.
    pub(crate) async fn snapshot(&self, reader: Reader<'_>, found: &Found) -> Result<Snapshot, Failure> {
        let Case { id, revision, .. } = found.case;
        let (_, sealed) = cases::snapshot(reader, id, revision).await?.ok_or(Problem::NotFound)?;
        self.open(found.key.as_ref(), snapshot_of(id, revision), Some(&sealed))
    }
}

/// The clocks that a decision ends.
pub(crate) fn ends() -> Vec<Effect> {
    vec![Effect::EndDeadline("processing"), Effect::EndDeadline("fiction"), Effect::EndDeadline("completion")]
}

/// Which rows of which tables were hit; the inputs stay sealed.
fn rows(traces: &Value) -> Value {
    let Some(traces) = traces.as_object() else { return Value::Null };
    traces.iter().map(|(table, trace)| (table.clone(), trace["rows_hit"].clone())).collect()
}
