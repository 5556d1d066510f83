//! The page behind the link in the mail: one button that makes a booking firm.
//!
//! Opening the page changes nothing, because mail scanners open every link; the button does. It works without scripts,
//! loads nothing, and tells nobody anything about the booking before the button is pressed.

mod words;

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Form, Path, Query, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use database::DatabaseError;
use domain::permission::Actor;
use domain::text::Language;
use notifications::date_in_words;
use scheduling::{Booked, ConfirmAppointment, Failure, Problem};

use crate::application::Application;
use words::Words;

/// Where the page is. Letters link to it.
const PATH: &str = "/appointments/confirm";
/// A code and a language; nothing longer is read.
const LONGEST_FORM: usize = 4096;
const PAGE: &str = include_str!("confirm_page/page.html");
const STYLE: &str = include_str!("confirm_page/page.css");

/// The routes `/appointments/confirm` (a field for the code; the form's target) and `/appointments/confirm/{code}` (the
/// button). The caller merges them into the public router.
pub fn routes(application: Application) -> Router {
    words::read();
    Router::new()
        .route(PATH, get(enter).post(confirm))
        .route("/appointments/confirm/{code}", get(ask))
        .layer(DefaultBodyLimit::max(LONGEST_FORM))
        .with_state(Arc::new(application))
}

#[derive(Deserialize)]
struct Wish {
    language: Option<String>,
}

impl Wish {
    /// A misspelt language is no reason to turn somebody away.
    fn of(query: Result<Query<Self>, QueryRejection>) -> Language {
        words::language(query.ok().and_then(|Query(wish)| wish.language).as_deref())
    }
}

#[derive(Deserialize)]
struct Press {
    code: String,
    language: Option<String>,
}

async fn enter(query: Result<Query<Wish>, QueryRejection>) -> Response {
    let language = Wish::of(query);
    let words = Words::of(language);
    page(StatusCode::OK, language, &words.ask_title, &field(language))
}

async fn ask(Path(code): Path<String>, query: Result<Query<Wish>, QueryRejection>) -> Response {
    let language = Wish::of(query);
    if !looks_like_a_code(&code) {
        return gone(language);
    }
    let words = Words::of(language);
    page(StatusCode::OK, language, &words.ask_title, &button(language, &words.ask_text, &code))
}

async fn confirm(State(application): State<Arc<Application>>, form: Result<Form<Press>, FormRejection>) -> Response {
    let Ok(Form(press)) = form else { return gone(Language::German) };
    let language = words::language(press.language.as_deref());
    let command = ConfirmAppointment { code: press.code };
    match application.scheduling.confirm_appointment(&Actor::Anonymous, &command).await {
        Ok(booked) => done(&application, &booked),
        Err(Failure::Problem(Problem::NotFound | Problem::WrongState(_))) => gone(language),
        Err(failure) => later(language, &command.code, &failure),
    }
}

fn done(application: &Application, booked: &Booked) -> Response {
    let appointment = &booked.appointment;
    let language = appointment.contact.as_ref().map_or(Language::German, |contact| contact.language);
    let words = Words::of(language);
    let mut content = format!("<p role=\"status\">{}</p>\n<dl>\n", escaped(&words.done_text));
    // The booking is firm whether or not its city can be named at this moment.
    if let Ok(picture) = application.scheduling.board().picture() {
        let zone = picture.city.municipality.time_zone;
        let (start, end) = (appointment.starts_at.local(zone), appointment.ends_at.local(zone));
        let clock = |time: chrono::NaiveDateTime| time.format("%H:%M").to_string();
        let time = words.time.replace("{start}", &clock(start)).replace("{end}", &clock(end));
        content.push_str(&entry(&words.when, &format!("{}, {time}", date_in_words(start.date(), language))));
        if let Some(office) = picture.city.offices.get(&appointment.office) {
            let address = office.address.as_ref().map(|address| address.line.as_str());
            let name = [Some(office.name.get(language)), address].into_iter().flatten().collect::<Vec<_>>();
            content.push_str(&entry(&words.place, &name.join(", ")));
        }
    }
    content.push_str(&entry(&words.number, &crate::mail::grouped(&appointment.number)));
    content.push_str("</dl>\n");
    if let Some(code) = &booked.manage_code {
        let (code, tag, label) = (escaped(code), words::tag(language), escaped(&words.calendar));
        let link = format!("<p><a href=\"/appointments/{code}/calendar.ics?language={tag}\">{label}</a></p>");
        content.push_str(&link);
    }
    page(StatusCode::OK, language, &words.done_title, &content)
}

fn gone(language: Language) -> Response {
    let words = Words::of(language);
    let content = format!("<p role=\"alert\">{}</p>\n{}", escaped(&words.gone_text), field(language));
    page(StatusCode::NOT_FOUND, language, &words.gone_title, &content)
}

fn later(language: Language, code: &str, failure: &Failure) -> Response {
    let status = match failure {
        Failure::Problem(Problem::ChangedMeanwhile)
        | Failure::Database(DatabaseError::Unavailable(_) | DatabaseError::Contended) => {
            tracing::warn!(%failure, "an appointment could not be confirmed");
            StatusCode::SERVICE_UNAVAILABLE
        }
        Failure::Problem(_) | Failure::Forbidden(_) | Failure::IdempotencyMismatch | Failure::Database(_) => {
            tracing::error!(%failure, "an appointment could not be confirmed");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    };
    let words = Words::of(language);
    page(status, language, &words.later_title, &button(language, &words.later_text, code))
}

fn entry(term: &str, description: &str) -> String {
    format!("<dt>{}</dt><dd>{}</dd>\n", escaped(term), escaped(description))
}

/// The form with the code filled in.
fn button(language: Language, text: &str, code: &str) -> String {
    let code = format!("<input type=\"hidden\" name=\"code\" value=\"{}\">", escaped(code));
    form(language, text, &code)
}

/// The form with a field for the code.
fn field(language: Language) -> String {
    let words = Words::of(language);
    let label = escaped(&words.code);
    let field = format!(
        "<label for=\"code\">{label}</label>\n\
         <input id=\"code\" name=\"code\" required maxlength=\"80\" autocomplete=\"off\" autocapitalize=\"characters\" spellcheck=\"false\">"
    );
    form(language, &words.enter_text, &field)
}

fn form(language: Language, text: &str, field: &str) -> String {
    let (text, label, tag) = (escaped(text), escaped(&Words::of(language).button), words::tag(language));
    format!(
        "<p>{text}</p>\n<form method=\"post\" action=\"{PATH}\">\n{field}\n\
         <input type=\"hidden\" name=\"language\" value=\"{tag}\">\n<button>{label}</button>\n</form>"
    )
}

fn page(status: StatusCode, language: Language, title: &str, content: &str) -> Response {
    // The content goes in last: whatever it holds is not filled in again.
    let html = PAGE
        .replace("{language}", words::tag(language))
        .replace("{title}", &escaped(title))
        .replace("{style}", STYLE)
        .replace("{content}", content);
    let mut response = (status, Html(html)).into_response();
    for (name, value) in &*PROTECTION {
        response.headers_mut().insert(name, value.clone());
    }
    response.headers_mut().insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(words::tag(language)));
    response
}

/// The address holds a code: nothing keeps it, and no other site learns it. Nothing is loaded, nothing runs.
static PROTECTION: LazyLock<[(HeaderName, HeaderValue); 5]> = LazyLock::new(|| {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::try_from(policy).expect("plain signs")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    ]
});

/// Whether this can be a code at all; whether it opens anything shows when the button is pressed.
fn looks_like_a_code(typed: &str) -> bool {
    const SIGNS: usize = 24;
    let mut signs = typed.chars().filter(|sign| !matches!(sign, '-' | ' '));
    typed.len() <= 4 * SIGNS && signs.clone().count() == SIGNS && signs.all(|sign| sign.is_ascii_alphanumeric())
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(sign),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_a_code_gets_a_button() {
        for good in ["K7M4-QX2P-ABCD-EFGH-JKMN-PQRS", "k7m4 qx2p abcd efgh jkmn pqrs", "K7M4QX2PABCDEFGHJKMNPQRS"] {
            assert!(looks_like_a_code(good), "{good}");
        }
        for bad in ["", "K7M4", "K7M4-QX2P-ABCD-EFGH-JKMN-PQR<", "<script>alert(1)</script>", &"A".repeat(10_000)] {
            assert!(!looks_like_a_code(bad), "{bad}");
        }
    }

    #[test]
    fn what_stands_in_the_page_cannot_break_out_of_it() {
        assert_eq!(escaped("<a href='\"'>&"), "&lt;a href=&#39;&quot;&#39;&gt;&amp;");
        assert!(button(Language::English, "x", "\"><script>").contains("value=\"&quot;&gt;&lt;script&gt;\""));
    }
}
