//! Answer, ask back, or say that it is not ours.

use crate::index::{Index, Ranking, Scored, Target};
use crate::learn::{Judged, Label};
use crate::understand::confidence::{ANSWER, ASK_BACK, confidence};
use crate::understand::smalltalk::is_small;
use crate::understand::{Action, Choice, Intent, Understood};

/// So many services at most are named.
const MOST_SERVICES: usize = 5;
/// A service is named if it scores at least this share of the best.
const NAMED_SHARE: f32 = 0.45;

/// Something of others is meant from this score on,
const NEAR: f32 = 0.5;
/// unless the classifier is so sure that something is to be done.
const SURE: f32 = 0.8;

/// What speaks for and against a service.
pub(super) struct Seen<'m> {
    /// What the message as a whole is near to.
    pub(super) ranking: &'m Ranking,
    /// The same with the matters of its pieces in front, without kinds of messages.
    pub(super) best: &'m [Scored],
    /// How many matters of their own stand first.
    pub(super) matters: usize,
    /// How many words the message has.
    pub(super) words: usize,
    /// What the classifier makes of it.
    pub(super) judged: &'m Judged,
}

/// Decides what kind of answer the message gets.
pub(super) fn decide(index: &Index, understood: &mut Understood, seen: &Seen<'_>) {
    let Seen { ranking, best, matters, .. } = *seen;
    let top = best.first();
    let next = best.get(1).map_or(0.0, |next| next.score);
    let strange = seen.judged.share(Label::OutOfScope);
    let confidence = top.map_or(0.0, |top| confidence(top.score, next, ranking.known, strange));
    understood.confidence = confidence;
    let top_score = top.map_or(0.0, |top| top.score);
    let services = best.iter().enumerate().filter_map(|(place, scored)| match index.target(scored.target) {
        Target::Service(key) if place < matters || scored.score >= NAMED_SHARE * top_score => {
            Some(Choice { service: key.clone(), score: scored.score })
        }
        Target::Service(_) | Target::NotUs(_) | Target::OutOfScope(_) | Target::Reaction(_) => None,
    });
    let services: Vec<Choice> = services.take(MOST_SERVICES).collect();
    let elsewhere = top.map(|top| index.target(top.target)).and_then(|target| match target {
        Target::NotUs(key) => Some(Some(key.clone())),
        Target::OutOfScope(_) => Some(None),
        Target::Service(_) | Target::Reaction(_) => None,
    });
    if understood.action.is_some_and(|action| elsewhere.is_none() || is_ours(action, top_score, seen.judged)) {
        understood.intent = Intent::Action;
        if confidence >= ANSWER && elsewhere.is_none() {
            (understood.services, understood.matters) = (services, matters);
        }
    } else if understood.smalltalk.as_deref().is_some_and(|kind| is_small(kind, ranking, top_score)) {
        understood.intent = Intent::Smalltalk;
    } else if let Some(not_us) = elsewhere {
        understood.action = None;
        understood.intent = Intent::OutOfScope;
        understood.not_us = not_us.filter(|_| confidence >= ASK_BACK);
    } else if confidence >= ANSWER {
        understood.intent = Intent::Service;
        (understood.services, understood.matters) = (services, matters);
    } else if confidence >= ASK_BACK {
        understood.intent = Intent::Clarify;
        (understood.services, understood.matters) = (services, matters);
    } else {
        understood.intent = if seen.words <= 2 && ranking.known > 0.0 { Intent::Clarify } else { Intent::OutOfScope };
    }
}

/// Whether what is to be done is for us to do though the matter is near to something of others: an appointment at the job
/// centre is booked there.
fn is_ours(action: Action, top_score: f32, judged: &Judged) -> bool {
    action == Action::HandoffHuman || top_score < NEAR || judged.share(Label::Act(action)) >= SURE
}
