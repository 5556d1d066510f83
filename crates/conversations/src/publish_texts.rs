//! Publishing proposals: the chatbot is made with them and asked everything it must not forget, and only if that goes well
//! they are published, all or none.

use std::collections::BTreeSet;

use chatbot::content::Addition;
use chatbot::eval::Regression;
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

/// So many at most are published at once, so that somebody can see what spoke against them.
const MOST: usize = 20;

/// Publishes proposals.
#[derive(Debug, Clone)]
pub struct PublishTexts {
    /// Which, 1 to 20, each once.
    pub texts: Vec<ChatTextId>,
    /// The client's key of this request.
    pub idempotency_key: String,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// The texts as they stand now.
    pub texts: Vec<ChatText>,
    /// What became of the questions that must stay right; nothing where the same request was answered before.
    pub evaluation: Option<Regression>,
}

impl Conversations {
    /// Tries proposals and publishes them, if everything stays right that was right; a failed trial changes nothing. All
    /// processes know them within seconds.
    ///
    /// # Errors
    /// [`Failure::Forbidden`]; [`Problem::TextCount`]; [`Problem::NotFound`]; [`Problem::WrongState`] for what is no
    /// proposal any more; [`Problem::ChangedMeanwhile`] when something else was published since the trial. A trial that
    /// speaks against them is no error: its [`Publication`] holds texts that are still proposals.
    pub async fn publish_texts(&self, actor: &Actor, command: &PublishTexts) -> Result<Publication, Failure> {
        actor.may(Permission::EditChat)?;
        let ids: BTreeSet<ChatTextId> = command.texts.iter().copied().collect();
        if ids.is_empty() || ids.len() > MOST || ids.len() != command.texts.len() {
            return Err(Problem::TextCount { most: MOST }.into());
        }
        let input = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let key = idempotency_key(actor, &command.idempotency_key, "publish_texts", &input)?;
        if self.replay(&key).await?.is_some() {
            return Ok(Publication { texts: self.texts_of(&ids).await?, evaluation: None });
        }
        let texts = self.texts_of(&ids).await?;
        if texts.iter().any(|text| text.state != TextState::Proposed) {
            return Err(Problem::WrongState.into());
        }
        // What others published a moment ago is part of what this is tried on.
        self.learn().await?;
        let mind = self.mind().await?;
        let edition = mind.made_of().edition;
        let proposed: Vec<Addition> = texts.iter().map(|text| text.addition.clone()).collect();
        let evaluation = self.evaluated(&mind, proposed).await?;
        if !evaluation.holds() {
            return Ok(Publication { texts, evaluation: Some(evaluation) });
        }
        self.once(&key, || self.publish(actor, &texts, edition, &key)).await?;
        Ok(Publication { texts: self.texts_of(&ids).await?, evaluation: Some(evaluation) })
    }

    async fn texts_of(&self, ids: &BTreeSet<ChatTextId>) -> Result<Vec<ChatText>, Failure> {
        let mut texts = Vec::new();
        for id in ids {
            let found = additions::by_id(Reader::Database(&self.database), *id).await?;
            texts.push(found.ok_or(Problem::NotFound)?);
        }
        Ok(texts)
    }

    async fn publish(
        &self,
        actor: &Actor,
        texts: &[ChatText],
        edition: i64,
        key: &IdempotencyKey,
    ) -> Result<Uuid, Failure> {
        let now = self.now();
        let first = texts.first().ok_or(Problem::NotFound)?.id.0;
        let unit = self.database.begin().await?;
        // Of two who publish at once, one has tried what is no longer so.
        if !additions::raise_edition(&unit, edition).await? {
            return Err(Problem::ChangedMeanwhile.into());
        }
        for text in texts {
            if !additions::publish(&unit, text.id, actor.account(), now).await? {
                return Err(Problem::WrongState.into());
            }
            if let Some(cluster) = text.cluster {
                clusters::change(&unit, cluster, (ClusterState::Open, ClusterState::Settled), now).await?;
            }
        }
        let more: Vec<Uuid> = texts.iter().skip(1).map(|text| text.id.0).collect();
        unit.audit_many(&self.audited(actor, "chat_text.publish", first, now), &more).await?;
        unit.remember(key, first, now).await?;
        unit.commit().await?;
        Ok(first)
    }
}
