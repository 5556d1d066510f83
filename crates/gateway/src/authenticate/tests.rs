//! Which token or session a caller presents, and what is none.

use std::sync::Arc;

use axum::http::HeaderName;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::http::RequestId;

fn caller(headers: &[(&'static str, &'static str)], greeting: Option<serde_json::Value>) -> Caller {
    let pairs = headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
    let mut all = HeaderMap::new();
    for (name, value) in pairs {
        all.append(name, value);
    }
    let request_id = RequestId(Uuid::nil());
    Caller { request_id, headers: Arc::new(all), address: None, connection_init: greeting.map(Arc::new) }
}

#[test]
fn a_token_comes_from_the_greeting_or_the_header() {
    let found = |headers: &[_], greeting| token(&caller(headers, greeting)).expect("fine");
    assert_eq!(found(&[], None), None);
    assert_eq!(found(&[], Some(json!(null))), None);
    assert_eq!(found(&[("authorization", "Bearer a.b.c")], None).as_deref(), Some("a.b.c"));
    assert_eq!(found(&[("authorization", "bearer  a.b.c ")], Some(json!({}))).as_deref(), Some("a.b.c"));
    let greeting = json!({ "Authorization": "Bearer d.e.f" });
    assert_eq!(found(&[("authorization", "Bearer a.b.c")], Some(greeting)).as_deref(), Some("d.e.f"));
}

#[test]
fn what_stands_in_the_place_of_a_token_and_is_none_is_refused() {
    let two = [("authorization", "Bearer a"), ("authorization", "Bearer b")];
    for wrong in [
        caller(&[("authorization", "Basic YTpi")], None),
        caller(&[("authorization", "a.b.c")], None),
        caller(&two, None),
        caller(&[], Some(json!({ "authorization": 7 }))),
        caller(&[], Some(json!({ "authorization": null }))),
    ] {
        assert_eq!(token(&wrong).expect_err("none").code(), "UNAUTHENTICATED");
    }
}

#[test]
fn a_session_is_found_among_other_cookies() {
    let headers = [("cookie", "a=b; __Host-session=one"), ("cookie", "session=two;x=y=z")];
    let headers = caller(&headers, None).headers;
    assert_eq!(session(&headers, "__Host-session"), Some("one"));
    assert_eq!(session(&headers, "session"), Some("two"));
    assert_eq!(session(&headers, "Session"), None);
}

#[test]
fn a_socket_lives_no_longer_than_what_it_rests_on() {
    let at = Timestamp::from_seconds;
    assert_eq!(time_left(at(1_600), at(1_000)), Duration::from_mins(10));
    assert_eq!(time_left(at(400), at(1_000)), Duration::ZERO);
    assert_eq!(time_left(Timestamp::from_millis(i64::MIN), at(1_000)), Duration::ZERO);
}
