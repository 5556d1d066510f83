//! A question as the pieces of its words, each weighted by how much it tells.

use std::collections::{HashMap, HashSet};

use crate::language::ChatLanguage;
use crate::rules;
use crate::text::{fold, grams, plain_umlauts, words};

/// Pieces, ascending, with their weights; of length one unless there is no piece.
pub(super) type Vector = Vec<(u32, f32)>;

/// How much each piece tells among the questions that are there: the rarer, the more.
pub(super) struct Telling {
    language: ChatLanguage,
    small_words: HashSet<String>,
    weights: HashMap<u32, f32>,
}

impl Telling {
    pub(super) fn of<'q>(language: ChatLanguage, questions: impl Iterator<Item = &'q str>) -> Self {
        let small = rules::of(language).small_words.iter();
        let small_words =
            small.flat_map(|text| words(&fold(text)).into_iter().map(str::to_owned).collect::<Vec<_>>()).collect();
        let mut telling = Self { language, small_words, weights: HashMap::new() };
        let (mut with, mut all): (HashMap<u32, u32>, u32) = (HashMap::new(), 0);
        for question in questions {
            all += 1;
            for piece in telling.pieces(question) {
                *with.entry(piece).or_default() += 1;
            }
        }
        // Among few questions a piece is rare by chance: half of the weight is the same for all.
        let weight = |with: u32| (0.5 + ((f64::from(all) + 1.0) / f64::from(with)).ln()) as f32;
        telling.weights = with.into_iter().map(|(piece, with)| (piece, weight(with))).collect();
        telling
    }

    pub(super) fn vector(&self, question: &str) -> Vector {
        let pieces = self.pieces(question).into_iter();
        let mut vector: Vector =
            pieces.map(|piece| (piece, self.weights.get(&piece).copied().unwrap_or_default())).collect();
        let length = vector.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt().max(1e-6);
        for (_, weight) in &mut vector {
            *weight /= length;
        }
        vector
    }

    /// The pieces of the words that say something about the matter; of all words where none does.
    fn pieces(&self, question: &str) -> Vec<u32> {
        let folded = fold(question);
        let all = words(&folded);
        let mut telling: Vec<&str> = all.iter().copied().filter(|word| !self.small_words.contains(*word)).collect();
        if telling.is_empty() {
            telling = all;
        }
        let plain: Vec<String> = telling.into_iter().map(|word| self.plain(word)).collect();
        grams(plain.iter().map(String::as_str))
    }

    fn plain(&self, word: &str) -> String {
        if self.language.searched() == ChatLanguage::German { plain_umlauts(word) } else { word.to_owned() }
    }
}
