//! The words of the page, read from files.

use std::sync::LazyLock;

use domain::text::Language;
use serde::Deserialize;

/// Everything the page says in one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) ask_title: String,
    pub(super) ask_text: String,
    pub(super) enter_text: String,
    pub(super) code: String,
    pub(super) button: String,
    pub(super) done_title: String,
    pub(super) done_text: String,
    pub(super) when: String,
    /// With `{start}` and `{end}`.
    pub(super) time: String,
    pub(super) place: String,
    pub(super) number: String,
    pub(super) calendar: String,
    pub(super) gone_title: String,
    pub(super) gone_text: String,
    pub(super) later_title: String,
    pub(super) later_text: String,
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
    fn every_language_has_every_word_and_the_times() {
        read();
        for each in [Language::German, Language::PlainGerman, Language::English] {
            let time = &Words::of(each).time;
            assert!(time.contains("{start}") && time.contains("{end}"));
            assert_eq!(language(Some(tag(each))), each);
        }
        assert_eq!((language(None), language(Some("tlh"))), (Language::German, Language::German));
    }
}
