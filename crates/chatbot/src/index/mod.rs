//! The search index: in memory, one part for each language, rebuilt whenever the catalogue or a text changes.
//!
//! Every service is known by phrases (names, synonyms, example questions) and by a short text. A question is compared in six
//! ways ([`Signal`]), each from 0 to 1, and the weighted sum ranks. The weights were fitted on the development questions
//! (`cargo xtask chat-eval --fit`), not guessed and not taken from ranks.

mod build;
mod language_index;
mod learnt;
mod postings;
mod query;
mod spelling;
mod typed;
mod weights;

use std::collections::BTreeMap;

use domain::identifier::Key;

use crate::index::query::Spelling;
use crate::language::ChatLanguage;

pub use language_index::LanguageIndex;
pub use weights::{SIGNALS, Signal, Weights};

/// What a question can be about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A service of the catalogue.
    Service(Key),
    /// Something another body does.
    NotUs(Key),
    /// Something no town hall does: weather, jokes, homework.
    OutOfScope(String),
    /// A kind of message or an action, by its name.
    Reaction(String),
}

/// Where a phrase comes from; what it counts for depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// A title.
    Name,
    /// An everyday word.
    Synonym,
    /// A question as somebody would ask it.
    Question,
    /// The text of the answer.
    Text,
}

/// What is known about one target in one language.
#[derive(Debug, Clone)]
pub struct Document {
    /// What it is about.
    pub target: Target,
    /// In which language.
    pub language: ChatLanguage,
    /// Its phrases.
    pub phrases: Vec<(Field, String)>,
    /// Words that look like it and mean another service.
    pub not_this: Vec<(String, Key)>,
}

/// A target with what speaks for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// Which target, as a number of [`Index::target`].
    pub target: usize,
    /// Weighted sum of the signals, 0 to about 1.
    pub score: f32,
    /// The signals by themselves.
    pub signals: [f32; SIGNALS],
}

/// The targets that fit a question, best first, and how much of the question was understood at all.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ranking {
    /// Best first.
    pub best: Vec<Scored>,
    /// Share of the question's meaningful words that are known, weighted by how much they tell, 0 to 1.
    pub known: f32,
    /// How many words say something about the matter.
    pub meaningful: usize,
}

/// The whole index.
#[derive(Debug)]
pub struct Index {
    targets: Vec<Target>,
    languages: BTreeMap<ChatLanguage, LanguageIndex>,
    weights: Weights,
}

impl Index {
    /// Builds the index. `small_words` are words that say nothing about the matter.
    pub fn build(documents: &[Document], small_words: &BTreeMap<ChatLanguage, Vec<String>>) -> Self {
        let mut targets: Vec<Target> = documents.iter().map(|document| document.target.clone()).collect();
        targets.sort();
        targets.dedup();
        let build = &|language: ChatLanguage| {
            let mine: Vec<&Document> =
                documents.iter().filter(|document| document.language.searched() == language).collect();
            let small = small_words.get(&language).map_or(&[][..], Vec::as_slice);
            (!mine.is_empty()).then(|| (language, LanguageIndex::build(language, &mine, &targets, small)))
        };
        // One thread for each language: they share nothing but the targets. Where no thread can be had, one after the other.
        let languages = std::thread::scope(|scope| {
            let started = ChatLanguage::SEARCHED.map(|language| {
                (language, std::thread::Builder::new().spawn_scoped(scope, move || build(language)).ok())
            });
            let finished = |(language, thread): (ChatLanguage, Option<std::thread::ScopedJoinHandle<'_, _>>)| {
                thread.and_then(|thread| thread.join().ok()).unwrap_or_else(|| build(language))
            };
            started.into_iter().filter_map(finished).collect()
        });
        Self { targets, languages, weights: Weights::FITTED }
    }

    /// The same index with other weights, for fitting them.
    pub fn set_weights(&mut self, weights: Weights) {
        self.weights = weights;
    }

    /// What a number of a [`Scored`] stands for.
    pub fn target(&self, number: usize) -> &Target {
        &self.targets[number]
    }

    /// The part for one language.
    pub fn language(&self, language: ChatLanguage) -> Option<&LanguageIndex> {
        self.languages.get(&language.searched())
    }

    /// Ranks the targets for a normalised text in `language`. Words of other languages count where they are known: people
    /// say `Anmeldung` in every language.
    pub fn rank(&self, text: &str, language: ChatLanguage) -> Ranking {
        let main = self
            .language(language)
            .map(|index| index.rank(text, &self.weights, Spelling::Corrected))
            .unwrap_or_default();
        let others = self.languages.iter().filter(|(other, _)| **other != language.searched());
        let others: Vec<Ranking> = others
            .filter_map(|(other, index)| {
                let part = foreign_part(text, language, *other)?;
                let mut ranking = index.rank(&part.text, &self.weights, Spelling::AsTyped);
                for scored in &mut ranking.best {
                    scored.score *= part.share;
                }
                ranking.known *= part.share;
                Some(ranking)
            })
            .collect();
        merged(main, others)
    }

    /// Bytes that the index keeps in memory, counted by its tables.
    pub fn bytes(&self) -> usize {
        self.languages.values().map(LanguageIndex::bytes).sum()
    }
}

struct ForeignPart {
    text: String,
    share: f32,
}

/// The part of `text` that may be in `other`, and how much it counts.
fn foreign_part(text: &str, language: ChatLanguage, other: ChatLanguage) -> Option<ForeignPart> {
    let relatives = matches!(
        (language.searched(), other),
        (ChatLanguage::Ukrainian, ChatLanguage::Russian) | (ChatLanguage::Russian, ChatLanguage::Ukrainian)
    );
    if language.script() == other.script() {
        let share = if relatives {
            0.8
        } else if other == ChatLanguage::German {
            0.85
        } else if other == ChatLanguage::English {
            0.7
        } else {
            return None;
        };
        return Some(ForeignPart { text: text.to_owned(), share });
    }
    if other != ChatLanguage::German && other != ChatLanguage::English {
        return None;
    }
    // Latin words in a text of another script are nearly always what the matter is called here.
    let latin: String =
        text.chars().map(|sign| if sign.is_alphabetic() && sign > '\u{024f}' { ' ' } else { sign }).collect();
    let letters = latin.chars().filter(|sign| sign.is_alphabetic()).count();
    (letters >= 3).then_some(ForeignPart { text: latin, share: 0.9 })
}

/// Each target with its best score in any language.
fn merged(main: Ranking, others: Vec<Ranking>) -> Ranking {
    let meaningful = main.meaningful;
    let known = others.iter().map(|ranking| ranking.known).fold(main.known, f32::max);
    let mut best: BTreeMap<usize, Scored> = BTreeMap::new();
    for scored in main.best.into_iter().chain(others.into_iter().flat_map(|ranking| ranking.best)) {
        let entry = best.entry(scored.target).or_insert(scored);
        if scored.score > entry.score {
            *entry = scored;
        }
    }
    let mut best: Vec<Scored> = best.into_values().collect();
    best.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.target.cmp(&b.target)));
    Ranking { best, known, meaningful }
}
