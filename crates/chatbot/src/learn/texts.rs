//! The texts in `learn/`: what messages of each kind look like, one a line. The format stands in `learn/README.md`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::content::Content;
use crate::language::ChatLanguage;
use crate::learn::Label;
use crate::rules;
use crate::text::{fold, sound, words};

/// A text with what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example<'t> {
    /// What it is.
    pub label: Label,
    /// In which language.
    pub language: ChatLanguage,
    /// The text.
    pub text: Cow<'t, str>,
}

const FILES: [(ChatLanguage, &str); 6] = [
    (ChatLanguage::German, include_str!("../../learn/de.toml")),
    (ChatLanguage::English, include_str!("../../learn/en.toml")),
    (ChatLanguage::Turkish, include_str!("../../learn/tr.toml")),
    (ChatLanguage::Ukrainian, include_str!("../../learn/uk.toml")),
    (ChatLanguage::Russian, include_str!("../../learn/ru.toml")),
    (ChatLanguage::Arabic, include_str!("../../learn/ar.toml")),
];

/// The texts that are shipped, each once; Russian and Ukrainian ones in Latin letters, too.
pub fn examples() -> Vec<Example<'static>> {
    let mut all = Vec::new();
    for (language, file) in FILES {
        // Files that cannot be read teach nothing; `every_text_has_a_label` shows that all can.
        let file: BTreeMap<String, String> = toml::from_str(file).unwrap_or_default();
        for (name, texts) in file {
            let Some(label) = Label::of_name(&name) else { continue };
            for text in texts.lines().map(str::trim).filter(|text| !text.is_empty()) {
                all.push(Example { label, language, text: Cow::Owned(text.to_owned()) });
            }
        }
    }
    for (language, rules) in rules::all() {
        let topics = rules.out_of_scope.values().flatten();
        all.extend(topics.map(|text| Example { label: Label::OutOfScope, language, text: Cow::Borrowed(text) }));
    }
    all
}

/// The most texts of a city that are learnt; what is more is passed over evenly.
const MOST_OF_CITY: usize = 6_000;
/// Matters are taken in steps of this prime, so that each wish has another one.
const STRIDE: usize = 7_919;
/// One of so many synonyms is learnt: the questions teach more.
const SYNONYMS: usize = 4;

/// What the city says itself: its services' questions, and what others do.
pub fn of_city(content: &Content) -> Vec<Example<'_>> {
    let entries = content.services.iter().map(|((language, _), entry)| (Label::Service, *language, entry));
    let others = content.not_us.iter().map(|((language, _), entry)| (Label::OutOfScope, *language, entry));
    let mut all: Vec<Example<'_>> = Vec::new();
    for (label, language, entry) in entries.chain(others) {
        let synonyms = entry.synonyms.iter().step_by(SYNONYMS);
        let texts = std::iter::once(&entry.name).chain(&entry.questions).chain(synonyms);
        all.extend(texts.map(|text| Example { label, language, text: Cow::Borrowed(text.as_str()) }));
    }
    let added = content.additions.iter();
    all.extend(added.map(|added| Example {
        label: Label::Service,
        language: added.language,
        text: Cow::Borrowed(added.text.as_str()),
    }));
    let count = all.len();
    if count > MOST_OF_CITY {
        let mut place = 0;
        all.retain(|_| {
            place += 1;
            place * MOST_OF_CITY / count > (place - 1) * MOST_OF_CITY / count
        });
    }
    all
}

/// Wishes, and questions that look like wishes, once more, each behind a question of the city in its language: whoever wants
/// something done says what it is about, and the words for that stand in many questions that want nothing done.
pub fn about_matters(kinds: &[Example<'static>], city: &[Example<'_>]) -> Vec<Example<'static>> {
    let mut all = Vec::new();
    for language in ChatLanguage::SEARCHED {
        let matters: Vec<&Example<'_>> = city
            .iter()
            .filter(|example| example.label == Label::Service && example.language.searched() == language)
            .collect();
        let is_wish = |kind: &&Example<'_>| matches!(kind.label, Label::Act(_) | Label::Service);
        let mine = kinds.iter().filter(|kind| kind.language == language).filter(is_wish);
        for (place, wish) in mine.enumerate().filter(|_| !matters.is_empty()) {
            let matter = &matters[place * STRIDE % matters.len()].text;
            all.push(Example { text: Cow::Owned(format!("{matter} {}", wish.text)), ..wish.clone() });
        }
    }
    all
}

/// The text as somebody without Cyrillic keys types it, if it is in Cyrillic letters.
pub(super) fn in_latin(text: &str) -> Option<String> {
    let folded = fold(text);
    let is_cyrillic = folded.chars().any(|sign| matches!(sign, '\u{0400}'..='\u{04ff}'));
    is_cyrillic.then(|| words(&folded).into_iter().map(sound).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_has_a_label() {
        for (language, file) in FILES {
            let file: BTreeMap<String, String> = toml::from_str(file).expect("it is TOML");
            for (name, texts) in &file {
                assert!(Label::of_name(name).is_some(), "{language}: {name}");
                assert!(texts.lines().count() > 3, "{language}: {name} has hardly a text");
            }
            for label in Label::all() {
                assert!(file.contains_key(label.as_str()), "{language} has no texts for {}", label.as_str());
            }
        }
    }
}
