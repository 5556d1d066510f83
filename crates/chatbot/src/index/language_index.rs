//! The index of one language.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::index::Field;
use crate::index::learnt::Learnt;
use crate::index::postings::{Lists, Numbers, Postings};
use crate::index::spelling::Spellings;
use crate::language::ChatLanguage;
use crate::text::{Compounds, plain_umlauts, stem};

/// The phrases of one language, by stems and by pieces of words.
#[derive(Debug)]
pub struct LanguageIndex {
    pub(super) language: ChatLanguage,
    pub(super) small_words: HashSet<String>,
    pub(super) compounds: Compounds,
    /// Every word that says something, for words that are misspelt.
    pub(super) spellings: Spellings,
    /// Every word, small words in texts included.
    pub(super) words: Numbers<Arc<str>>,
    /// From how a word sounds to the word; of languages with Cyrillic letters.
    pub(super) by_sound: HashMap<String, Arc<str>>,
    /// Sum of what the pieces of each word tell, squared.
    pub(super) word_mass: Vec<f32>,
    pub(super) terms: Numbers<String>,
    /// All pieces, ascending; the place is the number.
    pub(super) grams: Vec<u32>,
    pub(super) phrases: Vec<Phrase>,
    /// Stem to phrases.
    pub(super) term_phrases: Postings,
    /// Piece to words. Phrases and targets hang on words, not on pieces: there are far fewer of them.
    pub(super) gram_words: Lists,
    /// Word to phrases.
    pub(super) word_phrases: Lists,
    /// Word to targets, with the weight of the best field it stands in.
    pub(super) word_targets: Postings,
    /// Stem to targets, with its saturated weight over the fields.
    pub(super) term_targets: Postings,
    /// How much a stem tells: inverse frequency over targets.
    pub(super) term_idf: Vec<f32>,
    /// The same of a piece.
    pub(super) gram_idf: Vec<f32>,
    /// What a word nobody knows would tell.
    pub(super) most_idf: f32,
    /// How many targets there are in all languages.
    pub(super) targets: usize,
    /// Which words speak for which target.
    pub(super) learnt: Learnt,
    pub(super) hints: Vec<Hint>,
    /// From the first stem of a hint to its place.
    pub(super) hints_by_stem: HashMap<String, Vec<usize>>,
}

/// A phrase of a target.
#[derive(Debug)]
pub(super) struct Phrase {
    pub(super) target: u32,
    pub(super) field: Field,
    /// Length of its vector of pieces.
    pub(super) gram_norm: f32,
    /// Sum of what its stems tell.
    pub(super) term_mass: f32,
}

/// Words that mean `instead` and not `target`.
#[derive(Debug)]
pub(super) struct Hint {
    pub(super) stems: Vec<String>,
    pub(super) target: u32,
    pub(super) instead: Option<u32>,
}

/// What the words of a text come to.
#[derive(Debug, Default)]
pub(super) struct Analysed {
    /// Stems, each once, with the weight of a whole word or of a part of one.
    pub(super) terms: Vec<(String, f32)>,
    /// Words as pieces are made from them.
    pub(super) plain: Vec<String>,
}

/// What a part of a compound counts beside the whole word.
const PART: f32 = 0.7;

impl LanguageIndex {
    /// Whether the word says something about the matter.
    pub(super) fn is_meaningful(&self, word: &str) -> bool {
        !self.small_words.contains(word)
    }

    /// Share of folded words that this language has seen, small words included, 0 to 1.
    pub fn share_known(&self, words: &[&str]) -> f32 {
        let known = words.iter().filter(|word| self.small_words.contains(**word) || self.words.get(**word).is_some());
        if words.is_empty() { 0.0 } else { known.count() as f32 / words.len() as f32 }
    }

    /// Stems and pieces of folded words; words that say nothing are left out unless there is nothing else.
    pub(super) fn analyse(&self, words: &[&str]) -> Analysed {
        let mut meaningful: Vec<&str> = words.iter().copied().filter(|word| self.is_meaningful(word)).collect();
        if meaningful.is_empty() {
            meaningful = words.to_vec();
        }
        let mut analysed = Analysed::default();
        for word in meaningful {
            analysed.plain.push(self.plain(word));
            for (term, weight) in self.terms_of_word(word) {
                add(&mut analysed.terms, term, weight);
            }
        }
        analysed
    }

    /// The stem of a word and those of its parts.
    pub(super) fn terms_of_word(&self, word: &str) -> Vec<(String, f32)> {
        let mut terms = vec![(stem(word, self.language), 1.0)];
        if self.language == ChatLanguage::German {
            let parts = self.compounds.split(word).into_iter();
            terms.extend(parts.map(|part| (stem(part, self.language), PART)));
        }
        terms
    }

    /// A word as its pieces are made.
    pub(super) fn plain(&self, word: &str) -> String {
        if self.language == ChatLanguage::German { plain_umlauts(word) } else { word.to_owned() }
    }

    /// Bytes that the tables keep.
    pub fn bytes(&self) -> usize {
        // A word is kept once and pointed to from the tables of words, spellings and parts.
        let words: usize = self.words.keys().map(|word| word.len() + 16 + 24).sum();
        let postings = [&self.term_phrases, &self.term_targets, &self.word_targets];
        let postings: usize = postings.iter().map(|postings| postings.bytes()).sum();
        words
            + postings
            + self.gram_words.bytes()
            + self.word_phrases.bytes()
            + self.spellings.bytes()
            + self.learnt.bytes()
            + self.compounds.count() * 24
            + self.by_sound.keys().map(|sound| sound.len() + 48).sum::<usize>()
            + self.phrases.len() * size_of::<Phrase>()
            + self.terms.keys().map(|term| term.len() + 40).sum::<usize>()
            + self.hints.iter().map(|hint| hint.stems.len() * 40 + 80).sum::<usize>()
            + (self.grams.len() + self.term_idf.len() + self.gram_idf.len() + self.word_mass.len()) * 4
    }
}

fn add(terms: &mut Vec<(String, f32)>, term: String, weight: f32) {
    match terms.iter_mut().find(|(known, _)| *known == term) {
        Some((_, before)) => *before = before.max(weight),
        None => terms.push((term, weight)),
    }
}
