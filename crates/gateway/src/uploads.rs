//! Files beside GraphQL: their bytes come in with the token of an announcement, and go out with a ticket; so does everything that
//! is kept about somebody.

use std::sync::Arc;
use std::time::Duration;

use applications::{Download, Failure, Problem, ReceiveUpload, Upload};
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use axum::{Json, Router};
use domain::application::AttachmentState;
use domain::identifier::AttachmentId;
use domain::permission::Actor;
use futures_util::{Stream, StreamExt, stream};
use scheduling::Person;
use serde_json::json;
use uuid::Uuid;

use crate::application::Application;
use crate::graphql::application_problem;
use crate::person;

/// The route that takes bytes. It alone may take longer than a request.
pub(crate) const ARRIVALS: &str = "/uploads/{id}";

/// A file of which nothing comes for so long is given up.
const STANDS_STILL: Duration = Duration::from_secs(10);

/// The routes `/uploads/{id}`, `/downloads/{ticket}` and `/my-data/{ticket}`.
pub fn routes(application: Application) -> Router {
    Router::new()
        .route(ARRIVALS, put(receive))
        .route("/downloads/{ticket}", get(hand_out))
        .route("/my-data/{ticket}", get(hand_out_archive))
        .with_state(Arc::new(application))
}

async fn receive(
    State(application): State<Arc<Application>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let token = token(&headers).unwrap_or_default().to_owned();
    let id = AttachmentId(Uuid::try_parse(&id).unwrap_or(Uuid::nil()));
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let command = ReceiveUpload { id, token, length };
    match application.applications.receive_upload(&command, moving(body)).await {
        Ok(upload) => received(&upload),
        Err(failure) => refused(&failure),
    }
}

fn token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The body as long as something of it comes; whoever reads on after its end reads nothing more.
fn moving(body: Body) -> impl Stream<Item = Result<Bytes, ()>> + Send {
    stream::unfold(Some(body.into_data_stream()), async |body| {
        let mut body = body?;
        match tokio::time::timeout(STANDS_STILL, body.next()).await {
            Ok(Some(Ok(bytes))) => Some((Ok(bytes), Some(body))),
            Ok(Some(Err(_))) | Err(_) => Some((Err(()), None)),
            Ok(None) => None,
        }
    })
    .fuse()
}

fn received(upload: &Upload) -> Response {
    if upload.state != AttachmentState::Rejected {
        let body = json!({
            "fileId": upload.id.0.simple().to_string(), "state": upload.state.as_str(), "bytes": upload.bytes,
            "mediaType": upload.media_type, "sha256": upload.sha256,
        });
        return (StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response();
    }
    let (status, code, message) = match upload.reason.as_deref() {
        Some("empty") => (StatusCode::UNPROCESSABLE_ENTITY, "FILE_EMPTY", "nothing came"),
        Some("size") => {
            (StatusCode::PAYLOAD_TOO_LARGE, "FILE_SIZE", "the file is not as long as was announced, or too long")
        }
        Some("photo") => (StatusCode::UNPROCESSABLE_ENTITY, "FILE_PHOTO", "the photo is damaged"),
        Some(_) | None => {
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, "FILE_TYPE", "the file is of a kind that is not taken here")
        }
    };
    problem(status, code, message)
}

async fn hand_out(State(application): State<Arc<Application>>, Path(ticket): Path<String>) -> Response {
    match application.applications.download(&ticket).await {
        Ok(download) => file(download),
        Err(failure) => refused(&failure),
    }
}

async fn hand_out_archive(State(application): State<Arc<Application>>, Path(ticket): Path<String>) -> Response {
    let account = match application.applications.archive_of(&ticket) {
        Ok(account) => account,
        Err(problem) => return refused(&Failure::Problem(problem)),
    };
    // The ticket is the right; the one who drew it had signed in.
    let archive = person::archive(Application::clone(&application), Actor::System, Person::Account(account));
    let archive = archive.map(|bytes| bytes.inspect_err(|error| tracing::error!(%error, "an archive broke off")));
    let mut response = protected(Body::from_stream(archive));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"meine-daten.zip\""));
    response
}

/// A file is saved, never shown: whatever is in it does not run as a page of ours.
fn file(Download { upload, content }: Download) -> Response {
    let mut response = protected(Body::from_stream(content));
    let headers = response.headers_mut();
    let media_type = upload.media_type.as_deref().unwrap_or("application/octet-stream");
    let named = format!("attachment; filename*=UTF-8''{}", percent_encoded(&upload.name));
    for (name, value) in [
        (header::CONTENT_TYPE, media_type),
        (header::CONTENT_DISPOSITION, &named),
        (header::CONTENT_LENGTH, &upload.bytes.to_string()),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    response
}

fn protected(body: Body) -> Response {
    const PROTECTION: [(HeaderName, &str); 5] = [
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox; frame-ancestors 'none'"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    let mut response = Response::new(body);
    for (name, value) in PROTECTION {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// A name as RFC 8187 writes it into a header.
fn percent_encoded(name: &str) -> String {
    let encoded = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    name.bytes().map(encoded).collect()
}

fn refused(failure: &Failure) -> Response {
    let (code, message) = application_problem(failure);
    let status = match failure {
        Failure::Problem(Problem::NotFound) => StatusCode::NOT_FOUND,
        Failure::Problem(Problem::UploadLength) => StatusCode::PAYLOAD_TOO_LARGE,
        Failure::Problem(Problem::UploadBroken) => StatusCode::BAD_REQUEST,
        Failure::Problem(Problem::TooBusy) | Failure::Database(_) | Failure::Files(_) => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Failure::Problem(_) => StatusCode::CONFLICT,
        Failure::Forbidden(_) | Failure::IdempotencyMismatch => StatusCode::FORBIDDEN,
    };
    let mut response = problem(status, &code, &message);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    response
}

/// The same shape of error that `/graphql` answers with.
fn problem(status: StatusCode, code: &str, message: &str) -> Response {
    let body = json!({ "errors": [{ "message": message, "extensions": { "code": code } }] });
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

#[cfg(test)]
mod tests {
    use super::percent_encoded;

    #[test]
    fn a_name_is_safe_in_a_header() {
        assert_eq!(percent_encoded("Größe 1\"\r\n.pdf"), "Gr%C3%B6%C3%9Fe%201%22%0D%0A.pdf");
    }
}
