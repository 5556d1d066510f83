//! Puts together what is known about a message and decides: answer, ask back, or say that it is not ours.

use domain::identifier::Key;

use crate::index::{Index, Ranking, Scored, Target};
use crate::language::ChatLanguage;
use crate::learn::{Classifier, Matter, Verdict};
use crate::rules::{self, Message};
use crate::text::{Evidence, detect, fold, normalise, words};
use crate::understand::action::asked_for;
use crate::understand::matters::with_matters;
use crate::understand::safety::alarm;
use crate::understand::{Action, Alarm, Intent, Redacted, redact};

/// What nobody types; the rest is not even looked at.
const MOST_BYTES: usize = 64 * 1024;
/// From this confidence on a question is answered.
const ANSWER: f32 = 0.5;
/// From this confidence on it is asked back; below it is not ours.
const ASK_BACK: f32 = 0.25;
/// So many services at most are named.
const MOST_SERVICES: usize = 5;
/// A service is named if it scores at least this share of the best.
const NAMED_SHARE: f32 = 0.45;
/// Beside thanks a service counts from this score on.
const CLEAR: f32 = 0.75;
/// Beside a greeting from this one.
const FAINT: f32 = 0.35;
/// An example of a kind of message must be so near.
const REACTION: f32 = 0.3;
/// So few words resemble too much; what is made of them must be surer.
const FEW_WORDS: usize = 2;
/// Small talk is short.
const MOST_SMALLTALK_WORDS: usize = 8;

/// A service that may be meant.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The service.
    pub service: Key,
    /// How well it fits, 0 to about 1.
    pub score: f32,
}

/// A message, understood as far as it can be.
#[derive(Debug, Clone, PartialEq)]
pub struct Understood {
    /// The language it is in.
    pub language: ChatLanguage,
    /// What kind of message it is.
    pub intent: Intent,
    /// What is to be done.
    pub action: Option<Action>,
    /// The services meant, best first, at most five.
    pub services: Vec<Choice>,
    /// How many of them are matters of their own: they stand first.
    pub matters: usize,
    /// What another body does, where that is meant.
    pub not_us: Option<Key>,
    /// Which parts of an answer are asked for (`documents`, `fee`, ...).
    pub facets: Vec<String>,
    /// Which small talk it is.
    pub smalltalk: Option<String>,
    /// Whether somebody may be in danger though the message is a question.
    pub may_be_urgent: bool,
    /// Why it did not go on to the search.
    pub alarm: Option<Alarm>,
    /// The message without personal data: what may be kept.
    pub redacted: Redacted,
    /// How sure the program is that the first service is meant, 0 to 1.
    pub confidence: f32,
}

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
    let mut message = message;
    if let Some((own, text)) = in_own_letters(index, &searched, language) {
        (language, message, searched) = (own, Message::of(&text), text);
        understood.language = language;
    }
    understood.action = asked_for(&message, language);
    understood.facets = facets(&message, language);
    understood.smalltalk = smalltalk(&message, language);
    let ranking = index.rank(&searched, language);
    let (best, matters) = with_matters(index, &searched, language, &ranking);
    let judged = classifier.judge(&text);
    let matter = if message.len() <= FEW_WORDS { Matter::Clear } else { matter(index, &ranking) };
    let verdict = judged.verdict(matter);
    match verdict {
        Verdict::Emergency(kind) => return alarmed(understood, Alarm::Emergency(kind.to_owned())),
        Verdict::Abuse(kind) => return alarmed(understood, Alarm::Abuse(kind.to_owned())),
        Verdict::Injection => return alarmed(understood, Alarm::Injection),
        Verdict::Act(action) if is_wish(action, matter, message.len()) => {
            understood.action = understood.action.or(Some(action));
        }
        Verdict::Act(_) | Verdict::OutOfScope | Verdict::Smalltalk | Verdict::Open => {}
    }
    understood.may_be_urgent = judged.may_be_urgent();
    let reaction = reaction(index, &ranking);
    match reaction.as_deref().map(|name| (name, Action::of_name(name))) {
        Some((_, Some(action))) if understood.action.is_none() => understood.action = Some(action),
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
    decide(index, &mut understood, &ranking, &best, matters, message.len());
    if matches!(understood.intent, Intent::Clarify | Intent::Service) {
        match verdict {
            Verdict::OutOfScope => {
                return Understood { intent: Intent::OutOfScope, services: Vec::new(), ..understood };
            }
            Verdict::Smalltalk => return Understood { intent: Intent::Smalltalk, services: Vec::new(), ..understood },
            Verdict::Emergency(_) | Verdict::Abuse(_) | Verdict::Injection | Verdict::Act(_) | Verdict::Open => {}
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

/// Whether an action that is resembled is asked for. Few words are a search or an answer ("yes please"); where a service is
/// clear, reports and calls by video are services themselves.
fn is_wish(action: Action, matter: Matter, message_words: usize) -> bool {
    let is_service_too = matches!(action, Action::ReportDefect | Action::BookVideo);
    message_words > FEW_WORDS && (matter == Matter::Open || !is_service_too)
}

/// Whether the index knows a service that is clearly meant.
fn matter(index: &Index, ranking: &Ranking) -> Matter {
    let of_ours = |scored: &&Scored| !matches!(index.target(scored.target), Target::Reaction(_));
    let mut best = ranking.best.iter().filter(of_ours);
    let (top, next) = (best.next(), best.next());
    let next = next.map_or(0.0, |next| next.score);
    match top {
        Some(top) if confidence(top.score, next, ranking.known) >= ANSWER => Matter::Clear,
        Some(_) | None => Matter::Open,
    }
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

fn smalltalk(message: &Message, language: ChatLanguage) -> Option<String> {
    if message.len() > MOST_SMALLTALK_WORDS {
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

/// Marks of what was taken out are no words of the question.
fn without_marks(text: &str) -> String {
    text.split(' ').filter(|token| !(token.starts_with('[') && token.ends_with(']'))).collect::<Vec<_>>().join(" ")
}

/// The kind of message or the action whose examples are clearly nearest: surely known, and ahead of every service.
fn reaction(index: &Index, ranking: &Ranking) -> Option<String> {
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
    let sure = confidence(top.score, next.map_or(0.0, |next| next.score), ranking.known) >= ASK_BACK;
    (sure && top.score >= REACTION && lead >= needed).then(|| name.clone())
}

fn decide(
    index: &Index,
    understood: &mut Understood,
    ranking: &Ranking,
    best: &[Scored],
    matters: usize,
    message_words: usize,
) {
    let top = best.first();
    let next = best.iter().find(|scored| top.is_some_and(|top| top.target != scored.target));
    let confidence = top.map_or(0.0, |top| confidence(top.score, next.map_or(0.0, |next| next.score), ranking.known));
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
    if understood.action.is_some() {
        understood.intent = Intent::Action;
        if confidence >= ANSWER && elsewhere.is_none() {
            (understood.services, understood.matters) = (services, matters);
        }
    } else if understood.smalltalk.as_deref().is_some_and(|kind| is_small(kind, ranking, top_score)) {
        understood.intent = Intent::Smalltalk;
    } else if let Some(not_us) = elsewhere {
        understood.intent = Intent::OutOfScope;
        understood.not_us = not_us.filter(|_| confidence >= ASK_BACK);
    } else if confidence >= ANSWER {
        understood.intent = Intent::Service;
        (understood.services, understood.matters) = (services, matters);
    } else if confidence >= ASK_BACK {
        understood.intent = Intent::Clarify;
        (understood.services, understood.matters) = (services, matters);
    } else {
        understood.intent =
            if message_words <= 2 && ranking.known > 0.0 { Intent::Clarify } else { Intent::OutOfScope };
    }
}

/// Whether small talk is all there is: thanks and questions about the program bear a word or two, a greeting none.
fn is_small(kind: &str, ranking: &Ranking, top_score: f32) -> bool {
    let bears_words = matches!(kind, "thanks" | "goodbye" | "who" | "feeling");
    ranking.meaningful == 0 || (bears_words && ranking.meaningful <= 2 && top_score < CLEAR) || top_score < FAINT
}

/// How probable it is that the best target is meant at all: a logistic curve over its score, its lead over the next one and
/// the share of the question that is known. Set on the development questions, where questions of ours score 0.4 and more.
fn confidence(score: f32, next: f32, known: f32) -> f32 {
    let sum = 12.0 * (score - 0.36) + 3.0 * (known - 0.6) + (score - next);
    1.0 / (1.0 + (-sum).exp())
}
