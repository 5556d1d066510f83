//! Greetings, thanks and questions about the program itself.

use crate::index::Ranking;
use crate::language::ChatLanguage;
use crate::rules::{self, Message};

/// Beside thanks a service counts from this score on.
const CLEAR: f32 = 0.75;
/// Beside a greeting from this one.
const FAINT: f32 = 0.35;
/// Small talk is short.
const MOST_WORDS: usize = 8;

/// Which small talk the message has.
pub(super) fn smalltalk(message: &Message, language: ChatLanguage) -> Option<String> {
    if message.len() > MOST_WORDS {
        return None;
    }
    let kinds = rules::of(language).smalltalk.iter();
    // A greeting in front of something else is the least of what is said.
    let is_least = |name: &str| name == "greeting" || name == "fine";
    let mut found: Vec<&String> = kinds
        .filter(|(_, patterns)| patterns.iter().any(|pattern| pattern.is_in(message, language.searched())))
        .map(|(name, _)| name)
        .collect();
    found.sort_by_key(|name| is_least(name));
    found.first().map(|name| (*name).clone())
}

/// Whether small talk is all there is: thanks and questions about the program bear a word or two, a greeting none.
pub(super) fn is_small(kind: &str, ranking: &Ranking, top_score: f32) -> bool {
    let bears_words = matches!(kind, "thanks" | "goodbye" | "who" | "feeling");
    ranking.meaningful == 0 || (bears_words && ranking.meaningful <= 2 && top_score < CLEAR) || top_score < FAINT
}
