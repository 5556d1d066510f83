//! A small page to try GraphQL by hand, in development only. It loads nothing from anywhere else.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";

pub(super) fn page() -> Response {
    file("text/html; charset=utf-8", include_str!("explorer.html"))
}

pub(super) async fn script() -> Response {
    file("text/javascript; charset=utf-8", include_str!("explorer.js"))
}

pub(super) async fn style() -> Response {
    file("text/css; charset=utf-8", include_str!("explorer.css"))
}

fn file(kind: &'static str, text: &'static str) -> Response {
    let headers =
        [(header::CONTENT_TYPE, kind), (header::CONTENT_SECURITY_POLICY, POLICY), (header::CACHE_CONTROL, "no-store")];
    (headers, text).into_response()
}
