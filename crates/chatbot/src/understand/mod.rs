//! From a message to what is meant: safety first, then small talk, actions, services, several matters at once.

mod action;
mod classify;
mod confidence;
mod decide;
mod intent;
mod matters;
mod reaction;
mod redaction;
mod safety;
mod smalltalk;
mod understood;
mod wish;

pub use action::Action;
pub use intent::Intent;
pub use redaction::{Finding, Redacted, redact};
pub use safety::{Alarm, MOST_CHARACTERS};
pub use understood::{Choice, Understood};

pub(crate) use classify::understand;
