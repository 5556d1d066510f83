//! A conversation from one message to the next: what is to be done, what is still missing, what waits for a yes.

use chrono_tz::Tz;
use domain::identifier::Key;
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Engine;
use crate::answer::Citation;
use crate::engine::Asked;
use crate::language::ChatLanguage;
use crate::tools::ToolPort;
use crate::understand::{Action, Intent};

/// What is carried from one message to the next. It may hold what the person typed: it is kept sealed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Dialogue {
    /// How often in a row nothing was understood.
    failed: u8,
}

/// One message of a person.
#[derive(Debug, Clone, Copy)]
pub struct Turn<'t> {
    /// What was typed.
    pub text: &'t str,
    /// The language of the page, if it is known.
    pub page: Option<ChatLanguage>,
    /// When.
    pub now: Timestamp,
    /// The time zone of the city.
    pub time_zone: Tz,
    /// Differs for each message of each conversation and is the same when the same message is sent again: what is done
    /// because of it is done once.
    pub key: &'t str,
}

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
}

impl Engine {
    /// Goes on with a conversation. What is done is done through `tools`, with the rights of the person who asks; whatever
    /// writes is done after a yes to a summary.
    pub async fn turn(&self, dialogue: &mut Dialogue, tools: &dyn ToolPort, turn: Turn<'_>) -> Turned {
        let _ = tools;
        let today = turn.now.local_date(turn.time_zone);
        let reply = self.ask(Asked { text: turn.text, page: turn.page, today });
        dialogue.failed = 0;
        let services = reply.understood.services.iter().map(|choice| choice.service.clone()).collect();
        let understood =
            Said::Understood { intent: reply.understood.intent, language: reply.understood.language, services };
        let line = |line: crate::answer::Line| Said::Line {
            citation: line.citation.and_then(|number| reply.answer.citations.get(number).cloned()),
            text: line.text,
        };
        let lines = reply.answer.lines.clone().into_iter().map(line);
        Turned { redacted: reply.understood.redacted.text, said: std::iter::once(understood).chain(lines).collect() }
    }
}
