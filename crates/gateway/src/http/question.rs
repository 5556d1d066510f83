//! Reads one GraphQL question out of a body or an address, and says what is wrong with it without repeating it.

use std::time::Duration;

use async_graphql::{Request, Variables};
use axum::{
    body::Body,
    http::{HeaderMap, StatusCode, Uri, header},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Deserialize;
use serde_json::error::Category;

use crate::{guard::DocumentId, http::Problem};

/// The parameters of one GraphQL request; others are ignored, as the specification asks.
#[derive(Debug, Deserialize)]
pub(super) struct Question {
    query: Option<String>,
    /// Which trusted document is meant, instead of `query` or beside it.
    #[serde(rename = "documentId")]
    document_id: Option<String>,
    #[serde(rename = "operationName")]
    pub(super) operation_name: Option<String>,
    #[serde(default)]
    variables: Option<Variables>,
    #[serde(default)]
    extensions: Option<Extensions>,
}

/// The one extension with a meaning here; others are read over.
#[derive(Debug, Default, Deserialize)]
struct Extensions {
    #[serde(rename = "persistedQuery")]
    persisted_query: Option<PersistedQuery>,
}

/// How clients of Apollo name a trusted document.
#[derive(Debug, Deserialize)]
struct PersistedQuery {
    #[serde(rename = "sha256Hash")]
    sha256_hash: String,
}

/// The document of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Document {
    /// Written out.
    Text(String),
    /// A trusted one; `None` for an id that no document can have.
    Trusted(Option<DocumentId>),
}

impl Question {
    pub(super) fn from_json(text: &[u8]) -> Result<Self, Problem> {
        if text.trim_ascii_start().starts_with(b"[") {
            return Err(bad("BATCHING_OFF", "send one operation per request; batches are not run"));
        }
        serde_json::from_slice(text).map_err(|error| match error.classify() {
            Category::Data => bad("BAD_REQUEST", PARAMETERS),
            Category::Syntax | Category::Eof | Category::Io => {
                let (line, column) = (error.line(), error.column());
                bad("MALFORMED_JSON", format!("the body is not JSON: line {line}, column {column}"))
            }
        })
    }

    pub(super) fn from_value(value: serde_json::Value) -> Result<Self, Problem> {
        if !value.is_object() {
            return Err(bad("BAD_REQUEST", PARAMETERS));
        }
        serde_json::from_value(value).map_err(|_| bad("BAD_REQUEST", PARAMETERS))
    }

    pub(super) fn from_address(address: &Uri) -> Result<Self, Problem> {
        let axum::extract::Query(fields) =
            axum::extract::Query::<AddressFields>::try_from_uri(address).map_err(|_| {
                bad(
                    "BAD_REQUEST",
                    "the address needs one `query` or `documentId` and at most one `operationName`, `variables` and `extensions`",
                )
            })?;
        Ok(Self {
            query: fields.query,
            document_id: fields.document_id,
            operation_name: fields.operation_name.filter(|name| !name.is_empty()),
            variables: json_field(fields.variables.as_deref())?,
            extensions: json_field(fields.extensions.as_deref())?,
        })
    }

    /// Which document is asked for. A text goes before an id, and must be the one the id names.
    ///
    /// # Errors
    ///
    /// `BAD_REQUEST` for neither, or for a text with another one's id.
    pub(super) fn document(&self) -> Result<Document, Problem> {
        let extension = self.extensions.as_ref().and_then(|extensions| extensions.persisted_query.as_ref());
        let named = self.document_id.as_deref().or(extension.map(|query| query.sha256_hash.as_str()));
        let id = named.map(|named| named.parse::<DocumentId>().ok());
        match (&self.query, id) {
            (Some(text), Some(id)) if id != Some(DocumentId::of(text)) => {
                Err(bad("BAD_REQUEST", "`query` is not the document that the id names"))
            }
            (Some(text), _) => Ok(Document::Text(text.clone())),
            (None, Some(id)) => Ok(Document::Trusted(id)),
            (None, None) => Err(bad("BAD_REQUEST", "send `query`, or `documentId` of a trusted document")),
        }
    }

    pub(super) fn variables(&self) -> Option<&Variables> {
        self.variables.as_ref()
    }

    pub(super) fn into_request(self) -> Request {
        let mut request = Request::new(self.query.unwrap_or_default()).variables(self.variables.unwrap_or_default());
        request.operation_name = self.operation_name;
        request
    }
}

const PARAMETERS: &str = "send an object with `query` or `documentId` (text) and, if needed, `operationName` (text), `variables` (object), `extensions` (object)";

#[derive(Deserialize)]
struct AddressFields {
    query: Option<String>,
    #[serde(rename = "documentId")]
    document_id: Option<String>,
    #[serde(rename = "operationName")]
    operation_name: Option<String>,
    variables: Option<String>,
    extensions: Option<String>,
}

fn json_field<T: serde::de::DeserializeOwned>(text: Option<&str>) -> Result<Option<T>, Problem> {
    match text {
        None | Some("") => Ok(None),
        Some(text) => serde_json::from_str(text)
            .map_err(|_| bad("BAD_REQUEST", "`variables` and `extensions` in the address are objects written as JSON")),
    }
}

fn bad(code: &'static str, message: impl Into<std::borrow::Cow<'static, str>>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, code, message)
}

/// Reads a body of at most `limit` bytes that arrives within `time`.
pub(super) async fn read_body(
    headers: &HeaderMap,
    body: Body,
    limit: usize,
    time: Duration,
) -> Result<axum::body::Bytes, Problem> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(too_large(limit));
    }
    match tokio::time::timeout(time, Limited::new(body, limit).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large(limit)),
        Ok(Err(_)) => Err(bad("BODY_INCOMPLETE", "the body ended before it was complete")),
        Err(_) => Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "BODY_TOO_SLOW", "the body did not arrive in time")),
    }
}

fn too_large(limit: usize) -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE", format!("the body is longer than {limit} bytes"))
}
