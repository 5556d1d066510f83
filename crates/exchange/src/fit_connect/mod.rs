//! FIT-Connect: the key of a destination, sealed envelopes, what stands about them in the clear, signed events.
//!
//! The envelopes are compact JWE (RFC 7516) with RSA-OAEP-256 and A256GCM, the events security event tokens (RFC 8417)
//! signed with PS512. Both are read and written by an independent implementation in the tests.

mod envelope;
mod event;
mod key;
mod metadata;

pub use envelope::{DecryptionKey, EnvelopeFault, EnvelopeRandom, authentication_tag, decrypt, encrypt};
pub use event::{AuthenticationTags, Event, EventFault, EventKind, ExpectedEvent, key_of_event, read_event};
pub use key::{EncryptionKey, KeyRefused, VerificationKey};
pub use metadata::{Attachment, Metadata, metadata_json};

/// The fewest bits of a key that FIT-Connect takes.
pub const FEWEST_KEY_BITS: usize = 4_096;
