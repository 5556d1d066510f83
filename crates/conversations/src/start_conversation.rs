//! Beginning a conversation. No account is needed; a code comes back to go on with.

use chatbot::dialogue::Dialogue;
use chatbot::language::ChatLanguage;
use database::IdempotencyKey;
use domain::identifier::ConversationId;
use domain::permission::Actor;
use uuid::Uuid;

use crate::Conversations;
use crate::access::beginner;
use crate::conversation::{Bot, Conversation, Learning, State};
use crate::failure::{Failure, Problem};
use crate::requests::idempotency_key;
use crate::sealed::{dialogue_of, json};
use crate::secret::new_number;
use crate::store::Reader;
use crate::store::conversations::{self, ConversationRow};

/// Asks for a conversation.
#[derive(Debug, Clone)]
pub struct StartConversation {
    /// The language of the page.
    pub language: ChatLanguage,
    /// Whether questions may be kept that are not understood.
    pub learning: Learning,
    /// The client's key of this request.
    pub idempotency_key: String,
}

/// A conversation that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// The conversation.
    pub conversation: Conversation,
    /// The code with which one goes on. It is not stored and cannot be asked for again.
    pub code: String,
}

impl Conversations {
    /// Begins a conversation. Anybody may.
    ///
    /// # Errors
    /// [`Problem::NoCity`], [`Problem::IdempotencyKey`].
    pub async fn start_conversation(&self, actor: &Actor, command: &StartConversation) -> Result<Started, Failure> {
        if self.town.serving().is_none() {
            return Err(Problem::NoCity.into());
        }
        let input = match command.learning {
            Learning::Allowed => format!("{} {}", command.language, command.learning.word()),
            // As before there was a choice, so that a request that is repeated during an upgrade is the same.
            Learning::Refused => command.language.to_string(),
        };
        let key = idempotency_key(actor, &command.idempotency_key, "start_conversation", &input)?;
        self.vault.unlock(&self.database, self.now()).await?;
        let id = self.once(&key, || self.insert(actor, command, &key)).await?;
        let row = conversations::by_id(Reader::Database(&self.database), ConversationId(id)).await?;
        let row = row.ok_or(Problem::NotFound)?;
        let code = self.secret.code(&row.number, row.conversation.id);
        Ok(Started { conversation: row.conversation, code })
    }

    async fn insert(&self, actor: &Actor, command: &StartConversation, key: &IdempotencyKey) -> Result<Uuid, Failure> {
        let now = self.now();
        let id = ConversationId(self.entropy.id(now));
        let sealed = self.vault.seal_new(id.0, dialogue_of(id), &json(&Dialogue::default()))?;
        let conversation = Conversation {
            id,
            account: beginner(actor),
            language: command.language,
            state: State::Open,
            bot: Bot::On,
            learning: command.learning,
            clerk: None,
            reason: None,
            wish: None,
            call_at: None,
            services: Vec::new(),
            turns: 0,
            last_sequence: 0,
            waiting_since: None,
            created_at: now,
            changed_at: now,
        };
        let row = ConversationRow {
            conversation,
            number: new_number(&*self.entropy),
            rev: 1,
            dialogue_sealed: sealed.field,
            call_back_sealed: None,
            key: Some(sealed.key.clone()),
        };
        let unit = self.database.begin().await?;
        self.keep_key(&unit, &sealed.key, now).await?;
        conversations::insert(&unit, &row).await?;
        unit.remember(key, id.0, now).await?;
        unit.commit().await?;
        Ok(id.0)
    }
}
