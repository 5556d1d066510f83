//! What an answer is worth, and how sure a share of a few questions is.

use crate::engine::Reply;
use crate::eval::{Case, Kind};
use crate::understand::{Action, Intent};

/// A share of questions.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Share {
    /// What was right; recall counts parts.
    pub right: f64,
    /// Of how many.
    pub all: usize,
}

impl Share {
    /// Counts one more.
    pub fn count(&mut self, right: f64) {
        self.right += right;
        self.all += 1;
    }

    /// The share itself, 0 to 1; `None` of nothing.
    pub fn value(&self) -> Option<f64> {
        (self.all > 0).then(|| self.right / self.all as f64)
    }

    /// Wilson's interval for 95 %: between which shares the true one lies.
    pub fn interval(&self) -> Option<(f64, f64)> {
        let share = self.value()?;
        let (z, all) = (1.96_f64, self.all as f64);
        let middle = share + z * z / (2.0 * all);
        let half = z * (share * (1.0 - share) / all + z * z / (4.0 * all * all)).sqrt();
        let scale = 1.0 + z * z / all;
        Some((((middle - half) / scale).max(0.0), ((middle + half) / scale).min(1.0)))
    }
}

/// What one answer is worth.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Outcome {
    /// The first service is a right one.
    pub top_1: Option<bool>,
    /// One of the first three is.
    pub top_3: Option<bool>,
    /// Share of the wanted services among the first five.
    pub recall_5: Option<f64>,
    /// The right kind of reaction.
    pub reaction: Option<bool>,
    /// A question of ours that was turned away.
    pub refused: Option<bool>,
    /// The right action.
    pub action: Option<bool>,
    /// An action nobody asked for.
    pub spurious: bool,
    /// Every claim names an existing source.
    pub cited: bool,
}

/// Judges the reply to a question.
pub fn judge(case: &Case, reply: &Reply) -> Outcome {
    let understood = &reply.understood;
    let named: Vec<&str> = understood.services.iter().map(|choice| choice.service.as_str()).collect();
    let within =
        |count: usize| named.iter().take(count).any(|key| case.expect.services.iter().any(|right| right == key));
    let found = case.expect.services.iter().filter(|right| named.iter().take(5).any(|key| key == right)).count();
    let about_services = matches!(case.kind, Kind::Single | Kind::Multi);
    let turned_away = match understood.intent {
        Intent::OutOfScope | Intent::Abuse | Intent::Injection | Intent::Emergency | Intent::Smalltalk => true,
        Intent::Clarify => named.is_empty(),
        Intent::Service | Intent::Action => false,
    };
    let action = understood.action.map(Action::as_str);
    let claims = reply.answer.lines.iter().filter_map(|line| line.citation);
    Outcome {
        top_1: (case.kind == Kind::Single).then(|| within(1)),
        top_3: (case.kind == Kind::Single).then(|| within(3)),
        recall_5: (case.kind == Kind::Multi).then(|| found as f64 / case.expect.services.len().max(1) as f64),
        reaction: (!about_services && case.kind != Kind::Action)
            .then(|| case.expect.intent.as_deref() == Some(understood.intent.as_str())),
        refused: about_services.then_some(turned_away),
        action: (case.kind == Kind::Action).then(|| action == case.expect.action.as_deref()),
        spurious: action.is_some() && case.expect.action.is_none(),
        cited: claims.into_iter().all(|number| number < reply.answer.citations.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_few_is_less_sure_than_of_many() {
        let few = Share { right: 8.0, all: 10 }.interval().unwrap_or_default();
        let many = Share { right: 800.0, all: 1_000 }.interval().unwrap_or_default();
        assert!((few.0 - 0.490).abs() < 0.001 && (few.1 - 0.943).abs() < 0.001, "{few:?}");
        assert!(many.0 > few.0 && many.1 < few.1, "{many:?}");
        assert_eq!(Share::default().interval(), None);
    }
}
