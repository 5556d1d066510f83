//! The page behind the QR code of a letter: whether it is genuine, and whether it still holds. It names no person.

use std::sync::Arc;

use applications::{Failure, Occasion, Problem, Standing, VerifiedDocument};
use axum::Router;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use domain::text::Language;
use notifications::date_in_words;
use serde::{Deserialize, Serialize};

use crate::application::Application;
use crate::pages::code::in_link;
use crate::pages::outcome;
use crate::pages::render::{Frame, page};
use crate::pages::words::{Wish, language, tag, word};

/// Where the page is. Letters say it.
const PATH: &str = "/verify";

pub(super) fn routes(application: Arc<Application>) -> Router {
    Router::new().route(PATH, get(enter).post(open)).route("/verify/{code}", get(view)).with_state(application)
}

#[derive(Deserialize)]
struct Typed {
    code: String,
    language: Option<String>,
}

#[derive(Serialize)]
struct VerifyPage {
    text: &'static str,
    is_alert: bool,
    title: String,
    kind: &'static str,
    issued_on: String,
    valid_until: Option<String>,
}

async fn enter(query: Result<Query<Wish>, QueryRejection>) -> Response {
    outcome::enter_code(StatusCode::OK, Wish::of(query), "verify_title", None, PATH)
}

async fn open(form: Result<Form<Typed>, FormRejection>) -> Response {
    let Ok(Form(typed)) = form else { return unknown(Language::German) };
    let language = language(typed.language.as_deref());
    Redirect::to(&format!("{PATH}/{}?language={}", in_link(&typed.code), tag(language))).into_response()
}

async fn view(
    State(application): State<Arc<Application>>,
    Path(code): Path<String>,
    query: Result<Query<Wish>, QueryRejection>,
) -> Response {
    let language = Wish::of(query);
    match application.applications.verify_document(&code).await {
        Ok(document) => shown(language, &document, &code),
        Err(Failure::Problem(Problem::NotFound)) => unknown(language),
        Err(failure) => {
            tracing::warn!(%failure, "a document could not be verified");
            outcome::plain(StatusCode::SERVICE_UNAVAILABLE, language, "later_title", "later_text")
        }
    }
}

fn shown(language: Language, document: &VerifiedDocument, code: &str) -> Response {
    let (title, text, is_alert) = match document.standing {
        Standing::Valid => ("verify_valid_title", "verify_valid_text", false),
        Standing::Expired => ("verify_expired_title", "verify_expired_text", true),
        Standing::Revoked => ("verify_revoked_title", "verify_revoked_text", true),
    };
    let kind = match document.occasion {
        Occasion::Receipt => "verify_receipt",
        Occasion::Request => "verify_request",
        Occasion::Grant => "verify_grant",
        Occasion::PartGrant => "verify_part_grant",
        Occasion::Refuse => "verify_refuse",
        Occasion::Forward => "verify_forward",
        Occasion::End => "verify_end",
    };
    let content = VerifyPage {
        text: word(language, text),
        is_alert,
        title: document.title.clone(),
        kind: word(language, kind),
        issued_on: date_in_words(document.issued_on, language),
        valid_until: document.valid_until.map(|day| date_in_words(day, language)),
    };
    let here = Some(format!("{PATH}/{}", in_link(code)));
    page(Frame { status: StatusCode::OK, language, title, here }, "verify.html", &content)
}

fn unknown(language: Language) -> Response {
    outcome::plain(StatusCode::NOT_FOUND, language, "verify_unknown_title", "verify_unknown_text")
}
