//! What people say in the middle of a conversation and what is said back, in files: `speech/<language>.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::language::ChatLanguage;
use crate::text::fold;

/// The words and sentences of one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Speech {
    pub(crate) words: Words,
    says: BTreeMap<String, String>,
}

/// Words and phrases, folded when they are read.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    /// What people say around the matter when they ask for an appointment.
    #[serde(default)]
    pub(crate) request: Vec<String>,
    pub(crate) yes: Vec<String>,
    pub(crate) no: Vec<String>,
    pub(crate) stop: Vec<String>,
    pub(crate) undo: Vec<String>,
    /// What a guide is called.
    pub(crate) guide: Vec<String>,
    /// How something is done.
    pub(crate) how: Vec<String>,
    /// From home, by computer or telephone.
    pub(crate) online: Vec<String>,
    pub(crate) any: Vec<String>,
    pub(crate) video: Vec<String>,
    pub(crate) today: Vec<String>,
    pub(crate) tomorrow: Vec<String>,
    pub(crate) after_tomorrow: Vec<String>,
    pub(crate) this_week: Vec<String>,
    pub(crate) next_week: Vec<String>,
    /// Monday first; the first word of each is the one that dates are written with, as it stands.
    pub(crate) weekdays: Vec<Vec<String>>,
    /// January first; likewise.
    pub(crate) months: Vec<Vec<String>>,
    pub(crate) morning: Vec<String>,
    pub(crate) midday: Vec<String>,
    pub(crate) afternoon: Vec<String>,
    pub(crate) evening: Vec<String>,
    /// Before a time of the day.
    pub(crate) at: Vec<String>,
    pub(crate) from: Vec<String>,
    pub(crate) until: Vec<String>,
    /// Behind a number that is a time of the day.
    pub(crate) clock: Vec<String>,
    pub(crate) ordinals: Vec<Vec<String>>,
    /// Before a name.
    pub(crate) name_after: Vec<String>,
    /// What stands around a name and is none.
    pub(crate) filler: Vec<String>,
    /// Of those, what may stand within a name.
    #[serde(default)]
    pub(crate) particles: Vec<String>,
}

const FILES: [(ChatLanguage, &str); 7] = [
    (ChatLanguage::German, include_str!("../../speech/de.toml")),
    (ChatLanguage::PlainGerman, include_str!("../../speech/de-simple.toml")),
    (ChatLanguage::English, include_str!("../../speech/en.toml")),
    (ChatLanguage::Turkish, include_str!("../../speech/tr.toml")),
    (ChatLanguage::Ukrainian, include_str!("../../speech/uk.toml")),
    (ChatLanguage::Russian, include_str!("../../speech/ru.toml")),
    (ChatLanguage::Arabic, include_str!("../../speech/ar.toml")),
];

static SPEECH: LazyLock<BTreeMap<ChatLanguage, Speech>> = LazyLock::new(|| {
    let read = |(language, text)| (language, toml::from_str(text).expect("every_language_says_the_same shows it"));
    FILES.into_iter().map(read).collect()
});

/// The speech of a language.
pub(crate) fn speech(language: ChatLanguage) -> &'static Speech {
    &SPEECH[&language]
}

impl Speech {
    /// The sentence of this name with its places filled.
    pub(crate) fn say(&self, name: &str, values: &[(&str, &str)]) -> String {
        let mut sentence = self.says.get(name).cloned().unwrap_or_default();
        for (place, value) in values {
            sentence = sentence.replace(&format!("{{{place}}}"), value);
        }
        sentence
    }

    /// Whether there is a sentence of this name.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.says.contains_key(name)
    }
}

/// A message in the form in which words are looked for: folded, one blank between words and at both ends.
pub(crate) fn spaced(text: &str) -> String {
    let folded = fold(text);
    let plain: String = folded.chars().map(|sign| if is_part(sign) { sign } else { ' ' }).collect();
    let words = plain.split_whitespace().map(|word| word.trim_matches(['.', '-', '\'']));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    format!(" {} ", words.join(" "))
}

/// Times, dates, mail addresses and codes stay whole.
fn is_part(sign: char) -> bool {
    sign.is_alphanumeric() || matches!(sign, ':' | '.' | '-' | '@' | '\'' | '_' | '+')
}

/// Where one of the phrases stands in a spaced message: its first byte, and the first byte behind it.
pub(crate) fn find(spaced: &str, phrases: &[String]) -> Option<(usize, usize)> {
    let places = phrases.iter().filter_map(|phrase| {
        let phrase = self::spaced(phrase);
        spaced.find(&phrase).map(|at| (at, at + phrase.len() - 1))
    });
    // The longest says most: "day after tomorrow" is not tomorrow.
    places.max_by_key(|(from, to)| to - from)
}

/// A spaced message without these phrases, the longest first.
pub(crate) fn without(spaced: &str, phrases: &[String]) -> String {
    let mut phrases: Vec<String> = phrases.iter().map(|phrase| self::spaced(phrase)).collect();
    phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
    phrases.iter().fold(spaced.to_owned(), |left, phrase| left.replace(phrase.as_str(), " "))
}

/// Whether one of the phrases stands in a spaced message.
pub(crate) fn has(spaced: &str, phrases: &[String]) -> bool {
    find(spaced, phrases).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_says_the_same() {
        let places = |text: &str| {
            let mut all: Vec<String> =
                text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap_or_default().to_owned()).collect();
            all.sort();
            all
        };
        let german = speech(ChatLanguage::German);
        for language in ChatLanguage::ALL {
            let there = speech(language);
            assert_eq!(there.says.keys().collect::<Vec<_>>(), german.says.keys().collect::<Vec<_>>(), "{language}");
            for (name, sentence) in &german.says {
                assert_eq!(places(&there.says[name]), places(sentence), "{language} {name}");
            }
            assert_eq!((there.words.weekdays.len(), there.words.months.len()), (7, 12), "{language}");
            assert_eq!(there.words.ordinals.len(), 3, "{language}");
            let lists = there.words.weekdays.iter().chain(&there.words.months).chain(&there.words.ordinals);
            assert!(lists.chain([&there.words.yes, &there.words.no]).all(|list| !list.is_empty()), "{language}");
        }
    }

    #[test]
    fn words_are_found_whole() {
        let german = &speech(ChatLanguage::German).words;
        assert!(has(&spaced("Ja, bitte!"), &german.yes));
        assert!(!has(&spaced("Jahr"), &german.yes));
        assert!(has(&spaced("Übermorgen"), &german.after_tomorrow) && !has(&spaced("Übermorgen"), &german.tomorrow));
    }
}
