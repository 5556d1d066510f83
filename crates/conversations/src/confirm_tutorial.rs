//! Saying that a guide still holds for the form that is published now: the task is done without a new text.

use chatbot::language::ChatLanguage;
use database::IdempotencyKey;
use domain::identifier::Key;
use domain::permission::{Actor, Permission};
use uuid::Uuid;

use crate::Conversations;
use crate::failure::{Failure, Problem};
use crate::read_tutorial::{TutorialView, fingerprint};
use crate::requests::idempotency_key;
use crate::store::reviews::{self, Review};

/// Says that a guide holds.
#[derive(Debug, Clone)]
pub struct ConfirmTutorial {
    /// The key of the service, as it was typed.
    pub service: String,
    /// The language of the guide.
    pub language: ChatLanguage,
    /// The version of the form that was looked at: its hash.
    pub form_sha256: String,
    /// The client's key of this request.
    pub idempotency_key: String,
}

impl Conversations {
    /// Notes that a guide holds for a version of the form. Another text of the guide or another version makes it stale again.
    ///
    /// # Errors
    /// [`Failure::Forbidden`]; [`Problem::NotFound`] for a guide that is not there; [`Problem::ChangedMeanwhile`] when
    /// another version is the newest by now.
    pub async fn confirm_tutorial(&self, actor: &Actor, command: &ConfirmTutorial) -> Result<TutorialView, Failure> {
        actor.may(Permission::EditChat)?;
        let service = Key::new(&command.service).map_err(|_| Problem::NotFound)?;
        let input = format!("{service} {} {}", command.language, command.form_sha256);
        let key = idempotency_key(actor, &command.idempotency_key, "confirm_tutorial", &input)?;
        self.once(&key, || self.confirm(actor, &service, command, &key)).await?;
        Ok(self.tutorial(&service, command.language).await?.ok_or(Problem::NotFound)?)
    }

    async fn confirm(
        &self,
        actor: &Actor,
        service: &Key,
        command: &ConfirmTutorial,
        key: &IdempotencyKey,
    ) -> Result<Uuid, Failure> {
        let mind = self.mind().await?;
        let language = command.language;
        let tutorial = mind.content().tutorials.get(&(language, service.clone())).ok_or(Problem::NotFound)?;
        let newest = self.forms.newest(service).await?.ok_or(Problem::NotFound)?;
        if newest.sha256 != command.form_sha256 {
            return Err(Problem::ChangedMeanwhile.into());
        }
        let now = self.now();
        // Guides have no id of their own: the entry of the audit log names the request.
        let subject = self.entropy.id(now);
        let unit = self.database.begin().await?;
        let review = Review::of(fingerprint(tutorial), newest.sha256);
        reviews::put(&unit, (language, service), &review, actor.account(), now).await?;
        unit.audit(&self.audited(actor, "tutorial.confirm", subject, now)).await?;
        unit.remember(key, subject, now).await?;
        unit.commit().await?;
        Ok(subject)
    }
}
