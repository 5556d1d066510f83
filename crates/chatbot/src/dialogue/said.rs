//! What comes back to a message, part by part.

use domain::identifier::Key;
use serde::{Deserialize, Serialize};

use crate::answer::Citation;
use crate::language::ChatLanguage;
use crate::understand::{Action, Intent};

/// A part of what comes back, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Said {
    /// What the message was taken for.
    Understood {
        /// What kind of message it is.
        intent: Intent,
        /// The language it is answered in.
        language: ChatLanguage,
        /// The services meant, best first.
        services: Vec<Key>,
    },
    /// A line of the answer.
    Line {
        /// The text.
        text: String,
        /// What it rests on; absent for lines that claim nothing.
        citation: Option<Citation>,
    },
    /// A line that repeats what the person told about themselves: for their eyes alone.
    Personal {
        /// What the person reads.
        text: String,
        /// What everybody else reads.
        instead: String,
    },
    /// Things to choose from. Saying `says` chooses.
    Choices {
        /// In the order in which they are shown.
        choices: Vec<Offer>,
    },
    /// Something is done as soon as the person says yes; the lines before say what.
    Pending {
        /// What.
        action: Action,
    },
    /// Something was done.
    Done {
        /// What.
        action: Action,
        /// The number or code that the person keeps.
        reference: Option<String>,
    },
    /// A person should take over.
    HandOver {
        /// Why.
        reason: HandOverReason,
    },
}

/// Something to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// What is shown.
    pub label: String,
    /// What is sent when it is chosen.
    pub says: String,
}

/// Why a person should take over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandOverReason {
    /// The person asked for it.
    Asked,
    /// Two messages in a row were not understood.
    NotUnderstood,
    /// Danger, despair or a threat.
    Alarm,
    /// A matter in which a program is not the right one to talk to.
    Sensitive,
}

/// A message, answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turned {
    /// What the person said, without personal data: what may be kept.
    pub redacted: String,
    /// What comes back.
    pub said: Vec<Said>,
    /// How far the message was understood.
    pub grasp: Grasp,
}

/// How far a message was understood, for whoever gathers what was not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grasp {
    /// It was a question, and answered.
    Answered,
    /// It was asked back what is meant, with choices.
    AskedBack,
    /// Nothing was found.
    Nothing,
    /// It was no question, or a part of something that is being done: names and times stand in such messages.
    #[default]
    NoQuestion,
}
