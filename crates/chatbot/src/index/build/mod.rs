//! Building the index of one language from its documents.

mod lessons;
mod pieces;
mod terms;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::index::build::terms::idf;
use crate::index::language_index::{Hint, Phrase};
use crate::index::learnt::Learnt;
use crate::index::postings::{Lists, Numbers, Postings};
use crate::index::spelling::Spellings;
use crate::index::{Document, Field, LanguageIndex, Target};
use crate::language::ChatLanguage;
use crate::text::{Compounds, fold, stem, words};

/// A phrase as numbers of its words.
struct Told {
    target: u32,
    field: Field,
    words: Vec<u32>,
}

/// What is only needed to build: the words in the order of their numbers.
struct Vocabulary {
    words: Vec<Arc<str>>,
    is_meaningful: Vec<bool>,
    is_part: Vec<bool>,
}

impl LanguageIndex {
    /// Builds the index from the documents of one language; `targets` are those of all languages, sorted.
    pub(super) fn build(
        language: ChatLanguage,
        documents: &[&Document],
        targets: &[Target],
        small_words: &[String],
    ) -> Self {
        let mut index = Self::empty(language, targets.len());
        index.small_words = small_words
            .iter()
            .flat_map(|text| words(&fold(text)).into_iter().map(str::to_owned).collect::<Vec<_>>())
            .collect();
        let (vocabulary, told) = index.read(documents, targets);
        let parts = vocabulary.words.iter().zip(&vocabulary.is_part).filter(|(_, is_part)| **is_part);
        index.compounds = Compounds::learn(parts.map(|(word, _)| Arc::clone(word)));
        let meaningful = vocabulary.words.iter().zip(&vocabulary.is_meaningful).filter(|(_, means)| **means);
        index.spellings = Spellings::of(meaningful.map(|(word, _)| word));
        let small: Vec<Arc<str>> = index.small_words.iter().map(|word| Arc::from(word.as_str())).collect();
        index.by_sound = Self::sounds(language, small.iter().chain(&vocabulary.words));
        let told: Vec<Told> = told.into_iter().map(|told| told.meaningful(&vocabulary)).collect();
        index.phrases = told
            .iter()
            .map(|told| Phrase { target: told.target, field: told.field, gram_norm: 0.0, term_mass: 0.0 })
            .collect();
        index.fill_terms(&vocabulary, &told);
        index.fill_pieces(&vocabulary, &told);
        index.learnt = index.taught(documents, targets);
        index.hints = documents.iter().flat_map(|document| hints(document, targets, language)).collect();
        for (place, hint) in index.hints.iter().enumerate() {
            if let Some(first) = hint.stems.first() {
                index.hints_by_stem.entry(first.clone()).or_default().push(place);
            }
        }
        index
    }

    fn empty(language: ChatLanguage, targets: usize) -> Self {
        Self {
            language,
            small_words: HashSet::new(),
            compounds: Compounds::default(),
            spellings: Spellings::default(),
            words: Numbers::default(),
            by_sound: HashMap::new(),
            word_mass: Vec::new(),
            terms: Numbers::default(),
            grams: Vec::new(),
            phrases: Vec::new(),
            term_phrases: Postings::default(),
            gram_words: Lists::default(),
            word_phrases: Lists::default(),
            word_targets: Postings::default(),
            term_targets: Postings::default(),
            term_idf: Vec::new(),
            gram_idf: Vec::new(),
            most_idf: idf(0, targets),
            targets,
            learnt: Learnt::default(),
            hints: Vec::new(),
            hints_by_stem: HashMap::new(),
        }
    }

    /// The phrases of the documents, and the words in them, each with a number.
    fn read(&mut self, documents: &[&Document], targets: &[Target]) -> (Vocabulary, Vec<Told>) {
        let mut vocabulary = Vocabulary { words: Vec::new(), is_meaningful: Vec::new(), is_part: Vec::new() };
        let mut told = Vec::new();
        for document in documents {
            let Some(target) = number_of(targets, &document.target) else { continue };
            for (field, text) in &document.phrases {
                let folded = fold(text);
                let numbers = words(&folded).into_iter().map(|word| {
                    let number = self.words.get(word).unwrap_or_else(|| {
                        let word: Arc<str> = Arc::from(word);
                        vocabulary.is_meaningful.push(self.is_meaningful(&word));
                        vocabulary.is_part.push(false);
                        vocabulary.words.push(Arc::clone(&word));
                        self.words.number(word)
                    });
                    vocabulary.is_part[number as usize] |= *field != Field::Text;
                    number
                });
                told.push(Told { target, field: *field, words: numbers.collect() });
            }
        }
        (vocabulary, told)
    }
}

impl Told {
    /// Without the words that say nothing, unless there is nothing else.
    fn meaningful(mut self, vocabulary: &Vocabulary) -> Self {
        if self.words.iter().any(|word| vocabulary.is_meaningful[*word as usize]) {
            self.words.retain(|word| vocabulary.is_meaningful[*word as usize]);
        }
        self.words.sort_unstable();
        self.words.dedup();
        self
    }
}

/// Each pair of key and target once, its weights joined.
fn joined(mut all: Vec<(u32, u32, f32)>, join: impl Fn(f32, f32) -> f32) -> Vec<(u32, u32, f32)> {
    all.sort_unstable_by_key(|(key, target, _)| (*key, *target));
    all.dedup_by(|next, kept| {
        let same = (next.0, next.1) == (kept.0, kept.1);
        if same {
            kept.2 = join(kept.2, next.2);
        }
        same
    });
    all
}

fn number_of(targets: &[Target], target: &Target) -> Option<u32> {
    targets.binary_search(target).ok().map(|number| number as u32)
}

fn hints(document: &Document, targets: &[Target], language: ChatLanguage) -> Vec<Hint> {
    let hint = |(text, instead): &(String, domain::identifier::Key)| {
        let stems = words(&fold(text)).into_iter().map(|word| stem(word, language)).collect();
        let target = number_of(targets, &document.target)?;
        Some(Hint { stems, target, instead: number_of(targets, &Target::Service(instead.clone())) })
    };
    document.not_this.iter().filter_map(hint).collect()
}
