//! Signed events: those of the peer are believed, and nothing that only looks like one.

use domain::application::PublicStatus;
use domain::time::Timestamp;
use exchange::fit_connect::{EventFault, EventKind, ExpectedEvent, VerificationKey, read_event};
use serde_json::{Value, json};

use crate::peer::{ask, keys};

const NOW: Timestamp = Timestamp::from_seconds(1_795_000_000);

fn claims(event: &str) -> Value {
    json!({
        "iss": "https://submission-api.example", "sub": "submission:s-1", "txn": "case:c-1", "jti": "j-1",
        "iat": NOW.seconds(), "events": { format!("https://schema.fitko.de/fit-connect/events/{event}"): {
            "authenticationTags": { "metadata": "m", "data": "d", "attachments": { "a": "t" } },
            "problems": [{ "type": "https://schema.fitko.de/fit-connect/events/problems/schema-violation" }],
        } },
    })
}

fn signed(claims: &Value, header: &Value) -> String {
    let token = ask("sign", json!({ "claims": claims, "jwk": keys()["signPrivate"], "header": header }));
    token.expect("signed")["token"].as_str().expect("a text").to_owned()
}

fn key() -> VerificationKey {
    VerificationKey::from_jwk(&keys()["signPublic"].to_string(), "sign-1").expect("a good key")
}

fn read(token: &str) -> Result<exchange::fit_connect::Event, EventFault> {
    let expected = ExpectedEvent { submission: "s-1", case: "c-1", issuer: "https://submission-api.example", now: NOW };
    read_event(token, &[key()], expected)
}

#[test]
fn events_of_the_peer_are_believed_and_told_in_the_words_of_the_mailbox() {
    let wanted = [
        ("create-submission", PublicStatus::Initiated),
        ("submit-submission", PublicStatus::Submitted),
        ("notify-submission", PublicStatus::Submitted),
        ("forward-submission", PublicStatus::Submitted),
        ("reject-submission", PublicStatus::Processing),
        ("accept-submission", PublicStatus::Processing),
        ("delete-submission", PublicStatus::Processing),
    ];
    assert_eq!(wanted.len(), EventKind::ALL.len());
    for (word, public) in wanted {
        let event = read(&signed(&claims(word), &json!({}))).unwrap_or_else(|fault| panic!("{word}: {fault}"));
        assert_eq!((event.kind.as_str(), event.kind.public(), event.id.as_str()), (word, public, "j-1"));
        let tags = event.tags.expect("tags");
        assert_eq!((tags.data.as_deref(), tags.attachments["a"].as_str()), (Some("d"), "t"));
        assert_eq!(event.problems, ["schema-violation"]);
    }
}

#[test]
fn what_only_looks_like_an_event_is_not_believed() {
    let good = claims("accept-submission");
    let with = |name: &str, value: Value| {
        let mut changed = good.clone();
        changed[name] = value;
        read(&signed(&changed, &json!({})))
    };
    assert!(read(&signed(&good, &json!({}))).is_ok());
    assert_eq!(with("sub", json!("submission:s-2")), Err(EventFault::OtherSubject));
    assert_eq!(with("txn", json!("case:c-2")), Err(EventFault::OtherSubject));
    assert_eq!(with("iss", json!("https://evil.example")), Err(EventFault::OtherSubject));
    assert_eq!(with("iat", json!(NOW.seconds() + 3_600)), Err(EventFault::Future));
    assert_eq!(with("events", json!({})), Err(EventFault::UnknownEvent));
    assert_eq!(with("events", json!({ "https://evil.example/accept-submission": {} })), Err(EventFault::UnknownEvent));
    assert_eq!(with("jti", Value::Null), Err(EventFault::Signature));
    assert_eq!(read(&signed(&good, &json!({ "typ": "JWT" }))), Err(EventFault::NoToken));
    assert_eq!(read(&signed(&good, &json!({ "kid": "sign-2" }))), Err(EventFault::UnknownKey));
    // The same key with a weaker way of signing is another key.
    let mut weaker = keys()["signPrivate"].clone();
    weaker["alg"] = json!("PS256");
    let token = ask("sign", json!({ "claims": good, "jwk": weaker, "header": { "alg": "PS256" } })).expect("signed");
    assert_eq!(read(token["token"].as_str().expect("a text")), Err(EventFault::NoToken));
    // One sign of the content, of the signature.
    let token = signed(&good, &json!({}));
    let parts: Vec<&str> = token.split('.').collect();
    let other = signed(&claims("reject-submission"), &json!({}));
    let foreign: Vec<&str> = other.split('.').collect();
    assert_eq!(read(&format!("{}.{}.{}", parts[0], foreign[1], parts[2])), Err(EventFault::Signature));
    assert_eq!(read(&format!("{}.{}.{}", parts[0], parts[1], foreign[2])), Err(EventFault::Signature));
    assert_eq!(read(&format!("{}.{}.", parts[0], parts[1])), Err(EventFault::Signature));
    for text in ["", "a.b.c", &"x".repeat(70_000)] {
        assert_eq!(read(text), Err(EventFault::NoToken));
    }
}
