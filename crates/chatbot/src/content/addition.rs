//! What editors add to the texts of a city from questions that were not understood: a synonym or a question of a service in
//! one language. Unlike the files, it lies where the program runs and outlives the next load of the city.

use domain::identifier::Key;
use serde::{Deserialize, Serialize};

use crate::content::{Content, copied_value};
use crate::index::{Document, Field, Target};
use crate::language::ChatLanguage;
use crate::text::fold;
use crate::understand::redact;

/// What an addition is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdditionKind {
    /// A word or a short phrase that names the service.
    Synonym,
    /// A question as somebody asks it.
    Question,
}

impl AdditionKind {
    /// The most signs of one; as in the files.
    pub const fn most(self) -> usize {
        match self {
            Self::Synonym => 100,
            Self::Question => 300,
        }
    }
}

/// Something that an editor added.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Addition {
    /// The service that is meant.
    pub service: Key,
    /// In which language.
    pub language: ChatLanguage,
    /// What it is.
    pub kind: AdditionKind,
    /// The words.
    pub text: String,
}

/// Why a text cannot be added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AdditionRefusal {
    /// It is empty, too long, or has invisible signs.
    #[error("the text has no sign, more than {most}, or an invisible one")]
    Form {
        /// How many signs are allowed.
        most: usize,
    },
    /// It holds what looks like a fee, a duration or a deadline; those come from the catalogue.
    #[error("a fee, a duration or a deadline comes from the catalogue and stands in no text")]
    Copied,
    /// It holds what looks like somebody's data: a mail address, a telephone number, a code.
    #[error("the text looks as if it held somebody's data")]
    Personal,
    /// The service is known by these words already.
    #[error("the service is known by these words already")]
    Known,
}

impl Addition {
    /// Checks what an editor typed, as texts in files are checked, and against the texts there are.
    ///
    /// # Errors
    /// [`AdditionRefusal`].
    pub fn checked(self, content: &Content) -> Result<Self, AdditionRefusal> {
        let most = self.kind.most();
        let text = domain::text::line(&self.text, most).map_err(|_| AdditionRefusal::Form { most })?;
        if copied_value(&text).is_some() {
            return Err(AdditionRefusal::Copied);
        }
        if !redact(&text).findings.is_empty() {
            return Err(AdditionRefusal::Personal);
        }
        let checked = Self { text, ..self };
        if checked.is_known(content) { Err(AdditionRefusal::Known) } else { Ok(checked) }
    }

    fn is_known(&self, content: &Content) -> bool {
        let folded = fold(&self.text);
        let entry = content.services.get(&(self.language, self.service.clone())).into_iter();
        let written = entry.flat_map(|entry| entry.synonyms.iter().chain(&entry.questions).chain([&entry.name]));
        let mine =
            content.additions.iter().filter(|known| (known.language, &known.service) == (self.language, &self.service));
        written.chain(mine.map(|known| &known.text)).any(|known| fold(known) == folded)
    }

    /// As the index reads it.
    pub(crate) fn document(&self) -> Document {
        let field = match self.kind {
            AdditionKind::Synonym => Field::Synonym,
            AdditionKind::Question => Field::Question,
        };
        Document {
            target: Target::Service(self.service.clone()),
            language: self.language.searched(),
            phrases: vec![(field, self.text.clone())],
            not_this: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(kind: AdditionKind, text: &str, content: &Content) -> Option<AdditionRefusal> {
        let service = Key::new("hundesteuer").unwrap();
        let addition = Addition { service, language: ChatLanguage::German, kind, text: text.to_owned() };
        addition.checked(content).err()
    }

    #[test]
    fn what_is_added_is_checked_like_a_file() {
        let empty = Content::default();
        let refused = |text: &str| refused(AdditionKind::Synonym, text, &empty);
        assert_eq!(refused("  Hund   anmelden "), None);
        assert_eq!(refused(""), Some(AdditionRefusal::Form { most: 100 }));
        assert_eq!(refused(&"Hund ".repeat(30)), Some(AdditionRefusal::Form { most: 100 }));
        assert_eq!(refused("Hund\u{202e}"), Some(AdditionRefusal::Form { most: 100 }));
        assert_eq!(refused("Hund für 90 Euro"), Some(AdditionRefusal::Copied));
        assert_eq!(refused("Hund von eva@example.org"), Some(AdditionRefusal::Personal));
    }

    #[test]
    fn nothing_is_added_twice() {
        let service = Key::new("hundesteuer").unwrap();
        let text = "Hund anmelden".to_owned();
        let kind = AdditionKind::Question;
        let addition = Addition { service, language: ChatLanguage::German, kind, text };
        let content = Content { additions: vec![addition], ..Content::default() };
        assert_eq!(refused(kind, "HUND  anmelden", &content), Some(AdditionRefusal::Known));
        assert_eq!(refused(kind, "Hund abmelden", &content), None);
    }
}
