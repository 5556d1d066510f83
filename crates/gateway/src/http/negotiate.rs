//! Which media type the client sends and which one it wants back.

use axum::http::{HeaderMap, StatusCode, header};

use crate::http::Problem;

/// The media types we answer with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// `application/json`: well-formed requests are answered with 200, whatever becomes of them.
    Json,
    /// `application/graphql-response+json`: the status says whether the request could be run.
    GraphqlResponse,
    /// `text/event-stream`: one connection for one operation, as the GraphQL-over-SSE protocol says.
    EventStream,
}

impl Answer {
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::EventStream => "text/event-stream",
        }
    }
}

/// Picks the answer's media type: the heaviest weight wins, then the more exact name, then the order of the header.
pub(super) fn answer(headers: &HeaderMap) -> Result<Answer, Problem> {
    let ranges: Vec<&str> = values(headers).collect();
    if ranges.is_empty() {
        return Ok(Answer::Json);
    }
    let mut best: Option<(f32, u8, Answer)> = None;
    for range in ranges {
        let mut parts = range.split(';').map(str::trim);
        let Some((exactness, answer)) = parts.next().and_then(known) else { continue };
        let weight = parts.find_map(weight).unwrap_or(1.0);
        let better = best.is_none_or(|(heaviest, most_exact, _)| (weight, exactness) > (heaviest, most_exact));
        if weight > 0.0 && better {
            best = Some((weight, exactness, answer));
        }
    }
    best.map(|(_, _, answer)| answer).ok_or_else(|| {
        let message = "answers come as application/graphql-response+json, application/json or text/event-stream";
        Problem::new(StatusCode::NOT_ACCEPTABLE, "NOT_ACCEPTABLE", message)
    })
}

/// Whether the client would rather see a page than data: browsers do when a person types the address.
pub(super) fn wants_page(headers: &HeaderMap) -> bool {
    values(headers)
        .any(|range| range.split(';').next().is_some_and(|name| name.trim().eq_ignore_ascii_case("text/html")))
}

fn values(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(header::ACCEPT).into_iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim).filter(|range| !range.is_empty())
}

fn known(name: &str) -> Option<(u8, Answer)> {
    match name.to_ascii_lowercase().as_str() {
        "application/json" => Some((2, Answer::Json)),
        "application/graphql-response+json" => Some((2, Answer::GraphqlResponse)),
        "text/event-stream" => Some((2, Answer::EventStream)),
        "application/*" => Some((1, Answer::Json)),
        "*/*" => Some((0, Answer::Json)),
        _ => None,
    }
}

fn weight(parameter: &str) -> Option<f32> {
    let (name, value) = parameter.split_once('=')?;
    if name.trim().eq_ignore_ascii_case("q") { value.trim().parse().ok() } else { None }
}

/// Lets only JSON in UTF-8 pass. A form could be sent by any page on the web; JSON cannot without asking first.
pub(super) fn require_json(headers: &HeaderMap) -> Result<(), Problem> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = content_type.split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("application/json"));
    let is_utf8 = parts.filter_map(|parameter| parameter.split_once('=')).all(|(name, value)| {
        !name.trim().eq_ignore_ascii_case("charset") || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
    });
    if is_json && is_utf8 {
        return Ok(());
    }
    let message = "send the request as content-type application/json in UTF-8";
    Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn accept(value: &'static str) -> Option<Answer> {
        answer(&HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(value))])).ok()
    }

    #[test]
    fn the_heaviest_then_the_most_exact_wish_wins() {
        assert_eq!(answer(&HeaderMap::new()), Ok(Answer::Json));
        assert_eq!(accept("*/*"), Some(Answer::Json));
        assert_eq!(accept("application/graphql-response+json, application/json;q=0.9"), Some(Answer::GraphqlResponse));
        assert_eq!(accept("application/json;q=0.1, application/graphql-response+json"), Some(Answer::GraphqlResponse));
        assert_eq!(accept("application/json, application/graphql-response+json"), Some(Answer::Json));
        assert_eq!(accept("*/*, text/event-stream"), Some(Answer::EventStream));
        assert_eq!(accept("text/html, */*;q=0.8"), Some(Answer::Json));
        assert_eq!(accept("text/html"), None);
        assert_eq!(accept("application/json;q=0"), None);
        assert_eq!(accept(";;q=,="), None);
    }

    #[test]
    fn only_json_in_utf8_is_read() {
        let check = |value: &'static str| {
            require_json(&HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(value))])).is_ok()
        };
        assert!(check("application/json") && check("Application/JSON; charset=\"UTF-8\""));
        assert!(!check("application/json; charset=latin1") && !check("text/plain") && !check(""));
        assert!(!check("application/x-www-form-urlencoded") && !check("multipart/form-data; boundary=x"));
        assert!(require_json(&HeaderMap::new()).is_err());
    }
}
