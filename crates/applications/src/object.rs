//! Objecting to a decision, in time.

use domain::application::CaseStep;
use domain::permission::Actor;

use crate::Applications;
use crate::access::Access;
use crate::advance::{Effect, Step};
use crate::case::Case;
use crate::case_status::CaseStatus;
use crate::failure::{Failure, Problem, text};
use crate::requests::idempotency_key;
use crate::sealed::objection_of;

/// Most signs of an objection.
const MOST_SIGNS: usize = 20_000;

/// Objects.
#[derive(Debug, Clone)]
pub struct ObjectToDecision {
    /// By what right.
    pub access: Access,
    /// Why. No reason is needed for an objection to count; this text must not be empty all the same.
    pub text: String,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Applications {
    /// Objects to a decision. A second look is a task of the team at once.
    ///
    /// # Errors
    /// [`Problem::TooLate`]; [`Problem::TextLength`]; [`Problem::NotFound`], [`Problem::WrongState`].
    pub async fn object(&self, actor: &Actor, command: &ObjectToDecision) -> Result<CaseStatus, Failure> {
        let objection = text(&command.text, MOST_SIGNS)?;
        let input = self.secret.fingerprint(&format!("{:?}", (&command.access, &objection)));
        let key = idempotency_key(actor, &command.idempotency_key, "object", &input)?;
        let calendar = self.calendar()?;
        self.applicant_step(actor, &command.access, &key, |found, now| {
            found.case.state.after(CaseStep::Object)?;
            let today = now.local_date(calendar.time_zone);
            if found.case.objection_until.is_none_or(|until| until < today) {
                return Err(Problem::TooLate.into());
            }
            let subject_key = found.key.as_ref().ok_or(Problem::NotFound)?;
            let sealed = self.seal(subject_key, objection_of(found.case.id), &objection)?;
            let case = Case { objection_sealed: Some(sealed), ..found.case.clone() };
            Ok(Step { effects: vec![Effect::EndDeadline("objection")], ..Step::plain(CaseStep::Object, case) })
        })
        .await
    }
}
