//! Buttons work from our own pages alone.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

use domain::text::Language;

use crate::pages::outcome;

/// Proof that a form was sent from one of our pages, or by a program.
///
/// The code in the form is the real protection: whoever does not have it can do nothing. This keeps other sites from
/// pressing our buttons with a code that somebody pasted there.
pub(super) struct OwnSite;

impl<S: Send + Sync> FromRequestParts<S> for OwnSite {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        if is_our_own(&parts.headers) {
            Ok(Self)
        } else {
            Err(outcome::plain(StatusCode::FORBIDDEN, Language::German, "foreign_title", "foreign_text"))
        }
    }
}

fn is_our_own(headers: &HeaderMap) -> bool {
    // Every browser of today says where a request comes from; `none` is a person's own doing.
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match text(header::ORIGIN) {
        // Our pages send no referrer, and then older browsers hide the origin, too.
        None | Some("null") => true,
        Some(origin) => origin.split_once("://").is_some_and(|(_, authority)| Some(authority) == text(header::HOST)),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn allowed(headers: &[(&'static str, &'static str)]) -> bool {
        let pairs =
            headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        is_our_own(&pairs.collect())
    }

    #[test]
    fn forms_of_other_sites_are_told_apart() {
        assert!(allowed(&[]), "a program");
        assert!(allowed(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(allowed(&[("sec-fetch-site", "none")]));
        assert!(allowed(&[("origin", "https://stadt.example"), ("host", "stadt.example")]));
        assert!(!allowed(&[("sec-fetch-site", "cross-site")]));
        assert!(!allowed(&[("sec-fetch-site", "same-site"), ("origin", "https://stadt.example")]));
        assert!(!allowed(&[("origin", "https://evil.example"), ("host", "stadt.example")]));
    }
}
