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

use crate::http::Problem;

/// A body that trickles in slower than this is given up.
const BODY_TIME: Duration = Duration::from_secs(10);

/// The parameters of one GraphQL request; others are ignored, as the specification asks.
#[derive(Debug, Deserialize)]
pub(super) struct Question {
    pub(super) query: String,
    #[serde(rename = "operationName")]
    pub(super) operation_name: Option<String>,
    #[serde(default)]
    variables: Option<Variables>,
    /// Read so that a wrong kind is refused; no extension has a meaning here.
    #[serde(default, rename = "extensions")]
    _extensions: Option<serde_json::Map<String, serde_json::Value>>,
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
                    "the address needs one `query` and at most one `operationName`, `variables` and `extensions`",
                )
            })?;
        Ok(Self {
            query: fields.query.ok_or_else(|| bad("BAD_REQUEST", "the address needs `query`"))?,
            operation_name: fields.operation_name.filter(|name| !name.is_empty()),
            variables: json_field(fields.variables.as_deref())?,
            _extensions: json_field(fields.extensions.as_deref())?,
        })
    }

    pub(super) fn variables(&self) -> Option<&Variables> {
        self.variables.as_ref()
    }

    pub(super) fn into_request(self) -> Request {
        let mut request = Request::new(self.query).variables(self.variables.unwrap_or_default());
        request.operation_name = self.operation_name;
        request
    }
}

const PARAMETERS: &str = "send an object with `query` (text) and, if needed, `operationName` (text), `variables` (object), `extensions` (object)";

#[derive(Deserialize)]
struct AddressFields {
    query: Option<String>,
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

/// Reads a body of at most `limit` bytes.
pub(super) async fn read_body(headers: &HeaderMap, body: Body, limit: usize) -> Result<axum::body::Bytes, Problem> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(too_large(limit));
    }
    match tokio::time::timeout(BODY_TIME, Limited::new(body, limit).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large(limit)),
        Ok(Err(_)) => Err(bad("BODY_INCOMPLETE", "the body ended before it was complete")),
        Err(_) => {
            Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "BODY_TOO_SLOW", "the body did not arrive within 10 seconds"))
        }
    }
}

fn too_large(limit: usize) -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE", format!("the body is longer than {limit} bytes"))
}
