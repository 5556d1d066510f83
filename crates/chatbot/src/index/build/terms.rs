//! Which stems stand in which phrases and targets, and how much each tells.

use crate::index::build::{Told, Vocabulary, joined};
use crate::index::postings::Postings;
use crate::index::{Field, LanguageIndex};

/// How soon more of the same word stops to count (BM25's k1).
const SATURATION: f32 = 1.2;

impl Field {
    /// What an occurrence counts for a target as a whole.
    const fn weight(self) -> f32 {
        match self {
            Self::Name => 3.0,
            Self::Synonym => 2.5,
            Self::Question => 1.5,
            Self::Text => 0.6,
        }
    }
}

impl LanguageIndex {
    pub(super) fn fill_terms(&mut self, vocabulary: &Vocabulary, told: &[Told]) {
        let cut: Vec<Vec<(String, f32)>> = vocabulary.words.iter().map(|word| self.terms_of_word(word)).collect();
        let mut numbered = |terms: Vec<(String, f32)>| {
            terms.into_iter().map(|(term, weight)| (self.terms.number(term), weight)).collect::<Vec<_>>()
        };
        let terms_of_words: Vec<Vec<(u32, f32)>> = cut.into_iter().map(&mut numbered).collect();
        let (mut in_phrases, mut in_targets) = (Vec::new(), Vec::new());
        for (phrase, told) in told.iter().enumerate() {
            let mut terms: Vec<(u32, f32)> =
                told.words.iter().flat_map(|word| &terms_of_words[*word as usize]).copied().collect();
            keep_greatest(&mut terms);
            in_phrases.extend(terms.iter().map(|(term, weight)| (*term, phrase as u32, *weight)));
            in_targets.extend(terms.iter().map(|(term, weight)| (*term, told.target, weight * told.field.weight())));
        }
        let in_targets = joined(in_targets, |sum, more| sum + more);
        let mut with = vec![0; self.terms.len()];
        for (term, _, _) in &in_targets {
            with[*term as usize] += 1;
        }
        self.term_idf = with.into_iter().map(|with| idf(with, self.targets)).collect();
        for (term, phrase, weight) in &in_phrases {
            self.phrases[*phrase as usize].term_mass += self.term_idf[*term as usize] * weight;
        }
        let saturated = |(term, target, weight): (u32, u32, f32)| (term, target, weight / (weight + SATURATION));
        self.term_phrases = Postings::of(in_phrases, self.terms.len());
        self.term_targets = Postings::of(in_targets.into_iter().map(saturated).collect(), self.terms.len());
    }
}

/// A village with three services is searched as if they stood among so many: what scores mean was set on whole cities.
const LEAST_TARGETS: usize = 100;

/// What something that `with` of `all` targets have tells (BM25's inverse frequency).
pub(super) fn idf(with: usize, all: usize) -> f32 {
    let (with, all) = (with as f32, all.max(LEAST_TARGETS) as f32);
    (1.0 + (all - with + 0.5) / (with + 0.5)).ln()
}

/// Each key once, with its greatest weight.
fn keep_greatest(terms: &mut Vec<(u32, f32)>) {
    terms.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    terms.dedup_by_key(|(term, _)| *term);
}
