//! Misspelt words: the nearest word that is known. Words that are known are never bent.

use strsim::osa_distance;

use crate::text::plain_umlauts;

/// The words of a language, shortest first and then by alphabet.
#[derive(Debug, Default)]
pub(super) struct Spellings(Vec<Spelling>);

#[derive(Debug)]
struct Spelling {
    length: usize,
    first: [char; 2],
    word: String,
    plain: String,
}

impl Spelling {
    fn of(word: &str) -> Self {
        let mut signs = word.chars();
        let first = [signs.next().unwrap_or(' '), signs.next().unwrap_or(' ')];
        Self { length: word.chars().count(), first, word: word.to_owned(), plain: plain_umlauts(word) }
    }

    /// People rarely get both of the first two signs wrong; this spares most comparisons.
    fn begins_as(&self, other: &Self) -> bool {
        let ([a, b], [c, d]) = (self.first, other.first);
        a == c || b == d || (a == d && b == c)
    }
}

impl Spellings {
    pub(super) fn of<'w>(words: impl Iterator<Item = &'w str>) -> Self {
        let mut all: Vec<Spelling> = words.map(Spelling::of).collect();
        all.sort_by(|a, b| (a.length, &a.word).cmp(&(b.length, &b.word)));
        Self(all)
    }

    /// The known word that was probably meant by a word nobody knows: the same with other vowels (`ue` for `ü`), or one or
    /// two signs away for words long enough. Of several the shortest and first in the alphabet, so that it is always the same.
    pub(super) fn meant(&self, word: &str) -> Option<&str> {
        let wanted = Spelling::of(word);
        let most = match wanted.length {
            0..=3 => return None,
            4..=7 => 1,
            _ => 2,
        };
        let from = self.0.partition_point(|known| known.length + most < wanted.length);
        let near = self.0[from..].iter().take_while(|known| known.length <= wanted.length + most);
        let mut best: Option<(usize, &str)> = None;
        for known in near.filter(|known| known.begins_as(&wanted)) {
            let distance = if known.plain == wanted.plain { 0 } else { osa_distance(&known.word, word) };
            if distance <= most && best.is_none_or(|(before, _)| distance < before) {
                best = Some((distance, &known.word));
            }
        }
        best.map(|(_, known)| known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_words_find_the_nearest_and_short_ones_nothing() {
        let known = Spellings::of(["fuhrerschein", "ausweis", "pass", "hund"].into_iter());
        assert_eq!(known.meant("fuehrerschein"), Some("fuhrerschein"));
        assert_eq!(known.meant("ausweiss"), Some("ausweis"));
        assert_eq!(known.meant("hnd"), None);
        assert_eq!(known.meant("weltraum"), None);
    }
}
