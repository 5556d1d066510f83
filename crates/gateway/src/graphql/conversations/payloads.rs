//! What mutations of conversations answer: the thing as it is now, or the problem in the way.

use async_graphql::{Result, SimpleObject};
use conversations::{Access, Conversation, Failure, Spoken, Started};

use crate::graphql::conversations::events::ConversationEvent;
use crate::graphql::conversations::problem::{ProblemObject, parted};
use crate::graphql::conversations::types::{ConversationNode, QueueEntryObject};

/// The answer to beginning a conversation. Either `conversation` or `problem` is set.
#[derive(SimpleObject)]
pub(crate) struct StartConversationPayload {
    /// The conversation; null when there is a problem.
    conversation: Option<ConversationNode>,
    /// The code with which one goes on. It is shown this once.
    code: Option<String>,
    /// What was in the way; null when it was done.
    problem: Option<ProblemObject>,
}

impl StartConversationPayload {
    pub(super) fn of(outcome: Result<Started, Failure>) -> Result<Self> {
        let (started, problem) = parted(outcome)?;
        let node = |Started { conversation, code }| {
            (ConversationNode { conversation, access: Access::Code(code.clone()) }, code)
        };
        let (conversation, code) = started.map(node).unzip();
        Ok(Self { conversation, code, problem })
    }
}

/// The answer to a message. Either `conversation` or `problem` is set.
#[derive(SimpleObject)]
pub(crate) struct SendMessagePayload {
    /// The conversation as it is now; null when there is a problem.
    conversation: Option<ConversationNode>,
    /// The message and everything that came of it, in order. The same message again gives the same events.
    events: Vec<ConversationEvent>,
    /// What was in the way; null when it was done.
    problem: Option<ProblemObject>,
}

impl SendMessagePayload {
    pub(super) fn of(outcome: Result<Spoken, Failure>, access: Access) -> Result<Self> {
        let (spoken, problem) = parted(outcome)?;
        let Some(Spoken { conversation, events }) = spoken else {
            return Ok(Self { conversation: None, events: Vec::new(), problem });
        };
        let events = events.into_iter().map(ConversationEvent::from).collect();
        Ok(Self { conversation: Some(ConversationNode { conversation, access }), events, problem })
    }
}

/// The answer to whatever else the person of a conversation does. Either `conversation` or `problem` is set.
#[derive(SimpleObject)]
pub(crate) struct ConversationPayload {
    /// The conversation as it is now; null when there is a problem.
    conversation: Option<ConversationNode>,
    /// What was in the way; null when it was done.
    problem: Option<ProblemObject>,
}

impl ConversationPayload {
    pub(super) fn of(outcome: Result<Conversation, Failure>, access: Access) -> Result<Self> {
        let (conversation, problem) = parted(outcome)?;
        Ok(Self { conversation: conversation.map(|conversation| ConversationNode { conversation, access }), problem })
    }
}

/// The answer to judging something. Either `rated` is true or `problem` is set.
#[derive(SimpleObject)]
pub(crate) struct RateAnswerPayload {
    /// Whether it was noted.
    rated: bool,
    /// What was in the way; null when it was done.
    problem: Option<ProblemObject>,
}

impl RateAnswerPayload {
    pub(super) fn of(outcome: Result<(), Failure>) -> Result<Self> {
        let (rated, problem) = parted(outcome)?;
        Ok(Self { rated: rated.is_some(), problem })
    }
}

/// The answer to what staff do with a conversation. Either `entry` or `problem` is set.
#[derive(SimpleObject)]
pub(crate) struct ChatStaffPayload {
    /// The conversation as it is now; null when there is a problem.
    entry: Option<QueueEntryObject>,
    /// What was in the way; null when it was done.
    problem: Option<ProblemObject>,
}

impl ChatStaffPayload {
    pub(super) fn of(outcome: Result<Conversation, Failure>) -> Result<Self> {
        let (conversation, problem) = parted(outcome)?;
        Ok(Self { entry: conversation.map(QueueEntryObject::from), problem })
    }
}
