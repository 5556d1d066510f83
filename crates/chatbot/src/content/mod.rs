//! What editors write for the chatbot: per language and service a name, synonyms, questions as people ask them and a short
//! text; and the same for what another body does ("not us"). A fee or a deadline in a text is a reference to the catalogue.
//!
//! ```text
//! chat/<language>/<service>.toml    one service in one language
//! chat/<language>/not-us.toml       [[entry]]: what others do
//! chat/tutorials/<language>/<service>.toml   how it is done online, step by step
//! ```

mod addition;
mod copied;
mod placeholder;
mod read;
mod tutorial;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::identifier::Key;

use crate::language::ChatLanguage;

pub use addition::{Addition, AdditionKind, AdditionRefusal};
pub use copied::copied_value;
pub use placeholder::{Part, parts};
pub use read::read;
pub use tutorial::{Tutorial, TutorialStep};

/// Everything editors have written, checked against the catalogue.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Content {
    /// Services, by language and key.
    pub services: BTreeMap<(ChatLanguage, Key), Entry>,
    /// What others do, by language and key.
    pub not_us: BTreeMap<(ChatLanguage, Key), Entry>,
    /// Guides, by language and key.
    pub tutorials: BTreeMap<(ChatLanguage, Key), Tutorial>,
    /// What editors added since, from questions that were not understood. Of services that are gone it says nothing.
    pub additions: Vec<Addition>,
}

/// One service, or one thing that others do, in one language.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The service, or the name of the other body.
    pub key: Key,
    /// A short everyday title.
    pub name: String,
    /// Single words and short phrases.
    pub synonyms: Vec<String>,
    /// Questions as people ask them.
    pub questions: Vec<String>,
    /// Two to five plain sentences, with places for values of the catalogue.
    pub text: String,
    /// Words that look like this service and mean another one.
    pub not_this: Vec<NotThis>,
    /// First day on which the text may be given.
    pub valid_from: NaiveDate,
    /// Last day; absent: until somebody changes it.
    pub valid_until: Option<NaiveDate>,
    /// What the text rests on.
    pub source: String,
    /// The file it stands in.
    pub path: String,
}

/// Words that mean another service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotThis {
    /// The words.
    pub words: Vec<String>,
    /// The service that is meant.
    pub instead: Key,
}

impl Content {
    /// The text of a service in `language`; in German where there is none, with the language it is in.
    pub fn service(&self, language: ChatLanguage, key: &Key) -> Option<(ChatLanguage, &Entry)> {
        in_language(&self.services, language, key)
    }

    /// What others do, in `language` or in German.
    pub fn not_us(&self, language: ChatLanguage, key: &Key) -> Option<(ChatLanguage, &Entry)> {
        in_language(&self.not_us, language, key)
    }
}

fn in_language<'e, T>(
    entries: &'e BTreeMap<(ChatLanguage, Key), T>,
    language: ChatLanguage,
    key: &Key,
) -> Option<(ChatLanguage, &'e T)> {
    [language, ChatLanguage::German].into_iter().find_map(|language| {
        let entry = entries.get(&(language, key.clone()))?;
        Some((language, entry))
    })
}
