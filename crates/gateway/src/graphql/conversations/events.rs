//! What was said in a conversation.

use async_graphql::SimpleObject;
use chatbot::answer::Citation;
use chatbot::dialogue::{Offer, Said};
use conversations::{Content, Event};
use domain::identifier::Key;

use crate::graphql::conversations::words::{
    AnswerVerdict, ChatLanguage, ConversationEventKind, HandOverReason, Speaker,
};
use crate::graphql::scalars::{Instant, LocalDate};

/// One thing that was said or that changed in a conversation. `kind` says which of the other fields are there.
#[derive(SimpleObject)]
pub(crate) struct ConversationEvent {
    /// Its number in the conversation: 1, 2, 3 without gaps. Whoever was cut off reads on after the last one.
    sequence: i64,
    /// When, UTC.
    at: Instant,
    /// Who.
    speaker: Speaker,
    /// What.
    kind: ConversationEventKind,
    /// What was said. Personal data that was recognised in a message to the chatbot stands here as a word in brackets.
    text: Option<String>,
    /// What a line rests on; null for lines that claim nothing.
    citation: Option<ChatCitation>,
    /// What can be chosen, in the order in which it is shown; empty for other kinds.
    choices: Vec<ChatChoice>,
    /// What is to be done or was done, a stable word: `book_appointment`.
    action: Option<String>,
    /// The number or code that the person keeps.
    reference: Option<String>,
    /// Why a person should take over.
    reason: Option<HandOverReason>,
    /// What kind of message it was taken for, a stable word: `service`, `action`, `out_of_scope`, `clarify`, ...
    intent: Option<String>,
    /// The language it is answered in.
    language: Option<ChatLanguage>,
    /// The keys of the services meant, best first; empty for other kinds.
    services: Vec<String>,
    /// What the person thinks of it.
    verdict: Option<AnswerVerdict>,
}

/// Where a line of an answer comes from.
#[derive(SimpleObject)]
pub(crate) struct ChatCitation {
    /// File and field of the city's texts: `services/wohnsitz-anmelden.toml#fee`.
    source: String,
    /// What the source rests on: the statute, or who wrote it.
    basis: String,
    /// The day from which on it is known to hold.
    date: LocalDate,
    /// The key of the service it is about, if it is about one.
    service_key: Option<String>,
}

impl From<Citation> for ChatCitation {
    fn from(citation: Citation) -> Self {
        let Citation { source, basis, date, service } = citation;
        Self { source, basis, date: LocalDate(date), service_key: service.map(String::from) }
    }
}

/// Something to choose.
#[derive(SimpleObject)]
pub(crate) struct ChatChoice {
    /// What is shown.
    label: String,
    /// What is sent as the next message when it is chosen.
    says: String,
}

impl From<Event> for ConversationEvent {
    fn from(event: Event) -> Self {
        let plain = Self {
            sequence: event.sequence,
            at: event.at.into(),
            speaker: event.speaker.into(),
            kind: ConversationEventKind::TurnDone,
            text: None,
            citation: None,
            choices: Vec::new(),
            action: None,
            reference: None,
            reason: None,
            intent: None,
            language: None,
            services: Vec::new(),
            verdict: event.verdict.map(AnswerVerdict::from),
        };
        let of_kind = |kind, plain: Self| Self { kind, ..plain };
        match event.content {
            Content::Text { text } => Self { text: Some(text), ..of_kind(ConversationEventKind::Message, plain) },
            Content::Said { said } => of_bot(said, plain),
            Content::TurnDone { .. } => of_kind(ConversationEventKind::TurnDone, plain),
            Content::PersonRequested => of_kind(ConversationEventKind::PersonRequested, plain),
            Content::PersonJoined => of_kind(ConversationEventKind::PersonJoined, plain),
            Content::BotOn => of_kind(ConversationEventKind::BotOn, plain),
            Content::BotOff => of_kind(ConversationEventKind::BotOff, plain),
            Content::Ended => of_kind(ConversationEventKind::Ended, plain),
        }
    }
}

fn of_bot(said: Said, plain: ConversationEvent) -> ConversationEvent {
    match said {
        Said::Understood { intent, language, services } => ConversationEvent {
            kind: ConversationEventKind::Understood,
            intent: Some(intent.as_str().to_owned()),
            language: Some(language.into()),
            services: services.into_iter().map(<String as From<Key>>::from).collect(),
            ..plain
        },
        Said::Line { text, citation } => ConversationEvent {
            kind: ConversationEventKind::Line,
            text: Some(text),
            citation: citation.map(ChatCitation::from),
            ..plain
        },
        Said::Personal { text, .. } => {
            ConversationEvent { kind: ConversationEventKind::Line, text: Some(text), ..plain }
        }
        Said::Choices { choices } => {
            let choice = |Offer { label, says }| ChatChoice { label, says };
            let choices = choices.into_iter().map(choice).collect();
            ConversationEvent { kind: ConversationEventKind::Choices, choices, ..plain }
        }
        Said::Pending { action } => ConversationEvent {
            kind: ConversationEventKind::Pending,
            action: Some(action.as_str().to_owned()),
            ..plain
        },
        Said::Done { action, reference } => ConversationEvent {
            kind: ConversationEventKind::Done,
            action: Some(action.as_str().to_owned()),
            reference,
            ..plain
        },
        Said::HandOver { reason } => {
            ConversationEvent { kind: ConversationEventKind::HandOver, reason: Some(reason.into()), ..plain }
        }
    }
}
