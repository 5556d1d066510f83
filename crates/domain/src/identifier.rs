//! Names of things: short keys chosen by people, and ids drawn by the system.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A key that people choose for an office, a service, a rule: lower-case letters, digits and single hyphens.
///
/// Keys are stable over reloads of a city directory and stand in URLs, files and bookings. 1 to 64 characters.
/// Cloning is cheap (a reference count).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Key(Arc<str>);

/// Why a text is not a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a key is 1 to 64 lower-case letters (a-z), digits and single hyphens, and starts and ends with a letter or digit"
)]
pub struct NotAKey;

impl Key {
    /// Checks `text` and makes a key of it.
    ///
    /// # Errors
    /// [`NotAKey`] when a character, the length or a hyphen's place is not allowed.
    pub fn new(text: &str) -> Result<Self, NotAKey> {
        let bytes = text.as_bytes();
        let allowed = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-';
        let well_formed = (1..=64).contains(&bytes.len())
            && bytes.iter().all(allowed)
            && bytes.first() != Some(&b'-')
            && bytes.last() != Some(&b'-')
            && !text.contains("--");
        if well_formed { Ok(Self(text.into())) } else { Err(NotAKey) }
    }

    /// The key as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

impl FromStr for Key {
    type Err = NotAKey;
    fn from_str(text: &str) -> Result<Self, NotAKey> {
        Self::new(text)
    }
}

impl TryFrom<String> for Key {
    type Error = NotAKey;
    fn try_from(text: String) -> Result<Self, NotAKey> {
        Self::new(&text)
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        key.0.as_ref().to_owned()
    }
}

macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

typed_ids! {
    /// An appointment, from the first hold to its end (UUID version 7, drawn by the gateway).
    AppointmentId,
    /// A person's or a device's account.
    AccountId,
    /// A browser session.
    SessionId,
    /// The refresh tokens that one API client or device draws one after the other.
    TokenFamilyId,
    /// One event in the outbox or the audit log.
    EventId,
    /// One message to one reader; also the message's name in the world.
    DeliveryId,
    /// An application, from its first field on; also the subject of the key that seals it and its case.
    ApplicationId,
    /// A case: an application that was handed in.
    CaseId,
    /// A file that somebody hands in.
    AttachmentId,
    /// Somebody's part in an application.
    PartyId,
    /// One version of a service's definition.
    DefinitionId,
    /// A letter about a case.
    LetterId,
    /// A permit that others check without asking the city.
    PermitId,
    /// A tour on which things are collected.
    TourId,
    /// One arrival of an application at the city.
    IntakeId,
    /// One attempt to pay.
    PaymentId,
    /// A conversation with the chatbot or with staff; also the subject of the key that seals it.
    ConversationId,
    /// Questions that the chatbot did not understand and that mean the same.
    ChatClusterId,
    /// A word or question that an editor added to the texts of the chatbot.
    ChatTextId,
    /// A document that lies ready for somebody; also the subject of the key that seals whose it is.
    PickupId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_short_plain_and_tidy() {
        for good in ["aegi", "podbi-park", "personalausweis-u24", "1"] {
            assert_eq!(Key::new(good).unwrap().as_str(), good);
        }
        for bad in ["", "-a", "a-", "a--b", "Aegi", "döhren", "a b", &"x".repeat(65), "a\u{200b}"] {
            assert_eq!(Key::new(bad), Err(NotAKey), "{bad:?}");
        }
    }
}
