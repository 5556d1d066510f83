//! Taking a closed case up once more, with a reason.

use domain::application::CaseStep;
use domain::identifier::CaseId;
use domain::permission::Actor;
use serde_json::json;

use crate::Applications;
use crate::advance::Step;
use crate::case::Case;
use crate::failure::Failure;
use crate::requests::idempotency_key;

/// Why a closed case is taken up once more. Words would be read by everybody who reads the chain; a kind tells enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReopenReason {
    /// The law asks for it (§ 51 VwVfG).
    NewFacts,
    /// The city made a mistake (§ 48 VwVfG).
    Mistake,
    /// An objection came late and is heard all the same.
    LateObjection,
}

/// Takes a closed case up once more.
#[derive(Debug, Clone)]
pub struct ReopenCase {
    /// Which.
    pub case: CaseId,
    /// Why.
    pub reason: ReopenReason,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl ReopenReason {
    const fn as_str(self) -> &'static str {
        match self {
            Self::NewFacts => "new_facts",
            Self::Mistake => "mistake",
            Self::LateObjection => "late_objection",
        }
    }
}

impl Applications {
    /// Takes a closed case up once more.
    ///
    /// # Errors
    /// [`Failure::Forbidden`]; [`crate::Problem::NotFound`], [`crate::Problem::WrongState`].
    pub async fn reopen_case(&self, actor: &Actor, command: &ReopenCase) -> Result<Case, Failure> {
        let input = format!("{:?}", (command.case, command.reason));
        let key = idempotency_key(actor, &command.idempotency_key, "reopen_case", &input)?;
        self.staff_step(actor, command.case, &key, |found, _| {
            let case = Case { clerk: actor.account(), ..found.case.clone() };
            Ok(Step { facts: json!({ "reason": command.reason.as_str() }), ..Step::plain(CaseStep::Reopen, case) })
        })
        .await
    }
}
