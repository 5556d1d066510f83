//! What editors proposed and published beside the texts of the city.

use chatbot::content::Addition;
use domain::identifier::{ChatClusterId, ChatTextId};
use domain::permission::{Actor, Permission};
use domain::time::Timestamp;

use crate::Conversations;
use crate::conversation::words;
use crate::failure::Failure;
use crate::store::{Reader, additions};

/// Most texts of one answer.
const MOST: i64 = 500;

/// Where a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextState {
    /// Somebody proposed it; the chatbot does not know it.
    Proposed,
    /// The chatbot knows it.
    Published,
    /// It was taken back, before or after it was published.
    Withdrawn,
}

words! {
    TextState { Proposed = "proposed", Published = "published", Withdrawn = "withdrawn" }
}

/// A word or question that an editor added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatText {
    /// Its id.
    pub id: ChatTextId,
    /// What it says, of which service, in which language.
    pub addition: Addition,
    /// The questions because of which it was proposed; they may be gone.
    pub cluster: Option<ChatClusterId>,
    /// Where it stands.
    pub state: TextState,
    /// When it was proposed, UTC.
    pub proposed_at: Timestamp,
    /// When it was published, UTC.
    pub published_at: Option<Timestamp>,
    /// When it was taken back, UTC.
    pub withdrawn_at: Option<Timestamp>,
}

impl Conversations {
    /// Texts of one state, or all, the newest first, at most 500.
    ///
    /// # Errors
    /// [`Failure::Forbidden`].
    pub async fn chat_texts(&self, actor: &Actor, state: Option<TextState>) -> Result<Vec<ChatText>, Failure> {
        actor.may(Permission::EditChat)?;
        Ok(additions::listed(Reader::Database(&self.database), state, MOST).await?)
    }
}
