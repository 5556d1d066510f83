//! How sure it is that a service is meant at all.

use crate::index::{Index, Ranking, Scored, Target};
use crate::learn::Matter;

/// From this confidence on a question is answered.
pub(super) const ANSWER: f32 = 0.5;
/// From this confidence on it is asked back; below it is not ours.
pub(super) const ASK_BACK: f32 = 0.25;

/// Whether the index knows a service that is clearly meant.
pub(super) fn matter(index: &Index, ranking: &Ranking) -> Matter {
    let of_ours = |scored: &&Scored| !matches!(index.target(scored.target), Target::Reaction(_));
    let mut best = ranking.best.iter().filter(of_ours);
    let (top, next) = (best.next(), best.next());
    let next = next.map_or(0.0, |next| next.score);
    match top {
        Some(top) if confidence(top.score, next, ranking.known, 0.0) >= ANSWER => Matter::Clear,
        Some(_) | None => Matter::Open,
    }
}

/// How probable it is that the best target is meant at all: a logistic curve over its score, its lead over the next one, the
/// share of the question that is known, and how `strange` it is: how probably nothing of ours, by the classifier. Set on
/// the development questions and on example questions that were taken out of the index.
pub(super) fn confidence(score: f32, next: f32, known: f32, strange: f32) -> f32 {
    let sum = 12.0 * (score - 0.40) + 3.0 * (known - 0.6) + (score - next) - 6.0 * strange;
    1.0 / (1.0 + (-sum).exp())
}
