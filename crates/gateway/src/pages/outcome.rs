//! What a page says when something did not work.

use axum::http::StatusCode;
use axum::response::Response;
use database::DatabaseError;
use domain::text::Language;
use scheduling::{Failure, Problem};
use serde::Serialize;

use crate::pages::render::{Frame, page};
use crate::pages::words::word;

#[derive(Serialize)]
struct Says {
    text: &'static str,
    is_alert: bool,
}

/// A title and a sentence that tells of a problem, by the names of their words.
pub(super) fn plain(status: StatusCode, language: Language, title: &str, text: &str) -> Response {
    let says = Says { text: word(language, text), is_alert: true };
    page(Frame { status, language, title, here: None }, "says.html", &says)
}

/// A title and a sentence that tells of something done.
pub(super) fn done(language: Language, title: &str, text: &str) -> Response {
    let says = Says { text: word(language, text), is_alert: false };
    page(Frame { status: StatusCode::OK, language, title, here: None }, "says.html", &says)
}

/// A form with a field for a code, as the answer to a code that opens nothing.
pub(super) fn gone(language: Language, target: &str) -> Response {
    enter_code(StatusCode::NOT_FOUND, language, "gone_title", Some("gone_text"), target)
}

/// A form with a field for a code.
pub(super) fn enter_code(
    status: StatusCode,
    language: Language,
    title: &str,
    alert: Option<&str>,
    target: &str,
) -> Response {
    #[derive(Serialize)]
    struct EnterCode<'a> {
        alert: Option<&'static str>,
        target: &'a str,
        button: &'static str,
        hint: &'static str,
    }
    let button = match target {
        "/appointments/confirm" => "confirm_button",
        "/verify" => "verify_button",
        _ => "enter_button",
    };
    let hint = if target == "/verify" { "verify_hint" } else { "code_hint" };
    let alert = alert.map(|name| word(language, name));
    let (button, hint) = (word(language, button), word(language, hint));
    let content = EnterCode { alert, target, button, hint };
    let here = content.alert.is_none().then(|| target.to_owned());
    page(Frame { status, language, title, here }, "enter_code.html", &content)
}

/// The answer to a failure of a use case that a page called. `target` is where a code may be entered again.
pub(super) fn failed(language: Language, failure: &Failure, target: &str) -> Response {
    match failure {
        Failure::Problem(Problem::NotFound) => gone(language, target),
        Failure::Problem(Problem::InThePast | Problem::WrongState(_)) => {
            plain(StatusCode::CONFLICT, language, "too_late_title", "too_late_text")
        }
        Failure::Problem(Problem::ChangedMeanwhile | Problem::NoCity)
        | Failure::Database(DatabaseError::Unavailable(_) | DatabaseError::Contended) => {
            tracing::warn!(%failure, "a page could not be answered");
            plain(StatusCode::SERVICE_UNAVAILABLE, language, "later_title", "later_text")
        }
        Failure::Problem(_) | Failure::Forbidden(_) | Failure::IdempotencyMismatch | Failure::Database(_) => {
            tracing::error!(%failure, "a page could not be answered");
            plain(StatusCode::INTERNAL_SERVER_ERROR, language, "later_title", "later_text")
        }
    }
}
