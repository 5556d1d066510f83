//! Keeps other web sites from using a citizen's cookie.

use axum::http::{HeaderMap, StatusCode, header};

use crate::http::Problem;

/// Lets a request with a cookie pass only from our own pages.
///
/// Browsers say where a request comes from in `Sec-Fetch-Site` or `Origin`; a request with neither comes from a program
/// that holds the cookie itself.
///
/// # Errors
///
/// `CROSS_SITE` for requests another site sent.
pub(crate) fn check_cookie_use(headers: &HeaderMap, public_origin: &str) -> Result<(), Problem> {
    if !headers.contains_key(header::COOKIE) {
        return Ok(());
    }
    if let Some(site) = headers.get("sec-fetch-site") {
        return allow(site == "same-origin" || site == "none");
    }
    check_origin(headers, public_origin)
}

/// Lets a websocket open only from our own pages or from a program: the browser itself does not check that.
///
/// # Errors
///
/// `CROSS_SITE` for sockets another site opens.
pub(super) fn check_origin(headers: &HeaderMap, public_origin: &str) -> Result<(), Problem> {
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    let Ok(origin) = origin.to_str() else { return allow(false) };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    allow(origin.eq_ignore_ascii_case(public_origin) || (authority.is_some() && authority == host))
}

fn allow(own: bool) -> Result<(), Problem> {
    if own {
        return Ok(());
    }
    let message = "this request comes from another web site and was not run";
    Err(Problem::new(StatusCode::FORBIDDEN, "CROSS_SITE", message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn allowed(headers: &[(&'static str, &'static str)]) -> bool {
        let pairs =
            headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        check_cookie_use(&pairs.collect(), "https://stadt.example").is_ok()
    }

    #[test]
    fn a_cookie_works_from_our_own_pages_only() {
        let cookie = ("cookie", "a=b");
        assert!(allowed(&[("origin", "https://evil.example")]), "no cookie, nothing to steal");
        assert!(allowed(&[cookie]));
        assert!(allowed(&[cookie, ("sec-fetch-site", "same-origin")]));
        assert!(allowed(&[cookie, ("origin", "https://stadt.example")]));
        assert!(allowed(&[cookie, ("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")]));
        assert!(!allowed(&[cookie, ("sec-fetch-site", "cross-site"), ("origin", "https://stadt.example")]));
        assert!(!allowed(&[cookie, ("sec-fetch-site", "same-site")]));
        assert!(!allowed(&[cookie, ("origin", "https://evil.example"), ("host", "stadt.example")]));
        assert!(!allowed(&[cookie, ("origin", "null")]));
    }
}
