//! Safety before everything else, by fixed rules of all languages at once: a person in danger is not asked which language.

use crate::language::ChatLanguage;
use crate::rules::{self, Message, Pattern};

/// Longer messages are not searched; people who write plainly or have several matters stay below.
pub const MOST_CHARACTERS: usize = 1_000;

/// Why a message does not go on to the search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alarm {
    /// Danger: `crisis`, `violence`, `medical`, `fire`, `call`.
    Emergency(String),
    /// `insult`, `threat`, `hate`, `crime`.
    Abuse(String),
    /// An attempt to change the rules of the program.
    Injection,
    /// Longer than [`MOST_CHARACTERS`].
    TooLong,
}

/// What only a program would send: markup, marks of prompts, statements of databases.
const MARKUP: [&str; 32] = [
    "<script",
    "</",
    "javascript:",
    "onerror=",
    "onload=",
    "<img",
    "<iframe",
    "<svg",
    "{{",
    "}}",
    "${",
    "<|",
    "|>",
    "[inst]",
    "[/inst]",
    "<<sys>>",
    "### instruction",
    "### system",
    "system:",
    "assistant:",
    "\"role\"",
    "\"function\"",
    "\"arguments\"",
    "' or '1'='1",
    "' or 1=1",
    "\" or 1=1",
    "union select",
    "drop table",
    "; --",
    "';--",
    "%3cscript",
    "function_call",
];

/// What speaks against answering the message as a question, if anything does. `raw` is what was sent, `text` its visible form,
/// `own` the language it seems to be in.
pub(crate) fn alarm(raw: &str, text: &str, message: &Message, own: ChatLanguage) -> Option<Alarm> {
    let rules: Vec<_> = rules::all().collect();
    // A short word of one language is something else in another one: only rows of words and long words count there.
    let any = |patterns: &[Pattern], language: ChatLanguage| {
        patterns.iter().any(|pattern| {
            let counts = language == own.searched() || pattern.is_unmistakable();
            counts && (pattern.is_in(message, language) || (pattern.is_unmistakable() && pattern.is_in_latin(message)))
        })
    };
    let named = |groups: &[(String, Vec<Pattern>)], language| {
        groups.iter().find(|(_, patterns)| any(patterns, language)).map(|(name, _)| name.clone())
    };
    let is_calm = rules.iter().any(|(language, rules)| any(&rules.calm, *language));
    // Threats come first: "I will kill you all" is no cry for help.
    let threat = rules.iter().find_map(|(language, rules)| {
        let threats = rules.abuse.iter().find(|(name, _)| name == "threat");
        threats.filter(|(_, patterns)| any(patterns, *language)).map(|(name, _)| name.clone())
    });
    if let Some(name) = threat {
        return Some(Alarm::Abuse(name));
    }
    let emergency = rules.iter().find_map(|(language, rules)| named(&rules.emergency, *language));
    if let Some(kind) = emergency.filter(|kind| kind == "crisis" || !is_calm) {
        return Some(Alarm::Emergency(kind));
    }
    if hides(raw) || is_markup(raw) || rules.iter().any(|(language, rules)| any(&rules.injection, *language)) {
        return Some(Alarm::Injection);
    }
    if let Some(kind) = rules.iter().find_map(|(language, rules)| named(&rules.abuse, *language)) {
        return Some(Alarm::Abuse(kind));
    }
    (text.chars().count() > MOST_CHARACTERS).then_some(Alarm::TooLong)
}

/// Letters nobody sees (the block of tags) and marks that turn the direction of reading hide a message in a message.
fn hides(raw: &str) -> bool {
    raw.chars()
        .any(|sign| matches!(sign, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{e0000}'..='\u{e007f}'))
}

fn is_markup(raw: &str) -> bool {
    let lower = raw.to_lowercase();
    MARKUP.iter().any(|mark| lower.contains(mark))
}
