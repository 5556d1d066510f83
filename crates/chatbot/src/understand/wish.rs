//! What is to be done, from rules and from what the message and its pieces resemble.

use crate::learn::{Classifier, Judged, Label, Matter};
use crate::understand::Action;

/// So few words are a search or an answer ("yes please"), no wish, unless rules say so.
const FEW_WORDS: usize = 3;

/// Where rules see an action that is less probable than this,
const NO_ACTION: f32 = 0.05;
/// and a question that is at least so probable, it is a question.
const QUESTION: f32 = 0.9;

/// What is known about a message when it is asked for its wish.
pub(super) struct Heard<'m> {
    /// What the rules found.
    pub(super) by_rule: Option<Action>,
    /// What the classifier makes of the whole.
    pub(super) whole: &'m Judged,
    /// The pieces the message falls into.
    pub(super) pieces: &'m [String],
    /// Whether a service is clearly meant.
    pub(super) matter: Matter,
    /// How many words the message has.
    pub(super) words: usize,
}

/// What the message asks to be done. A question is no wish, though it may have the words of one; and a wish may stand in one
/// clause of a long story.
pub(super) fn wish(classifier: &Classifier, heard: &Heard<'_>) -> Option<Action> {
    let is_question = heard.whole.share(Label::Service) >= QUESTION;
    let several = heard.pieces.len() > 1 && !is_question;
    let pieces: Vec<Judged> = heard
        .pieces
        .iter()
        .filter(|piece| several && piece.split(' ').count() > FEW_WORDS)
        .map(|piece| classifier.judge(piece))
        .collect();
    let resembled = (heard.words > FEW_WORDS).then(|| heard.whole.wish(&pieces, heard.matter)).flatten();
    match heard.by_rule {
        Some(action) if heard.whole.share(Label::Act(action)) >= NO_ACTION => Some(action),
        // The words of one wish and the sense of another one, or of a question.
        Some(action) => resembled.or_else(|| (!is_question).then_some(action)),
        None => resembled,
    }
}
