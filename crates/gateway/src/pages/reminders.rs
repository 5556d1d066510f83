//! Ending reminders: one click in the mail program (RFC 8058), or a button on a page.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use serde::{Deserialize, Serialize};

use domain::text::Language;
use notifications::UnsubscribeError;

use crate::application::Application;
use crate::pages::outcome;
use crate::pages::render::{Frame, page};
use crate::pages::words::{Wish, language, word};

pub(super) fn routes(application: Arc<Application>) -> Router {
    Router::new().route("/reminders/stop/{code}", get(ask).post(press)).with_state(application)
}

#[derive(Serialize)]
struct PressPage {
    text: &'static str,
    target: String,
    code: Option<&'static str>,
    action: Option<&'static str>,
    button: &'static str,
    is_alert: bool,
}

async fn ask(
    State(application): State<Arc<Application>>,
    Path(code): Path<String>,
    query: Result<Query<Wish>, QueryRejection>,
) -> Response {
    let language = Wish::of(query);
    if !application.deliveries.knows_unsubscribe_code(&code) {
        return unknown(language);
    }
    let target = format!("/reminders/stop/{code}");
    let here = Some(target.clone());
    button(language, ["stop_title", "stop_text", "stop_button"], "stop", target, here)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Pressed {
    action: Option<String>,
    language: Option<String>,
}

/// Mail programs press with a form of their own, in one of two encodings, and without saying where from: whatever is not a
/// wish for more reminders ends them.
async fn press(
    State(application): State<Arc<Application>>,
    Path(code): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let pressed: Pressed = form(&headers, &body);
    let language = language(pressed.language.as_deref());
    let resumes = pressed.action.as_deref() == Some("resume");
    let outcome = if resumes {
        application.deliveries.resume_reminders(&code).await
    } else {
        application.deliveries.stop_reminders(&code).await
    };
    match outcome {
        Ok(()) if resumes => outcome::done(language, "resumed_title", "resumed_text"),
        Ok(()) => {
            let words = ["stopped_title", "stopped_text", "resume_button"];
            button(language, words, "resume", format!("/reminders/stop/{code}"), None)
        }
        Err(UnsubscribeError::NotFound) => unknown(language),
        Err(UnsubscribeError::Database(error)) => {
            tracing::warn!(%error, "reminders could not be ended");
            outcome::plain(StatusCode::SERVICE_UNAVAILABLE, language, "later_title", "later_text")
        }
    }
}

fn form(headers: &HeaderMap, body: &Bytes) -> Pressed {
    let is_form = headers
        .get(axum::http::header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    let request = axum::http::Request::builder().uri(format!("/?{}", String::from_utf8_lossy(body)));
    let parts = is_form.then(|| request.body(()).ok()).flatten();
    parts.and_then(|request| Query::try_from_uri(request.uri()).ok()).map(|Query(pressed)| pressed).unwrap_or_default()
}

fn button(
    language: Language,
    [title, text, label]: [&str; 3],
    action: &'static str,
    target: String,
    here: Option<String>,
) -> Response {
    let content = PressPage {
        text: word(language, text),
        target,
        code: None,
        action: Some(action),
        button: word(language, label),
        is_alert: false,
    };
    page(Frame { status: StatusCode::OK, language, title, here }, "press.html", &content)
}

fn unknown(language: Language) -> Response {
    outcome::plain(StatusCode::NOT_FOUND, language, "unknown_link_title", "unknown_link_text")
}
