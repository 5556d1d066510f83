//! The chatbot's own sentences, in files: `texts/<language>.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::language::ChatLanguage;

const FILES: [(ChatLanguage, &str); 7] = [
    (ChatLanguage::German, include_str!("../../texts/de.toml")),
    (ChatLanguage::PlainGerman, include_str!("../../texts/de-simple.toml")),
    (ChatLanguage::English, include_str!("../../texts/en.toml")),
    (ChatLanguage::Turkish, include_str!("../../texts/tr.toml")),
    (ChatLanguage::Ukrainian, include_str!("../../texts/uk.toml")),
    (ChatLanguage::Russian, include_str!("../../texts/ru.toml")),
    (ChatLanguage::Arabic, include_str!("../../texts/ar.toml")),
];

static PHRASES: LazyLock<BTreeMap<ChatLanguage, BTreeMap<String, String>>> = LazyLock::new(|| {
    let read = |(language, text)| (language, toml::from_str(text).expect("every_language_says_everything shows it"));
    FILES.into_iter().map(read).collect()
});

/// The sentence of this name; in German where a language lacks it.
pub(crate) fn phrase(language: ChatLanguage, name: &str) -> &'static str {
    [language, ChatLanguage::German].iter().find_map(|language| PHRASES[language].get(name)).map_or("", String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_says_everything() {
        let german: Vec<&String> = PHRASES[&ChatLanguage::German].keys().collect();
        for (language, phrases) in PHRASES.iter() {
            assert_eq!(phrases.keys().collect::<Vec<_>>(), german, "{language}");
            for (name, german) in &PHRASES[&ChatLanguage::German] {
                let places = |text: &str| {
                    let mut all: Vec<String> = text
                        .split('{')
                        .skip(1)
                        .map(|rest| rest.split('}').next().unwrap_or_default().to_owned())
                        .collect();
                    all.sort();
                    all
                };
                assert_eq!(places(&phrases[name]), places(german), "{language} {name}");
            }
        }
    }
}
