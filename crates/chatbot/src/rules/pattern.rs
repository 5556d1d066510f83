//! A pattern: words that stand in this order in a message, with little in between.

use crate::language::ChatLanguage;
use crate::text::{fold, plain_umlauts, words};

/// How many other words may stand between two of a pattern.
const NEAR: usize = 2;
/// The same after `..`.
const FAR: usize = 8;

/// A row of words.
#[derive(Debug)]
pub(crate) struct Pattern {
    steps: Vec<Step>,
    at_start: bool,
    at_end: bool,
}

#[derive(Debug)]
struct Step {
    /// Which first letters its words have, for passing over most messages at once.
    letters: u64,
    words: Vec<Word>,
    /// Most other words in front of it.
    gap: usize,
}

#[derive(Debug)]
struct Word {
    text: String,
    is_beginning: bool,
}

/// The words of a message in the forms patterns compare with.
#[derive(Debug)]
pub(crate) struct Message {
    words: Vec<String>,
    german: Vec<String>,
    arabic: Vec<String>,
    letters: u64,
}

impl Message {
    pub(crate) fn of(text: &str) -> Self {
        let folded = fold(text);
        let words: Vec<String> = words(&folded).into_iter().map(str::to_owned).collect();
        let german = words.iter().map(|word| plain_umlauts(word)).collect();
        let arabic = words.iter().map(|word| without_article(word).to_owned()).collect();
        let letters = letters_of(words.iter().chain(&arabic).map(String::as_str));
        Self { words, german, arabic, letters }
    }

    /// How many words the message has.
    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }

    fn words(&self, language: ChatLanguage) -> &[String] {
        match language {
            ChatLanguage::German | ChatLanguage::PlainGerman => &self.german,
            ChatLanguage::Arabic => &self.arabic,
            ChatLanguage::English | ChatLanguage::Turkish | ChatLanguage::Ukrainian | ChatLanguage::Russian => {
                &self.words
            }
        }
    }
}

impl Pattern {
    pub(crate) fn of(text: &str, language: ChatLanguage) -> Self {
        let (mut steps, mut gap, mut at_start, mut at_end) = (Vec::new(), NEAR, false, false);
        for token in text.split_whitespace() {
            match token {
                "^" => at_start = true,
                "$" => at_end = true,
                ".." => gap = FAR,
                _ => {
                    let (token, near) = token.strip_prefix('_').map_or((token, gap), |rest| (rest, 0));
                    let words: Vec<Word> = token.split('|').filter_map(|word| Word::of(word, language)).collect();
                    let letters = letters_of(words.iter().map(|word| word.text.as_str()));
                    steps.push(Step { letters, words, gap: near });
                    gap = NEAR;
                }
            }
        }
        Self { steps, at_start, at_end }
    }

    /// Whether it means the same in a text of another language: a row of words, or words long enough.
    pub(crate) fn is_unmistakable(&self) -> bool {
        let long = |word: &Word| word.text.chars().count() >= 6;
        self.steps.len() >= 2 || self.steps.iter().all(|step| step.words.iter().all(long))
    }

    /// Whether the message has these words.
    pub(crate) fn is_in(&self, message: &Message, language: ChatLanguage) -> bool {
        let words = message.words(language);
        if self.steps.iter().any(|step| step.letters & message.letters == 0) {
            return false;
        }
        let starts = if self.at_start { 0..words.len().min(1) } else { 0..words.len() };
        starts.into_iter().any(|start| self.matches_from(words, start, 0))
    }

    /// Whether the steps from `step` on fit, the first of them exactly at `at`.
    fn matches_from(&self, words: &[String], at: usize, step: usize) -> bool {
        let Some(wanted) = self.steps.get(step) else { return false };
        if !words.get(at).is_some_and(|word| wanted.fits(word)) {
            return false;
        }
        let Some(next) = self.steps.get(step + 1) else {
            return !self.at_end || at + 1 == words.len();
        };
        (at + 1..=at + 1 + next.gap).any(|at| self.matches_from(words, at, step + 1))
    }
}

impl Step {
    fn fits(&self, word: &str) -> bool {
        self.words
            .iter()
            .any(|wanted| if wanted.is_beginning { word.starts_with(&wanted.text) } else { word == wanted.text })
    }
}

impl Word {
    fn of(text: &str, language: ChatLanguage) -> Option<Self> {
        let (text, is_beginning) = text.strip_suffix('*').map_or((text, false), |text| (text, true));
        let folded: String = fold(text).chars().filter(|sign| sign.is_alphanumeric()).collect();
        let text = match language {
            ChatLanguage::German | ChatLanguage::PlainGerman => plain_umlauts(&folded),
            ChatLanguage::Arabic => without_article(&folded).to_owned(),
            ChatLanguage::English | ChatLanguage::Turkish | ChatLanguage::Ukrainian | ChatLanguage::Russian => folded,
        };
        (!text.is_empty()).then_some(Self { text, is_beginning })
    }
}

/// The first letters of words as bits; several letters share one.
fn letters_of<'w>(words: impl Iterator<Item = &'w str>) -> u64 {
    words.filter_map(|word| word.chars().next()).fold(0, |letters, first| letters | 1 << (first as u32 % 64))
}

/// An Arabic word without what is written in front of it: article, "and", "with the".
fn without_article(word: &str) -> &str {
    let long_enough = |rest: &&str| rest.chars().count() >= 3;
    ["وال", "بال", "كال", "فال", "لل", "ال"]
        .iter()
        .find_map(|front| word.strip_prefix(front).filter(long_enough))
        .unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_bears_words_in_between_and_no_others() {
        let language = ChatLanguage::German;
        let matches = |pattern: &str, text: &str| Pattern::of(pattern, language).is_in(&Message::of(text), language);
        assert!(matches("termin* absag*|storn*", "Ich muss meinen TERMIN leider absagen"));
        assert!(matches("für _führung*", "fuer Fuehrungszeugnis"));
        assert!(!matches("für _führung*", "für ein Führungszeugnis"));
        assert!(!matches("termin absag*", "termin eins zwei drei absagen"));
        assert!(matches("termin .. absag*", "termin eins zwei drei absagen"));
        assert!(matches("^ hallo", "Hallo du") && !matches("^ hallo", "na hallo"));
        assert!(matches("hilfe $", "ich brauche Hilfe!") && !matches("hilfe $", "Hilfe beim Antrag"));
        assert!(!matches("a b", "b a") && !matches("a", ""));
    }
}
