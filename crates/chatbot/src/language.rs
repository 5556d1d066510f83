//! The languages the chatbot understands and answers in.

use std::fmt;

use domain::text::Localized;
use serde::{Deserialize, Serialize};

/// A language of questions and answers. Plain German is a way of answering: its questions are found as German ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ChatLanguage {
    /// German.
    #[serde(rename = "de")]
    German,
    /// Plain German (Leichte Sprache).
    #[serde(rename = "de-simple")]
    PlainGerman,
    /// English.
    #[serde(rename = "en")]
    English,
    /// Turkish.
    #[serde(rename = "tr")]
    Turkish,
    /// Ukrainian.
    #[serde(rename = "uk")]
    Ukrainian,
    /// Russian.
    #[serde(rename = "ru")]
    Russian,
    /// Arabic.
    #[serde(rename = "ar")]
    Arabic,
}

/// How a language is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Script {
    /// Latin letters.
    Latin,
    /// Cyrillic letters.
    Cyrillic,
    /// Arabic letters.
    Arabic,
}

impl ChatLanguage {
    /// Every language, German first.
    pub const ALL: [Self; 7] =
        [Self::German, Self::PlainGerman, Self::English, Self::Turkish, Self::Ukrainian, Self::Russian, Self::Arabic];

    /// The languages that have an index of their own.
    pub const SEARCHED: [Self; 6] =
        [Self::German, Self::English, Self::Turkish, Self::Ukrainian, Self::Russian, Self::Arabic];

    /// The tag in files and interfaces (BCP 47; `de-simple` is ours).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::German => "de",
            Self::PlainGerman => "de-simple",
            Self::English => "en",
            Self::Turkish => "tr",
            Self::Ukrainian => "uk",
            Self::Russian => "ru",
            Self::Arabic => "ar",
        }
    }

    /// The language of this tag.
    pub fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.as_str() == tag)
    }

    /// The language whose index answers questions in this one.
    #[must_use]
    pub const fn searched(self) -> Self {
        match self {
            Self::German | Self::PlainGerman => Self::German,
            Self::English => Self::English,
            Self::Turkish => Self::Turkish,
            Self::Ukrainian => Self::Ukrainian,
            Self::Russian => Self::Russian,
            Self::Arabic => Self::Arabic,
        }
    }

    /// How the language is written.
    pub const fn script(self) -> Script {
        match self {
            Self::German | Self::PlainGerman | Self::English | Self::Turkish => Script::Latin,
            Self::Ukrainian | Self::Russian => Script::Cyrillic,
            Self::Arabic => Script::Arabic,
        }
    }

    /// The text of a catalogue field in this language. The catalogue is kept in German and English; who reads neither
    /// gets English where there is some.
    pub fn of(self, text: &Localized) -> &str {
        match self {
            Self::German => text.get(domain::text::Language::German),
            Self::PlainGerman => text.get(domain::text::Language::PlainGerman),
            Self::English | Self::Turkish | Self::Ukrainian | Self::Russian | Self::Arabic => {
                text.get(domain::text::Language::English)
            }
        }
    }
}

impl fmt::Display for ChatLanguage {
    /// Writes the tag.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
