//! The words and templates that all services share, from files; a service's own come first.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use forms::Locale;

use crate::letter::Occasion;

macro_rules! file {
    ($path:literal) => {
        include_str!(concat!("../../letters/", $path))
    };
}

type Texts = BTreeMap<String, String>;

static GERMAN: LazyLock<Texts> = LazyLock::new(|| flat(file!("texts/de.toml")));
static PLAIN_GERMAN: LazyLock<Texts> = LazyLock::new(|| flat(file!("texts/de-simple.toml")));
static ENGLISH: LazyLock<Texts> = LazyLock::new(|| flat(file!("texts/en.toml")));

/// Reads the texts, so that a mistake in them shows at the start.
pub(crate) fn read() {
    for texts in [&GERMAN, &PLAIN_GERMAN, &ENGLISH] {
        LazyLock::force(texts);
    }
}

/// The languages a letter is explained in, beside German.
pub(crate) const EXPLAINED: [Locale; 2] = [Locale::DeSimple, Locale::En];

/// The texts in a language; nothing where nobody wrote them.
pub(crate) fn shared(locale: Locale) -> Option<&'static Texts> {
    match locale {
        Locale::De => Some(&GERMAN),
        Locale::DeSimple => Some(&PLAIN_GERMAN),
        Locale::En => Some(&ENGLISH),
        Locale::Tr | Locale::Uk | Locale::Ar => None,
    }
}

/// A German text; the key itself where nobody wrote one, so that it is seen.
pub(crate) fn german(key: &str) -> &str {
    GERMAN.get(key).map_or(key, String::as_str)
}

/// The template that services without a letter of their own use.
pub(crate) const fn template(occasion: Occasion) -> &'static str {
    match occasion {
        Occasion::Receipt => file!("receipt.typ"),
        Occasion::Request => file!("request.typ"),
        Occasion::Grant => file!("grant.typ"),
        Occasion::PartGrant => file!("part_grant.typ"),
        Occasion::Refuse => file!("refuse.typ"),
        Occasion::Forward => file!("forward.typ"),
        Occasion::End => file!("end.typ"),
    }
}

fn flat(text: &str) -> Texts {
    let table: toml::Table = text.parse().expect("a test reads every text");
    let mut texts = Texts::new();
    collect("", &toml::Value::Table(table), &mut texts);
    texts
}

fn collect(key: &str, value: &toml::Value, texts: &mut Texts) {
    if let Some(table) = value.as_table() {
        for (name, value) in table {
            let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
            collect(&key, value, texts);
        }
    } else if let Some(text) = value.as_str() {
        texts.insert(key.to_owned(), text.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_explains_every_letter() {
        read();
        for locale in EXPLAINED {
            let texts = shared(locale).expect("there are texts");
            for occasion in Occasion::ALL {
                for part in ["title", "body", "next"] {
                    let key = format!("letter.{}.{part}", occasion.as_str());
                    assert!(texts.contains_key(&key) && GERMAN.contains_key(&key), "{key} in {locale}");
                }
            }
            assert!(texts.contains_key("letter.explanation"));
        }
    }
}
