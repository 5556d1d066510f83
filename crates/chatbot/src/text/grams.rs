//! Pieces of words: three to five signs, with the borders of the word, so that misspelt and inflected words still meet.

/// Hashes of all pieces of the words, each once, ascending. Words of one sign count as they are.
pub fn grams<'w>(words: impl Iterator<Item = &'w str>) -> Vec<u32> {
    let mut all = Vec::new();
    let mut signs: Vec<char> = Vec::new();
    for word in words {
        signs.clear();
        signs.push(' ');
        signs.extend(word.chars());
        signs.push(' ');
        for length in 3..=5.min(signs.len()) {
            all.extend(signs.windows(length).map(hash));
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// FNV-1a over the signs: the same on every machine and release. Collisions only blur, they never break.
fn hash(signs: &[char]) -> u32 {
    let step = |hash: u32, sign: &char| (hash ^ *sign as u32).wrapping_mul(0x0100_0193);
    signs.iter().fold(0x811c_9dc5, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_share_pieces() {
        let shared = |a: &str, b: &str| {
            let (a, b) = (grams([a].into_iter()), grams([b].into_iter()));
            a.iter().filter(|gram| b.contains(gram)).count()
        };
        assert!(shared("personalausweis", "personalausweiss") > 20);
        assert_eq!(shared("personalausweis", "hund"), 0);
        assert!(!grams(["a"].into_iter()).is_empty());
        assert!(grams(std::iter::empty()).is_empty());
    }
}
