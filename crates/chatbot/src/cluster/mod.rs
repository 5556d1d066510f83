//! Questions that mean the same, gathered: by the pieces of their words, without a model, the same on every machine and
//! whatever the order in which they come.
//!
//! A cluster is the sum of its questions. A question joins the nearest cluster if it is near enough, or founds one.
//! Clusters that exist keep what they have, so that an editor finds them again on the next day.

mod vector;

use std::collections::{BTreeMap, HashMap};

use crate::cluster::vector::{Telling, Vector};
use crate::language::ChatLanguage;
use crate::text::fold;

/// So near, as a cosine, is near enough to belong to a cluster.
const NEAR: f32 = 0.25;

/// Gives the number of the cluster for each of the `fresh` questions of one language. Numbers below the length of `known`
/// are clusters that exist, with their questions; those from there on are new, in the order in which they are founded.
pub fn gather(language: ChatLanguage, known: &[Vec<&str>], fresh: &[&str]) -> Vec<usize> {
    let telling = Telling::of(language, known.iter().flatten().chain(fresh).copied());
    let mut clusters = Clusters::default();
    for (number, questions) in known.iter().enumerate() {
        let mut questions = questions.clone();
        questions.sort_unstable();
        clusters.lengths.push(0.0);
        for question in questions {
            clusters.add(number, &telling.vector(question));
        }
    }
    let mut order: Vec<usize> = (0..fresh.len()).collect();
    order.sort_by_cached_key(|place| (fold(fresh[*place]), fresh[*place]));
    let mut numbers = vec![0; fresh.len()];
    for place in order {
        let vector = telling.vector(fresh[place]);
        let number = clusters.nearest(&vector).unwrap_or_else(|| {
            clusters.lengths.push(0.0);
            clusters.lengths.len() - 1
        });
        clusters.add(number, &vector);
        numbers[place] = number;
    }
    numbers
}

/// The places of questions of one cluster, the most typical first: those nearest to all others.
pub fn typical_first(language: ChatLanguage, questions: &[&str]) -> Vec<usize> {
    let telling = Telling::of(language, questions.iter().copied());
    let vectors: Vec<Vector> = questions.iter().map(|question| telling.vector(question)).collect();
    let mut sum: BTreeMap<u32, f32> = BTreeMap::new();
    for (piece, weight) in vectors.iter().flatten() {
        *sum.entry(*piece).or_default() += weight;
    }
    let near = |vector: &Vector| vector.iter().map(|(piece, weight)| weight * sum[piece]).sum::<f32>();
    let nearness: Vec<f32> = vectors.iter().map(near).collect();
    let mut order: Vec<usize> = (0..questions.len()).collect();
    order.sort_by(|a, b| nearness[*b].total_cmp(&nearness[*a]).then(questions[*a].cmp(questions[*b])));
    order
}

/// The sums of clusters, found by the pieces in them.
#[derive(Default)]
struct Clusters {
    /// For each piece how much of it which cluster has.
    pieces: HashMap<u32, BTreeMap<usize, f32>>,
    /// The squared length of each sum.
    lengths: Vec<f32>,
}

impl Clusters {
    fn add(&mut self, number: usize, vector: &Vector) {
        for (piece, weight) in vector {
            let sum = self.pieces.entry(*piece).or_default().entry(number).or_default();
            self.lengths[number] += (2.0 * *sum + weight) * weight;
            *sum += weight;
        }
    }

    /// The nearest cluster that is near enough; of equals the oldest.
    fn nearest(&self, vector: &Vector) -> Option<usize> {
        let mut dots: BTreeMap<usize, f32> = BTreeMap::new();
        for (piece, weight) in vector {
            for (number, sum) in self.pieces.get(piece).into_iter().flatten() {
                *dots.entry(*number).or_default() += weight * sum;
            }
        }
        let near = dots.into_iter().map(|(number, dot)| (dot / self.lengths[number].sqrt().max(1e-6), number));
        let near = near.filter(|(cosine, _)| *cosine >= NEAR);
        near.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1))).map(|(_, number)| number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOG: [&str; 4] = [
        "Wie melde ich meinen Hund an?",
        "hund anmelden",
        "Ich möchte meinen neuen Hund anmelden",
        "Muss ich den Hund bei der Stadt anmelden",
    ];
    const BIN: [&str; 3] = [
        "Die Mülltonne ist weg",
        "Meine Mülltonne wurde gestohlen",
        "Muelltonne gestohlen, woher bekomme ich eine neue?",
    ];
    const CHICKEN: &str = "Darf ich Hühner im Garten halten";

    fn all() -> Vec<&'static str> {
        DOG.iter().chain(&BIN).chain([&CHICKEN]).copied().collect()
    }

    #[test]
    fn what_means_the_same_comes_together_and_nothing_else() {
        let numbers = gather(ChatLanguage::German, &[], &all());
        let (dog, bin, chicken) = (&numbers[..4], &numbers[4..7], numbers[7]);
        assert!(dog.iter().all(|number| *number == dog[0]), "{numbers:?}");
        assert!(bin.iter().all(|number| *number == bin[0]), "{numbers:?}");
        assert!(dog[0] != bin[0] && ![dog[0], bin[0]].contains(&chicken), "{numbers:?}");
    }

    #[test]
    fn the_order_in_which_they_come_changes_nothing() {
        let questions = all();
        let numbers = gather(ChatLanguage::German, &[], &questions);
        for turned in 1..questions.len() {
            let mut moved = questions.clone();
            moved.rotate_left(turned);
            moved.swap(0, 1);
            let again = gather(ChatLanguage::German, &[], &moved);
            for (question, number) in moved.iter().zip(&again) {
                let before = questions.iter().position(|known| known == question).expect("it is one of them");
                assert_eq!(*number, numbers[before], "{question}");
            }
        }
    }

    #[test]
    fn clusters_that_exist_keep_their_number_and_grow() {
        let known = vec![BIN.to_vec(), DOG[..2].to_vec()];
        let numbers = gather(ChatLanguage::German, &known, &[DOG[2], CHICKEN, "Mülltonne verschwunden"]);
        assert_eq!(numbers, [1, 2, 0]);
    }

    #[test]
    fn the_most_typical_stands_first() {
        let questions = [CHICKEN, DOG[0], DOG[1], DOG[2]];
        let order = typical_first(ChatLanguage::German, &questions);
        assert_eq!(order.last(), Some(&0), "what is unlike the others comes last: {order:?}");
    }

    #[test]
    fn other_scripts_and_nothing_at_all_do_no_harm() {
        let asked = ["Как зарегистрировать собаку", "зарегистрировать собаку", "", "?"];
        let numbers = gather(ChatLanguage::Russian, &[], &asked);
        assert_eq!(numbers[0], numbers[1]);
        assert!(gather(ChatLanguage::Arabic, &[], &[]).is_empty());
        assert!(typical_first(ChatLanguage::Arabic, &[]).is_empty());
    }
}
