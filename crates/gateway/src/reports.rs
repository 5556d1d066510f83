//! The photo of a published report, for everybody: what somebody at the office has looked at, and nothing else of the case.

use std::sync::Arc;

use applications::{Failure, Problem, PublicPhoto};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use domain::application::ReceiptNumber;
use serde_json::json;

use crate::application::Application;
use crate::graphql::application_problem;

/// The route `/reports/{number}/photo`, for the public router.
pub fn routes(application: Application) -> Router {
    Router::new().route("/reports/{number}/photo", get(photo)).with_state(Arc::new(application))
}

/// Where the photo of a report is.
pub(crate) fn photo_path(number: &ReceiptNumber) -> String {
    format!("/reports/{number}/photo")
}

async fn photo(State(application): State<Arc<Application>>, Path(number): Path<String>) -> Response {
    match application.applications.report_photo(&number).await {
        Ok(photo) => shown(photo),
        Err(failure) => refused(&failure),
    }
}

/// A picture may be shown by pages of others: everybody may see it, and it can do nothing.
fn shown(photo: PublicPhoto) -> Response {
    let PublicPhoto { media_type, bytes, content } = photo;
    let mut response = Response::new(Body::from_stream(content));
    let headers = response.headers_mut();
    let length = bytes.to_string();
    for (name, value) in [
        (header::CONTENT_TYPE, media_type.as_str()),
        (header::CONTENT_LENGTH, length.as_str()),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox; frame-ancestors 'none'"),
        // What is withheld is gone from our side within a minute; copies of others are out of our reach.
        (header::CACHE_CONTROL, "public, max-age=60"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    response
}

fn refused(failure: &Failure) -> Response {
    let (code, message) = application_problem(failure);
    let status = match failure {
        Failure::Problem(Problem::NotFound) => StatusCode::NOT_FOUND,
        Failure::Problem(_) | Failure::Forbidden(_) | Failure::IdempotencyMismatch => StatusCode::CONFLICT,
        Failure::Database(_) | Failure::Files(_) => StatusCode::SERVICE_UNAVAILABLE,
    };
    let body = json!({ "errors": [{ "message": message, "extensions": { "code": code } }] });
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}
