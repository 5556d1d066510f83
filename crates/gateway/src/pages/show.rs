//! The page that shows an appointment to whoever has its code, with the ways to move, cancel and keep it.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::{Deserialize, Serialize};

use domain::appointment::Status;
use domain::permission::Actor;
use domain::text::Language;
use scheduling::{Access, Appointment, Failure, Problem};

use crate::application::Application;
use crate::pages::code::{in_link, looks_like_a_code};
use crate::pages::outcome;
use crate::pages::render::{Frame, page};
use crate::pages::summary::{Summary, summary};
use crate::pages::words::{Wish, language, tag, word};

/// Where the page is. Letters link to it.
pub(super) const PATH: &str = "/appointments/view";

pub(super) fn routes(application: Arc<Application>) -> Router {
    Router::new()
        .route(PATH, get(enter).post(open))
        .route("/appointments/view/{code}", get(view))
        .with_state(application)
}

#[derive(Deserialize)]
struct Typed {
    code: String,
    language: Option<String>,
}

/// How an appointment is shown.
#[derive(Debug)]
pub(super) struct Shown<'a> {
    pub(super) title: &'a str,
    /// A sentence about what has just been done.
    pub(super) status_text: Option<&'a str>,
    pub(super) here: Option<String>,
}

#[derive(Serialize)]
struct ShowPage {
    status_text: Option<&'static str>,
    summary: Option<Summary>,
    /// The code for links; none where the asker has none.
    code: Option<String>,
}

async fn enter(query: Result<Query<Wish>, QueryRejection>) -> Response {
    outcome::enter_code(StatusCode::OK, Wish::of(query), "enter_title", None, PATH)
}

async fn open(form: Result<Form<Typed>, FormRejection>) -> Response {
    let Ok(Form(typed)) = form else { return outcome::gone(Language::German, PATH) };
    let language = language(typed.language.as_deref());
    if !looks_like_a_code(&typed.code) {
        return outcome::gone(language, PATH);
    }
    Redirect::to(&format!("{PATH}/{}?language={}", in_link(&typed.code), tag(language))).into_response()
}

async fn view(
    State(application): State<Arc<Application>>,
    Path(code): Path<String>,
    query: Result<Query<Wish>, QueryRejection>,
) -> Response {
    let language = Wish::of(query);
    match read(&application, &code).await {
        Ok(appointment) => {
            let title = if appointment.status == Status::Cancelled { "cancelled_title" } else { "show_title" };
            let here = Some(format!("{PATH}/{}", in_link(&code)));
            show(&application, &appointment, Some(&code), language, Shown { title, status_text: None, here })
        }
        Err(failure) => outcome::failed(language, &failure, PATH),
    }
}

/// The appointment behind a code, where there is something to show: holds and what lapsed are none.
///
/// # Errors
/// As the use case; [`Problem::NotFound`] for those without anything to show.
pub(super) async fn read(application: &Application, code: &str) -> Result<Appointment, Failure> {
    if !looks_like_a_code(code) {
        return Err(Problem::NotFound.into());
    }
    let access = Access::Code(code.to_owned());
    let found = application.scheduling.read_appointment(&Actor::Anonymous, &access).await?;
    match found.status {
        Status::Held | Status::PendingConfirmation | Status::Expired => Err(Problem::NotFound.into()),
        Status::Confirmed
        | Status::CheckedIn
        | Status::Called
        | Status::Serving
        | Status::Finished
        | Status::Missed
        | Status::Cancelled => Ok(found),
    }
}

/// Shows an appointment.
pub(super) fn show(
    application: &Application,
    appointment: &Appointment,
    code: Option<&str>,
    language: Language,
    shown: Shown<'_>,
) -> Response {
    let content = ShowPage {
        status_text: shown.status_text.map(|name| word(language, name)),
        // What was done is done whether or not its city can be named at this moment.
        summary: summary(application, appointment, language),
        code: code.map(in_link),
    };
    let frame = Frame { status: StatusCode::OK, language, title: shown.title, here: shown.here };
    page(frame, "show.html", &content)
}
