//! What happens to every request, in one layer: an id, a span, a last net for panics, a measurement, protective headers.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Instant};

use axum::{
    body::Body,
    extract::{MatchedPath, State},
    http::{HeaderMap, HeaderName, HeaderValue, Request, header},
    middleware::Next,
    response::Response,
};
use futures_util::FutureExt;
use tracing::Instrument;

use crate::http::{Door, Problem, metrics, negotiate::Answer};

/// Wraps one request. One layer instead of six, because each costs about a microsecond.
pub(super) async fn wrap(State(door): State<Arc<Door>>, mut request: Request<Body>, next: Next) -> Response {
    let started = Instant::now();
    let request_id = door.new_request_id();
    request.extensions_mut().insert(request_id);
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("other", MatchedPath::as_str);
    // No address, no account, no text of the caller: a span must never hold personal data.
    let span = tracing::info_span!("http.request", request.id = %request_id.0, http.route = route);
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().instrument(span.clone()).await;
    let mut response = answered.unwrap_or_else(|_| {
        span.in_scope(|| tracing::error!("a handler panicked"));
        Problem::internal().answer(request_id, Answer::Json)
    });
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

/// A handler that knows better, such as a page with scripts of its own, has set its policy before.
fn protect(headers: &mut HeaderMap, is_public: bool) {
    const PROTECTION: [(HeaderName, &str); 6] = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in PROTECTION {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if is_public {
        let two_years = HeaderValue::from_static("max-age=63072000; includeSubDomains");
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(two_years);
    }
}
