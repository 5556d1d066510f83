//! Taking a text back, before or after it was published. That needs no trial: it must always be possible.

use database::IdempotencyKey;
use domain::identifier::ChatTextId;
use domain::permission::{Actor, Permission};
use uuid::Uuid;

use crate::Conversations;
use crate::chat_clusters::ClusterState;
use crate::chat_texts::{ChatText, TextState};
use crate::failure::{Failure, Problem};
use crate::requests::idempotency_key;
use crate::store::{Reader, additions, clusters};

/// Takes a text back.
#[derive(Debug, Clone)]
pub struct WithdrawText {
    /// Which.
    pub text: ChatTextId,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Conversations {
    /// Takes a proposal or a published text back; all processes forget it within seconds. The questions because of which it
    /// was published are open again.
    ///
    /// # Errors
    /// [`Failure::Forbidden`]; [`Problem::NotFound`]; [`Problem::WrongState`] for what was taken back already.
    pub async fn withdraw_text(&self, actor: &Actor, command: &WithdrawText) -> Result<ChatText, Failure> {
        actor.may(Permission::EditChat)?;
        let id = command.text;
        let key = idempotency_key(actor, &command.idempotency_key, "withdraw_text", &id.to_string())?;
        self.once(&key, || self.withdraw(actor, id, &key)).await?;
        let found = additions::by_id(Reader::Database(&self.database), id).await?;
        Ok(found.ok_or(Problem::NotFound)?)
    }

    async fn withdraw(&self, actor: &Actor, id: ChatTextId, key: &IdempotencyKey) -> Result<Uuid, Failure> {
        let now = self.now();
        let text = additions::by_id(Reader::Database(&self.database), id).await?.ok_or(Problem::NotFound)?;
        let unit = self.database.begin().await?;
        match text.state {
            TextState::Proposed => {}
            TextState::Published => additions::raise_any_edition(&unit).await?,
            TextState::Withdrawn => return Err(Problem::WrongState.into()),
        }
        if !additions::withdraw(&unit, (id, text.state), actor.account(), now).await? {
            return Err(Problem::ChangedMeanwhile.into());
        }
        if let Some(cluster) = text.cluster.filter(|_| text.state == TextState::Published) {
            clusters::change(&unit, cluster, (ClusterState::Settled, ClusterState::Open), now).await?;
        }
        unit.audit(&self.audited(actor, "chat_text.withdraw", id.0, now)).await?;
        unit.remember(key, id.0, now).await?;
        unit.commit().await?;
        Ok(id.0)
    }
}
