//! What happens to every request of every route, in one layer: an id, a span, a last net for panics and time, the origin,
//! the budget of requests, a measurement, protective headers.

use std::{net::IpAddr, panic::AssertUnwindSafe, sync::Arc, time::Instant};

use axum::{
    body::Body,
    extract::{MatchedPath, State},
    http::{Extensions, HeaderMap, HeaderName, HeaderValue, Request, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use futures_util::FutureExt;
use tokio::time::timeout;
use tracing::Instrument;

use crate::{
    http::{
        Door, Problem, RequestId,
        caller::{client_address, has_credentials},
        metrics,
        negotiate::{self, Answer},
        same_origin,
    },
    limits::Payer,
    open311, uploads,
};

/// Where GraphQL is; it looks at origins and credentials by itself.
pub(super) const GRAPHQL: &str = "/graphql";
/// Load balancers ask these often.
const PROBES: [&str; 2] = ["/livez", "/readyz"];
const TURNED_AWAY: &str = include_str!("turned_away.html");

/// Wraps one request. One layer instead of many, because each costs about a microsecond.
pub(super) async fn wrap(State(door): State<Arc<Door>>, mut request: Request<Body>, next: Next) -> Response {
    let started = Instant::now();
    let request_id = door.new_request_id();
    request.extensions_mut().insert(request_id);
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("other", MatchedPath::as_str);
    // No address, no account, no text of the caller: a span must never hold personal data.
    let span = tracing::info_span!("http.request", request.id = %request_id.0, http.route = route);
    let mut response = if let Err(problem) = door.lets_arrive(route, &request) {
        metrics::refused(problem.code());
        turned_away(&problem, request_id, request.headers(), route)
    } else {
        answered(&door, route, request, next, request_id).instrument(span.clone()).await
    };
    let status = response.status();
    protect(response.headers_mut(), door.settings.is_public());
    if let Ok(id) = HeaderValue::from_str(&request_id.0.to_string()) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), id);
    }
    if status.is_server_error() {
        span.in_scope(|| tracing::error!(http.status = status.as_u16(), "answered with an error"));
    }
    metrics::answered(route, status, started.elapsed());
    response
}

/// Runs the handler, and answers for it when it takes too long or panics.
async fn answered(door: &Door, route: &str, request: Request<Body>, next: Next, request_id: RequestId) -> Response {
    let reading = if route == uploads::ARRIVALS { door.settings.upload_time } else { door.settings.body_time };
    // Reading the body, waiting for a turn, and the work itself.
    let most = reading + door.settings.deadline * 2;
    match AssertUnwindSafe(timeout(most, next.run(request))).catch_unwind().await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => too_slow().answer(request_id, Answer::Json),
        Err(_) => {
            tracing::error!("a handler panicked");
            Problem::internal().answer(request_id, Answer::Json)
        }
    }
}

/// The same protection for routes that stand behind no door: those of the operators.
pub(super) async fn wrap_internal(request: Request<Body>, next: Next) -> Response {
    let mut response = next.run(request).await;
    protect(response.headers_mut(), false);
    response
}

impl Door {
    /// What can be said of a request before anything of its body was read.
    fn lets_arrive(&self, route: &str, request: &Request<Body>) -> Result<(), Problem> {
        if PROBES.contains(&route) {
            return Ok(());
        }
        let headers = request.headers();
        if route != GRAPHQL {
            same_origin::check_page(request.method(), headers, &self.settings.public_origin)?;
        } else if has_credentials(headers) {
            // Paid by the account, once it is known; a whole town hall may come from one address.
            return Ok(());
        }
        let address = self.address_of(headers, request.extensions());
        let payer = Payer { address, ..Payer::default() };
        self.charge_request(&payer)?;
        // By GraphQL the same would take from this budget, too.
        if open311::SUBMITS.contains(&route) && !request.method().is_safe() {
            self.charge_submission(&payer)
        } else {
            Ok(())
        }
    }

    /// The client's address.
    pub(super) fn address_of(&self, headers: &HeaderMap, extensions: &Extensions) -> Option<IpAddr> {
        client_address(headers, extensions, &self.settings.trusted_proxies, self.settings.forwarded_header)
    }
}

/// People get a page, programs get JSON.
fn turned_away(problem: &Problem, request_id: RequestId, headers: &HeaderMap, route: &str) -> Response {
    let answer = problem.answer(request_id, Answer::Json);
    if route == GRAPHQL || !negotiate::wants_page(headers) || answer.status() != StatusCode::TOO_MANY_REQUESTS {
        return answer;
    }
    let mut page = (answer.status(), Html(TURNED_AWAY)).into_response();
    if let Some(seconds) = answer.headers().get(header::RETRY_AFTER) {
        page.headers_mut().insert(header::RETRY_AFTER, seconds.clone());
    }
    page
}

fn too_slow() -> Problem {
    let message = "the request or its answer took too long and was given up";
    Problem::new(StatusCode::GATEWAY_TIMEOUT, "DEADLINE_EXCEEDED", message)
}

/// A handler that knows better, such as a page with a form, has set its policy before.
fn protect(headers: &mut HeaderMap, is_public: bool) {
    const PROTECTION: [(HeaderName, &str); 8] = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
        ),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in PROTECTION {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if is_public {
        let two_years = HeaderValue::from_static("max-age=63072000; includeSubDomains");
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(two_years);
    }
}
