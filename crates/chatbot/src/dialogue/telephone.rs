//! The same conversation over a telephone: text in, text out, short, with digits to press. Whoever listens and speaks (a
//! telephony provider with speech recognition and synthesis) stands outside and carries a [`Call`] from turn to turn.

use serde::{Deserialize, Serialize};

use crate::Engine;
use crate::dialogue::said::{HandOverReason, Offer, Said};
use crate::dialogue::speech::speech;
use crate::dialogue::{Dialogue, Turn};
use crate::language::ChatLanguage;
use crate::tools::ToolPort;

/// What is read aloud at once, in characters: half a minute.
const MOST_SPOKEN: usize = 420;
/// So many choices have a digit; 0 is a person and 9 repeats.
const MOST_DIGITS: usize = 8;

/// A call in progress. It holds what the person said: it is kept sealed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Call {
    dialogue: Dialogue,
    /// What the digits from 1 stand for.
    digits: Vec<Offer>,
    /// What was said last.
    last: String,
}

/// What the person hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// In which language.
    pub language: ChatLanguage,
    /// What is read aloud: plain sentences, no lists, no links, at most about half a minute and the digits.
    pub text: String,
    /// Whether and why the call goes to a person now.
    pub hand_over: Option<HandOverReason>,
    /// What the person said, without personal data: what may be kept.
    pub redacted: String,
}

impl Engine {
    /// Goes on with a call. `turn.text` is what was recognised, or one pressed digit.
    pub async fn call(&self, call: &mut Call, tools: &dyn ToolPort, turn: Turn<'_>) -> Spoken {
        let language = call.dialogue.language.or(turn.page).unwrap_or(ChatLanguage::German);
        let pressed = pressed(turn.text);
        if pressed == Some(9) && !call.last.is_empty() {
            return Spoken { language, text: call.last.clone(), hand_over: None, redacted: turn.text.to_owned() };
        }
        if pressed == Some(0) {
            let (text, hand_over) = (speech(language).say("hand_over", &[]), Some(HandOverReason::Asked));
            return Spoken { language, text, hand_over, redacted: turn.text.to_owned() };
        }
        let chosen = pressed.and_then(|digit| call.digits.get(digit.checked_sub(1)?)).map(|offer| offer.says.clone());
        let text = chosen.as_deref().unwrap_or(turn.text);
        let turned = self.turn(&mut call.dialogue, tools, Turn { text, ..turn }).await;
        let language = call.dialogue.language.unwrap_or(language);
        call.digits = choices(&turned.said);
        let hand_over = turned.said.iter().find_map(|said| match said {
            Said::HandOver { reason } => Some(*reason),
            _ => None,
        });
        call.last = spoken(&turned.said, &call.digits, language, hand_over.is_none());
        Spoken { language, text: call.last.clone(), hand_over, redacted: turned.redacted }
    }
}

fn pressed(text: &str) -> Option<usize> {
    let text = text.trim();
    (text.len() == 1).then(|| text.parse().ok()).flatten()
}

fn choices(said: &[Said]) -> Vec<Offer> {
    let choices = said.iter().find_map(|said| match said {
        Said::Choices { choices } => Some(choices.clone()),
        _ => None,
    });
    choices.unwrap_or_default().into_iter().take(MOST_DIGITS).collect()
}

/// Sentences until half a minute is full, then the digits. What has a digit is not read twice.
fn spoken(said: &[Said], digits: &[Offer], language: ChatLanguage, goes_on: bool) -> String {
    let speech = speech(language);
    let mut text = String::new();
    for said in said {
        let (Said::Line { text: line, .. } | Said::Personal { text: line, .. }) = said else { continue };
        if digits.iter().any(|offer| line.ends_with(&offer.label)) {
            continue;
        }
        if !text.is_empty() && text.chars().count() + line.chars().count() > MOST_SPOKEN {
            break;
        }
        push(&mut text, line);
    }
    for (digit, offer) in (1..).zip(digits) {
        push(&mut text, &speech.say("press", &[("label", &offer.label), ("digit", &i32::to_string(&digit))]));
    }
    if goes_on {
        push(&mut text, &speech.say("press_person", &[]));
        if text.chars().count() > MOST_SPOKEN / 2 {
            push(&mut text, &speech.say("press_again", &[]));
        }
    }
    text
}

fn push(text: &mut String, sentence: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(sentence);
}
