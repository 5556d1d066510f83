//! Building the index of one language from its documents.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::index::language_index::{Hint, Phrase};
use crate::index::learnt::{Learnt, Lesson};
use crate::index::postings::{Lists, Numbers, Postings};
use crate::index::spelling::Spellings;
use crate::index::{Document, Field, LanguageIndex, Target};
use crate::language::ChatLanguage;
use crate::text::{Compounds, fold, grams, stem, words};

/// How soon more of the same word stops to count (BM25's k1).
const SATURATION: f32 = 1.2;

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

    fn taught(&self, documents: &[&Document], targets: &[Target]) -> Learnt {
        let mut lessons = Vec::new();
        for document in documents {
            let Some(target) = number_of(targets, &document.target) else { continue };
            // A text of several sentences speaks of everything around its matter.
            let phrases = document.phrases.iter().filter(|(field, _)| *field != Field::Text);
            lessons.extend(phrases.map(|(_, text)| Lesson { target, text: fold(text).into() }));
        }
        Learnt::of(&lessons, targets.len(), &|word| !self.is_meaningful(word))
    }

    fn fill_terms(&mut self, vocabulary: &Vocabulary, told: &[Told]) {
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

    fn fill_pieces(&mut self, vocabulary: &Vocabulary, told: &[Told]) {
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

/// What something that `with` of `all` targets have tells (BM25's inverse frequency).
pub(super) fn idf(with: usize, all: usize) -> f32 {
    let (with, all) = (with as f32, all as f32);
    (1.0 + (all - with + 0.5) / (with + 0.5)).ln()
}

/// Each key once, with its greatest weight.
fn keep_greatest(terms: &mut Vec<(u32, f32)>) {
    terms.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    terms.dedup_by_key(|(term, _)| *term);
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
