//! Learning the weights: logistic regression over all targets, the same phrases in the same order always with the same result.

use std::borrow::Cow;

use crate::index::learnt::features::{A_PIECE, features};
use crate::index::learnt::{Learnt, Row, normalise};
use crate::index::postings::starts;
use crate::text::words;

/// How often each phrase is gone through.
const ROUNDS: usize = 4;
/// How far one phrase moves the weights in the first round; in the last it is a [`ROUNDS`]th of it.
const STEP: f32 = 3.0;
/// A phrase that is known so surely already teaches nothing.
const KNOWN: f32 = 0.97;
/// Phrases are gone through in steps of this prime, so that those of a target do not stand together.
const STRIDE: usize = 7_919;
/// A feature of fewer phrases is left to the rest of the index.
const LEAST_PHRASES: usize = 2;
/// The most phrases of a language that are gone through; what is more is passed over evenly.
const MOST_PHRASES: usize = 16_000;

/// A phrase of a target, folded.
#[derive(Debug)]
pub(in crate::index) struct Lesson<'t> {
    /// The number of the target.
    pub(in crate::index) target: u32,
    /// The folded text.
    pub(in crate::index) text: Cow<'t, str>,
}

impl Learnt {
    /// Learns from phrases of `targets` targets; `is_small` tells words that say nothing about the matter.
    pub(in crate::index) fn of(lessons: &[Lesson<'_>], targets: usize, is_small: &dyn Fn(&str) -> bool) -> Self {
        let lessons = evenly(lessons);
        let mut learnt = Self { is_taught: vec![false; targets], ..Self::default() };
        let mut all: Vec<(u32, u32, f32)> = Vec::with_capacity(lessons.len() * 48);
        for (row, lesson) in lessons.iter().enumerate() {
            learnt.is_taught[lesson.target as usize] = true;
            let features = features(&words(&lesson.text), is_small).into_iter();
            all.extend(features.map(|(hash, value)| (hash, row as u32, value)));
        }
        all.sort_unstable_by_key(|(hash, row, _)| (*hash, *row));
        let mut rows: Vec<Row> = vec![Row::new(); lessons.len()];
        let mut counts: Vec<u32> = Vec::new();
        for same in all.chunk_by(|(one, _, _), (other, _, _)| one == other) {
            let mut spoken: Vec<u16> =
                same.iter().filter_map(|(_, row, _)| u16::try_from(lessons[*row as usize].target).ok()).collect();
            spoken.sort_unstable();
            spoken.dedup();
            if same.len() < LEAST_PHRASES || spoken.len() > most_targets(same[0].0) {
                continue;
            }
            let number = learnt.features.len() as u32;
            learnt.features.push(same[0].0);
            counts.extend(std::iter::repeat_n(number, spoken.len()));
            learnt.targets.extend(spoken);
            for (_, row, value) in same {
                rows[*row as usize].push((number, *value));
            }
        }
        drop(all);
        learnt.starts = starts(counts.into_iter(), learnt.features.len());
        learnt.weights = vec![0.0; learnt.targets.len()];
        for row in &mut rows {
            normalise(row);
        }
        let right: Vec<u32> = lessons.iter().map(|lesson| lesson.target).collect();
        learnt.go_through(&rows, &right);
        learnt
    }

    fn go_through(&mut self, rows: &[Row], right: &[u32]) {
        let mut shares = vec![0.0; self.is_taught.len()];
        for round in 0..ROUNDS {
            let step = STEP * (1.0 - round as f32 / ROUNDS as f32);
            let mut at = round;
            for _ in 0..rows.len() {
                at = (at + STRIDE) % rows.len();
                self.shares(&rows[at], &mut shares);
                let target = right[at] as usize;
                if shares[target] < KNOWN {
                    shares[target] -= 1.0;
                    self.correct(&rows[at], &shares, step);
                }
            }
        }
    }

    /// Moves the weights against what was said too much.
    fn correct(&mut self, row: &[(u32, f32)], too_much: &[f32], step: f32) {
        for (feature, value) in row {
            let list = self.list(*feature);
            for (target, weight) in self.targets[list.clone()].iter().zip(&mut self.weights[list]) {
                *weight -= step * value * too_much[*target as usize];
            }
        }
    }
}

/// So many targets a feature may have. Words are few, and the small ones among them tell who somebody asks for.
const fn most_targets(hash: u32) -> usize {
    if hash & A_PIECE == 0 { 240 } else { 60 }
}

/// At most [`MOST_PHRASES`] of the lessons, from everywhere among them.
fn evenly<'l, 't>(lessons: &'l [Lesson<'t>]) -> Vec<&'l Lesson<'t>> {
    let count = lessons.len().max(1);
    let is_taken =
        |place: usize| count <= MOST_PHRASES || (place + 1) * MOST_PHRASES / count > place * MOST_PHRASES / count;
    lessons.iter().enumerate().filter(|(place, _)| is_taken(*place)).map(|(_, lesson)| lesson).collect()
}
