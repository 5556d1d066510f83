//! Proposing a word or a question by which a service is to be found.

use chatbot::content::{Addition, AdditionKind};
use chatbot::language::ChatLanguage;
use database::{DatabaseError, IdempotencyKey, Rule};
use domain::identifier::{ChatClusterId, ChatTextId, Key};
use domain::permission::{Actor, Permission};
use uuid::Uuid;

use crate::Conversations;
use crate::chat_texts::{ChatText, TextState};
use crate::failure::{Failure, Problem};
use crate::requests::idempotency_key;
use crate::store::{Reader, additions, clusters};

/// Proposes a text.
#[derive(Debug, Clone)]
pub struct ProposeText {
    /// The key of the service that is meant, as it was typed.
    pub service: String,
    /// In which language.
    pub language: ChatLanguage,
    /// Whether it is a word or a question.
    pub kind: AdditionKind,
    /// The words, at most 100 signs of a synonym and 300 of a question.
    pub text: String,
    /// The questions because of which it is proposed.
    pub cluster: Option<ChatClusterId>,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Conversations {
    /// Keeps a proposal. The chatbot does not know it before it is published.
    ///
    /// # Errors
    /// [`Failure::Forbidden`]; [`Problem::ServiceUnknown`], [`Problem::NotFound`] for an unknown cluster,
    /// [`Problem::TextLength`], [`Problem::TextCopied`], [`Problem::TextPersonal`], [`Problem::TextKnown`].
    pub async fn propose_text(&self, actor: &Actor, command: &ProposeText) -> Result<ChatText, Failure> {
        actor.may(Permission::EditChat)?;
        let cluster = command.cluster.map_or(Uuid::nil(), |cluster| cluster.0);
        let input = self.secret.fingerprint(&[
            command.service.as_bytes(),
            command.language.as_str().as_bytes(),
            &[u8::from(command.kind == AdditionKind::Question)],
            command.text.as_bytes(),
            cluster.as_bytes(),
        ]);
        let key = idempotency_key(actor, &command.idempotency_key, "propose_text", &input)?;
        let id = self.once(&key, || self.propose(actor, command, &key)).await?;
        let found = additions::by_id(Reader::Database(&self.database), ChatTextId(id)).await?;
        Ok(found.ok_or(Problem::NotFound)?)
    }

    async fn propose(&self, actor: &Actor, command: &ProposeText, key: &IdempotencyKey) -> Result<Uuid, Failure> {
        let mind = self.mind().await?;
        let service = Key::new(&command.service).ok();
        let service = service.filter(|service| mind.serving().city.services.contains_key(service));
        let service = service.ok_or(Problem::ServiceUnknown)?;
        if let Some(cluster) = command.cluster {
            clusters::state(Reader::Database(&self.database), cluster).await?.ok_or(Problem::NotFound)?;
        }
        let ProposeText { language, kind, text, cluster, .. } = command.clone();
        let addition = Addition { service, language, kind, text }.checked(mind.content()).map_err(Problem::from)?;
        let now = self.now();
        let id = ChatTextId(self.entropy.id(now));
        let state = TextState::Proposed;
        let text = ChatText { id, addition, cluster, state, proposed_at: now, published_at: None, withdrawn_at: None };
        let unit = self.database.begin().await?;
        additions::insert(&unit, &text, actor.account()).await.map_err(|error| match error {
            DatabaseError::Broken(Rule::ChatAdditionWords) => Failure::from(Problem::TextKnown),
            other => other.into(),
        })?;
        unit.audit(&self.audited(actor, "chat_text.propose", id.0, now)).await?;
        unit.remember(key, id.0, now).await?;
        unit.commit().await?;
        Ok(id.0)
    }
}
