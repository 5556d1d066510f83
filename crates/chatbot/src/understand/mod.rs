//! From a message to what is meant: safety first, then small talk, actions, services, several matters at once.

mod action;
mod classify;
mod intent;
mod matters;
mod redaction;
mod safety;

pub use action::Action;
pub use classify::{Choice, Understood};
pub use intent::Intent;
pub use redaction::{Finding, Redacted, redact};
pub use safety::{Alarm, MOST_CHARACTERS};

pub(crate) use classify::understand;
