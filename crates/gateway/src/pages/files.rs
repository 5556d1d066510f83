//! Files beside the pages: the keys that check our tokens, and an appointment for a calendar.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;

use database::DatabaseError;
use domain::permission::Actor;
use domain::text::Language;
use identity::KEY_SET_CACHE_SECONDS;
use scheduling::{Access, Failure, calendar_file};

use crate::application::Application;

/// The routes `/.well-known/jwks.json` and `/appointments/{code}/calendar.ics`.
pub(super) fn routes(application: Arc<Application>) -> Router {
    Router::new()
        .route("/.well-known/jwks.json", get(keys))
        .route("/appointments/{code}/calendar.ics", get(calendar))
        .with_state(application)
}

async fn keys(State(application): State<Arc<Application>>) -> Response {
    let answer = match application.identity.jwks().await {
        // Keys are published before they sign, so a while in a cache does no harm.
        Ok(keys) => {
            ([(header::CACHE_CONTROL, format!("public, max-age={KEY_SET_CACHE_SECONDS}"))], Json(keys)).into_response()
        }
        Err(error) => refused(&Failure::Database(error)),
    };
    protected(answer)
}

#[derive(Deserialize)]
struct Wish {
    #[serde(default = "german")]
    language: Language,
}

const fn german() -> Language {
    Language::German
}

/// Whoever has the code may read the appointment. The address is as secret as the code: nothing keeps or repeats it.
async fn calendar(
    State(application): State<Arc<Application>>,
    Path(code): Path<String>,
    wish: Result<Query<Wish>, QueryRejection>,
) -> Response {
    let Ok(Query(Wish { language })) = wish else {
        return protected(problem(StatusCode::BAD_REQUEST, "BAD_INPUT", "`language` must be de, de-simple or en"));
    };
    let answer = calendar_text(&application, code, language).await;
    protected(answer.map_or_else(|failure| refused(&failure), |text| file(text).into_response()))
}

async fn calendar_text(application: &Application, code: String, language: Language) -> Result<String, Failure> {
    let city = Arc::clone(&application.scheduling.board().picture()?.city);
    let appointment = application.scheduling.read_appointment(&Actor::Anonymous, &Access::Code(code)).await?;
    Ok(calendar_file(&city, &appointment, language))
}

fn file(text: String) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"termin.ics\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, text)
}

fn refused(failure: &Failure) -> Response {
    match failure {
        Failure::Problem(scheduling::Problem::NotFound) => {
            problem(StatusCode::NOT_FOUND, "NOT_FOUND", "there is no such appointment")
        }
        Failure::Problem(scheduling::Problem::NoCity) => {
            problem(StatusCode::SERVICE_UNAVAILABLE, "NO_CITY", "no city has been loaded yet")
        }
        Failure::Database(error @ (DatabaseError::Unavailable(_) | DatabaseError::Contended)) => {
            tracing::warn!(%error, "a page could not be answered");
            let message = "the service is not available for a moment; try again";
            problem(StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE", message)
        }
        Failure::Problem(_) | Failure::Forbidden(_) | Failure::IdempotencyMismatch | Failure::Database(_) => {
            tracing::error!(%failure, "a page could not be answered");
            problem(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", "something broke on our side")
        }
    }
}

/// The same shape of error that `/graphql` answers with.
fn problem(status: StatusCode, code: &str, message: &str) -> Response {
    let body = json!({ "errors": [{ "message": message, "extensions": { "code": code } }] });
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

fn protected(mut response: Response) -> Response {
    const PROTECTION: [(HeaderName, &str); 4] = [
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // The address holds the code; no page behind it may learn where somebody came from.
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    let headers: &mut HeaderMap = response.headers_mut();
    for (name, value) in PROTECTION {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
