//! Fitting the weights of the signals: one after the other is changed a little and kept if the questions come out better.

use crate::eval::Case;
use crate::index::{Index, SIGNALS, Scored, Target, Weights};
use crate::text::normalise;

/// How much more probable a higher score is; a constant of the fit, not of the program.
const SHARPNESS: f32 = 18.0;
const ROUNDS: usize = 40;

/// What came out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fitted {
    /// The weights.
    pub weights: Weights,
    /// Mean logarithmic loss before.
    pub before: f32,
    /// And after.
    pub after: f32,
}

/// The candidates of a question, and which of them are right.
pub type Candidates = (Vec<Scored>, Vec<usize>);

/// What `index` finds for the questions with services.
pub fn candidates(index: &Index, cases: &[Case]) -> Vec<Candidates> {
    cases
        .iter()
        .filter(|case| !case.expect.services.is_empty() && case.expect.action.is_none())
        .filter_map(|case| {
            let best = index.rank(&normalise(&case.text), case.page()?).best;
            let is_right = |scored: &Scored| match index.target(scored.target) {
                Target::Service(key) => case.expect.services.iter().any(|right| right == key.as_str()),
                Target::NotUs(_) | Target::OutOfScope(_) | Target::Reaction(_) => false,
            };
            let right: Vec<usize> =
                best.iter().enumerate().filter(|(_, scored)| is_right(scored)).map(|(at, _)| at).collect();
            (!right.is_empty()).then_some((best, right))
        })
        .collect()
}

/// Fits the weights on what was found.
pub fn fit(examples: &[Candidates]) -> Fitted {
    let before = loss(examples, Weights::FITTED);
    let (mut weights, mut least, mut step) = (Weights::FITTED, before, 0.08_f32);
    for _ in 0..ROUNDS {
        let mut is_better = false;
        for signal in 0..SIGNALS {
            for change in [step, -step] {
                let mut changed = weights;
                changed.0[signal] = (changed.0[signal] + change).max(0.0);
                let changed = changed.normalised();
                let now = loss(examples, changed);
                if now < least {
                    (weights, least, is_better) = (changed, now, true);
                }
            }
        }
        if !is_better {
            step /= 2.0;
        }
    }
    Fitted { weights, before, after: least }
}

fn loss(examples: &[Candidates], weights: Weights) -> f32 {
    let one = |(candidates, right): &Candidates| {
        let likely = |scored: &Scored| (SHARPNESS * weights.score(&scored.signals)).exp();
        let all: f32 = candidates.iter().map(likely).sum();
        let good: f32 = right.iter().map(|at| likely(&candidates[*at])).sum();
        -(good / all).max(1e-6).ln()
    };
    examples.iter().map(one).sum::<f32>() / examples.len().max(1) as f32
}
