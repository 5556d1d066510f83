//! Which passwords a guesser tries first: the common ones, patterns of the keyboard, and what is known of the person.

use std::collections::HashSet;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

/// Common passwords in small letters.
static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().filter(|line| !line.starts_with("# ")).collect());

/// Words that people in this house and in this country reach for first, in small letters.
const WORDS: &[&str] = &[
    "passwort",
    "password",
    "kennwort",
    "geheim",
    "willkommen",
    "welcome",
    "hallo",
    "ichliebedich",
    "iloveyou",
    "admin",
    "administrator",
    "servicepoint",
    "buergeramt",
    "bürgeramt",
    "rathaus",
    "stadt",
    "sommer",
    "winter",
    "frühling",
    "herbst",
    "schatz",
    "fussball",
    "fußball",
    "deutschland",
    "qwertz",
    "qwerty",
    "asdfgh",
    "letmein",
    "test",
    "demo",
];

/// Rows of signs that lie or stand side by side.
const ROWS: &[&str] = &[
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertzuiopü",
    "qwertyuiop[]",
    "asdfghjklöä",
    "asdfghjkl;'",
    "yxcvbnm,.-",
    "zxcvbnm,./",
    "!\"§$%&/()=",
    "!@#$%^&*()",
    "1qay2wsx3edc4rfv5tgb6zhn7ujm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "qaywsxedcrfvtgbzhnujm",
    "qazwsxedcrfvtgbyhnujm",
];

/// How many signs must be left when everything a guesser tries first is taken away.
const LEFT: usize = 6;
/// How many different signs a password has at least.
const DIFFERENT: usize = 5;
/// How long a part of a row, or a word about the person, must be to count.
const PART: usize = 4;

/// Whether `password` would fall early. `about` is what is known of the person: login and name.
pub(crate) fn is_guessable(password: &str, about: &[&str]) -> bool {
    let form: String = password.nfkc().collect::<String>().to_lowercase();
    let signs: Vec<char> = form.chars().collect();
    let different: HashSet<char> = signs.iter().copied().collect();
    different.len() < DIFFERENT || COMMON.contains(form.as_str()) || repeats(&signs) || left(&form, about) < LEFT
}

/// Whether one short piece is typed over and over.
fn repeats(signs: &[char]) -> bool {
    let longest = signs.len() / 2;
    (1..=longest).any(|piece| signs.iter().zip(&signs[piece..]).all(|(one, next)| one == next))
}

/// How many letters are left when words, digits, signs between words and parts of rows are taken away.
fn left(form: &str, about: &[&str]) -> usize {
    let mut rest = form.to_owned();
    for known in about {
        let known = known.to_lowercase();
        rest = rest.replace(&known, " ");
        for part in known.split(|sign: char| !sign.is_alphanumeric()).filter(|part| part.chars().count() >= PART) {
            rest = rest.replace(part, " ");
        }
    }
    for word in WORDS {
        rest = rest.replace(word, " ");
    }
    let rest: Vec<char> = without_rows(&rest).chars().filter(|sign| sign.is_alphabetic()).collect();
    // A password of digits and signs alone is judged by them: nobody's birthday has fifteen digits.
    if form.chars().any(char::is_alphabetic) { rest.len() } else { without_rows(form).chars().count() }
}

/// The text without parts of rows, in either direction.
fn without_rows(text: &str) -> String {
    let signs: Vec<char> = text.chars().collect();
    let mut rest = String::new();
    let mut place = 0;
    while place < signs.len() {
        let length = ROWS.iter().map(|row| along(row, &signs[place..])).max().unwrap_or(0);
        if length >= PART {
            rest.push(' ');
            place += length;
        } else {
            rest.push(signs[place]);
            place += 1;
        }
    }
    rest
}

/// How many signs at the start of `signs` follow `row`, forwards or backwards.
fn along(row: &str, signs: &[char]) -> usize {
    let forwards: Vec<char> = row.chars().collect();
    let backwards: Vec<char> = row.chars().rev().collect();
    let follow = |row: &[char]| {
        let starts = (0..row.len()).map(|start| row[start..].iter().zip(signs).take_while(|(a, b)| a == b).count());
        starts.max().unwrap_or(0)
    };
    follow(&forwards).max(follow(&backwards))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABOUT: &[&str] = &["eva.meier@example.org", "Eva Meier"];

    #[test]
    fn what_a_guesser_tries_first_is_found() {
        for bad in [
            "123456789012345",
            "987654321987654321",
            "qwertzuiopasdfghjkl",
            "1qay2wsx3edc4rfv",
            "abcdefghijklmnop",
            "Passwort Passwort Passwort",
            "passwort123456789!",
            "Willkommen2026!!",
            "Servicepoint2026",
            "evameierevameier",
            "Eva.Meier@example.org",
            "meier-eva-meier-1985",
            "aaaaaaaaaaaaaaaaa",
            "abababababababab",
            "zwölf Äpfel zwölf Äpfel ",
            "ＰＡＳＳＷＯＲＴ123456789",
            "mypassword123",
            "2580258025802580",
        ] {
            assert!(is_guessable(bad, ABOUT), "{bad}");
        }
    }

    #[test]
    fn what_people_make_up_passes() {
        for good in [
            "zwölf grüne Äpfel",
            "Stempelkissen und Büroklammern",
            "dreizehn rote Birnen",
            "a long password of eva.meier@example.org",
            "kX9#vQ2$mL7!pR4&",
            "830174926501837465",
            "im Winter friert der Maschsee zu",
        ] {
            assert!(!is_guessable(good, ABOUT), "{good}");
        }
    }

    #[test]
    fn every_common_password_is_found() {
        assert!(COMMON.len() > 1_800);
        assert!(COMMON.iter().all(|common| is_guessable(common, &[])));
    }
}
