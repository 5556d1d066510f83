//! Building the index of one language from its documents.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::index::language_index::{Hint, Phrase};
use crate::index::postings::{Numbers, Postings};
use crate::index::{Document, Field, LanguageIndex, Target};
use crate::language::ChatLanguage;
use crate::text::{Compounds, fold, grams, stem, words};

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
        let folded = |text: &String| words(&fold(text)).into_iter().map(str::to_owned).collect::<Vec<String>>();
        let phrases: Vec<(u32, Field, Vec<String>)> = documents
            .iter()
            .flat_map(|document| {
                let target = number_of(targets, &document.target);
                document.phrases.iter().filter_map(move |(field, text)| Some((target?, *field, folded(text))))
            })
            .collect();
        let all_words: BTreeSet<&String> = phrases.iter().flat_map(|(_, _, words)| words).collect();
        let asked = phrases.iter().filter(|(_, field, _)| *field != Field::Text);
        let part_words: BTreeSet<&String> = asked.flat_map(|(_, _, words)| words).collect();
        let mut index = Self::empty(language, targets.len());
        index.small_words = small_words.iter().flat_map(folded).collect();
        index.compounds = Compounds::learn(part_words.iter().map(|word| word.as_str()));
        index.known_words = all_words.iter().map(|word| (*word).clone()).collect();
        index.words = all_words.into_iter().filter(|word| index.is_meaningful(word)).cloned().collect();
        index.fill(&phrases);
        index.hints = documents.iter().flat_map(|document| hints(document, targets, language)).collect();
        index
    }

    fn empty(language: ChatLanguage, targets: usize) -> Self {
        Self {
            language,
            small_words: HashSet::new(),
            compounds: Compounds::default(),
            words: Vec::new(),
            known_words: HashSet::new(),
            terms: Numbers::default(),
            grams: Numbers::default(),
            phrases: Vec::new(),
            term_phrases: Postings::default(),
            gram_phrases: Postings::default(),
            term_targets: Postings::default(),
            gram_targets: Postings::default(),
            term_idf: Vec::new(),
            gram_idf: Vec::new(),
            most_idf: idf(0, targets),
            targets,
            hints: Vec::new(),
        }
    }

    fn fill(&mut self, phrases: &[(u32, Field, Vec<String>)]) {
        let mut term_phrases = Vec::new();
        let mut gram_phrases = Vec::new();
        let mut term_weights: BTreeMap<(u32, u32), f32> = BTreeMap::new();
        let mut gram_weights: BTreeMap<(u32, u32), f32> = BTreeMap::new();
        for (target, field, words) in phrases {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let analysed = self.analyse(&words);
            let number = self.phrases.len() as u32;
            for (term, weight) in &analysed.terms {
                let term = self.terms.number(term.clone());
                term_phrases.push((term, number, *weight));
                *term_weights.entry((term, *target)).or_default() += weight * field.weight();
            }
            for gram in grams(analysed.plain.iter().map(String::as_str)) {
                let gram = self.grams.number(gram);
                // A long text is near to everything; only its coverage counts.
                if *field != Field::Text {
                    gram_phrases.push((gram, number, 1.0));
                }
                let best = gram_weights.entry((gram, *target)).or_default();
                *best = best.max(field.trust());
            }
            let target = *target;
            self.phrases.push(Phrase { target, field: *field, gram_norm: 0.0, term_norm: 0.0, term_mass: 0.0 });
        }
        self.term_idf = frequencies(term_weights.keys(), self.terms.len(), self.targets);
        self.gram_idf = frequencies(gram_weights.keys(), self.grams.len(), self.targets);
        self.measure(&term_phrases, &gram_phrases);
        self.term_phrases = Postings::of(term_phrases, self.terms.len());
        self.gram_phrases = Postings::of(gram_phrases, self.grams.len());
        let saturated = |((term, target), weight): ((u32, u32), f32)| (term, target, weight / (weight + SATURATION));
        self.term_targets = Postings::of(term_weights.into_iter().map(saturated).collect(), self.terms.len());
        let trusted = |((gram, target), trust)| (gram, target, trust);
        self.gram_targets = Postings::of(gram_weights.into_iter().map(trusted).collect(), self.grams.len());
    }

    /// The lengths of the phrases' vectors.
    fn measure(&mut self, term_phrases: &[(u32, u32, f32)], gram_phrases: &[(u32, u32, f32)]) {
        for (term, phrase, weight) in term_phrases {
            let tells = self.term_idf[*term as usize] * weight;
            let phrase = &mut self.phrases[*phrase as usize];
            phrase.term_norm += tells * tells;
            phrase.term_mass += tells;
        }
        for (gram, phrase, _) in gram_phrases {
            let tells = self.gram_idf[*gram as usize];
            self.phrases[*phrase as usize].gram_norm += tells * tells;
        }
        for phrase in &mut self.phrases {
            phrase.term_norm = phrase.term_norm.sqrt().max(1e-6);
            phrase.gram_norm = phrase.gram_norm.sqrt().max(1e-6);
        }
    }
}

/// What something that `with` of `all` targets have tells (BM25's inverse frequency).
pub(super) fn idf(with: usize, all: usize) -> f32 {
    let (with, all) = (with as f32, all as f32);
    (1.0 + (all - with + 0.5) / (with + 0.5)).ln()
}

fn frequencies<'k>(pairs: impl Iterator<Item = &'k (u32, u32)>, keys: usize, targets: usize) -> Vec<f32> {
    let mut with = vec![0; keys];
    for (key, _) in pairs {
        with[*key as usize] += 1;
    }
    with.into_iter().map(|with| idf(with, targets)).collect()
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
