//! Judging an answer of the chatbot.

use domain::permission::Actor;

use crate::Conversations;
use crate::access::Access;
use crate::event::Verdict;
use crate::failure::{Failure, Problem};
use crate::requests::retried;
use crate::store::{Reader, events};

/// Judges an answer.
#[derive(Debug, Clone)]
pub struct Rate {
    /// In which conversation.
    pub access: Access,
    /// The number of the event.
    pub sequence: i64,
    /// What the person thinks of it.
    pub verdict: Verdict,
}

impl Conversations {
    /// Notes what somebody thinks of something the chatbot said. Another verdict takes the place of the first; the same
    /// one again changes nothing, so no key is needed.
    ///
    /// # Errors
    /// [`Problem::NotFound`], [`Problem::NotAnAnswer`].
    pub async fn rate(&self, actor: &Actor, command: &Rate) -> Result<(), Failure> {
        let row = self.enter(Reader::Database(&self.database), actor, &command.access).await?;
        let (id, sequence, verdict) = (row.conversation.id, command.sequence, command.verdict);
        retried(async || {
            let unit = self.database.begin().await?;
            if !events::judge(&unit, id, sequence, verdict).await? {
                return Err(Problem::NotAnAnswer.into());
            }
            Ok(unit.commit().await?)
        })
        .await
    }
}
