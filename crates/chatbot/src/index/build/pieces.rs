//! Which pieces of words stand in which words, phrases and targets, and how much each tells.

use crate::index::build::terms::idf;
use crate::index::build::{Told, Vocabulary, joined};
use crate::index::postings::{Lists, Postings};
use crate::index::{Field, LanguageIndex};
use crate::text::grams;

impl Field {
    /// What a piece of a word counts for a target as a whole.
    const fn trust(self) -> f32 {
        match self {
            Self::Name | Self::Synonym => 1.0,
            Self::Question => 0.9,
            Self::Text => 0.45,
        }
    }
}

impl LanguageIndex {
    pub(super) fn fill_pieces(&mut self, vocabulary: &Vocabulary, told: &[Told]) {
        let (mut in_phrases, mut in_targets) = (Vec::new(), Vec::new());
        for (phrase, told) in told.iter().enumerate() {
            // A long text is near to everything; only what it covers counts.
            if told.field != Field::Text {
                in_phrases.extend(told.words.iter().map(|word| (*word, phrase as u32)));
            }
            in_targets.extend(told.words.iter().map(|word| (*word, told.target, told.field.trust())));
        }
        self.word_phrases = Lists::of(in_phrases, vocabulary.words.len());
        self.word_targets = Postings::of(joined(in_targets, f32::max), vocabulary.words.len());
        let mut pieces: Vec<Vec<u32>> =
            vocabulary.words.iter().map(|word| grams(std::iter::once(self.plain(word).as_str()))).collect();
        self.grams = pieces.iter().flatten().copied().collect();
        self.grams.sort_unstable();
        self.grams.dedup();
        for piece in pieces.iter_mut().flatten() {
            *piece = self.grams.binary_search(piece).unwrap_or_default() as u32;
        }
        let of_words =
            pieces.iter().enumerate().flat_map(|(word, pieces)| pieces.iter().map(move |piece| (*piece, word as u32)));
        self.gram_words = Lists::of(of_words.collect(), self.grams.len());
        self.gram_idf = self.piece_frequencies();
        self.word_mass = pieces.iter().map(|pieces| self.mass(pieces)).collect();
        let mut seen = vec![u32::MAX; self.grams.len()];
        for (phrase, told) in told.iter().enumerate().filter(|(_, told)| told.field != Field::Text) {
            let mut norm = 0.0;
            for piece in told.words.iter().flat_map(|word| &pieces[*word as usize]) {
                if seen[*piece as usize] != phrase as u32 {
                    seen[*piece as usize] = phrase as u32;
                    norm += self.gram_idf[*piece as usize] * self.gram_idf[*piece as usize];
                }
            }
            self.phrases[phrase].gram_norm = norm.sqrt();
        }
        for phrase in &mut self.phrases {
            phrase.gram_norm = phrase.gram_norm.max(1e-6);
        }
    }

    fn mass(&self, pieces: &[u32]) -> f32 {
        pieces.iter().map(|piece| self.gram_idf[*piece as usize]).map(|tells| tells * tells).sum()
    }

    /// What each piece tells: the targets of all its words, each once.
    fn piece_frequencies(&self) -> Vec<f32> {
        let mut seen = vec![u32::MAX; self.targets];
        let count = |piece: u32| {
            let mut with = 0;
            for (target, _) in self.gram_words.at(piece).iter().flat_map(|word| self.word_targets.at(*word)) {
                if seen[*target as usize] != piece {
                    seen[*target as usize] = piece;
                    with += 1;
                }
            }
            idf(with, self.targets)
        };
        (0..self.grams.len() as u32).map(count).collect()
    }
}
