//! Conversations: what somebody and the chatbot said to each other, and how a person of the town hall takes over.
//!
//! Somebody begins without an account and comes back with a code, or as the account that began. Each message runs through
//! [`chatbot::Engine::turn`]; what came of it is appended as numbered events, so that whoever was cut off reads on where
//! they stopped. Whoever wants a person waits in a queue; a clerk who takes the conversation reads what was said before.
//!
//! Everything that was said lies sealed with a key of its conversation. One use case, one file; [`Conversations`] carries
//! what they share.

mod access;
mod answer_conversation;
mod chat_clusters;
mod chat_queue;
mod chat_texts;
mod confirm_tutorial;
mod conversation;
mod dismiss_cluster;
mod end_conversation;
mod erase_person;
mod evaluation;
mod event;
mod export_person;
mod failure;
mod feed;
mod forms;
mod gather_questions;
mod mind;
mod propose_text;
mod publish_texts;
mod rate;
mod read_conversation;
mod read_events;
mod read_tutorial;
mod request_person;
mod requests;
mod retain;
mod say;
mod sealed;
mod secret;
mod service_hours;
mod set_learning;
mod site_search;
mod stale_tutorials;
mod start_conversation;
mod store;
mod switch_bot;
mod take_conversation;
mod texts;
mod town;
mod traces;
mod unanswered;
mod withdraw_text;

use std::sync::{Arc, RwLock};

use chatbot::model::Model;
use database::{Database, Vault};
use domain::environment::{Clock, Entropy};
use domain::time::Timestamp;

pub use access::Access;
pub use answer_conversation::AnswerConversation;
pub use chat_clusters::{ClusterState, QuestionCluster};
pub use chat_queue::QueueEntry;
pub use chat_texts::{ChatText, TextState};
pub use confirm_tutorial::ConfirmTutorial;
pub use conversation::{Bot, Conversation, Learning, State, Wish};
pub use dismiss_cluster::DismissCluster;
pub use end_conversation::EndConversation;
pub use event::{Content, Event, Speaker, Verdict};
pub use failure::{Failure, Problem};
pub use feed::Changed;
pub use forms::{FormVersion, Forms, Telling};
pub use gather_questions::Gathered;
pub use propose_text::ProposeText;
pub use publish_texts::{Publication, PublishTexts};
pub use rate::Rate;
pub use read_conversation::StaffView;
pub use read_tutorial::{TutorialStanding, TutorialView};
pub use request_person::{CallBack, RequestPerson, Wished};
pub use say::{Say, Spoken};
pub use secret::ConversationSecret;
pub use set_learning::SetLearning;
pub use site_search::{Hit, SiteSearch};
pub use start_conversation::{StartConversation, Started};
pub use switch_bot::SwitchBot;
pub use take_conversation::TakeConversation;
pub use texts::Texts;
pub use town::{Serving, Town};
pub use unanswered::Trouble;
pub use withdraw_text::WithdrawText;

/// What the feature is made of.
#[derive(Debug)]
pub struct ConversationsParts {
    /// The database, migrated.
    pub database: Database,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// What codes are computed from.
    pub secret: ConversationSecret,
    /// What seals what was said.
    pub vault: Vault,
    /// The city that serves.
    pub town: Arc<dyn Town>,
    /// The online forms that are published.
    pub forms: Arc<dyn Forms>,
    /// What may say the cited lines of an answer in other words, if the operator has named one.
    pub model: Option<Arc<dyn Model>>,
}

/// The feature. Cheap to share behind an `Arc`.
#[derive(Debug)]
pub struct Conversations {
    pub(crate) database: Database,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) secret: ConversationSecret,
    pub(crate) vault: Vault,
    pub(crate) town: Arc<dyn Town>,
    pub(crate) forms: Arc<dyn Forms>,
    pub(crate) model: Option<Arc<dyn Model>>,
    /// What answers. Swapped whole when the city or its texts change.
    pub(crate) mind: RwLock<Option<Arc<mind::Mind>>>,
    pub(crate) evaluations: evaluation::Evaluations,
    pub(crate) feed: feed::Feed,
    /// Drawn at the start of this process; marks its events.
    pub(crate) origin: i64,
}

impl Conversations {
    /// Puts the feature together. The caller calls [`Conversations::follow_changes`] and [`Conversations::learn`] every
    /// second or so, and [`Conversations::end_idle`] every minute.
    pub fn new(parts: ConversationsParts) -> Self {
        let ConversationsParts { database, clock, entropy, secret, vault, town, forms, model } = parts;
        let mut drawn = [0; 8];
        entropy.fill(&mut drawn);
        let feed = feed::Feed::new(clock.now());
        let origin = i64::from_be_bytes(drawn);
        let (mind, evaluations) = (RwLock::default(), evaluation::Evaluations::default());
        Self { database, clock, entropy, secret, vault, town, forms, model, mind, evaluations, feed, origin }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
