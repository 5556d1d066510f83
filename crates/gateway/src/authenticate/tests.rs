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
fn a_token_is_good_until_its_end() {
    let token = |claims: &str| format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims));
    let now = Timestamp::from_seconds(1_000);
    assert_eq!(time_left(&token("{\"exp\":1600}"), now), Some(Duration::from_mins(10)));
    assert_eq!(time_left(&token("{\"exp\":400}"), now), Some(Duration::ZERO));
    assert_eq!(time_left(&token("{\"exp\":-9223372036854775808}"), now), Some(Duration::ZERO));
    assert_eq!(time_left("nonsense", now), None);
}
