//! What answers: the chatbot over the city that serves and its texts, in memory, and made anew when either changes.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use chatbot::Engine;
use chatbot::content::{self, Addition, Content};
use chrono_tz::Tz;
use database::DatabaseError;
use domain::catalogue::Service;
use domain::identifier::Key;
use tokio::task::spawn_blocking;

use crate::Conversations;
use crate::failure::{Failure, Problem};
use crate::store::{additions, texts};
use crate::texts::Texts;
use crate::town::Serving;

/// What a mind is made of. The same, and it is the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MadeOf {
    /// The version of the city.
    pub(crate) city: i64,
    /// The hash of the texts.
    pub(crate) sha256: String,
    /// The number of what editors published beside them.
    pub(crate) edition: i64,
}

/// The chatbot, with what it was made of.
#[derive(Debug)]
pub(crate) struct Mind {
    made_of: MadeOf,
    serving: Serving,
    content: Content,
    engine: Engine,
}

impl Mind {
    /// Reads the texts and builds the index. About a second of work for one core: never on a thread that answers.
    fn build(serving: Serving, made_of: MadeOf, texts: Texts, additions: Vec<Addition>) -> Self {
        let services: BTreeMap<Key, Service> = serving.city.services.clone();
        // Both were checked together when they were loaded; what an older or newer program checked otherwise is left out.
        let content = content::read(&texts.files(), &services).unwrap_or_else(|problems| {
            tracing::error!(count = problems.len(), "the texts of the chatbot do not fit the city; it answers without");
            Content::default()
        });
        let content = Content { additions, ..content };
        let engine = Engine::build(services, content.clone());
        Self { made_of, serving, content, engine }
    }

    pub(crate) fn made_of(&self) -> &MadeOf {
        &self.made_of
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) fn serving(&self) -> &Serving {
        &self.serving
    }

    pub(crate) fn content(&self) -> &Content {
        &self.content
    }

    pub(crate) fn time_zone(&self) -> Tz {
        self.serving.city.municipality.time_zone
    }
}

impl Conversations {
    /// Makes the chatbot anew if the city or its texts changed. Until it is ready the old one answers. To be called every
    /// second or so. Gives whether there is a new one.
    ///
    /// # Errors
    /// See [`DatabaseError`]; what answered goes on answering.
    pub async fn learn(&self) -> Result<bool, DatabaseError> {
        let Some(serving) = self.town.serving() else { return Ok(false) };
        let (sha256, edition) = texts::standing(&self.database).await?;
        let made_of = MadeOf { city: serving.version, sha256, edition };
        if self.known().is_some_and(|mind| mind.made_of == made_of) {
            return Ok(false);
        }
        // The texts may have changed since the look at their hash: what is read is what counts.
        let (sha256, texts) = match texts::read(&self.database).await? {
            Some((sha256, texts)) => (sha256, Texts::of_json(&texts)?),
            None => (String::new(), Texts::default()),
        };
        // What is published after the number was read makes another number, and so another mind a second later.
        let additions = additions::published(&self.database).await?;
        let made_of = MadeOf { sha256, ..made_of };
        let built = spawn_blocking(move || Mind::build(serving, made_of, texts, additions)).await;
        let built = built.map_err(|_| DatabaseError::Internal("the chatbot cannot be made".into()))?;
        *self.mind.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(built));
        Ok(true)
    }

    /// What answers. Made on the spot where nobody has done so yet.
    pub(crate) async fn mind(&self) -> Result<Arc<Mind>, Failure> {
        if let Some(mind) = self.known() {
            return Ok(mind);
        }
        self.learn().await?;
        Ok(self.known().ok_or(Problem::NoCity)?)
    }

    fn known(&self) -> Option<Arc<Mind>> {
        self.mind.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
