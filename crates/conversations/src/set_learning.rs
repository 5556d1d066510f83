//! Allowing that questions which were not understood are kept, or taking that back, while the conversation goes on.

use domain::permission::Actor;

use crate::Conversations;
use crate::access::Access;
use crate::conversation::{Conversation, Learning};
use crate::failure::{Failure, Problem};
use crate::requests::retried;
use crate::store::{Reader, conversations};

/// Says whether questions may be kept.
#[derive(Debug, Clone)]
pub struct SetLearning {
    /// In which conversation.
    pub access: Access,
    /// Whether they may.
    pub learning: Learning,
}

impl Conversations {
    /// Notes whether questions of a conversation may be kept, without who asked. Nothing is taken out of a conversation
    /// before it is over, so until then a refusal takes back everything. The same again changes nothing.
    ///
    /// # Errors
    /// [`Problem::NotFound`]; [`Problem::AlreadyGathered`] for a conversation whose questions lead nowhere any more.
    pub async fn set_learning(&self, actor: &Actor, command: &SetLearning) -> Result<Conversation, Failure> {
        let row = self.enter(Reader::Database(&self.database), actor, &command.access).await?;
        let (id, learning) = (row.conversation.id.0, command.learning);
        retried(async || {
            let unit = self.database.begin().await?;
            if !conversations::set_learning(&unit, id, learning).await? {
                return Err(Problem::AlreadyGathered.into());
            }
            Ok(unit.commit().await?)
        })
        .await?;
        Ok(Conversation { learning, ..row.conversation })
    }
}
