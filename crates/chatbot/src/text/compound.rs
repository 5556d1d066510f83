//! German compounds: `wohnsitzanmeldung` is found by its parts, and by itself.

use std::collections::HashSet;
use std::sync::Arc;

const SHORTEST_PART: usize = 4;
/// What stands between two parts.
const LINKS: [&str; 6] = ["", "s", "es", "n", "en", "er"];

/// Words that occur as parts.
#[derive(Debug, Clone, Default)]
pub struct Compounds {
    parts: HashSet<Arc<str>>,
}

impl Compounds {
    /// Learns the parts from folded words.
    pub fn learn(words: impl Iterator<Item = Arc<str>>) -> Self {
        Self { parts: words.filter(|word| word.chars().count() >= SHORTEST_PART).collect() }
    }

    /// How many words occur as parts.
    pub fn count(&self) -> usize {
        self.parts.len()
    }

    /// The parts of a folded word, without the word itself; empty if it is no compound of words that are known. The
    /// longest last part wins, because it is what the thing is.
    pub fn split<'w>(&self, word: &'w str) -> Vec<&'w str> {
        if word.len() < 2 * SHORTEST_PART || !word.is_ascii() {
            return Vec::new();
        }
        let mut parts = Vec::new();
        if self.split_into(word, &mut parts, 3) { parts } else { Vec::new() }
    }

    fn split_into<'w>(&self, word: &'w str, parts: &mut Vec<&'w str>, most: usize) -> bool {
        let last_start = word.len().saturating_sub(SHORTEST_PART);
        for at in SHORTEST_PART..=last_start {
            let (front, back) = word.split_at(at);
            if !self.parts.contains(back) {
                continue;
            }
            let known = LINKS.iter().find_map(|link| {
                front.strip_suffix(link).filter(|front| front.len() >= SHORTEST_PART && self.parts.contains(*front))
            });
            if let Some(front) = known {
                parts.extend([front, back]);
                return true;
            }
            if most > 2 && front.len() >= 2 * SHORTEST_PART {
                let before = parts.len();
                if self.split_into(front.strip_suffix('s').unwrap_or(front), parts, most - 1) {
                    parts.push(back);
                    return true;
                }
                parts.truncate(before);
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compounds_fall_into_known_parts() {
        let known = ["wohnsitz", "anmeldung", "geburt", "urkunde", "internationale"].map(Arc::from);
        let known = Compounds::learn(known.into_iter());
        assert_eq!(known.split("wohnsitzanmeldung"), ["wohnsitz", "anmeldung"]);
        assert_eq!(known.split("geburtsurkunde"), ["geburt", "urkunde"]);
        assert_eq!(known.split("wohnsitzanmeldungsurkunde"), ["wohnsitz", "anmeldung", "urkunde"]);
        assert!(known.split("urkunde").is_empty());
        assert!(known.split("ürkundenürkunde").is_empty());
    }
}
