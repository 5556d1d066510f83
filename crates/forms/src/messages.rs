//! The words for errors in every language, from the files in `texts/`.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use crate::error::ErrorCode;
use crate::locale::Locale;

const FILES: [(Locale, &str); 6] = [
    (Locale::De, include_str!("../texts/de.toml")),
    (Locale::DeSimple, include_str!("../texts/de-simple.toml")),
    (Locale::En, include_str!("../texts/en.toml")),
    (Locale::Tr, include_str!("../texts/tr.toml")),
    (Locale::Uk, include_str!("../texts/uk.toml")),
    (Locale::Ar, include_str!("../texts/ar.toml")),
];

static WORDS: LazyLock<HashMap<Locale, HashMap<String, String>>> = LazyLock::new(|| {
    FILES.into_iter().map(|(locale, text)| (locale, toml::from_str(text).unwrap_or_default())).collect()
});

fn words(locale: Locale, key: &str) -> &'static str {
    let find = |locale| WORDS.get(&locale).and_then(|words| words.get(key)).map(String::as_str);
    find(locale).or_else(|| find(Locale::De)).unwrap_or_default()
}

/// What to say about an error of this kind.
pub(crate) fn of(code: ErrorCode, locale: Locale) -> &'static str {
    words(locale, code.as_str())
}

/// What to call a row that has no name of its own.
pub(crate) fn row(locale: Locale) -> &'static str {
    words(locale, "ROW")
}

/// Puts `args` into the `{places}` of `text`.
pub(crate) fn filled(text: &str, args: &BTreeMap<String, String>) -> String {
    let mut filled = text.to_owned();
    for (name, value) in args {
        let place = format!("{{{name}}}");
        if filled.contains(&place) {
            filled = filled.replace(&place, value);
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_words_in_every_language() {
        for (locale, text) in FILES {
            let words: HashMap<String, String> = toml::from_str(text).unwrap();
            for code in ErrorCode::ALL {
                assert!(words.get(code.as_str()).is_some_and(|words| words.len() > 5), "{code} in {locale}");
            }
            assert_eq!(words.len(), ErrorCode::ALL.len() + 1, "{locale} has words for nothing");
        }
    }
}
