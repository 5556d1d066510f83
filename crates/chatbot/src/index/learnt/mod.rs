//! What the phrases teach: which words and pieces of words speak for which target, learnt against all the others.
//!
//! A word speaks only for targets in whose phrases it stands, so that the tables stay as small as the phrases are; how loud it
//! speaks is learnt. Everything else of the index weighs words by how rare they are, which is not the same: in "for my
//! daughter" the common word decides.

mod features;
mod teach;

use crate::index::learnt::features::features;

pub(super) use teach::Lesson;

/// The weights of features for targets.
#[derive(Debug, Default)]
pub(super) struct Learnt {
    /// Hashes of the features, ascending; the place is the number.
    features: Vec<u32>,
    /// Where the targets of each feature begin.
    starts: Vec<u32>,
    targets: Vec<u16>,
    /// Beside each of `targets`: how much the feature speaks for it.
    weights: Vec<f32>,
    /// Which targets have phrases at all.
    is_taught: Vec<bool>,
}

/// Numbers of features with their values; the length of the whole is 1.
type Row = Vec<(u32, f32)>;

impl Learnt {
    /// How probable each target is for folded words; nothing speaks for any where no word is known.
    pub(super) fn judge(&self, words: &[&str], is_small: &dyn Fn(&str) -> bool) -> Vec<f32> {
        let number = |(hash, value): (u32, f32)| Some((self.features.binary_search(&hash).ok()? as u32, value));
        let mut row: Row = features(words, is_small).into_iter().filter_map(number).collect();
        let mut shares = vec![0.0; self.is_taught.len()];
        if !row.is_empty() {
            normalise(&mut row);
            self.shares(&row, &mut shares);
        }
        shares
    }

    /// Writes how probable each target is into `shares`: the softmax of what the features say.
    fn shares(&self, row: &[(u32, f32)], shares: &mut [f32]) {
        shares.fill(0.0);
        for (feature, value) in row {
            let list = self.list(*feature);
            for (target, weight) in self.targets[list.clone()].iter().zip(&self.weights[list]) {
                shares[*target as usize] += weight * value;
            }
        }
        let most = shares.iter().copied().fold(f32::MIN, f32::max);
        let mut all = 0.0;
        for (share, is_taught) in shares.iter_mut().zip(&self.is_taught) {
            *share = if *is_taught { (*share - most).exp() } else { 0.0 };
            all += *share;
        }
        for share in shares {
            *share /= all;
        }
    }

    fn list(&self, feature: u32) -> std::ops::Range<usize> {
        self.starts[feature as usize] as usize..self.starts[feature as usize + 1] as usize
    }

    /// Bytes that the tables keep.
    pub(super) fn bytes(&self) -> usize {
        (self.features.len() + self.starts.len()) * 4 + self.targets.len() * (2 + 4) + self.is_taught.len()
    }
}

fn normalise(row: &mut [(u32, f32)]) {
    let length = row.iter().map(|(_, value)| value * value).sum::<f32>().sqrt().max(1e-6);
    for (_, value) in row {
        *value /= length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learnt(lessons: &[(u32, &str)]) -> Learnt {
        let lessons: Vec<Lesson<'_>> =
            lessons.iter().map(|(target, text)| Lesson { target: *target, text: (*text).to_owned().into() }).collect();
        Learnt::of(&lessons, 3, &is_small)
    }

    fn is_small(word: &str) -> bool {
        matches!(word, "ein" | "für" | "meine")
    }

    fn best(learnt: &Learnt, text: &str) -> Option<usize> {
        let words: Vec<&str> = text.split(' ').collect();
        let shares = learnt.judge(&words, &is_small);
        (0..shares.len()).filter(|at| shares[*at] > 0.5).max_by(|a, b| shares[*a].total_cmp(&shares[*b]))
    }

    const LESSONS: [(u32, &str); 7] = [
        (0, "ausweis für mich"),
        (0, "ausweis abgelaufen"),
        (0, "neuer ausweis"),
        (0, "abgelaufen im mai"),
        (1, "ausweis für meine tochter"),
        (1, "meine tochter braucht ein dokument"),
        (1, "kind ohne ausweis"),
    ];

    #[test]
    fn the_word_that_decides_speaks_loudest() {
        let learnt = learnt(&LESSONS);
        assert_eq!(best(&learnt, "ausweis für tochter"), Some(1));
        assert_eq!(best(&learnt, "abgelaufen"), Some(0));
        let third = learnt.judge(&["ausweis"], &is_small)[2];
        assert!(third.abs() < f32::EPSILON, "who has no phrases is never meant");
    }

    #[test]
    fn who_knows_no_word_says_nothing() {
        assert!(learnt(&LESSONS).judge(&["xyzzy"], &is_small).iter().all(|share| *share == 0.0));
        assert!(learnt(&[]).judge(&["ausweis"], &is_small).iter().all(|share| *share == 0.0));
    }
}
