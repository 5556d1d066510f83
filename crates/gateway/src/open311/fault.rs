//! What was wrong with a question, as the standard writes it: a list of codes with descriptions.

use applications::{Failure, Problem};
use axum::http::StatusCode;
use axum::response::Response;

use crate::graphql::application_problem;
use crate::open311::tree::{Format, Tree};

/// Most errors of one answer.
const MOST: usize = 20;

/// What was wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    status: StatusCode,
    descriptions: Vec<String>,
}

impl Fault {
    /// Something in the question that is missing or no such thing.
    pub(super) fn bad(description: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, descriptions: vec![description.into()] }
    }

    /// Something that is not there.
    pub(super) fn missing(description: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, descriptions: vec![description.into()] }
    }

    pub(super) fn answer(self, format: Format) -> Response {
        let code = i64::from(self.status.as_u16());
        let error = |text: String| Tree::Fields(vec![("code", Tree::Whole(code)), ("description", text.into())]);
        let errors = self.descriptions.into_iter().take(MOST).map(error).collect();
        format.answer(self.status, "errors", &Tree::Many("error", errors))
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        let (code, message) = application_problem(&failure);
        let status = match &failure {
            Failure::Problem(Problem::NotFound | Problem::UnknownService) => StatusCode::NOT_FOUND,
            Failure::Problem(_) | Failure::IdempotencyMismatch => StatusCode::BAD_REQUEST,
            Failure::Forbidden(_) => StatusCode::FORBIDDEN,
            Failure::Database(_) | Failure::Files(_) if code == "UNAVAILABLE" => StatusCode::SERVICE_UNAVAILABLE,
            Failure::Database(_) | Failure::Files(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let descriptions = match failure {
            Failure::Problem(Problem::AnswersRefused { errors } | Problem::Incomplete { errors }) => {
                errors.into_iter().map(|error| format!("{}: {}", error.path, error.message)).collect()
            }
            _ => vec![message],
        };
        Self { status, descriptions }
    }
}
