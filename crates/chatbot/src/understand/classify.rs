//! Puts together what is known about a message and decides: answer, ask back, or say that it is not ours.

use crate::index::{Index, Scored, Target};
use crate::language::ChatLanguage;
use crate::learn::{Classifier, Matter, Verdict};
use crate::rules::{self, Message};
use crate::text::{Evidence, detect, fold, normalise, words};
use crate::understand::action::{asked_for, is_asked_about};
use crate::understand::confidence::matter;
use crate::understand::decide::{Seen, decide};
use crate::understand::matters::{segments, with_matters};
use crate::understand::reaction::reaction;
use crate::understand::safety::alarm;
use crate::understand::smalltalk::smalltalk;
use crate::understand::wish::{Heard, wish};
use crate::understand::{Action, Alarm, Intent, Understood, redact};

/// What nobody types; the rest is not even looked at.
const MOST_BYTES: usize = 64 * 1024;
/// So few words resemble too much; what is made of them must be surer.
const FEW_WORDS: usize = 2;

/// Understands `raw`, sent from a page in `page`'s language.
pub(crate) fn understand(index: &Index, classifier: &Classifier, raw: &str, page: Option<ChatLanguage>) -> Understood {
    let raw = cut(raw);
    let text = normalise(raw);
    let message = Message::of(&text);
    let redacted = redact(&text);
    let mut language = language_of(index, &text, page);
    let mut understood = Understood {
        language,
        intent: Intent::Clarify,
        action: None,
        services: Vec::new(),
        matters: 0,
        not_us: None,
        facets: Vec::new(),
        smalltalk: None,
        may_be_urgent: false,
        alarm: alarm(raw, &text, &message, language),
        redacted,
        confidence: 0.0,
    };
    if let Some(alarm) = understood.alarm.take() {
        return alarmed(understood, alarm);
    }
    let mut searched = without_marks(&understood.redacted.text);
    // Of a mail address or a number nothing is to be learnt.
    let judged = classifier.judge(&searched);
    let mut message = message;
    if let Some((own, text)) = in_own_letters(index, &searched, language) {
        (language, message, searched) = (own, Message::of(&text), text);
        understood.language = language;
    }
    understood.facets = facets(&message, language);
    understood.smalltalk = smalltalk(&message, language);
    let ranking = index.rank(&searched, language);
    let (best, matters) = with_matters(index, &searched, language, &ranking);
    let matter = if message.len() <= FEW_WORDS { Matter::Clear } else { matter(index, &ranking) };
    let verdict = judged.verdict(matter);
    match verdict {
        Verdict::Emergency(kind) => return alarmed(understood, Alarm::Emergency(kind.to_owned())),
        Verdict::Abuse(kind) => return alarmed(understood, Alarm::Abuse(kind.to_owned())),
        Verdict::Injection => return alarmed(understood, Alarm::Injection),
        Verdict::OutOfScope | Verdict::Smalltalk | Verdict::Open => {}
    }
    let pieces = segments(&searched, language);
    let by_rule = asked_for(&message, language);
    let heard = Heard { by_rule, whole: &judged, pieces: &pieces, matter, words: message.len() };
    let is_wanted = |action: &Action| !is_asked_about(*action, &message, language);
    understood.action = wish(classifier, &heard).filter(is_wanted);
    understood.may_be_urgent = judged.may_be_urgent();
    let reaction = reaction(index, &ranking);
    match reaction.as_deref().map(|name| (name, Action::of_name(name))) {
        Some((_, Some(action))) if understood.action.is_none() && is_wanted(&action) => {
            understood.action = Some(action);
        }
        Some(("emergency", None)) => {
            return alarmed(understood, Alarm::Emergency("call".to_owned()));
        }
        Some(("abuse", None)) if understood.action.is_none() => {
            return alarmed(understood, Alarm::Abuse("insult".to_owned()));
        }
        Some(("injection", None)) if understood.action.is_none() => {
            return alarmed(understood, Alarm::Injection);
        }
        Some(("smalltalk", None)) if understood.action.is_none() => {
            return Understood { intent: Intent::Smalltalk, ..understood };
        }
        Some((_, Some(_) | None)) | None => {}
    }
    // What the message asks for is no longer a candidate for what it is about.
    let best: Vec<Scored> =
        best.into_iter().filter(|scored| !matches!(index.target(scored.target), Target::Reaction(_))).collect();
    let seen = Seen { ranking: &ranking, best: &best, matters, words: message.len(), judged: &judged };
    decide(index, &mut understood, &seen);
    if matches!(understood.intent, Intent::Clarify | Intent::Service) {
        match verdict {
            Verdict::OutOfScope => {
                return Understood { intent: Intent::OutOfScope, services: Vec::new(), ..understood };
            }
            Verdict::Smalltalk => return Understood { intent: Intent::Smalltalk, services: Vec::new(), ..understood },
            Verdict::Emergency(_) | Verdict::Abuse(_) | Verdict::Injection | Verdict::Open => {}
        }
    }
    understood
}

/// A message that does not go on to the search.
fn alarmed(understood: Understood, alarm: Alarm) -> Understood {
    let intent = match &alarm {
        Alarm::Emergency(_) => Intent::Emergency,
        Alarm::Abuse(_) => Intent::Abuse,
        Alarm::Injection => Intent::Injection,
        Alarm::TooLong => Intent::Clarify,
    };
    Understood { intent, action: None, alarm: Some(alarm), ..understood }
}

fn cut(raw: &str) -> &str {
    let mut end = raw.len().min(MOST_BYTES);
    while !raw.is_char_boundary(end) {
        end -= 1;
    }
    &raw[..end]
}

fn language_of(index: &Index, text: &str, page: Option<ChatLanguage>) -> ChatLanguage {
    let folded = fold(text);
    let words = words(&folded);
    detect(text, page, |language| {
        let known = index.language(language).map_or(0.0, |index| index.share_known(&words));
        Evidence { known }
    })
}

/// The text in Cyrillic letters, if it is Russian or Ukrainian typed in Latin ones.
fn in_own_letters(index: &Index, text: &str, language: ChatLanguage) -> Option<(ChatLanguage, String)> {
    let folded = fold(text);
    let words = words(&folded);
    let known = index.language(language).map_or(0.0, |index| index.share_known(&words));
    index.in_own_letters(&words, known)
}

fn facets(message: &Message, language: ChatLanguage) -> Vec<String> {
    let asked = rules::of(language).facets.iter();
    let asked =
        asked.filter(|(_, patterns)| patterns.iter().any(|pattern| pattern.is_in(message, language.searched())));
    asked.map(|(name, _)| name.clone()).collect()
}

/// Marks of what was taken out are no words of the question.
fn without_marks(text: &str) -> String {
    text.split(' ').filter(|token| !(token.starts_with('[') && token.ends_with(']'))).collect::<Vec<_>>().join(" ")
}
