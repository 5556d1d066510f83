//! Ranking the targets of one language for a question.

use crate::index::language_index::Analysed;
use crate::index::{Field, LanguageIndex, Ranking, SIGNALS, Scored, Weights};
use crate::text::{fold, grams, stem, words};

/// A name or synonym must tell at least so much to count fully when it is contained in a question.
const FULL_NAME: f32 = 4.0;
/// And any phrase so much.
const FULL_PHRASE: f32 = 8.0;
/// What a hint "not this" takes from the one and gives to the other.
const HINT: f32 = 0.1;
/// Scores below are noise.
const LEAST: f32 = 0.02;
/// So many targets at most are ranked.
const MOST_BEST: usize = 30;
/// A word of the index is kin to a question if the question has at least this share of its pieces, by what they tell. Words
/// that have only an ending in common are not looked at.
const KIN: f32 = 0.15;
/// A target that is improbable by this power of e says nothing; in between its logarithm counts.
const LEAST_SHARE: f32 = 8.0;

/// What becomes of words nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// They become the nearest word that is known.
    Corrected,
    /// They stay.
    AsTyped,
}

/// One stem of a question.
struct Term {
    /// Its number, where it is known.
    number: Option<u32>,
    tells: f32,
}

impl LanguageIndex {
    /// Ranks the targets for a normalised text. Only words of one's own language are put right.
    pub(super) fn rank(&self, text: &str, weights: &Weights, spelling: Spelling) -> Ranking {
        let folded = fold(text);
        let words = match spelling {
            Spelling::Corrected => self.corrected(&words(&folded)),
            Spelling::AsTyped => words(&folded).into_iter().map(str::to_owned).collect(),
        };
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        if words.is_empty() {
            return Ranking::default();
        }
        let analysed = self.analyse(&words);
        let terms = self.terms_of(&analysed);
        let mut signals = vec![[0.0_f32; SIGNALS]; self.targets];
        self.by_pieces(&analysed, &mut signals);
        self.by_stems(&terms, &mut signals);
        self.by_lessons(&words, &mut signals);
        let stems: Vec<String> = words.iter().map(|word| stem(word, self.language)).collect();
        let mut sums: Vec<f32> = signals.iter().map(|signals| weights.score(signals)).collect();
        self.apply_hints(&stems, &mut sums);
        let scored = sums.into_iter().zip(signals).enumerate();
        let mut best: Vec<Scored> = scored
            .filter(|(_, (score, _))| *score > LEAST)
            .map(|(target, (score, signals))| Scored { target, score, signals })
            .collect();
        let better = |a: &Scored, b: &Scored| b.score.total_cmp(&a.score).then(a.target.cmp(&b.target));
        if best.len() > MOST_BEST {
            best.select_nth_unstable_by(MOST_BEST, better);
            best.truncate(MOST_BEST);
        }
        best.sort_by(better);
        let meaningful = words.iter().filter(|word| self.is_meaningful(word)).count();
        Ranking { best, known: known(&terms), meaningful }
    }

    /// The words with those nobody knows replaced by what was probably meant.
    fn corrected(&self, words: &[&str]) -> Vec<String> {
        let correct = |word: &&str| {
            let is_known = self.words.get(*word).is_some()
                || self.small_words.contains(*word)
                || self.terms.get(stem(word, self.language).as_str()).is_some()
                || !self.compounds.split(word).is_empty();
            if is_known { (*word).to_owned() } else { self.spellings.meant(word).unwrap_or(word).to_owned() }
        };
        words.iter().map(correct).collect()
    }

    fn terms_of(&self, analysed: &Analysed) -> Vec<Term> {
        // A compound whose parts are known is itself no unknown word.
        let parts_known = |weight: f32| weight >= 1.0 && analysed.terms.iter().any(|(_, other)| *other < 1.0);
        let term = |(term, weight): &(String, f32)| match self.terms.get(term.as_str()) {
            Some(number) => Some(Term { number: Some(number), tells: self.term_idf[number as usize] * weight }),
            None if parts_known(*weight) => None,
            None => Some(Term { number: None, tells: self.most_idf * weight }),
        };
        analysed.terms.iter().filter_map(term).collect()
    }

    fn by_pieces(&self, analysed: &Analysed, signals: &mut [[f32; SIGNALS]]) {
        let (mut length, mut mass) = (0.0_f32, 0.0_f32);
        let mut numbers: Vec<u32> = Vec::new();
        let mut shared = vec![0.0_f32; self.word_mass.len()];
        for gram in grams(analysed.plain.iter().map(String::as_str)) {
            let Ok(number) = self.grams.binary_search(&gram) else {
                // Half, because one wrong letter makes a dozen unknown pieces.
                length += 0.5 * self.most_idf * self.most_idf;
                mass += 0.5 * self.most_idf;
                continue;
            };
            let tells = self.gram_idf[number];
            length += tells * tells;
            mass += tells;
            numbers.push(number as u32);
            for word in self.gram_words.at(number as u32) {
                shared[*word as usize] += tells * tells;
            }
        }
        let dots = self.dots(&numbers, &shared, signals);
        let length = length.sqrt().max(1e-6);
        let mut nearest = vec![[0.0_f32; 3]; self.targets];
        for (phrase, dot) in self.phrases.iter().zip(dots) {
            if dot > 0.0 {
                insert(&mut nearest[phrase.target as usize], dot / (length * phrase.gram_norm));
            }
        }
        for (signals, nearest) in signals.iter_mut().zip(nearest) {
            signals[0] = nearest[0];
            signals[1] = nearest.iter().sum::<f32>() / 3.0;
            signals[2] /= mass.max(1e-6);
        }
    }

    /// What the pieces `numbers` of a question and each phrase have in common, through words that are kin to the question;
    /// and what of them each target has, into its signal. `shared` is what each word has in common with the question.
    fn dots(&self, numbers: &[u32], shared: &[f32], signals: &mut [[f32; SIGNALS]]) -> Vec<f32> {
        let mut kin = vec![0_u64; shared.len().div_ceil(64)];
        for (word, (shared, mass)) in shared.iter().zip(&self.word_mass).enumerate() {
            if *shared > 0.0 && *shared >= KIN * mass {
                kin[word / 64] |= 1 << (word % 64);
            }
        }
        let mut dots = vec![(0.0_f32, u32::MAX); self.phrases.len()];
        let mut covered = vec![(0.0_f32, u32::MAX); self.targets];
        for number in numbers {
            let tells = self.gram_idf[*number as usize];
            for word in self.gram_words.at(*number) {
                if kin[*word as usize / 64] & 1 << (word % 64) == 0 {
                    continue;
                }
                // A piece counts once for a phrase, and for a target with the best of the words it stands in.
                for phrase in self.word_phrases.at(*word) {
                    let (dot, last) = &mut dots[*phrase as usize];
                    if *last != *number {
                        *last = *number;
                        *dot += tells * tells;
                    }
                }
                for (target, trust) in self.word_targets.at(*word) {
                    let (before, last) = &mut covered[*target as usize];
                    let counted = if *last == *number { *before } else { 0.0 };
                    if *trust > counted {
                        (*before, *last) = (*trust, *number);
                        signals[*target as usize][2] += tells * (trust - counted);
                    }
                }
            }
        }
        dots.into_iter().map(|(dot, _)| dot).collect()
    }

    fn by_stems(&self, terms: &[Term], signals: &mut [[f32; SIGNALS]]) {
        let mut contained = vec![0.0_f32; self.phrases.len()];
        let mut mass = 0.0_f32;
        for term in terms {
            mass += term.tells;
            let Some(number) = term.number else { continue };
            for (phrase, weight) in self.term_phrases.at(number) {
                contained[*phrase as usize] += self.term_idf[number as usize] * weight;
            }
            for (target, saturated) in self.term_targets.at(number) {
                signals[*target as usize][3] += term.tells * saturated;
            }
        }
        for (phrase, contained) in self.phrases.iter().zip(contained) {
            if contained <= 0.0 || phrase.field == Field::Text {
                continue;
            }
            let whole = (contained / phrase.term_mass.max(1e-6)).min(1.0);
            let signals = &mut signals[phrase.target as usize];
            signals[4] = signals[4].max(whole * whole * (phrase.term_mass / FULL_PHRASE).min(1.0));
            if matches!(phrase.field, Field::Name | Field::Synonym) {
                signals[5] = signals[5].max(whole * whole * (phrase.term_mass / FULL_NAME).min(1.0));
            }
        }
        for signals in signals {
            signals[3] /= mass.max(1e-6);
        }
    }

    fn by_lessons(&self, words: &[&str], signals: &mut [[f32; SIGNALS]]) {
        let shares = self.learnt.judge(words, &|word| !self.is_meaningful(word));
        for (signals, share) in signals.iter_mut().zip(shares) {
            signals[6] = (1.0 + share.max(1e-9).ln() / LEAST_SHARE).max(0.0);
        }
    }

    fn apply_hints(&self, stems: &[String], scores: &mut [f32]) {
        let mut places: Vec<usize> =
            stems.iter().filter_map(|stem| self.hints_by_stem.get(stem)).flatten().copied().collect();
        places.sort_unstable();
        places.dedup();
        for hint in places.into_iter().map(|place| &self.hints[place]) {
            if !hint.stems.iter().all(|stem| stems.contains(stem)) {
                continue;
            }
            // A hint corrects a confusion; it does not speak where nothing pointed to the service.
            let before = scores[hint.target as usize];
            scores[hint.target as usize] = (before - HINT).max(0.0);
            if let Some(instead) = hint.instead.filter(|_| before > 2.0 * HINT) {
                scores[instead as usize] += HINT / 2.0;
            }
        }
    }
}

fn insert(nearest: &mut [f32; 3], value: f32) {
    if value > nearest[0] {
        *nearest = [value, nearest[0], nearest[1]];
    } else if value > nearest[1] {
        *nearest = [nearest[0], value, nearest[1]];
    } else if value > nearest[2] {
        nearest[2] = value;
    }
}

/// Share of what the terms tell that is known.
fn known(terms: &[Term]) -> f32 {
    let all: f32 = terms.iter().map(|term| term.tells).sum();
    let known: f32 = terms.iter().filter(|term| term.number.is_some()).map(|term| term.tells).sum();
    if all > 0.0 { known / all } else { 0.0 }
}
