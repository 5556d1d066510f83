//! A conversation, without what was said in it.

use chatbot::dialogue::HandOverReason;
use chatbot::language::ChatLanguage;
use domain::identifier::{AccountId, ConversationId, Key};
use domain::time::Timestamp;

/// Hours after the last message until a conversation that nobody waits in has ended.
pub(crate) const IDLE_HOURS: i64 = 24;

/// Where a conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The chatbot answers.
    Open,
    /// Somebody waits for a person.
    Waiting,
    /// A person has taken it.
    Taken,
    /// It is over.
    Ended,
}

/// Whether the chatbot answers in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bot {
    /// It answers each message.
    On,
    /// It is silent.
    Off,
}

/// Whether questions of a conversation that were not understood may be kept, without who asked, so that the chatbot gets
/// better.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Learning {
    /// They may.
    Allowed,
    /// They may not. So it is until somebody allows it.
    #[default]
    Refused,
}

/// How somebody wants to reach a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Here and now, in writing.
    Now,
    /// By telephone, later.
    CallBack,
}

/// A conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// The account that began it; nothing for whoever has the code alone.
    pub account: Option<AccountId>,
    /// The language of the page on which it began.
    pub language: ChatLanguage,
    /// Where it stands.
    pub state: State,
    /// Whether the chatbot answers.
    pub bot: Bot,
    /// Who has taken it.
    pub clerk: Option<AccountId>,
    /// Whether questions may be kept that were not understood.
    pub learning: Learning,
    /// Why a person should take over, once that was said.
    pub reason: Option<HandOverReason>,
    /// How the person wants to be reached.
    pub wish: Option<Wish>,
    /// When a call back is wished, UTC.
    pub call_at: Option<Timestamp>,
    /// The services that were understood last, best first.
    pub services: Vec<Key>,
    /// How many messages the person wrote.
    pub turns: i64,
    /// The number of the newest event.
    pub last_sequence: i64,
    /// Since when somebody waits, UTC.
    pub waiting_since: Option<Timestamp>,
    /// When it began, UTC.
    pub created_at: Timestamp,
    /// When anybody last said something, UTC.
    pub changed_at: Timestamp,
}

impl Conversation {
    /// Where it stands at `now`: a day after the last message it is over, unless somebody waits for a person.
    pub fn state_at(&self, now: Timestamp) -> State {
        let is_idle = self.changed_at.plus_minutes(IDLE_HOURS * 60) <= now;
        if self.state == State::Open && is_idle { State::Ended } else { self.state }
    }
}

macro_rules! words {
    ($($kind:ident { $($variant:ident = $word:literal),* })*) => {$(
        impl $kind {
            /// The stored word.
            pub(crate) const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// Reads the stored word.
            pub(crate) fn of_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    )*};
}
pub(crate) use words;

words! {
    State { Open = "open", Waiting = "waiting", Taken = "taken", Ended = "ended" }
    Bot { On = "on", Off = "off" }
    Learning { Allowed = "allowed", Refused = "refused" }
    Wish { Now = "now", CallBack = "call_back" }
}

/// The stored word of a reason.
pub(crate) fn reason_word(reason: HandOverReason) -> Option<String> {
    serde_json::to_value(reason).ok().and_then(|word| word.as_str().map(str::to_owned))
}

/// Reads the stored word of a reason.
pub(crate) fn reason_of_word(word: &str) -> Option<HandOverReason> {
    serde_json::from_value(serde_json::Value::from(word)).ok()
}
