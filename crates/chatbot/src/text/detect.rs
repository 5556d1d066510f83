//! Which language a message is in: its script, letters only one language has, known words, a detector, the page's language.

use whatlang::{Detector, Lang};

use crate::language::{ChatLanguage, Script};

/// How many of a message's letters are of each script: Latin, Cyrillic, Arabic.
pub fn scripts(text: &str) -> [usize; 3] {
    let mut count = [0; 3];
    for sign in text.chars().filter(|sign| sign.is_alphabetic()) {
        match sign {
            '\u{0400}'..='\u{052f}' => count[1] += 1,
            '\u{0600}'..='\u{06ff}' | '\u{0750}'..='\u{077f}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' => {
                count[2] += 1;
            }
            _ => count[0] += 1,
        }
    }
    count
}

/// What speaks for a language beside its letters.
#[derive(Debug, Clone, Copy, Default)]
pub struct Evidence {
    /// Share of the message's words that the language's index or list of small words knows, 0 to 1.
    pub known: f32,
}

/// The language of a normalised message. `known` gives the evidence for each language; `page` is the language of the page.
pub fn detect(text: &str, page: Option<ChatLanguage>, known: impl Fn(ChatLanguage) -> Evidence) -> ChatLanguage {
    let [latin, cyrillic, arabic] = scripts(text);
    if arabic > 0 && arabic >= latin.max(cyrillic) / 2 {
        return ChatLanguage::Arabic;
    }
    let (candidates, script) = if cyrillic > 0 && cyrillic >= latin / 2 {
        ([ChatLanguage::Ukrainian, ChatLanguage::Russian, ChatLanguage::Russian], Script::Cyrillic)
    } else {
        ([ChatLanguage::German, ChatLanguage::English, ChatLanguage::Turkish], Script::Latin)
    };
    let allowed = candidates.iter().map(|language| detector_name(*language)).collect();
    let guess = Detector::with_allowlist(allowed).detect(text);
    let score = |language: ChatLanguage| {
        let guessed = guess.as_ref().filter(|info| info.lang() == detector_name(language));
        let here = page.is_some_and(|page| page.searched() == language);
        1.0 * known(language).known
            + 0.5 * own_letters(text, language)
            + guessed.map_or(0.0, |info| 0.2 + 0.3 * info.confidence() as f32)
            + if here { 0.25 } else { 0.0 }
    };
    let best =
        candidates.into_iter().rev().map(|language| (score(language), language)).max_by(|a, b| a.0.total_cmp(&b.0));
    let best = best.map_or(ChatLanguage::German, |(_, language)| language);
    match page {
        Some(page) if page.searched() == best => page,
        // Nothing to go by but the page: digits, signs, an empty message.
        Some(page) if script == Script::Latin && latin == 0 => page,
        _ => best,
    }
}

/// Letters that of the languages of one script only one has: 0 or 1.
fn own_letters(text: &str, language: ChatLanguage) -> f32 {
    let letters = match language {
        ChatLanguage::German | ChatLanguage::PlainGerman => "äßÄ",
        ChatLanguage::Turkish => "ığşİĞŞ",
        ChatLanguage::Ukrainian => "іїєґІЇЄҐ",
        ChatLanguage::Russian => "ыэъёЫЭЪЁ",
        ChatLanguage::English | ChatLanguage::Arabic => "",
    };
    if text.chars().any(|sign| letters.contains(sign)) { 1.0 } else { 0.0 }
}

const fn detector_name(language: ChatLanguage) -> Lang {
    match language {
        ChatLanguage::German | ChatLanguage::PlainGerman => Lang::Deu,
        ChatLanguage::English => Lang::Eng,
        ChatLanguage::Turkish => Lang::Tur,
        ChatLanguage::Ukrainian => Lang::Ukr,
        ChatLanguage::Russian => Lang::Rus,
        ChatLanguage::Arabic => Lang::Ara,
    }
}
