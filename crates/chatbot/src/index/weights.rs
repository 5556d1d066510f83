//! How much each way of comparing counts.

/// How many ways there are.
pub const SIGNALS: usize = 7;

/// A way of comparing a question with a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Pieces of words: cosine with the nearest phrase.
    NearestPhrase,
    /// Pieces of words: mean cosine with the three nearest phrases.
    NearPhrases,
    /// Pieces of words: how much of the question the target has anywhere.
    Covered,
    /// Stems: BM25 over all fields, as a share of the most that is possible.
    Stems,
    /// Stems: how much of any phrase is contained in the question, for phrases that tell much.
    ContainedPhrase,
    /// Stems: how much of a name or synonym is contained in the question.
    Contained,
    /// What the phrases have taught: how probable the target is, as a logarithm.
    Learnt,
}

/// One weight for each [`Signal`], in its order. They sum to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights(pub [f32; SIGNALS]);

impl Weights {
    /// Fitted on the development questions and on example questions that were taken out of the index (`--fit`).
    pub const FITTED: Self = Self([0.0, 0.01, 0.33, 0.19, 0.15, 0.01, 0.31]);

    /// The weighted sum.
    pub fn score(&self, signals: &[f32; SIGNALS]) -> f32 {
        self.0.iter().zip(signals).map(|(weight, signal)| weight * signal).sum()
    }

    /// The same weights, summing to 1.
    #[must_use]
    pub fn normalised(self) -> Self {
        let sum: f32 = self.0.iter().sum();
        if sum > 0.0 { Self(self.0.map(|weight| weight / sum)) } else { self }
    }
}
