//! The page of the practice bank, and the door for what providers of payments say.

use std::sync::Arc;

use applications::{Failure, PaymentProvider, PressedButton, Problem, SignedMessage};
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use domain::text::Language;
use serde::{Deserialize, Serialize};

use crate::application::Application;
use crate::pages::outcome;
use crate::pages::render::{Frame, page};
use crate::pages::words::{Wish, language};

/// When a message was sent, seconds since 1970.
const SENT_AT: &str = "x-payment-sent-at";
/// HMAC-SHA256 over time and body, hexadecimal.
const SIGNATURE: &str = "x-payment-signature";

pub(super) fn routes(application: Arc<Application>) -> Router {
    Router::new()
        .route("/practice-bank/{reference}", get(show).post(press))
        .route("/payments/{provider}/messages", post(hear))
        .with_state(application)
}

#[derive(Serialize)]
struct BankPage {
    reference: String,
    amount: String,
    target: String,
}

async fn show(
    State(application): State<Arc<Application>>,
    Path(reference): Path<String>,
    query: Result<Query<Wish>, QueryRejection>,
) -> Response {
    let language = Wish::of(query);
    let order = match application.applications.bank_order(&reference).await {
        Ok(order) => order,
        Err(failure) => return failed(language, &failure),
    };
    let amount = format!("{},{:02} €", order.amount_cents / 100, order.amount_cents % 100);
    let target = format!("/practice-bank/{}", order.reference);
    let content = BankPage { reference: order.reference, amount, target: target.clone() };
    let frame = Frame { status: StatusCode::OK, language, title: "bank_title", here: Some(target) };
    page(frame, "practice_bank.html", &content)
}

#[derive(Deserialize)]
struct Pressed {
    action: String,
    language: Option<String>,
}

/// The bank notes the button and tells the city, by the same signed message that comes over the network.
async fn press(
    State(application): State<Arc<Application>>,
    Path(reference): Path<String>,
    form: Result<Form<Pressed>, FormRejection>,
) -> Response {
    let Ok(Form(pressed)) = form else { return unknown(Language::German) };
    let language = language(pressed.language.as_deref());
    let (button, words) = match pressed.action.as_str() {
        "pay" => (PressedButton::Pay, ["bank_paid_title", "bank_paid_text"]),
        "fail" => (PressedButton::Fail, ["bank_failed_title", "bank_failed_text"]),
        _ => (PressedButton::Leave, ["bank_left_title", "bank_left_text"]),
    };
    let message = match application.applications.press_at_bank(&reference, button).await {
        Ok(message) => message,
        Err(failure) => return failed(language, &failure),
    };
    if let Err(failure) = application.applications.hear_payment(PaymentProvider::PracticeBank, &message).await {
        // The worker asks the bank within a minute.
        tracing::warn!(%failure, "a message of the practice bank was not heard");
    }
    outcome::done(language, words[0], words[1])
}

async fn hear(
    State(application): State<Arc<Application>>,
    Path(provider): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let sent_at = text(SENT_AT).and_then(|text| text.parse().ok());
    let body = String::from_utf8(body.into()).ok();
    let (Some(provider), Some(sent_at), Some(signature), Some(body)) =
        (PaymentProvider::parse(&provider), sent_at, text(SIGNATURE), body)
    else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let message = SignedMessage { sent_at, signature, body };
    match application.applications.hear_payment(provider, &message).await {
        Ok(_) => StatusCode::NO_CONTENT.into_response(),
        Err(Failure::Problem(_) | Failure::Forbidden(_) | Failure::IdempotencyMismatch) => {
            StatusCode::NOT_FOUND.into_response()
        }
        Err(failure @ (Failure::Database(_) | Failure::Files(_))) => {
            tracing::warn!(%failure, "a provider of payments was not heard; it says it again");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

fn failed(language: Language, failure: &Failure) -> Response {
    match failure {
        Failure::Problem(Problem::NotFound) => unknown(language),
        Failure::Problem(_)
        | Failure::Forbidden(_)
        | Failure::IdempotencyMismatch
        | Failure::Database(_)
        | Failure::Files(_) => {
            tracing::warn!(%failure, "the practice bank does not answer");
            outcome::plain(StatusCode::SERVICE_UNAVAILABLE, language, "later_title", "later_text")
        }
    }
}

fn unknown(language: Language) -> Response {
    outcome::plain(StatusCode::NOT_FOUND, language, "unknown_link_title", "unknown_link_text")
}
