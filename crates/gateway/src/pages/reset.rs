//! The page behind the link for a forgotten password: one field for a new one.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::{Deserialize, Serialize};

use domain::text::Language;
use identity::{Failure, Password, PasswordRefusal, Problem, RecoverPassword};

use crate::account_letters::RESET_PATH;
use crate::application::Application;
use crate::pages::outcome;
use crate::pages::render::{Frame, page};
use crate::pages::words::{Wish, language, word};

pub(super) fn routes(application: Arc<Application>) -> Router {
    Router::new()
        .route("/account/reset/{code}", get(ask))
        .route(RESET_PATH, get(lost).post(set))
        .with_state(application)
}

#[derive(Deserialize)]
struct Typed {
    code: String,
    password: String,
    language: Option<String>,
}

#[derive(Serialize)]
struct NewPassword<'a> {
    text: &'static str,
    alert: Option<String>,
    target: &'static str,
    code: &'a str,
}

/// Whoever opens the link learns nothing about the account; not even whether the link still works.
async fn ask(Path(code): Path<String>, query: Result<Query<Wish>, QueryRejection>) -> Response {
    let language = Wish::of(query);
    if looks_like_a_code(&code) { field(StatusCode::OK, language, &code, None) } else { gone(language) }
}

async fn lost(query: Result<Query<Wish>, QueryRejection>) -> Response {
    gone(Wish::of(query))
}

async fn set(State(application): State<Arc<Application>>, form: Result<Form<Typed>, FormRejection>) -> Response {
    let Ok(Form(Typed { code, password, language: wish })) = form else { return gone(Language::German) };
    let language = language(wish.as_deref());
    if !looks_like_a_code(&code) {
        return gone(language);
    }
    // Pressing twice is one request: the same code and the same password.
    let idempotency_key = format!("page-{code}");
    let command = RecoverPassword { code: code.clone(), new: Password::new(password), idempotency_key };
    match application.identity.recover_password(command).await {
        Ok(()) => outcome::done(language, "reset_done_title", "reset_done_text"),
        Err(Failure::Problem(Problem::Password(refusal))) => {
            field(StatusCode::UNPROCESSABLE_ENTITY, language, &code, Some(reason(language, refusal)))
        }
        Err(Failure::Problem(Problem::Busy)) => later(language),
        Err(Failure::Problem(_) | Failure::IdempotencyMismatch | Failure::Forbidden(_)) => gone(language),
        Err(Failure::Database(error)) => {
            tracing::warn!(%error, "a password could not be set");
            later(language)
        }
    }
}

fn field(status: StatusCode, language: Language, code: &str, alert: Option<String>) -> Response {
    let here = alert.is_none().then(|| format!("{RESET_PATH}/{code}"));
    let content = NewPassword { text: word(language, "reset_text"), alert, target: RESET_PATH, code };
    page(Frame { status, language, title: "reset_title", here }, "new_password.html", &content)
}

fn reason(language: Language, refusal: PasswordRefusal) -> String {
    match refusal {
        PasswordRefusal::TooShort { min } => word(language, "reset_short").replace("{min}", &min.to_string()),
        PasswordRefusal::TooEasy => word(language, "reset_easy").to_owned(),
        PasswordRefusal::TooLong | PasswordRefusal::Control => word(language, "reset_unusable").to_owned(),
    }
}

fn later(language: Language) -> Response {
    outcome::plain(StatusCode::SERVICE_UNAVAILABLE, language, "later_title", "reset_later_text")
}

fn gone(language: Language) -> Response {
    outcome::plain(StatusCode::NOT_FOUND, language, "reset_gone_title", "reset_gone_text")
}

/// Whether this may be a code at all: 43 signs of base64url.
fn looks_like_a_code(code: &str) -> bool {
    code.len() == 43 && code.bytes().all(|sign| sign.is_ascii_alphanumeric() || b"-_".contains(&sign))
}
