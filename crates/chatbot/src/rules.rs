//! The word lists in `rules/`: one file a language, read once. What a pattern may say stands in `rules/README.md`.

mod pattern;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::language::ChatLanguage;

pub(crate) use pattern::{Message, Pattern};

/// The rules of one language.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) small_words: Vec<String>,
    pub(crate) split: Vec<String>,
    pub(crate) emergency: Vec<(String, Vec<Pattern>)>,
    /// What looks like an emergency and is not.
    pub(crate) calm: Vec<Pattern>,
    pub(crate) abuse: Vec<(String, Vec<Pattern>)>,
    pub(crate) injection: Vec<Pattern>,
    pub(crate) smalltalk: Vec<(String, Vec<Pattern>)>,
    pub(crate) actions: Vec<(String, ActionRule)>,
    pub(crate) facets: Vec<(String, Vec<Pattern>)>,
    pub(crate) out_of_scope: BTreeMap<String, Vec<String>>,
    /// Messages of a kind, or for an action, that are searched like services.
    pub(crate) examples: BTreeMap<String, Vec<String>>,
}

/// When an action is asked for.
#[derive(Debug)]
pub(crate) struct ActionRule {
    pub(crate) ask: Vec<Pattern>,
    pub(crate) unless: Vec<Pattern>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Words that stand for one another in patterns, by name.
    #[serde(default)]
    family: BTreeMap<String, String>,
    small_words: String,
    split: Vec<String>,
    emergency: BTreeMap<String, Vec<String>>,
    calm: BTreeMap<String, Vec<String>>,
    abuse: BTreeMap<String, Vec<String>>,
    injection: BTreeMap<String, Vec<String>>,
    smalltalk: BTreeMap<String, Vec<String>>,
    action: BTreeMap<String, ActionFile>,
    facet: BTreeMap<String, Vec<String>>,
    out_of_scope: BTreeMap<String, Vec<String>>,
    examples: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActionFile {
    ask: Vec<String>,
    unless: Vec<String>,
}

const FILES: [(ChatLanguage, &str); 6] = [
    (ChatLanguage::German, include_str!("../rules/de.toml")),
    (ChatLanguage::English, include_str!("../rules/en.toml")),
    (ChatLanguage::Turkish, include_str!("../rules/tr.toml")),
    (ChatLanguage::Ukrainian, include_str!("../rules/uk.toml")),
    (ChatLanguage::Russian, include_str!("../rules/ru.toml")),
    (ChatLanguage::Arabic, include_str!("../rules/ar.toml")),
];

static RULES: LazyLock<BTreeMap<ChatLanguage, Rules>> = LazyLock::new(|| {
    let read = |(language, text): (ChatLanguage, &str)| {
        let file: File = toml::from_str(text).expect("rules_of_every_language_can_be_read shows it");
        (language, Rules::of(file, language))
    };
    FILES.into_iter().map(read).collect()
});

/// The rules of every language.
pub(crate) fn all() -> impl Iterator<Item = (ChatLanguage, &'static Rules)> {
    RULES.iter().map(|(language, rules)| (*language, rules))
}

/// The rules of the language whose index answers `language`.
pub(crate) fn of(language: ChatLanguage) -> &'static Rules {
    &RULES[&language.searched()]
}

impl Rules {
    fn of(file: File, language: ChatLanguage) -> Self {
        let patterns = |texts: &Vec<String>| {
            texts.iter().map(|text| Pattern::of(text, language, &file.family)).collect::<Vec<_>>()
        };
        let named = |groups: &BTreeMap<String, Vec<String>>| {
            groups.iter().map(|(name, texts)| (name.clone(), patterns(texts))).collect::<Vec<_>>()
        };
        let together = |groups: &BTreeMap<String, Vec<String>>| groups.values().flat_map(patterns).collect();
        Self {
            small_words: file.small_words.split_whitespace().map(str::to_owned).collect(),
            split: file.split,
            emergency: named(&file.emergency),
            calm: together(&file.calm),
            abuse: named(&file.abuse),
            injection: together(&file.injection),
            smalltalk: named(&file.smalltalk),
            actions: file
                .action
                .iter()
                .map(|(name, rule)| {
                    (name.clone(), ActionRule { ask: patterns(&rule.ask), unless: patterns(&rule.unless) })
                })
                .collect(),
            facets: named(&file.facet),
            out_of_scope: file.out_of_scope,
            examples: file.examples,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understand::Action;

    #[test]
    fn rules_of_every_language_can_be_read() {
        for (language, text) in FILES {
            let file: Result<File, _> = toml::from_str(text);
            assert!(file.is_ok(), "{language}: {}", file.err().map(|error| error.to_string()).unwrap_or_default());
        }
        for (language, rules) in all() {
            let named: Vec<&str> = rules.actions.iter().map(|(name, _)| name.as_str()).collect();
            for action in Action::ALL {
                assert!(named.contains(&action.as_str()), "{language} has no words for {}", action.as_str());
            }
            assert_eq!(named.len(), Action::ALL.len(), "{language} has words for an action that is none");
        }
    }
}
