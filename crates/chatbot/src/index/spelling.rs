//! Misspelt words: the nearest word that is known. Words that are known are never bent.

use strsim::osa_distance;

use crate::index::LanguageIndex;
use crate::text::plain_umlauts;

impl LanguageIndex {
    /// The known word that was probably meant by a word nobody knows: the same with other vowels (`ue` for `ü`), or one or
    /// two signs away for words long enough. Of several the first in the alphabet, so that it is always the same.
    pub(super) fn meant(&self, word: &str) -> Option<&str> {
        let length = word.chars().count();
        let most = match length {
            0..=3 => return None,
            4..=7 => 1,
            _ => 2,
        };
        let plain = plain_umlauts(word);
        let mut best: Option<(usize, &str)> = None;
        for known in &self.words {
            if known.chars().count().abs_diff(length) > most || !begins_alike(known, word) {
                continue;
            }
            let distance = if plain_umlauts(known) == plain { 0 } else { osa_distance(known, word) };
            if distance <= most && best.is_none_or(|(before, _)| distance < before) {
                best = Some((distance, known));
            }
        }
        best.map(|(_, known)| known)
    }
}

/// People rarely get both of the first two signs wrong; this spares most comparisons.
fn begins_alike(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (a.chars(), b.chars());
    let (a1, a2, b1, b2) = (a.next(), a.next(), b.next(), b.next());
    a1 == b1 || a2 == b2 || (a1 == b2 && a2 == b1)
}
