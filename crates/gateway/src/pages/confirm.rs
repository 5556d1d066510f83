//! The page behind the link in the first mail: one button that makes a booking firm.
//!
//! It tells nobody anything about the booking before the button is pressed: whoever gets the mail may not have booked.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::{Deserialize, Serialize};

use domain::permission::Actor;
use domain::text::Language;
use scheduling::{Booked, ConfirmAppointment, Failure, Problem};

use crate::application::Application;
use crate::pages::code::{in_link, looks_like_a_code};
use crate::pages::outcome;
use crate::pages::render::{Frame, page};
use crate::pages::show::{Shown, show};
use crate::pages::words::{Wish, language, word};

/// Where the page is. Letters link to it.
const PATH: &str = "/appointments/confirm";

pub(super) fn routes(application: Arc<Application>) -> Router {
    Router::new()
        .route(PATH, get(enter).post(confirm))
        .route("/appointments/confirm/{code}", get(ask))
        .with_state(application)
}

#[derive(Deserialize)]
struct Press {
    code: String,
    language: Option<String>,
}

async fn enter(query: Result<Query<Wish>, QueryRejection>) -> Response {
    outcome::enter_code(StatusCode::OK, Wish::of(query), "confirm_title", None, PATH)
}

async fn ask(Path(code): Path<String>, query: Result<Query<Wish>, QueryRejection>) -> Response {
    let language = Wish::of(query);
    if !looks_like_a_code(&code) {
        return outcome::gone(language, PATH);
    }
    let here = Some(format!("{PATH}/{}", in_link(&code)));
    button(StatusCode::OK, language, "confirm_title", "confirm_text", &code, here)
}

fn button(
    status: StatusCode,
    language: Language,
    title: &str,
    text: &str,
    code: &str,
    here: Option<String>,
) -> Response {
    #[derive(Serialize)]
    struct PressPage<'a> {
        text: &'static str,
        target: &'a str,
        code: Option<&'a str>,
        action: Option<&'a str>,
        button: &'static str,
        is_alert: bool,
    }
    let content = PressPage {
        text: word(language, text),
        target: PATH,
        code: Some(code),
        action: None,
        button: word(language, "confirm_button"),
        is_alert: status != StatusCode::OK,
    };
    page(Frame { status, language, title, here }, "press.html", &content)
}

async fn confirm(State(application): State<Arc<Application>>, form: Result<Form<Press>, FormRejection>) -> Response {
    let Ok(Form(press)) = form else { return outcome::gone(Language::German, PATH) };
    let language = language(press.language.as_deref());
    let command = ConfirmAppointment { code: press.code };
    match application.scheduling.confirm_appointment(&Actor::Anonymous, &command).await {
        Ok(booked) => done(&application, &booked),
        Err(Failure::Problem(Problem::NotFound | Problem::WrongState(_))) => outcome::gone(language, PATH),
        Err(failure) => later(language, &command.code, &failure),
    }
}

/// The page answers in the person's own language, whatever the window that was used.
fn done(application: &Application, booked: &Booked) -> Response {
    let appointment = &booked.appointment;
    let language = appointment.contact.as_ref().map_or(Language::German, |contact| contact.language);
    let shown = Shown { title: "confirmed_title", status_text: Some("confirmed_text"), here: None };
    show(application, appointment, booked.manage_code.as_deref(), language, shown)
}

fn later(language: Language, code: &str, failure: &Failure) -> Response {
    let status = outcome::failed(language, failure, PATH).status();
    button(status, language, "later_title", "confirm_later_text", code, None)
}
