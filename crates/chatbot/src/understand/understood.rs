//! What is known about a message once it was looked at.

use domain::identifier::Key;

use crate::language::ChatLanguage;
use crate::understand::{Action, Alarm, Intent, Redacted};

/// A service that may be meant.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The service.
    pub service: Key,
    /// How well it fits, 0 to about 1.
    pub score: f32,
}

/// A message, understood as far as it can be.
#[derive(Debug, Clone, PartialEq)]
pub struct Understood {
    /// The language it is in.
    pub language: ChatLanguage,
    /// What kind of message it is.
    pub intent: Intent,
    /// What is to be done.
    pub action: Option<Action>,
    /// The services meant, best first, at most five.
    pub services: Vec<Choice>,
    /// How many of them are matters of their own: they stand first.
    pub matters: usize,
    /// What another body does, where that is meant.
    pub not_us: Option<Key>,
    /// Which parts of an answer are asked for (`documents`, `fee`, ...).
    pub facets: Vec<String>,
    /// Which small talk it is.
    pub smalltalk: Option<String>,
    /// Whether somebody may be in danger though the message is a question.
    pub may_be_urgent: bool,
    /// Why it did not go on to the search.
    pub alarm: Option<Alarm>,
    /// The message without personal data: what may be kept.
    pub redacted: Redacted,
    /// How sure the program is that the first service is meant, 0 to 1.
    pub confidence: f32,
}
