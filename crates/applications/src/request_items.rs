//! Asking the applicant for what is missing. Meanwhile the city's clock stands.

use domain::application::CaseStep;
use domain::identifier::CaseId;
use domain::permission::Actor;
use serde_json::json;

use crate::Applications;
use crate::advance::{Effect, Step};
use crate::case::{Case, ItemRequest};
use crate::definition::end_of_day;
use crate::failure::{Failure, Problem, text};
use crate::requests::idempotency_key;
use crate::sealed::request_of;
use crate::store::Reader;

/// Most things in one request.
const MOST_ITEMS: usize = 20;
/// Most signs of one thing.
const MOST_SIGNS: usize = 500;
/// How long the applicant has, in days, where the service says nothing.
const ANSWER_DAYS: u64 = 28;

/// Asks for something.
#[derive(Debug, Clone)]
pub struct RequestItems {
    /// Which case.
    pub case: CaseId,
    /// What, one text each.
    pub items: Vec<String>,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Applications {
    /// Asks the applicant for something.
    ///
    /// # Errors
    /// [`Problem::NothingAsked`], [`Problem::TextLength`]; [`Problem::OwnCase`], [`Failure::Forbidden`]; [`Problem::NotFound`],
    /// [`Problem::WrongState`].
    pub async fn request_items(&self, actor: &Actor, command: &RequestItems) -> Result<Case, Failure> {
        self.case_to_work_on(Reader::Database(&self.database), actor, command.case).await?;
        if command.items.is_empty() || command.items.len() > MOST_ITEMS {
            return Err(Problem::NothingAsked.into());
        }
        let items: Result<Vec<String>, Problem> = command.items.iter().map(|item| text(item, MOST_SIGNS)).collect();
        let request = ItemRequest { items: items?, answer: None };
        let input = self.secret.fingerprint(&format!("{:?}", (command.case, &request.items)));
        let key = idempotency_key(actor, &command.idempotency_key, "request_items", &input)?;
        let calendar = self.calendar()?;
        self.staff_step(actor, command.case, &key, |found, now| {
            let subject_key = found.key.as_ref().ok_or(Problem::NotFound)?;
            let sealed = self.seal(subject_key, request_of(found.case.id), &request)?;
            let day = now.local_date(calendar.time_zone) + chrono::Days::new(ANSWER_DAYS);
            Ok(Step {
                taken: CaseStep::RequestItems,
                case: Case { request_sealed: Some(sealed), ..found.case.clone() },
                facts: json!({ "items": request.items.len() }),
                effects: vec![Effect::SetDeadline("completion", end_of_day(day, &calendar))],
            })
        })
        .await
    }
}
