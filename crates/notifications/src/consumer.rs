//! Who reads the outbox: the mail, and each webhook that a city has set up.

use std::fmt;

/// A reader of the outbox. Each has deliveries of its own, so that one that is down holds up nobody else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Consumer {
    /// Letters and reminders.
    Mail,
    /// The endpoint of this name.
    Webhook(String),
}

impl Consumer {
    /// Reads the stored word.
    pub(crate) fn parse(word: &str) -> Self {
        // Whatever is not mail belongs to an endpoint, known or removed meanwhile.
        word.strip_prefix("webhook:").map_or(Self::Mail, |name| Self::Webhook(name.to_owned()))
    }
}

impl fmt::Display for Consumer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mail => formatter.write_str("mail"),
            Self::Webhook(name) => write!(formatter, "webhook:{name}"),
        }
    }
}
