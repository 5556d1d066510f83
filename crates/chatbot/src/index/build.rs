//! Building the index of one language from its documents.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::index::language_index::{Hint, Phrase};
use crate::index::postings::{Numbers, Postings};
use crate::index::spelling::Spellings;
use crate::index::{Document, Field, LanguageIndex, Target};
use crate::language::ChatLanguage;
use crate::text::{Compounds, fold, grams, stem, words};

/// How soon more of the same word stops to count (BM25's k1).
const SATURATION: f32 = 1.2;

/// What is known about a word that was met before.
struct Word {
    terms: Vec<(u32, f32)>,
    grams: Vec<u32>,
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
        let meaningful = all_words.iter().map(|word| word.as_str()).filter(|word| index.is_meaningful(word));
        index.spellings = Spellings::of(meaningful);
        index.fill(&phrases);
        index.hints = documents.iter().flat_map(|document| hints(document, targets, language)).collect();
        index
    }

    fn empty(language: ChatLanguage, targets: usize) -> Self {
        Self {
            language,
            small_words: HashSet::new(),
            compounds: Compounds::default(),
            spellings: Spellings::default(),
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
        let mut known: HashMap<&str, Word> = HashMap::new();
        let (mut term_phrases, mut gram_phrases) = (Vec::new(), Vec::new());
        let (mut term_targets, mut gram_targets) = (Vec::new(), Vec::new());
        for (target, field, words) in phrases {
            let number = self.phrases.len() as u32;
            let mut meaningful: Vec<&str> =
                words.iter().map(String::as_str).filter(|word| self.is_meaningful(word)).collect();
            if meaningful.is_empty() {
                meaningful = words.iter().map(String::as_str).collect();
            }
            let (mut terms, mut pieces) = (Vec::new(), Vec::new());
            for word in meaningful {
                let known = known.entry(word).or_insert_with(|| self.word(word));
                terms.extend_from_slice(&known.terms);
                pieces.extend_from_slice(&known.grams);
            }
            keep_greatest(&mut terms);
            pieces.sort_unstable();
            pieces.dedup();
            term_phrases.extend(terms.iter().map(|(term, weight)| (*term, number, *weight)));
            term_targets.extend(terms.iter().map(|(term, weight)| (*term, *target, weight * field.weight())));
            // A long text is near to everything; only what it covers counts.
            if *field != Field::Text {
                gram_phrases.extend(pieces.iter().map(|piece| (*piece, number, 1.0)));
            }
            gram_targets.extend(pieces.iter().map(|piece| (*piece, *target, field.trust())));
            self.phrases.push(Phrase { target: *target, field: *field, gram_norm: 0.0, term_mass: 0.0 });
        }
        let term_targets = joined(term_targets, |sum, more| sum + more);
        let gram_targets = joined(gram_targets, f32::max);
        self.term_idf = frequencies(&term_targets, self.terms.len(), self.targets);
        self.gram_idf = frequencies(&gram_targets, self.grams.len(), self.targets);
        self.measure(&term_phrases, &gram_phrases);
        self.term_phrases = Postings::of(term_phrases, self.terms.len());
        self.gram_phrases = Postings::of(gram_phrases, self.grams.len());
        let saturated = |(term, target, weight): (u32, u32, f32)| (term, target, weight / (weight + SATURATION));
        self.term_targets = Postings::of(term_targets.into_iter().map(saturated).collect(), self.terms.len());
        self.gram_targets = Postings::of(gram_targets, self.grams.len());
    }

    /// A word's stems and pieces as numbers.
    fn word(&mut self, word: &str) -> Word {
        let terms = self.terms_of_word(word);
        let plain = self.plain(word);
        Word {
            terms: terms.into_iter().map(|(term, weight)| (self.terms.number(term), weight)).collect(),
            grams: grams(std::iter::once(plain.as_str())).into_iter().map(|gram| self.grams.number(gram)).collect(),
        }
    }

    /// The lengths of the phrases' vectors.
    fn measure(&mut self, term_phrases: &[(u32, u32, f32)], gram_phrases: &[(u32, u32, f32)]) {
        for (term, phrase, weight) in term_phrases {
            let tells = self.term_idf[*term as usize] * weight;
            let phrase = &mut self.phrases[*phrase as usize];
            phrase.term_mass += tells;
        }
        for (gram, phrase, _) in gram_phrases {
            let tells = self.gram_idf[*gram as usize];
            self.phrases[*phrase as usize].gram_norm += tells * tells;
        }
        for phrase in &mut self.phrases {
            phrase.gram_norm = phrase.gram_norm.sqrt().max(1e-6);
        }
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

fn frequencies(pairs: &[(u32, u32, f32)], keys: usize, targets: usize) -> Vec<f32> {
    let mut with = vec![0; keys];
    for (key, _, _) in pairs {
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
