//! What happened in a conversation, numbered from 1 without gaps.

use chatbot::dialogue::{Grasp, Said};
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::conversation::words;

/// Who said something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// Whoever began the conversation.
    Person,
    /// The chatbot.
    Bot,
    /// Somebody of the town hall.
    Clerk,
    /// Nobody: something changed.
    System,
}

/// What was said, or what changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Content {
    /// A text of a person. What somebody wrote to the chatbot stands here without personal data that was recognised.
    Text {
        /// The text.
        text: String,
    },
    /// A part of what the chatbot said.
    Said {
        /// What.
        said: Said,
    },
    /// The chatbot has said everything to the last message.
    TurnDone {
        /// How far it understood it.
        #[serde(default)]
        grasp: Grasp,
    },
    /// Somebody waits for a person now.
    PersonRequested,
    /// Somebody of the town hall has taken the conversation.
    PersonJoined,
    /// The chatbot answers again.
    BotOn,
    /// The chatbot is silent from here on.
    BotOff,
    /// The conversation is over.
    Ended,
}

/// What somebody thinks of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It helped.
    Helpful,
    /// It did not help.
    NotHelpful,
    /// It answered something else.
    NotMyQuestion,
}

words! {
    Speaker { Person = "person", Bot = "bot", Clerk = "clerk", System = "system" }
    Verdict { Helpful = "helpful", NotHelpful = "not_helpful", NotMyQuestion = "not_my_question" }
}

impl Event {
    /// As everybody but the person reads it.
    pub(crate) fn for_others(self) -> Self {
        match self.content {
            Content::Said { said: Said::Personal { instead, .. } } => {
                Self { content: Content::Said { said: Said::Line { text: instead, citation: None } }, ..self }
            }
            content => Self { content, ..self },
        }
    }
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its id.
    pub id: Uuid,
    /// Its number in the conversation, from 1.
    pub sequence: i64,
    /// When, UTC.
    pub at: Timestamp,
    /// Who.
    pub speaker: Speaker,
    /// What.
    pub content: Content,
    /// What the person thinks of it.
    pub verdict: Option<Verdict>,
}
