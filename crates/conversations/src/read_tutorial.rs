//! Reading a guide, and whether it still holds for the form that is published.

use std::collections::BTreeMap;

use chatbot::content::Tutorial;
use chatbot::language::ChatLanguage;
use domain::identifier::Key;
use sha2::{Digest as _, Sha256};

use crate::Conversations;
use crate::failure::Failure;
use crate::forms::FormVersion;
use crate::store::reviews::{self, Review};

/// How a guide stands to the form that is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TutorialStanding {
    /// It was written for this form, or somebody looked and said that it holds for it.
    Holds,
    /// Another version of the form was published since, and nobody has looked yet.
    Stale,
    /// The service cannot be done online here.
    NotOnline,
}

/// A guide with how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TutorialView {
    /// The guide.
    pub tutorial: Tutorial,
    /// How it stands.
    pub standing: TutorialStanding,
    /// The form that is published, if there is one.
    pub form: Option<FormVersion>,
}

impl Conversations {
    /// The guide of a service in a language, or in German; nothing where nobody has written one. Anybody may read it.
    ///
    /// # Errors
    /// [`crate::Problem::NoCity`].
    pub async fn tutorial(&self, service: &Key, language: ChatLanguage) -> Result<Option<TutorialView>, Failure> {
        let mind = self.mind().await?;
        let Some(tutorial) = mind.content().tutorial(language, service) else { return Ok(None) };
        let form = self.forms.newest(service).await?;
        let reviews = match &form {
            // Only another version than the one it was written for can have been looked at.
            Some(form) if form.sha256 != tutorial.form_sha256 => reviews::all(&self.database).await?,
            Some(_) | None => BTreeMap::new(),
        };
        Ok(Some(view(tutorial, form, &reviews)))
    }
}

/// A guide with how it stands.
pub(crate) fn view(
    tutorial: &Tutorial,
    form: Option<FormVersion>,
    reviews: &BTreeMap<(ChatLanguage, Key), Review>,
) -> TutorialView {
    let review = reviews.get(&(tutorial.language, tutorial.service.clone()));
    let standing = match &form {
        None => TutorialStanding::NotOnline,
        Some(form) if form.sha256 == tutorial.form_sha256 => TutorialStanding::Holds,
        Some(form) => {
            let is_looked_at =
                review.is_some_and(|review| *review == Review::of(fingerprint(tutorial), form.sha256.clone()));
            if is_looked_at { TutorialStanding::Holds } else { TutorialStanding::Stale }
        }
    };
    TutorialView { tutorial: tutorial.clone(), standing, form }
}

/// Tells one text of a guide from another: who looked at the one has not looked at the other.
pub(crate) fn fingerprint(tutorial: &Tutorial) -> String {
    let steps = tutorial.steps.iter().flat_map(|step| [step.text.as_str(), step.form_step.as_deref().unwrap_or("")]);
    let mut hash = Sha256::new();
    for part in [tutorial.title.as_str(), tutorial.form_sha256.as_str()].into_iter().chain(steps) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(hash.finalize())
}
