//! Kinds of messages and actions whose examples are searched like services.

use crate::index::{Index, Ranking, Target};
use crate::understand::confidence::{ASK_BACK, confidence};

/// An example of a kind of message must be so near.
const NEAR: f32 = 0.3;

/// The kind of message or the action whose examples are clearly nearest: surely known, and ahead of every service.
pub(super) fn reaction(index: &Index, ranking: &Ranking) -> Option<String> {
    let top = ranking.best.first()?;
    let Target::Reaction(name) = index.target(top.target) else { return None };
    let next = ranking.best.iter().find(|scored| !matches!(index.target(scored.target), Target::Reaction(_)));
    let lead = top.score - next.map_or(0.0, |next| next.score);
    // A cry for help needs no lead; an action that nobody asked for is worse than one that is not understood.
    let needed = match name.as_str() {
        "emergency" => 0.0,
        "injection" | "abuse" | "smalltalk" => 0.02,
        _ => 0.05,
    };
    let sure = confidence(top.score, next.map_or(0.0, |next| next.score), ranking.known, 0.0) >= ASK_BACK;
    (sure && top.score >= NEAR && lead >= needed).then(|| name.clone())
}
