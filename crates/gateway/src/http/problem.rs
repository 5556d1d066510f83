//! A request that fails before the schema is asked: one shape of error for every such case.

use std::borrow::Cow;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::{
    guard::Refused,
    http::{Answer, RequestId},
    limits::Exceeded,
};

/// Why a request was turned away: a status for HTTP, a stable code for programs and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    blame: Blame,
    code: &'static str,
    message: Cow<'static, str>,
    retry_after_seconds: Option<u64>,
}

/// The GraphQL-over-HTTP specification answers a well-formed request with a bad document differently per media type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blame {
    Request(StatusCode),
    Document,
}

impl Problem {
    /// A request that fails with this HTTP status, whatever the media type of the answer. The message is one sentence
    /// without personal data and without anything the client sent.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { blame: Blame::Request(status), code, message: message.into(), retry_after_seconds: None }
    }

    /// A well-formed request whose document or variables cannot be run.
    pub fn document(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { blame: Blame::Document, code, message: message.into(), retry_after_seconds: None }
    }

    /// Something broke on our side. What it was stands in the log under the request's id, not in the answer.
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, INTERNAL, INTERNAL_MESSAGE)
    }

    /// Tells the client when to come back.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after_seconds: Some(seconds), ..self }
    }

    /// The stable code that programs can rely on.
    pub fn code(&self) -> &'static str {
        self.code
    }

    pub(super) fn error(&self, request_id: RequestId) -> serde_json::Value {
        let mut extensions = json!({ "code": self.code, "requestId": request_id.0.to_string() });
        if let Some(seconds) = self.retry_after_seconds {
            extensions["retryAfterSeconds"] = seconds.into();
        }
        json!({ "message": self.message, "extensions": extensions })
    }

    /// Whether the fault is on our side and may pass by itself.
    pub(super) fn is_ours(&self) -> bool {
        matches!(self.blame, Blame::Request(status) if status.is_server_error())
    }

    pub(super) fn answer(&self, request_id: RequestId, media: Answer) -> Response {
        let status = match (self.blame, media) {
            (Blame::Request(status), _) => status,
            (Blame::Document, Answer::Json) => StatusCode::OK,
            (Blame::Document, Answer::GraphqlResponse | Answer::EventStream) => StatusCode::BAD_REQUEST,
        };
        let body = json!({ "errors": [self.error(request_id)] }).to_string();
        let kind = match media {
            Answer::GraphqlResponse => Answer::GraphqlResponse.content_type(),
            Answer::Json | Answer::EventStream => Answer::Json.content_type(),
        };
        let mut response =
            (status, [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")], body).into_response();
        if let Some(seconds) = self.retry_after_seconds {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::METHOD_NOT_ALLOWED {
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, POST"));
        }
        response
    }
}

impl From<Exceeded> for Problem {
    fn from(exceeded: Exceeded) -> Self {
        let message = "too many requests of this kind in a short time; wait and try again";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED", message).retry_after(exceeded.retry_after_seconds)
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        Self::document(refused.code(), refused.to_string())
    }
}

pub(super) const INTERNAL: &str = "INTERNAL";
pub(super) const INTERNAL_MESSAGE: &str = "something broke on our side; please quote the requestId when you tell us";
