//! Words of conversations as enums of the schema, one for one.

use async_graphql::Enum;

/// A language that the chatbot understands and answers in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "chatbot::language::ChatLanguage")]
pub(crate) enum ChatLanguage {
    /// German.
    German,
    /// Plain German (Leichte Sprache).
    PlainGerman,
    /// English.
    English,
    /// Turkish.
    Turkish,
    /// Ukrainian.
    Ukrainian,
    /// Russian.
    Russian,
    /// Arabic.
    Arabic,
}

/// Where a conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "conversations::State")]
pub(crate) enum ConversationState {
    /// The chatbot answers.
    Open,
    /// Somebody waits for a person.
    Waiting,
    /// A person has taken it.
    Taken,
    /// It is over. Begin a new one.
    Ended,
}

/// Whether the chatbot answers in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "conversations::Bot")]
pub(crate) enum BotState {
    /// It answers each message.
    On,
    /// It is silent.
    Off,
}

/// Whether questions of a conversation that the chatbot does not understand may be kept, so that its texts get better:
/// without who asked, without a way back to the conversation, and not before it is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "conversations::Learning")]
pub(crate) enum ChatLearning {
    /// They may.
    Allowed,
    /// They may not.
    Refused,
}

/// What was wrong with an answer of the chatbot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "conversations::Trouble")]
pub(crate) enum ChatTrouble {
    /// Nothing was found.
    NothingFound,
    /// It was asked back what is meant, and nothing of it was chosen.
    NothingChosen,
    /// Somebody said that it did not help.
    NotHelpful,
    /// Somebody said that it was not their question.
    NotMyQuestion,
}

/// What an addition to the chatbot's texts is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "chatbot::content::AdditionKind")]
pub(crate) enum ChatTextKind {
    /// A word or a short phrase that names the service, at most 100 signs.
    Synonym,
    /// A question as somebody asks it, at most 300 signs.
    Question,
}

/// Where an addition to the chatbot's texts stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "conversations::TextState")]
pub(crate) enum ChatTextState {
    /// Somebody proposed it; the chatbot does not know it.
    Proposed,
    /// The chatbot knows it.
    Published,
    /// It was taken back, before or after it was published.
    Withdrawn,
}

/// How a guide stands to the form that is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "conversations::TutorialStanding")]
pub(crate) enum TutorialStanding {
    /// It was written for this form, or somebody looked and said that it holds for it.
    Holds,
    /// Another version of the form was published since, and nobody has looked yet.
    Stale,
    /// The service cannot be done online here.
    NotOnline,
}

/// How somebody wants to reach a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "conversations::Wish")]
pub(crate) enum PersonWish {
    /// Here and now, in writing.
    Now,
    /// By telephone, later.
    CallBack,
}

/// Who said something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "conversations::Speaker")]
pub(crate) enum Speaker {
    /// Whoever began the conversation.
    Person,
    /// The chatbot.
    Bot,
    /// Somebody of the town hall.
    Clerk,
    /// Nobody: something changed.
    System,
}

/// What somebody thinks of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "conversations::Verdict")]
pub(crate) enum AnswerVerdict {
    /// It helped.
    Helpful,
    /// It did not help.
    NotHelpful,
    /// It answered something else.
    NotMyQuestion,
}

/// Why a person should take over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "chatbot::dialogue::HandOverReason")]
pub(crate) enum HandOverReason {
    /// It was asked for.
    Asked,
    /// Two messages in a row were not understood.
    NotUnderstood,
    /// Danger, despair or a threat.
    Alarm,
    /// A matter in which a program is not the right one to talk to.
    Sensitive,
}

/// What an event of a conversation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ConversationEventKind {
    /// A text of a person: `text`.
    Message,
    /// What the chatbot took the message for: `intent`, `language`, `services`.
    Understood,
    /// A line of the chatbot's answer: `text`, and `citation` where it claims something.
    Line,
    /// Things to choose from: `choices`.
    Choices,
    /// Something is done as soon as the person says yes: `action`. The lines before say what.
    Pending,
    /// Something was done: `action` and, where there is one, `reference`.
    Done,
    /// The chatbot wants a person to take over: `reason`.
    HandOver,
    /// The chatbot has said everything to the last message.
    TurnDone,
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
