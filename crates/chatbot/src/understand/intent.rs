//! What kind of message it is.

use serde::{Deserialize, Serialize};

/// What kind of message it is, which decides what kind of answer it gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// A question about services.
    Service,
    /// Something is to be done.
    Action,
    /// Nothing the town hall does.
    OutOfScope,
    /// Insult, threat, hate, help with a crime.
    Abuse,
    /// An attempt to change the rules of the program, or to reach what is others'.
    Injection,
    /// Danger to life, violence, despair.
    Emergency,
    /// Greeting, thanks, who are you.
    Smalltalk,
    /// Not clear enough; a question comes back.
    Clarify,
}

impl Intent {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Service,
        Self::Action,
        Self::OutOfScope,
        Self::Abuse,
        Self::Injection,
        Self::Emergency,
        Self::Smalltalk,
        Self::Clarify,
    ];

    /// The name in files and interfaces.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Action => "action",
            Self::OutOfScope => "out_of_scope",
            Self::Abuse => "abuse",
            Self::Injection => "injection",
            Self::Emergency => "emergency",
            Self::Smalltalk => "smalltalk",
            Self::Clarify => "clarify",
        }
    }
}
