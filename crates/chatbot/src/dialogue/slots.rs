//! What else a message can name: an office, one of the starts that were offered, a name, an address, a code.

use chrono_tz::Tz;
use domain::code::normalized;
use domain::identifier::Key;
use domain::text::{mail_address, person_name};

use crate::dialogue::speech::{Words, find, has, spaced};
use crate::tools::{OfferedStart, OfficeName};

/// How many signs open a case or an appointment, and how many a number alone has.
const CODES: [usize; 3] = [34, 24, 8];
/// Longer names are sentences.
const MOST_NAME_WORDS: usize = 4;

/// The office that a message names by words that no other office has in its name.
pub(crate) fn office(text: &str, offices: &[OfficeName]) -> Option<Key> {
    let message = spaced(text);
    let names = |office: &OfficeName| -> Vec<String> {
        std::iter::once(&office.name).chain(&office.also).map(|name| spaced(name)).collect()
    };
    let is_common = |word: &str| {
        let word = format!(" {word} ");
        offices.len() > 1
            && offices.iter().filter(|office| names(office).iter().any(|name| name.contains(&word))).count() > 1
    };
    let fits = |name: &String| {
        let mut own = name.split(' ').filter(|word| !word.is_empty() && !is_common(word)).peekable();
        own.peek().is_some() && own.all(|word| message.contains(&format!(" {word} ")))
    };
    offices.iter().find(|office| names(office).iter().any(fits)).map(|office| office.key.clone())
}

/// Which of the starts that were offered is meant. Where a message says when, its numbers are no choice.
pub(crate) fn choice(
    text: &str,
    words: &Words,
    numbers_choose: bool,
    offered: &[OfferedStart],
    zone: Tz,
) -> Option<OfferedStart> {
    let message = spaced(text);
    let by_time = offered.iter().find(|start| {
        let time = start.starts_at.local(zone).format("%H:%M").to_string();
        message.contains(&format!(" {time} "))
    });
    let by_word = || {
        let at = words.ordinals.iter().position(|names| has(&message, names));
        at.and_then(|at| offered.get(at))
    };
    let by_digit = || {
        let digit = message.split(' ').find_map(|token| token.parse::<usize>().ok())?;
        offered.get(digit.checked_sub(1)?)
    };
    let earliest = || has(&message, &words.any).then(|| offered.first()).flatten();
    by_time.or_else(by_word).or_else(|| if numbers_choose { by_digit() } else { None }).or_else(earliest).cloned()
}

/// The first mail address of a message.
pub(crate) fn mail(text: &str) -> Option<String> {
    let trimmed = |token: &str| token.trim_matches(|sign: char| !sign.is_alphanumeric()).to_owned();
    text.split_whitespace().map(trimmed).find_map(|token| mail_address(&token).ok())
}

/// The code of an appointment or a case.
pub(crate) fn code(text: &str) -> Option<String> {
    let trimmed = |token: &str| token.trim_matches(|sign: char| !sign.is_alphanumeric()).to_owned();
    let tokens: Vec<String> = text.split_whitespace().map(trimmed).filter(|token| token.contains('-')).collect();
    CODES.iter().find_map(|length| {
        let mut codes = tokens.iter().filter(|token| normalized(token, *length).is_some());
        // Two words of four letters with a hyphen are no number.
        codes.find(|token| *length > 8 || token.chars().any(|sign| sign.is_ascii_digit())).cloned()
    })
}

/// The name that is called. Behind words that announce one it is taken from anywhere; if it was asked for, what is left
/// of the message counts too.
pub(crate) fn name(text: &str, words: &Words, is_asked_for: bool) -> Option<String> {
    let ends = |sign: char| matches!(sign, ',' | ';' | '.' | '!' | '?' | '\n' | '(' | '،');
    for part in text.split(ends) {
        if let Some(name) = behind(part, &words.name_after).and_then(|rest| as_name(&rest, words)) {
            return Some(name);
        }
    }
    if !is_asked_for {
        return None;
    }
    // The dots of an address end no sentence.
    let unaddressed: Vec<&str> = text.split_whitespace().filter(|word| !word.contains('@')).collect();
    unaddressed.join(" ").split(ends).find_map(|part| as_name(part, words))
}

/// What stands behind the announcing words, as it was typed.
fn behind(part: &str, announcing: &[String]) -> Option<String> {
    let message = spaced(part);
    let (_, to) = find(&message, announcing)?;
    // Words are counted, because folding changes lengths.
    let before = message[..to].split(' ').filter(|word| !word.is_empty()).count();
    let typed: Vec<&str> = part.split_whitespace().filter(|word| spaced(word) != "  ").collect();
    typed.get(before..).map(|rest| rest.join(" "))
}

/// A row of words as a name, if it can be one.
fn as_name(part: &str, words: &Words) -> Option<String> {
    let is_none = |word: &&str| {
        let word = spaced(word);
        let lists = [&words.filler, &words.yes, &words.any, &words.at, &words.from, &words.until, &words.clock];
        let is_in = |list: &Vec<String>| list.iter().any(|phrase| spaced(phrase) == word);
        lists.into_iter().any(is_in) || words.ordinals.iter().any(is_in) || words.weekdays.iter().any(is_in)
    };
    let is_particle = |word: &str| has(&spaced(word), &words.particles);
    let plain =
        part.split_whitespace().map(|word| word.trim_matches(|sign: char| !sign.is_alphanumeric() && sign != '\''));
    let left: Vec<&str> = plain
        .skip_while(|word| word.is_empty() || is_none(word))
        .take_while(|word| !word.contains('@') && !word.is_empty() && (!is_none(word) || is_particle(word)))
        .collect();
    if left.is_empty()
        || left.len() > MOST_NAME_WORDS
        || left.iter().any(|word| word.chars().any(|sign| sign.is_ascii_digit()))
    {
        return None;
    }
    person_name(&left.join(" ")).ok().filter(|name| name.chars().count() >= 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::speech::speech;
    use crate::language::ChatLanguage;

    #[test]
    fn names_addresses_and_codes_are_found() {
        let german = &speech(ChatLanguage::German).words;
        let english = &speech(ChatLanguage::English).words;
        for (text, asked, expected) in [
            ("Den ersten, ich bin Eva Beispiel, eva@example.org", false, Some("Eva Beispiel")),
            ("Mein Name ist Jürgen von der Müller", false, Some("Jürgen von der Müller")),
            ("den zweiten bitte, Eva Beispiel, eva@example.org", true, Some("Eva Beispiel")),
            ("Eva Beispiel eva@example.org", true, Some("Eva Beispiel")),
            ("eva@example.org", true, None),
            ("Was kostet das denn eigentlich alles zusammen?", true, None),
        ] {
            assert_eq!(name(text, german, asked).as_deref(), expected, "{text}");
        }
        assert_eq!(
            name("The first one, I'm Sam O'Neil, sam@example.org", english, false).as_deref(),
            Some("Sam O'Neil")
        );
        assert_eq!(mail("schreiben Sie an eva@example.org.").as_deref(), Some("eva@example.org"));
        let code_of = "K7M4-QX2P-0000-0000-0000-0000-0000-0000-00";
        assert_eq!(code(&format!("mein Code: {code_of}!")).as_deref(), Some(code_of));
        let appointment = "P6RC-FVTM-DKGG-9GQ1-GXEE-2MQB";
        assert_eq!(code(&format!("{appointment} bitte absagen")).as_deref(), Some(appointment));
        assert_eq!(code("Müller-Lüdenscheidt"), None);
    }

    #[test]
    fn an_office_is_known_by_what_only_it_is_called() {
        let office_named = |key: &str, name: &str| OfficeName {
            key: Key::new(key).unwrap(),
            name: name.to_owned(),
            address: String::new(),
            also: Vec::new(),
        };
        let all = [office_named("mitte", "Bürgeramt Mitte"), office_named("linden", "Bürgeramt Linden")];
        let found = |text: &str| office(text, &all).map(|key| key.as_str().to_owned());
        assert_eq!(found("im Bürgeramt Linden bitte").as_deref(), Some("linden"));
        assert_eq!(found("in MITTE").as_deref(), Some("mitte"));
        assert_eq!(found("im Bürgeramt"), None);
    }
}
