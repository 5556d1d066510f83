//! The page that gives an appointment back: it asks first, and a button does it.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};

use domain::appointment::Status;
use domain::permission::Actor;
use domain::text::Language;
use scheduling::{Access, Appointment, CancelAppointment, Failure, Problem};

use crate::application::Application;
use crate::pages::code::{idempotency_key, in_link};
use crate::pages::outcome;
use crate::pages::render::{Frame, page};
use crate::pages::show::{self, Shown, show};
use crate::pages::summary::{Summary, summary};
use crate::pages::words::{Wish, language};

const PATH: &str = "/appointments/cancel";

pub(super) fn routes(application: Arc<Application>) -> Router {
    Router::new().route(PATH, post(cancel)).route("/appointments/cancel/{code}", get(ask)).with_state(application)
}

#[derive(Deserialize)]
struct Press {
    code: String,
    language: Option<String>,
}

#[derive(Serialize)]
struct CancelPage {
    summary: Option<Summary>,
    code: String,
}

async fn ask(
    State(application): State<Arc<Application>>,
    Path(code): Path<String>,
    query: Result<Query<Wish>, QueryRejection>,
) -> Response {
    let language = Wish::of(query);
    let appointment = match show::read(&application, &code).await {
        Ok(appointment) => appointment,
        Err(failure) => return outcome::failed(language, &failure, show::PATH),
    };
    let told = summary(&application, &appointment, language);
    if appointment.status == Status::Cancelled {
        return cancelled(&application, &appointment, &code, language);
    }
    if told.as_ref().is_some_and(|told| !told.is_open) {
        return outcome::plain(StatusCode::CONFLICT, language, "too_late_title", "too_late_text");
    }
    let content = CancelPage { summary: told, code: in_link(&code) };
    let here = Some(format!("{PATH}/{}", in_link(&code)));
    page(Frame { status: StatusCode::OK, language, title: "cancel_title", here }, "cancel.html", &content)
}

async fn cancel(State(application): State<Arc<Application>>, form: Result<Form<Press>, FormRejection>) -> Response {
    let Ok(Form(press)) = form else { return outcome::gone(Language::German, show::PATH) };
    let language = language(press.language.as_deref());
    let command = CancelAppointment {
        access: Access::Code(press.code.clone()),
        idempotency_key: idempotency_key("cancel", &press.code, ""),
    };
    match application.scheduling.cancel_appointment(&Actor::Anonymous, &command).await {
        Ok(appointment) => cancelled(&application, &appointment, &press.code, language),
        // Pressed in another window, or on the phone, a while ago.
        Err(Failure::Problem(Problem::WrongState(wrong))) if wrong.status == Status::Cancelled => {
            match show::read(&application, &press.code).await {
                Ok(appointment) => cancelled(&application, &appointment, &press.code, language),
                Err(failure) => outcome::failed(language, &failure, show::PATH),
            }
        }
        Err(failure) => outcome::failed(language, &failure, show::PATH),
    }
}

fn cancelled(application: &Application, appointment: &Appointment, code: &str, language: Language) -> Response {
    let shown = Shown { title: "cancelled_title", status_text: Some("cancelled_text"), here: None };
    show(application, appointment, Some(code), language, shown)
}
