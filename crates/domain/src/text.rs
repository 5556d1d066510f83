//! Words for people: languages, translated texts, and the rules for what people may type.

use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

/// The languages that every text of a city can have. German is required, the others fall back to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// German.
    #[serde(rename = "de")]
    German,
    /// Plain German (Leichte Sprache).
    #[serde(rename = "de-simple")]
    PlainGerman,
    /// English.
    #[serde(rename = "en")]
    English,
}

/// A text in the city's languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Localized {
    /// German; always there.
    pub de: String,
    /// Plain German.
    #[serde(rename = "de-simple", default, skip_serializing_if = "Option::is_none")]
    pub de_simple: Option<String>,
    /// English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
}

impl Localized {
    /// A text that so far exists in German only.
    pub fn german(text: impl Into<String>) -> Self {
        Self { de: text.into(), de_simple: None, en: None }
    }

    /// The text in `language`, or the German one where it has not been translated.
    pub fn get(&self, language: Language) -> &str {
        let wanted = match language {
            Language::German => None,
            Language::PlainGerman => self.de_simple.as_deref(),
            Language::English => self.en.as_deref(),
        };
        wanted.unwrap_or(&self.de)
    }
}

/// Why a typed text is refused. The code is stable; the words say what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextRefusal {
    /// Nothing but white space.
    #[error("the text is empty")]
    Empty,
    /// More characters than the field takes.
    #[error("the text has more than {max} characters")]
    TooLong {
        /// How many characters the field takes.
        max: usize,
    },
    /// A control, zero-width or direction character, which can hide or reorder what is shown.
    #[error("the text has an invisible or control character")]
    Invisible,
    /// A sign that the field does not take (an emoji in a name, a digit in a name).
    #[error("the text has a sign that is not allowed here")]
    Sign,
    /// Not of the form the field asks for.
    #[error("the text is not of the expected form")]
    Form,
}

/// Whether `c` can hide in a text: controls, zero-width signs, direction marks, private use, tags.
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}')
}

/// Brings a one-line text into its stored form: NFC, white space folded, no invisible signs, 1 to `max` characters.
///
/// # Errors
/// [`TextRefusal`] naming the first thing that is wrong.
pub fn line(raw: &str, max: usize) -> Result<String, TextRefusal> {
    // A character is at least one byte: refuse giants before normalising them.
    if raw.len() > max.saturating_mul(16) {
        return Err(TextRefusal::TooLong { max });
    }
    if raw.chars().any(|c| is_invisible(c) && !matches!(c, '\t' | '\n' | '\r')) {
        return Err(TextRefusal::Invisible);
    }
    let words: Vec<&str> = raw.split_whitespace().collect();
    let folded = words.join(" ");
    // Looking costs far less than composing, and nearly every text is composed already.
    let folded = if is_nfc(&folded) { folded } else { folded.nfc().collect() };
    match folded.chars().count() {
        0 => Err(TextRefusal::Empty),
        n if n > max => Err(TextRefusal::TooLong { max }),
        _ => Ok(folded),
    }
}

/// A person's name: letters of any script with marks, spaces, hyphens, apostrophes, full stops and commas, at most
/// 200 characters (the signs of DIN 91379 data type A are a subset).
///
/// # Errors
/// [`TextRefusal`] naming the first thing that is wrong.
pub fn person_name(raw: &str) -> Result<String, TextRefusal> {
    let name = line(raw, 200)?;
    let mark = |c: char| matches!(c, '\u{0300}'..='\u{036f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}');
    let punctuation = |c: char| {
        matches!(c, ' ' | '-' | '\'' | '.' | ',' | '\u{2019}' | '\u{02bc}' | '\u{2010}' | '\u{b7}' | '`' | '\u{b4}')
    };
    let allowed = |c: char| c.is_alphabetic() || mark(c) || punctuation(c);
    if !name.chars().all(allowed) || !name.chars().any(char::is_alphabetic) {
        return Err(TextRefusal::Sign);
    }
    Ok(name)
}

/// A mail address in the form it is compared in: trimmed, NFC, domain in lower case, one `@`, at most 254 bytes.
///
/// The local part keeps its case. This checks the form only; that the mailbox exists is shown by the confirmation link.
///
/// # Errors
/// [`TextRefusal::Form`] for anything that is not `local@domain.tld`.
pub fn mail_address(raw: &str) -> Result<String, TextRefusal> {
    let address = line(raw, 254)?;
    let (local, domain) = address.rsplit_once('@').ok_or(TextRefusal::Form)?;
    let local_sign = |c: char| c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c);
    let local_ok = (1..=64).contains(&local.len())
        && local.chars().all(local_sign)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    let label_ok = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let domain_ok = domain.contains('.') && domain.split('.').all(label_ok);
    if local_ok && domain_ok && address.len() <= 254 {
        Ok(format!("{local}@{}", domain.to_lowercase()))
    } else {
        Err(TextRefusal::Form)
    }
}

/// A telephone number in the form `+` and 7 to 15 digits (E.164). A leading `0` means a number of Germany (`+49`).
///
/// # Errors
/// [`TextRefusal::Form`] for anything else.
pub fn phone_number(raw: &str) -> Result<String, TextRefusal> {
    let typed = line(raw, 40)?;
    let mut digits: String = typed.chars().filter(|c| !matches!(c, ' ' | '-' | '/' | '(' | ')' | '.')).collect();
    if let Some(rest) = digits.strip_prefix("00") {
        digits = format!("+{rest}");
    } else if let Some(rest) = digits.strip_prefix('0') {
        digits = format!("+49{rest}");
    }
    let number = digits.strip_prefix('+').ok_or(TextRefusal::Form)?;
    let valid =
        (7..=15).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit()) && !number.starts_with('0');
    if valid { Ok(digits) } else { Err(TextRefusal::Form) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_many_scripts_pass_and_tricks_do_not() {
        for good in ["Ute Müller-Lüdenscheidt", "Nguyễn Thị Hương", "O’Neill", "Олена Шевченко", "محمد", "Dr. X Æ"]
        {
            assert!(person_name(good).is_ok(), "{good}");
        }
        assert_eq!(person_name("e\u{301}").unwrap(), "é");
        assert_eq!(person_name("  a \t b "), Ok("a b".into()));
        assert_eq!(person_name(" \n "), Err(TextRefusal::Empty));
        assert_eq!(person_name("Eva\u{200b}"), Err(TextRefusal::Invisible));
        assert_eq!(person_name("Eva\u{202e}"), Err(TextRefusal::Invisible));
        assert_eq!(person_name("Eva 🎉"), Err(TextRefusal::Sign));
        assert_eq!(person_name(&"a".repeat(10_000)), Err(TextRefusal::TooLong { max: 200 }));
    }

    #[test]
    fn mail_addresses_have_one_form() {
        assert_eq!(mail_address(" Eva.M@Example.ORG ").unwrap(), "Eva.M@example.org");
        for bad in ["eva", "eva@", "@b.de", "a@b", "a b@c.de", "a..b@c.de", "a@-b.de", "a@b..de"] {
            assert!(mail_address(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn phone_numbers_become_international() {
        assert_eq!(phone_number("0511 168-32000").unwrap(), "+4951116832000");
        assert_eq!(phone_number("0049 (511) 115115").unwrap(), "+49511115115");
        for bad in ["115", "+0 123 456 789", "telephone", "+49 511 x"] {
            assert!(phone_number(bad).is_err(), "{bad}");
        }
    }
}
