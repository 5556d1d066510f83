//! A pattern: words that stand in this order in a message, with little in between.

use std::collections::BTreeMap;

use crate::language::ChatLanguage;
use crate::text::{fold, plain_umlauts, sound, words};

/// How many other words may stand between two of a pattern.
const NEAR: usize = 2;
/// The same after `..`.
const FAR: usize = 8;
/// Rows in any order must stand within so many words: in a long story everything occurs somewhere.
const TOGETHER: usize = 18;
/// From so many letters on a doubled one more or less does not matter.
const LONG: usize = 7;

/// Rows of words: all of `wanted` and none of `unwanted`, wherever they stand.
#[derive(Debug)]
pub(crate) struct Pattern {
    wanted: Vec<Row>,
    unwanted: Vec<Row>,
}

/// Words that stand in this order.
#[derive(Debug)]
struct Row {
    steps: Vec<Step>,
    at_start: bool,
    at_end: bool,
}

#[derive(Debug)]
struct Step {
    /// How its words begin, for passing over most words and messages at once.
    begins: Begins,
    /// The same of their sounds in Latin letters.
    sounds: Begins,
    words: Vec<Word>,
    /// Most other words in front of it.
    gap: usize,
}

#[derive(Debug)]
struct Word {
    text: String,
    /// Without doubled letters, which people forget and add; of long words only.
    single: Option<String>,
    /// As it sounds in Latin letters; of Russian and Ukrainian words.
    latin: Option<String>,
    is_beginning: bool,
}

/// The words of a message in the forms patterns compare with.
#[derive(Debug)]
pub(crate) struct Message {
    words: Vec<Form>,
    german: Vec<Form>,
    arabic: Vec<Form>,
    /// As they would sound in Russian or Ukrainian; empty unless all is in Latin letters.
    latin: Vec<Form>,
    begins: Begins,
    sounds: Begins,
}

/// A word and the same without doubled letters.
#[derive(Debug)]
struct Form {
    text: String,
    single: String,
    begins: Begins,
}

impl Form {
    fn of(text: String) -> Self {
        let single = without_doubles(&text);
        let begins = Begins::of(&text, End::Own).and(Begins::of(&single, End::Own));
        Self { text, single, begins }
    }
}

impl Message {
    pub(crate) fn of(text: &str) -> Self {
        let folded = fold(text);
        let words = words(&folded);
        let german: Vec<Form> = words.iter().map(|word| Form::of(plain_umlauts(word))).collect();
        let arabic: Vec<&str> = words.iter().map(|word| without_article(word)).collect();
        let arabic = arabic.into_iter().map(|word| Form::of(word.to_owned())).collect::<Vec<_>>();
        let latin =
            if folded.is_ascii() { words.iter().map(|word| Form::of(sound(word))).collect() } else { Vec::new() };
        let words: Vec<Form> = words.into_iter().map(|word| Form::of(word.to_owned())).collect();
        let all = |forms: &[Form]| forms.iter().fold(Begins::default(), |all, form| all.and(form.begins));
        let begins = all(&words).and(all(&german)).and(all(&arabic));
        Self { sounds: all(&latin), begins, words, german, arabic, latin }
    }

    /// How many words the message has.
    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether it has no other letters than those of English.
    pub(crate) fn is_latin(&self) -> bool {
        !self.latin.is_empty()
    }

    fn words(&self, language: ChatLanguage) -> &[Form] {
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
    /// Reads a pattern; `families` are words that stand for one another, by name.
    pub(crate) fn of(text: &str, language: ChatLanguage, families: &BTreeMap<String, String>) -> Self {
        let mut pattern = Self { wanted: Vec::new(), unwanted: Vec::new() };
        for part in text.split(" & ") {
            let mut rows = part.split(" ! ").map(|row| Row::of(row, language, families));
            pattern.wanted.extend(rows.next());
            pattern.unwanted.extend(rows);
        }
        pattern
    }

    /// Whether it means the same in a text of another language: a row of words, or words long enough.
    pub(crate) fn is_unmistakable(&self) -> bool {
        self.wanted.len() >= 2 || self.wanted.iter().all(Row::is_unmistakable)
    }

    /// Whether the message has these words.
    pub(crate) fn is_in(&self, message: &Message, language: ChatLanguage) -> bool {
        if !self.wanted.iter().all(|row| row.is_possible(message)) {
            return false;
        }
        let words = message.words(language);
        self.are_together(words, Step::fits)
            && !self.unwanted.iter().any(|row| row.is_possible(message) && row.is_among(words, Step::fits))
    }

    /// Whether a message in Latin letters has these Russian or Ukrainian words.
    pub(crate) fn is_in_latin(&self, message: &Message) -> bool {
        self.wanted.iter().all(|row| row.is_possible_in_latin(message))
            && self.are_together(&message.latin, Step::sounds_as)
            && !self.unwanted.iter().any(|row| row.is_among(&message.latin, Step::sounds_as))
    }

    fn are_together(&self, words: &[Form], fits: fn(&Step, &Form) -> bool) -> bool {
        let all_in = |words: &[Form]| self.wanted.iter().all(|row| row.is_among(words, fits));
        if self.wanted.len() < 2 || words.len() <= TOGETHER {
            return all_in(words);
        }
        // Each window shares half of its words with the next one; the whole is looked at first, because it rarely has all.
        let last = words.len() - TOGETHER / 2;
        all_in(words) && (0..last).step_by(TOGETHER / 2).any(|at| all_in(&words[at..words.len().min(at + TOGETHER)]))
    }
}

impl Row {
    fn of(text: &str, language: ChatLanguage, families: &BTreeMap<String, String>) -> Self {
        let (mut steps, mut gap, mut at_start, mut at_end) = (Vec::new(), NEAR, false, false);
        for token in text.split_whitespace() {
            match token {
                "^" => at_start = true,
                "$" => at_end = true,
                ".." => gap = FAR,
                _ => {
                    let (token, near) = token.strip_prefix('_').map_or((token, gap), |rest| (rest, 0));
                    let words: Vec<Word> = token
                        .split('|')
                        .flat_map(|word| match word.strip_prefix('@').and_then(|name| families.get(name)) {
                            Some(family) => family.split_whitespace().collect(),
                            None => vec![word],
                        })
                        .filter_map(|word| Word::of(word, language))
                        .collect();
                    let begins = words.iter().fold(Begins::default(), |all, word| all.and(word.begins()));
                    let sounds = words.iter().fold(Begins::default(), |all, word| all.and(word.sounds()));
                    steps.push(Step { begins, sounds, words, gap: near });
                    gap = NEAR;
                }
            }
        }
        Self { steps, at_start, at_end }
    }

    fn is_unmistakable(&self) -> bool {
        let long = |word: &Word| word.text.chars().count() >= 6;
        self.steps.len() >= 2 || self.steps.iter().all(|step| step.words.iter().all(long))
    }

    fn is_possible(&self, message: &Message) -> bool {
        self.steps.iter().all(|step| step.begins.meets(message.begins))
    }

    fn is_possible_in_latin(&self, message: &Message) -> bool {
        self.steps.iter().all(|step| step.sounds.meets(message.sounds))
    }

    fn is_among(&self, words: &[Form], fits: fn(&Step, &Form) -> bool) -> bool {
        let starts = if self.at_start { 0..words.len().min(1) } else { 0..words.len() };
        starts.into_iter().any(|start| self.matches_from(words, start, 0, fits))
    }

    /// Whether the steps from `step` on fit, the first of them exactly at `at`.
    fn matches_from(&self, words: &[Form], at: usize, step: usize, fits: fn(&Step, &Form) -> bool) -> bool {
        let Some(wanted) = self.steps.get(step) else { return false };
        if !words.get(at).is_some_and(|word| fits(wanted, word)) {
            return false;
        }
        let Some(next) = self.steps.get(step + 1) else {
            return !self.at_end || at + 1 == words.len();
        };
        (at + 1..=at + 1 + next.gap).any(|at| self.matches_from(words, at, step + 1, fits))
    }
}

impl Step {
    fn fits(&self, word: &Form) -> bool {
        self.begins.meets(word.begins)
            && self.words.iter().any(|wanted| {
                wanted.is(&wanted.text, &word.text)
                    || wanted.single.as_ref().is_some_and(|single| wanted.is(single, &word.single))
            })
    }

    fn sounds_as(&self, word: &Form) -> bool {
        self.sounds.meets(word.begins)
            && self.words.iter().any(|wanted| wanted.latin.as_ref().is_some_and(|latin| wanted.is(latin, &word.text)))
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
        let single = (text.chars().count() >= LONG).then(|| without_doubles(&text));
        let is_cyrillic = matches!(language, ChatLanguage::Ukrainian | ChatLanguage::Russian) && !text.is_ascii();
        let latin = is_cyrillic.then(|| sound(&text));
        (!text.is_empty()).then_some(Self { text, single, latin, is_beginning })
    }

    fn end(&self) -> End {
        if self.is_beginning { End::Any } else { End::Own }
    }

    fn begins(&self) -> Begins {
        let single = self.single.as_ref().map_or_else(Begins::default, |single| Begins::of(single, self.end()));
        Begins::of(&self.text, self.end()).and(single)
    }

    fn sounds(&self) -> Begins {
        self.latin.as_ref().map_or_else(Begins::default, |latin| Begins::of(latin, self.end()))
    }

    fn is(&self, form: &str, word: &str) -> bool {
        if self.is_beginning { word.starts_with(form) } else { word == form }
    }
}

fn without_doubles(word: &str) -> String {
    let mut single = String::with_capacity(word.len());
    let mut before = None;
    for sign in word.chars().filter(|sign| !sign.is_ascii_digit()) {
        if before != Some(sign) {
            single.push(sign);
        }
        before = Some(sign);
    }
    single
}

/// Whether a word ends as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Own,
    Any,
}

/// The first two letters of words as bits; several beginnings share one.
#[derive(Debug, Clone, Copy, Default)]
struct Begins([u64; 4]);

impl Begins {
    /// Of a word, or of every word that begins so.
    fn of(word: &str, end: End) -> Self {
        let mut signs = word.chars().map(u32::from);
        let mut begins = Self::default();
        match (signs.next(), signs.next()) {
            (Some(_), None) if end == End::Any => return Self([u64::MAX; 4]),
            (Some(first), second) => begins.set((first * 31 + second.unwrap_or_default()) % 256),
            (None, _) => {}
        }
        begins
    }

    fn set(&mut self, bit: u32) {
        self.0[bit as usize / 64] |= 1 << (bit % 64);
    }

    fn and(self, other: Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] | other.0[at]))
    }

    fn meets(self, other: Self) -> bool {
        self.0.iter().zip(other.0).any(|(mine, its)| mine & its != 0)
    }
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
        let families = BTreeMap::from([("person".to_owned(), "vater mutter".to_owned())]);
        let pattern = |text: &str| Pattern::of(text, language, &families);
        let matches = |text: &str, message: &str| pattern(text).is_in(&Message::of(message), language);
        assert!(matches("termin* absag*|storn*", "Ich muss meinen TERMIN leider absagen"));
        assert!(matches("für _führung*", "fuer Fuehrungszeugnis"));
        assert!(!matches("für _führung*", "für ein Führungszeugnis"));
        assert!(!matches("termin absag*", "termin eins zwei drei absagen"));
        assert!(matches("termin .. absag*", "termin eins zwei drei absagen"));
        assert!(matches("^ hallo", "Hallo du") && !matches("^ hallo", "na hallo"));
        assert!(matches("hilfe $", "ich brauche Hilfe!") && !matches("hilfe $", "Hilfe beim Antrag"));
        assert!(!matches("a b", "b a") && !matches("a", ""));
        assert!(matches("@person & gefallen ! gestern", "gefallen ist der Vater"));
        assert!(!matches("@person & gefallen ! gestern", "gestern ist der Vater gefallen"));
        assert!(!matches("@person & gefallen", "gefallen ist der Baum"));
        assert!(matches("geschossen", "geschosen") && matches("schlägerei", "schlaegereii") && !matches("mann", "man"));
    }

    #[test]
    fn russian_and_ukrainian_are_known_in_latin_letters() {
        let matches = |pattern: &str, language, text: &str| {
            Pattern::of(pattern, language, &BTreeMap::new()).is_in_latin(&Message::of(text))
        };
        assert!(matches("не хочу .. жить", ChatLanguage::Russian, "ya ne hochu bolshe zhit"));
        assert!(
            matches("муж бьет", ChatLanguage::Russian, "muzh biet menya")
                && matches("бє мене", ChatLanguage::Ukrainian, "bye mene")
        );
        assert!(
            matches("инструкции", ChatLanguage::Russian, "instrukcii")
                && matches("щенок", ChatLanguage::Russian, "schenok")
        );
        assert!(
            !matches("муж бьет", ChatLanguage::Russian, "muss bitte")
                && !matches("жить", ChatLanguage::Russian, "жить")
        );
    }
}
