//! Signed events: what the service and the receiver say about a submission, believed only if they are who they claim.

use std::collections::BTreeMap;

use domain::application::PublicStatus;
use domain::time::Timestamp;
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::key::VerificationKey;

const PREFIX: &str = "https://schema.fitko.de/fit-connect/events/";
/// The longest token that is looked at, in bytes.
const MAX_BYTES: usize = 64 << 10;
/// How far the clock of the signer may be ahead, in seconds.
const AHEAD_SECONDS: i64 = 300;

/// What happened to a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// It was announced.
    Created,
    /// It is complete.
    Submitted,
    /// The receiver was told.
    Notified,
    /// It was handed on.
    Forwarded,
    /// The receiver cannot use it.
    Rejected,
    /// The receiver has it.
    Accepted,
    /// The service deleted its copy.
    Deleted,
}

impl EventKind {
    /// All of them, in the order of a life.
    pub const ALL: [Self; 7] = [
        Self::Created,
        Self::Submitted,
        Self::Notified,
        Self::Forwarded,
        Self::Rejected,
        Self::Accepted,
        Self::Deleted,
    ];

    /// The last part of its address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "create-submission",
            Self::Submitted => "submit-submission",
            Self::Notified => "notify-submission",
            Self::Forwarded => "forward-submission",
            Self::Rejected => "reject-submission",
            Self::Accepted => "accept-submission",
            Self::Deleted => "delete-submission",
        }
    }

    fn parse(address: &str) -> Option<Self> {
        let word = address.strip_prefix(PREFIX)?;
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// What the applicant reads. A rejection is the city's to mend: for the applicant the city works on it.
    pub const fn public(self) -> PublicStatus {
        match self {
            Self::Created => PublicStatus::Initiated,
            Self::Submitted | Self::Notified | Self::Forwarded => PublicStatus::Submitted,
            Self::Accepted | Self::Rejected | Self::Deleted => PublicStatus::Processing,
        }
    }
}

/// The tags of the envelopes that an event speaks of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthenticationTags {
    /// Of the metadata.
    #[serde(default)]
    pub metadata: Option<String>,
    /// Of the data.
    #[serde(default)]
    pub data: Option<String>,
    /// Of the attachments, by their ids.
    #[serde(default)]
    pub attachments: BTreeMap<String, String>,
}

/// An event whose signature holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its id.
    pub id: String,
    /// What happened.
    pub kind: EventKind,
    /// When.
    pub at: Timestamp,
    /// Who signed: the service, or the destination.
    pub issuer: String,
    /// The envelopes it speaks of, where it names them.
    pub tags: Option<AuthenticationTags>,
    /// Why, for a rejection: the last parts of the problems' addresses.
    pub problems: Vec<String>,
}

/// Whom and what an event must be about.
#[derive(Debug, Clone, Copy)]
pub struct ExpectedEvent<'a> {
    /// The submission.
    pub submission: &'a str,
    /// The case of the service.
    pub case: &'a str,
    /// The only one whose word counts under this key.
    pub issuer: &'a str,
    /// Now.
    pub now: Timestamp,
}

/// Why an event is not believed. Repeats nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EventFault {
    /// No token of the kind that carries events.
    #[error("the text is no security event token signed with PS512")]
    NoToken,
    /// Signed with a key that is not known here.
    #[error("the token names a key that is not known")]
    UnknownKey,
    /// The signature does not hold.
    #[error("the signature of the token does not hold")]
    Signature,
    /// Not about this submission, or from somebody else.
    #[error("the token is about something else")]
    OtherSubject,
    /// From the future.
    #[error("the token is from the future")]
    Future,
    /// An event that is not known, or not exactly one.
    #[error("the token holds no known event")]
    UnknownEvent,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    txn: String,
    iat: i64,
    jti: String,
    events: BTreeMap<String, Value>,
}

/// The name of the key that a token wants to be checked with; `None` if it is no token that carries events. Not believed yet.
pub fn key_of_event(token: &str) -> Option<String> {
    let header = decode_header(token).ok()?;
    let is_ours = header.alg == Algorithm::PS512 && header.typ.as_deref() == Some("secevent+jwt");
    header.kid.filter(|_| is_ours)
}

/// Checks an event against the keys that are known.
///
/// # Errors
/// [`EventFault`].
pub fn read_event(token: &str, keys: &[VerificationKey], expected: ExpectedEvent<'_>) -> Result<Event, EventFault> {
    if token.len() > MAX_BYTES {
        return Err(EventFault::NoToken);
    }
    let name = key_of_event(token).ok_or(EventFault::NoToken)?;
    let key = keys.iter().find(|key| key.name == name).ok_or(EventFault::UnknownKey)?;
    let mut rules = Validation::new(Algorithm::PS512);
    // Events do not expire, and nobody here may read a clock: the times are compared below.
    rules.validate_exp = false;
    rules.validate_nbf = false;
    rules.validate_aud = false;
    rules.required_spec_claims.clear();
    let claims = decode::<Claims>(token, &key.key, &rules).map_err(|_| EventFault::Signature)?.claims;
    let is_about = claims.sub == format!("submission:{}", expected.submission)
        && claims.txn == format!("case:{}", expected.case)
        && claims.iss == expected.issuer;
    if !is_about {
        return Err(EventFault::OtherSubject);
    }
    if claims.iat > expected.now.seconds() + AHEAD_SECONDS {
        return Err(EventFault::Future);
    }
    let mut events = claims.events.into_iter();
    let (Some((address, content)), None) = (events.next(), events.next()) else {
        return Err(EventFault::UnknownEvent);
    };
    let kind = EventKind::parse(&address).ok_or(EventFault::UnknownEvent)?;
    let tags = content.get("authenticationTags").and_then(|tags| serde_json::from_value(tags.clone()).ok());
    let problems = content.get("problems").and_then(Value::as_array).into_iter().flatten();
    let problems = problems.filter_map(|problem| problem.get("type")?.as_str()?.rsplit('/').next());
    Ok(Event {
        id: claims.jti,
        kind,
        at: Timestamp::from_seconds(claims.iat),
        issuer: claims.iss,
        tags,
        problems: problems.take(20).map(str::to_owned).collect(),
    })
}
