//! Keeps other web sites from using a citizen's cookie, from sending our forms and from opening our websockets.

use axum::http::{HeaderMap, Method, StatusCode, header};

use crate::http::{Problem, Settings};

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
    match site(headers) {
        Some(site) => allow(site == Site::Own),
        None => allow(origin(headers, public_origin).is_none_or(|origin| origin == Origin::Own)),
    }
}

/// Lets a request for one of the small pages pass. A link may lead here from anywhere; a form is sent from our own pages
/// alone, and other sites cannot load a page with somebody's cookie into a frame or a picture.
///
/// Our pages say `no-referrer`, so that a form of theirs may come with `Origin: null`. Without a cookie that is
/// good enough, because nothing but the code in the form counts.
///
/// # Errors
///
/// `CROSS_SITE`
pub(super) fn check_page(method: &Method, headers: &HeaderMap, public_origin: &str) -> Result<(), Problem> {
    let has_cookie = headers.contains_key(header::COOKIE);
    if method.is_safe() {
        let is_link = headers.get("sec-fetch-mode").is_none_or(|mode| mode == "navigate");
        return if is_link || !has_cookie { Ok(()) } else { check_cookie_use(headers, public_origin) };
    }
    match (site(headers), origin(headers, public_origin)) {
        (Some(site), _) => allow(site == Site::Own),
        (None, Some(Origin::Hidden)) => allow(!has_cookie),
        (None, Some(Origin::Foreign)) => allow(false),
        (None, Some(Origin::Own) | None) => Ok(()),
    }
}

/// Lets a websocket open only from our own pages, from a program, or without a cookie from a site on the list: the
/// browser itself does not check that.
///
/// # Errors
///
/// `CROSS_SITE` for sockets another site opens.
pub(super) fn check_socket(headers: &HeaderMap, settings: &Settings) -> Result<(), Problem> {
    let has_cookie = headers.contains_key(header::COOKIE);
    let listed = headers
        .get(header::ORIGIN)
        .and_then(|origin| origin.to_str().ok())
        .is_some_and(|origin| settings.cors_origins.iter().any(|listed| listed.eq_ignore_ascii_case(origin)));
    if listed && !has_cookie {
        return Ok(());
    }
    if has_cookie && site(headers) == Some(Site::Foreign) {
        return allow(false);
    }
    allow(origin(headers, &settings.public_origin).is_none_or(|origin| origin == Origin::Own))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Site {
    /// Our own pages, or the person at the keyboard.
    Own,
    Foreign,
}

fn site(headers: &HeaderMap) -> Option<Site> {
    let site = headers.get("sec-fetch-site")?;
    Some(if site == "same-origin" || site == "none" { Site::Own } else { Site::Foreign })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Own,
    /// `null`: a page that tells nobody where it is from, ours or not.
    Hidden,
    Foreign,
}

fn origin(headers: &HeaderMap, public_origin: &str) -> Option<Origin> {
    let origin = headers.get(header::ORIGIN)?.to_str().unwrap_or_default();
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    let is_own = origin.eq_ignore_ascii_case(public_origin) || (authority.is_some() && authority == host);
    Some(match origin {
        "null" => Origin::Hidden,
        _ if is_own => Origin::Own,
        _ => Origin::Foreign,
    })
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

    const OWN: &str = "https://stadt.example";
    const COOKIE: (&str, &str) = ("cookie", "a=b");
    const EVIL: (&str, &str) = ("origin", "https://evil.example");

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn a_cookie_works_from_our_own_pages_only() {
        let allowed = |pairs: &[_]| check_cookie_use(&headers(pairs), OWN).is_ok();
        assert!(allowed(&[EVIL]), "no cookie, nothing to steal");
        assert!(allowed(&[COOKIE]));
        assert!(allowed(&[COOKIE, ("sec-fetch-site", "same-origin")]));
        assert!(allowed(&[COOKIE, ("origin", OWN)]));
        assert!(allowed(&[COOKIE, ("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")]));
        assert!(!allowed(&[COOKIE, ("sec-fetch-site", "cross-site"), ("origin", OWN)]));
        assert!(!allowed(&[COOKIE, ("sec-fetch-site", "same-site")]));
        assert!(!allowed(&[COOKIE, EVIL, ("host", "stadt.example")]));
        assert!(!allowed(&[COOKIE, ("origin", "null")]));
    }

    #[test]
    fn links_lead_here_from_anywhere_and_forms_from_our_pages() {
        let get = |pairs: &[_]| check_page(&Method::GET, &headers(pairs), OWN).is_ok();
        assert!(get(&[COOKIE, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")]), "a link in a mail");
        assert!(get(&[COOKIE]) && get(&[EVIL]));
        assert!(!get(&[COOKIE, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")]), "a picture");
        let post = |pairs: &[_]| check_page(&Method::POST, &headers(pairs), OWN).is_ok();
        assert!(post(&[]), "a program: one-click unsubscription");
        assert!(post(&[COOKIE, ("origin", OWN)]));
        assert!(post(&[COOKIE, ("origin", "null"), ("sec-fetch-site", "same-origin")]), "our pages tell no referrer");
        assert!(post(&[("origin", "null")]), "an older browser, and no cookie");
        assert!(!post(&[COOKIE, ("origin", "null")]));
        assert!(!post(&[EVIL]) && !post(&[("sec-fetch-site", "cross-site")]));
        assert!(!post(&[COOKIE, ("sec-fetch-site", "same-site"), ("sec-fetch-mode", "navigate")]));
    }

    #[test]
    fn sockets_open_from_our_pages_programs_and_listed_sites() {
        let settings = Settings {
            public_origin: OWN.to_owned(),
            cors_origins: vec!["https://www.stadt.example".to_owned()],
            ..Settings::default()
        };
        let open = |pairs: &[_]| check_socket(&headers(pairs), &settings).is_ok();
        assert!(open(&[]) && open(&[COOKIE]) && open(&[COOKIE, ("origin", OWN)]));
        assert!(open(&[("origin", "https://www.stadt.example")]));
        assert!(!open(&[COOKIE, ("origin", "https://www.stadt.example")]), "cookies never travel");
        assert!(!open(&[EVIL]) && !open(&[("origin", "null")]));
        assert!(!open(&[COOKIE, ("origin", OWN), ("sec-fetch-site", "cross-site")]));
    }
}
