//! Writing a decision. It holds once it is approved.

use domain::application::{CaseStep, Outcome};
use domain::identifier::CaseId;
use domain::permission::Actor;
use serde_json::{Value, json};

use crate::Applications;
use crate::advance::Step;
use crate::case::{Case, Decision, DecisionReason};
use crate::failure::{Failure, Problem, text};
use crate::requests::idempotency_key;
use crate::sealed::decision_of;
use crate::store::Reader;

/// Most reasons.
const MOST_REASONS: usize = 20;
/// Most signs of one reason.
const MOST_SIGNS: usize = 5_000;

/// Writes a decision.
#[derive(Debug, Clone)]
pub struct DraftDecision {
    /// Which case.
    pub case: CaseId,
    /// What came out.
    pub outcome: Outcome,
    /// Why, one text each with its paragraph; needed for whatever burdens somebody.
    pub reasons: Vec<(String, Option<String>)>,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Applications {
    /// Writes a decision.
    ///
    /// # Errors
    /// [`Problem::ReasonsMissing`], [`Problem::TextLength`]; [`Problem::OwnCase`], [`Failure::Forbidden`]; [`Problem::NotFound`],
    /// [`Problem::WrongState`].
    pub async fn draft_decision(&self, actor: &Actor, command: &DraftDecision) -> Result<Case, Failure> {
        self.case_to_work_on(Reader::Database(&self.database), actor, command.case).await?;
        let is_missing = command.reasons.is_empty() && command.outcome.needs_reasons();
        if is_missing || command.reasons.len() > MOST_REASONS {
            return Err(Problem::ReasonsMissing.into());
        }
        let reason = |(reason, legal_ref): &(String, Option<String>)| {
            let legal_ref = legal_ref.as_deref().map(|legal_ref| text(legal_ref, 200)).transpose()?;
            Ok(DecisionReason { key: None, text: text(reason, MOST_SIGNS)?, legal_ref })
        };
        let reasons: Result<Vec<DecisionReason>, Problem> = command.reasons.iter().map(reason).collect();
        let decision = Decision { outcome: command.outcome, reasons: reasons?, automatic: false, traces: Value::Null };
        let input = self.secret.fingerprint(&format!("{:?}", (command.case, &decision)));
        let key = idempotency_key(actor, &command.idempotency_key, "draft_decision", &input)?;
        self.staff_step(actor, command.case, &key, |found, _| {
            let subject_key = found.key.as_ref().ok_or(Problem::NotFound)?;
            let sealed = self.seal(subject_key, decision_of(found.case.id), &decision)?;
            let case = Case {
                outcome: Some(command.outcome),
                drafter: actor.account(),
                decision_sealed: Some(sealed),
                ..found.case.clone()
            };
            let facts = json!({ "outcome": command.outcome, "reasons": decision.reasons.len() });
            Ok(Step { facts, ..Step::plain(CaseStep::DraftDecision, case) })
        })
        .await
    }
}
