//! The addresses of sign-in by OpenID Connect: to the provider, back from it, and out again.
//!
//! They are for browsers that follow links, so what goes wrong is said on a small page with a stable code, and the page
//! says nothing that somebody else could learn from. What a page says is in `openid_pages/*.toml`.

mod words;

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use database::DatabaseError;
use domain::law::TrustLevel;
use domain::text::Language;
use domain::time::Timestamp;
use identity::{BeginSignIn, FinishSignIn, Finished, OpenIdError, ProviderRefusal, ReturnPath};

use crate::application::Application;
use crate::authenticate::session as cookie;
use crate::graphql::{cookie_name, cookie_value};
use crate::http::check_cookie_use;
use words::{Outcome, Words};

const PAGE: &str = include_str!("openid_pages/page.html");
const STYLE: &str = include_str!("openid_pages/page.css");

/// The routes `/sign-in/openid/{provider}`, `/sign-in/openid/{provider}/callback` and `/sign-out/openid`. The caller merges
/// them into the public router.
pub fn routes(application: Application) -> Router {
    words::read();
    Router::new()
        .route("/sign-in/openid/{provider}", get(begin))
        .route("/sign-in/openid/{provider}/callback", get(finish))
        .route("/sign-out/openid", post(sign_out))
        .with_state(Arc::new(application))
}

/// Where signing in with a provider begins.
pub(crate) fn start_path(provider: &str) -> String {
    format!("/sign-in/openid/{provider}")
}

/// What a link to the beginning may say.
#[derive(Deserialize)]
struct Wish {
    return_to: Option<String>,
    trust: Option<TrustLevel>,
    language: Option<String>,
}

/// What a provider's answer may say; anything more is passed over.
#[derive(Deserialize)]
struct Answer {
    state: Option<String>,
    code: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

async fn begin(
    State(application): State<Arc<Application>>,
    Path(provider): Path<String>,
    wish: Result<Query<Wish>, QueryRejection>,
) -> Response {
    // A level nobody knows must not become the lowest one.
    let Ok(Query(wish)) = wish else { return page(Outcome::NotFound, Language::German) };
    let language = words::language(wish.language.as_deref());
    let command = BeginSignIn {
        provider: &provider,
        return_to: ReturnPath::wished(wish.return_to.as_deref()),
        least_trust: wish.trust.unwrap_or_default(),
        language,
    };
    match application.openid.begin_sign_in(&command).await {
        Ok(begun) => {
            let secure = application.secure_cookies;
            redirect(&begun.address, &[attempt_cookie(&begun.cookie, begun.lasts_seconds, secure)])
        }
        Err(error) => page(told(&provider, &error), language),
    }
}

async fn finish(
    State(application): State<Arc<Application>>,
    Path(provider): Path<String>,
    answer: Result<Query<Answer>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let secure = application.secure_cookies;
    let attempt = cookie(&headers, attempt_cookie_name(secure)).and_then(|text| application.openid.read_attempt(text));
    let language = attempt.as_ref().map_or(Language::German, identity::Attempt::language);
    // A parameter that comes twice makes the answer unreadable, and that is the best thing to do with it.
    let Ok(Query(answer)) = answer else { return page(Outcome::Over, language) };
    let command = FinishSignIn {
        provider: &provider,
        attempt: attempt.as_ref(),
        state: answer.state.as_deref(),
        code: answer.code.as_deref(),
        issuer: answer.iss.as_deref(),
        error: answer.error.as_deref(),
        former_session: cookie(&headers, cookie_name(secure)),
    };
    match application.openid.finish_sign_in(&command).await {
        Ok(finished) => signed_in(&application, &finished),
        Err(error) => page(told(&provider, &error), language),
    }
}

fn signed_in(application: &Application, finished: &Finished) -> Response {
    let (now, secure) = (application.clock.now(), application.secure_cookies);
    metrics::counter!("openid_sign_ins_total", "outcome" => "SIGNED_IN").increment(1);
    let session = &finished.signed_in;
    let session = cookie_value(session.token.expose(), session.expires_at, now, secure);
    redirect(finished.return_to.as_str(), &[session, attempt_cookie("", 0, secure)])
}

/// Signs out of this browser, and of the provider where the configuration says so. A form's target: links and other sites
/// cannot sign anybody out.
async fn sign_out(State(application): State<Arc<Application>>, headers: HeaderMap) -> Response {
    let secure = application.secure_cookies;
    if check_cookie_use(&headers, application.openid.public_url()).is_err() {
        return page(Outcome::CrossSite, Language::German);
    }
    let taken_back = cookie_value("", Timestamp::from_millis(0), application.clock.now(), secure);
    let Some(token) = cookie(&headers, cookie_name(secure)) else { return redirect("/", &[taken_back]) };
    match application.openid.sign_out(token).await {
        Ok(address) => redirect(address.as_deref().unwrap_or("/"), &[taken_back]),
        Err(error) => page(told_of_database(&error), Language::German),
    }
}

/// Logs what went wrong, once and without anything about a person, and says what the page shall tell.
fn told(provider: &str, error: &OpenIdError) -> Outcome {
    let outcome = match error {
        OpenIdError::UnknownProvider => return Outcome::NotFound,
        OpenIdError::AttemptOver | OpenIdError::Refused(ProviderRefusal::Code) => Outcome::Over,
        OpenIdError::Refused(ProviderRefusal::AccessDenied) => Outcome::Cancelled,
        OpenIdError::Refused(ProviderRefusal::TemporarilyUnavailable) | OpenIdError::Unavailable(_) => {
            tracing::warn!(provider, %error, "nobody can sign in");
            Outcome::Unavailable
        }
        OpenIdError::Refused(ProviderRefusal::TrustUnmet) | OpenIdError::TrustTooLow { .. } => Outcome::TrustTooLow,
        OpenIdError::Refused(ProviderRefusal::Client | ProviderRefusal::Other) | OpenIdError::Token(_) => {
            tracing::warn!(provider, %error, "a sign-in was refused");
            Outcome::Refused
        }
        OpenIdError::NoAccount => Outcome::NoAccount,
        OpenIdError::Database(error) => told_of_database(error),
    };
    metrics::counter!("openid_sign_ins_total", "outcome" => outcome.code()).increment(1);
    outcome
}

fn told_of_database(error: &DatabaseError) -> Outcome {
    match error {
        DatabaseError::Unavailable(_) | DatabaseError::Contended => {
            tracing::warn!(%error, "a sign-in could not be written");
            Outcome::Unavailable
        }
        DatabaseError::Broken(_) | DatabaseError::Internal(_) => {
            tracing::error!(%error, "a sign-in could not be written");
            Outcome::Internal
        }
    }
}

const fn attempt_cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-openid" } else { "openid" }
}

/// The attempt, for this browser alone; `Lax`, because the provider sends the browser back by a link.
fn attempt_cookie(sealed: &str, seconds: i64, secure: bool) -> String {
    let tail = if secure { "; Secure" } else { "" };
    format!("{}={sealed}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{tail}", attempt_cookie_name(secure))
}

fn redirect(address: &str, cookies: &[String]) -> Response {
    let Ok(location) = HeaderValue::try_from(address) else { return page(Outcome::Internal, Language::German) };
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
    for cookie in cookies.iter().filter_map(|cookie| HeaderValue::try_from(cookie).ok()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    protected(response)
}

fn page(outcome: Outcome, language: Language) -> Response {
    let words = Words::of(language);
    let (title, text) = words.of_outcome(outcome);
    let content = format!(
        "<p role=\"alert\">{}</p>\n<p><a href=\"/\">{}</a></p>\n<p class=\"code\">{} <code>{}</code></p>",
        escaped(text),
        escaped(&words.start),
        escaped(&words.code),
        outcome.code()
    );
    // The content goes in last: whatever it holds is not filled in again.
    let html = PAGE
        .replace("{language}", words::tag(language))
        .replace("{title}", &escaped(title))
        .replace("{style}", STYLE)
        .replace("{content}", &content);
    let mut response = (outcome.status(), Html(html)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(words::tag(language)));
    if outcome == Outcome::Unavailable {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("10"));
    }
    protected(response)
}

/// The addresses hold codes: nothing keeps them, and no other site learns them. Nothing is loaded, nothing runs.
fn protected(mut response: Response) -> Response {
    for (name, value) in &*PROTECTION {
        response.headers_mut().insert(name, value.clone());
    }
    response
}

static PROTECTION: LazyLock<[(HeaderName, HeaderValue); 5]> = LazyLock::new(|| {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    );
    [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::try_from(policy).expect("plain signs")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    ]
});

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
