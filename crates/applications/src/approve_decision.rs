//! Approving a decision, or sending it back. Where four eyes are asked for, nobody approves what they wrote.

use domain::application::CaseStep;
use domain::identifier::CaseId;
use domain::permission::Actor;
use forms::AutomationDegree;

use crate::Applications;
use crate::advance::Step;
use crate::automatic_check::ends;
use crate::case::Case;
use crate::failure::{Failure, Problem};
use crate::requests::idempotency_key;
use crate::store::Reader;

/// Approves, or sends back.
#[derive(Debug, Clone)]
pub struct ApproveDecision {
    /// Which case.
    pub case: CaseId,
    /// Which of both.
    pub verdict: Verdict,
    /// The client's key of this request.
    pub idempotency_key: String,
}

/// What the second person says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Approve,
    /// It goes back.
    Return,
}

impl Applications {
    /// Approves a decision, or sends it back.
    ///
    /// # Errors
    /// [`Problem::FourEyes`]; [`Problem::OwnCase`], [`Failure::Forbidden`]; [`Problem::NotFound`], [`Problem::WrongState`].
    pub async fn approve_decision(&self, actor: &Actor, command: &ApproveDecision) -> Result<Case, Failure> {
        let input = format!("{:?}", (command.case, command.verdict));
        let key = idempotency_key(actor, &command.idempotency_key, "approve_decision", &input)?;
        let found = self.team_case(Reader::Database(&self.database), actor, command.case).await?;
        let pinned = self.pinned(found.case.definition).await?;
        let four_eyes = pinned.form.service().automation.degree == AutomationDegree::FourEyes;
        self.staff_step(actor, command.case, &key, |found, now| match command.verdict {
            Verdict::Return => Ok(Step::plain(CaseStep::ReturnDraft, found.case.clone())),
            Verdict::Approve => {
                found.case.state.after(CaseStep::Approve)?;
                if four_eyes && found.case.drafter == actor.account() {
                    return Err(Problem::FourEyes.into());
                }
                let case = Case { decided_at: Some(now), ..found.case.clone() };
                Ok(Step { effects: ends(), ..Step::plain(CaseStep::Approve, case) })
            }
        })
        .await
    }
}
