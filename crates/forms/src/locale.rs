//! The languages a form speaks: German must be there, the others fall back to it.

use std::fmt;

use domain::text::Language;
use serde::{Deserialize, Serialize};

/// A language of a form's texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Locale {
    /// German; every text exists in it.
    #[serde(rename = "de")]
    De,
    /// Plain German (Leichte Sprache).
    #[serde(rename = "de-simple")]
    DeSimple,
    /// English.
    #[serde(rename = "en")]
    En,
    /// Turkish.
    #[serde(rename = "tr")]
    Tr,
    /// Ukrainian.
    #[serde(rename = "uk")]
    Uk,
    /// Arabic.
    #[serde(rename = "ar")]
    Ar,
}

impl Locale {
    /// Every language, German first.
    pub const ALL: [Self; 6] = [Self::De, Self::DeSimple, Self::En, Self::Tr, Self::Uk, Self::Ar];

    /// The name in files and interfaces: `de-simple`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::De => "de",
            Self::DeSimple => "de-simple",
            Self::En => "en",
            Self::Tr => "tr",
            Self::Uk => "uk",
            Self::Ar => "ar",
        }
    }

    /// The language of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|locale| locale.as_str() == name)
    }
}

impl From<Language> for Locale {
    fn from(language: Language) -> Self {
        match language {
            Language::German => Self::De,
            Language::PlainGerman => Self::DeSimple,
            Language::English => Self::En,
        }
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
