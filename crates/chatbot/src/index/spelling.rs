//! Misspelt words: the nearest word that is known. Words that are known are never bent.

use std::sync::Arc;

use strsim::osa_distance;

use crate::text::plain_umlauts;

/// The words of a language, shortest first and then by alphabet.
#[derive(Debug, Default)]
pub(super) struct Spellings(Vec<Spelling>);

#[derive(Debug)]
struct Spelling {
    length: usize,
    first: [char; 2],
    /// Which letters it has, as bits; several letters share one.
    letters: u64,
    word: Arc<str>,
}

impl Spelling {
    fn of(word: &Arc<str>) -> Self {
        let mut signs = word.chars();
        let first = [signs.next().unwrap_or(' '), signs.next().unwrap_or(' ')];
        let letters = word.chars().fold(0, |letters, sign| letters | 1 << (sign as u32 % 64));
        Self { length: word.chars().count(), first, letters, word: Arc::clone(word) }
    }

    /// Whether it can be at most `most` signs away at all. People rarely get both of the first two signs wrong, and each
    /// wrong sign takes one letter and brings another; this spares nearly all comparisons.
    fn can_be(&self, other: &Self, most: usize) -> bool {
        let ([a, b], [c, d]) = (self.first, other.first);
        let begins_as = a == c || b == d || (a == d && b == c);
        begins_as && (self.letters ^ other.letters).count_ones() as usize <= 2 * most
    }
}

impl Spellings {
    pub(super) fn of<'w>(words: impl Iterator<Item = &'w Arc<str>>) -> Self {
        let mut all: Vec<Spelling> = words.map(Spelling::of).collect();
        all.sort_by(|a, b| (a.length, &a.word).cmp(&(b.length, &b.word)));
        Self(all)
    }

    /// The known word that was probably meant by a word nobody knows: the same with other vowels (`ue` for `ü`), or one or
    /// two signs away for words long enough. Of several the shortest and first in the alphabet, so that it is always the same.
    pub(super) fn meant(&self, word: &str) -> Option<&str> {
        let wanted = Spelling::of(&Arc::from(word));
        let most = match wanted.length {
            0..=3 => return None,
            4..=7 => 1,
            _ => 2,
        };
        let plain = plain_umlauts(word);
        let from = self.0.partition_point(|known| known.length + most < wanted.length);
        let near = self.0[from..].iter().take_while(|known| known.length <= wanted.length + most);
        let mut best: Option<(usize, &str)> = None;
        for known in near.filter(|known| known.can_be(&wanted, most)) {
            let distance = if plain_umlauts(&known.word) == plain { 0 } else { osa_distance(&known.word, word) };
            if distance <= most && best.is_none_or(|(before, _)| distance < before) {
                best = Some((distance, &known.word));
            }
        }
        best.map(|(_, known)| known)
    }

    pub(super) fn bytes(&self) -> usize {
        self.0.len() * size_of::<Spelling>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_words_find_the_nearest_and_short_ones_nothing() {
        let words = ["fuhrerschein", "ausweis", "pass", "hund"].map(Arc::from);
        let known = Spellings::of(words.iter());
        assert_eq!(known.meant("fuehrerschein"), Some("fuhrerschein"));
        assert_eq!(known.meant("ausweiss"), Some("ausweis"));
        assert_eq!(known.meant("hnd"), None);
        assert_eq!(known.meant("weltraum"), None);
    }
}
