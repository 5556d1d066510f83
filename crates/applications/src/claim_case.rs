//! Taking a case, or taking it over from a colleague.

use domain::application::CaseStep;
use domain::identifier::CaseId;
use domain::permission::Actor;

use crate::Applications;
use crate::advance::Step;
use crate::case::Case;
use crate::failure::Failure;
use crate::requests::idempotency_key;

/// Takes a case.
#[derive(Debug, Clone)]
pub struct ClaimCase {
    /// Which.
    pub case: CaseId,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Applications {
    /// Takes a case. Of two who take it at once one is told that it changed.
    ///
    /// # Errors
    /// [`crate::Problem::OwnCase`], [`Failure::Forbidden`]; [`crate::Problem::NotFound`], [`crate::Problem::WrongState`],
    /// [`crate::Problem::ChangedMeanwhile`].
    pub async fn claim_case(&self, actor: &Actor, command: &ClaimCase) -> Result<Case, Failure> {
        let key = idempotency_key(actor, &command.idempotency_key, "claim_case", &command.case.to_string())?;
        let clerk = actor.account();
        self.staff_step(actor, command.case, &key, |found, _| {
            Ok(Step::plain(CaseStep::Claim, Case { clerk, ..found.case.clone() }))
        })
        .await
    }
}
