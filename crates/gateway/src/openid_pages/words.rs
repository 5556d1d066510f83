//! What the pages of sign-in say, read from files, and what each means for programs.

use std::sync::LazyLock;

use axum::http::StatusCode;
use domain::text::Language;
use serde::Deserialize;

/// What a page is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    NotFound,
    Over,
    Cancelled,
    Refused,
    TrustTooLow,
    NoAccount,
    CrossSite,
    Unavailable,
    Internal,
}

impl Outcome {
    /// The stable code on the page and in the measurements.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::NotFound => "NOT_FOUND",
            Self::Over => "SIGN_IN_OVER",
            Self::Cancelled => "SIGN_IN_CANCELLED",
            Self::Refused => "SIGN_IN_REFUSED",
            Self::TrustTooLow => "TRUST_TOO_LOW",
            Self::NoAccount => "NO_ACCOUNT",
            Self::CrossSite => "CROSS_SITE",
            Self::Unavailable => "UNAVAILABLE",
            Self::Internal => "INTERNAL",
        }
    }

    pub(super) const fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Over | Self::Cancelled => StatusCode::BAD_REQUEST,
            Self::Refused | Self::TrustTooLow | Self::NoAccount | Self::CrossSite => StatusCode::FORBIDDEN,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// Everything the pages say in one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) start: String,
    pub(super) code: String,
    not_found: Text,
    over: Text,
    cancelled: Text,
    refused: Text,
    trust_too_low: Text,
    no_account: Text,
    cross_site: Text,
    unavailable: Text,
    internal: Text,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    title: String,
    text: String,
}

static GERMAN: LazyLock<Words> = LazyLock::new(|| parse(include_str!("de.toml")));
static PLAIN_GERMAN: LazyLock<Words> = LazyLock::new(|| parse(include_str!("de-simple.toml")));
static ENGLISH: LazyLock<Words> = LazyLock::new(|| parse(include_str!("en.toml")));

fn parse(text: &str) -> Words {
    toml::from_str(text).expect("a test reads the words of every language")
}

/// Reads all languages, so that a mistake shows at the start.
pub(super) fn read() {
    for words in [&GERMAN, &PLAIN_GERMAN, &ENGLISH] {
        LazyLock::force(words);
    }
}

impl Words {
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::German => &GERMAN,
            Language::PlainGerman => &PLAIN_GERMAN,
            Language::English => &ENGLISH,
        }
    }

    /// The title and the text of a page.
    pub(super) fn of_outcome(&self, outcome: Outcome) -> (&str, &str) {
        let Text { title, text } = match outcome {
            Outcome::NotFound => &self.not_found,
            Outcome::Over => &self.over,
            Outcome::Cancelled => &self.cancelled,
            Outcome::Refused => &self.refused,
            Outcome::TrustTooLow => &self.trust_too_low,
            Outcome::NoAccount => &self.no_account,
            Outcome::CrossSite => &self.cross_site,
            Outcome::Unavailable => &self.unavailable,
            Outcome::Internal => &self.internal,
        };
        (title, text)
    }
}

/// The language as BCP 47 writes it, which is also the word in links.
pub(super) const fn tag(language: Language) -> &'static str {
    match language {
        Language::German => "de",
        Language::PlainGerman => "de-simple",
        Language::English => "en",
    }
}

/// The language of that word; German for anything else.
pub(super) fn language(word: Option<&str>) -> Language {
    [Language::PlainGerman, Language::English]
        .into_iter()
        .find(|language| word == Some(tag(*language)))
        .unwrap_or(Language::German)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_word() {
        read();
        for each in [Language::German, Language::PlainGerman, Language::English] {
            assert_eq!(language(Some(tag(each))), each);
        }
        assert_eq!((language(None), language(Some("tlh"))), (Language::German, Language::German));
    }
}
