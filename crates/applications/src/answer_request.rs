//! The applicant answers what was asked; the city's clock runs on.

use domain::application::{CaseState, CaseStep};
use domain::permission::Actor;

use crate::Applications;
use crate::access::Access;
use crate::advance::{Effect, Step};
use crate::attach_files::obstacles_asked_for;
use crate::case::{Case, ItemRequest};
use crate::case_status::CaseStatus;
use crate::failure::{Failure, Problem, text};
use crate::requests::idempotency_key;
use crate::sealed::request_of;
use crate::store::{Reader, attachments};

/// Most signs of an answer.
const MOST_SIGNS: usize = 5_000;

/// Answers a request.
#[derive(Debug, Clone)]
pub struct AnswerRequest {
    /// By what right.
    pub access: Access,
    /// The answer.
    pub answer: String,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Applications {
    /// Answers what the city asked for.
    ///
    /// # Errors
    /// [`Problem::TextLength`]; [`Problem::NotFound`], [`Problem::WrongState`].
    pub async fn answer_request(&self, actor: &Actor, command: &AnswerRequest) -> Result<CaseStatus, Failure> {
        let answer = text(&command.answer, MOST_SIGNS)?;
        let input = self.secret.fingerprint(&format!("{:?}", (&command.access, &answer)));
        let key = idempotency_key(actor, &command.idempotency_key, "answer_request", &input)?;
        self.files_asked_for_are_clean(actor, &command.access).await?;
        self.applicant_step(actor, &command.access, &key, |found, _| {
            let subject_key = found.key.as_ref().ok_or(Problem::NotFound)?;
            let place = request_of(found.case.id);
            found.case.state.after(CaseStep::AnswerRequest)?;
            let asked: ItemRequest = self.open(Some(subject_key), place, found.case.request_sealed.as_deref())?;
            let sealed = self.seal(subject_key, place, &ItemRequest { answer: Some(answer.clone()), ..asked })?;
            let case = Case { request_sealed: Some(sealed), ..found.case.clone() };
            let effects = vec![Effect::EndDeadline("completion")];
            Ok(Step { effects, ..Step::plain(CaseStep::AnswerRequest, case) })
        })
        .await
    }

    /// Whatever was sent along must have arrived and be clean; else nobody at the city could open it.
    async fn files_asked_for_are_clean(&self, actor: &Actor, access: &Access) -> Result<(), Failure> {
        let found = self.own_case(actor, access).await?;
        if found.case.state != CaseState::AwaitingApplicant {
            // What was answered before may come once more; the step says what is wrong else.
            return Ok(());
        }
        let pinned = self.pinned(found.case.definition).await?;
        let rows = attachments::of(Reader::Database(&self.database), found.case.application.0).await?;
        let obstacles = obstacles_asked_for(&rows);
        if obstacles.is_empty() {
            return Ok(());
        }
        let language = self.enter_real(Reader::Database(&self.database), actor, access).await?.draft.language;
        let errors = obstacles.iter().map(|error| pinned.error(error, language.into())).collect();
        Err(Problem::Incomplete { errors }.into())
    }
}
