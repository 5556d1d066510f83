//! Closing: nothing is left to do.

use domain::application::CaseStep;
use domain::identifier::CaseId;
use domain::permission::Actor;

use crate::Applications;
use crate::advance::Step;
use crate::case::Case;
use crate::failure::Failure;
use crate::requests::idempotency_key;

/// Closes a case.
#[derive(Debug, Clone)]
pub struct CloseCase {
    /// Which.
    pub case: CaseId,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Applications {
    /// Closes a case that was announced. Its time to object runs on.
    ///
    /// # Errors
    /// [`Failure::Forbidden`]; [`crate::Problem::NotFound`], [`crate::Problem::WrongState`].
    pub async fn close_case(&self, actor: &Actor, command: &CloseCase) -> Result<Case, Failure> {
        let key = idempotency_key(actor, &command.idempotency_key, "close_case", &command.case.to_string())?;
        self.staff_step(actor, command.case, &key, |found, _| Ok(Step::plain(CaseStep::Close, found.case.clone())))
            .await
    }
}
