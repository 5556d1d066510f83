//! The words of the pages, read from files.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use domain::text::Language;
use serde::Deserialize;

/// Everything the pages say in one language, by name.
pub(super) type Words = BTreeMap<String, String>;

/// All languages, in the order in which pages offer them, each with its own name.
pub(super) const LANGUAGES: [(Language, &str); 3] =
    [(Language::German, "Deutsch"), (Language::PlainGerman, "Leichte Sprache"), (Language::English, "English")];

static GERMAN: LazyLock<Words> = LazyLock::new(|| parse(include_str!("texts/de.toml")));
static PLAIN_GERMAN: LazyLock<Words> = LazyLock::new(|| parse(include_str!("texts/de-simple.toml")));
static ENGLISH: LazyLock<Words> = LazyLock::new(|| parse(include_str!("texts/en.toml")));

fn parse(text: &str) -> Words {
    toml::from_str(text).expect("a test reads the words of every language")
}

/// All words of a language.
pub(super) fn words(language: Language) -> &'static Words {
    match language {
        Language::German => &GERMAN,
        Language::PlainGerman => &PLAIN_GERMAN,
        Language::English => &ENGLISH,
    }
}

/// One of them.
pub(super) fn word(language: Language, name: &str) -> &'static str {
    words(language).get(name).expect("a test looks up every word that the pages name")
}

/// The language as BCP 47 writes it, which is also the word in links.
pub(super) const fn tag(language: Language) -> &'static str {
    match language {
        Language::German => "de",
        Language::PlainGerman => "de-simple",
        Language::English => "en",
    }
}

/// The language of that word; German for anything else: a misspelt language is no reason to turn somebody away.
pub(super) fn language(word: Option<&str>) -> Language {
    LANGUAGES
        .into_iter()
        .map(|(language, _)| language)
        .find(|each| word == Some(tag(*each)))
        .unwrap_or(Language::German)
}

/// The language that an address asks for.
#[derive(Deserialize)]
pub(super) struct Wish {
    language: Option<String>,
}

impl Wish {
    pub(super) fn of(query: Result<Query<Self>, QueryRejection>) -> Language {
        language(query.ok().and_then(|Query(wish)| wish.language).as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_the_same_words_with_the_same_places_to_fill() {
        let places = |text: &str| {
            text.split('{').skip(1).filter_map(|rest| rest.split('}').next().map(str::to_owned)).collect::<Vec<_>>()
        };
        for (name, german) in words(Language::German) {
            assert!(!german.trim().is_empty(), "{name}");
            for other in [Language::PlainGerman, Language::English] {
                let text = words(other).get(name).unwrap_or_else(|| panic!("{name} in {}", tag(other)));
                assert_eq!(places(text), places(german), "{name}");
            }
        }
        for (each, _) in LANGUAGES {
            assert_eq!(words(each).len(), words(Language::German).len());
            assert_eq!(language(Some(tag(each))), each);
        }
        assert_eq!((language(None), language(Some("tlh"))), (Language::German, Language::German));
    }
}
