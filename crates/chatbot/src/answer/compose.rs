//! Composes the answer for what was understood.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::catalogue::Service;
use domain::identifier::Key;

use crate::answer::facts::{Fact, Facts};
use crate::answer::{Answer, Citation, phrase};
use crate::content::{Content, Entry, Part, parts};
use crate::language::ChatLanguage;
use crate::understand::{Alarm, Intent, Understood};

/// What answers are made of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sources<'s> {
    pub(crate) services: &'s BTreeMap<Key, Service>,
    pub(crate) content: &'s Content,
    pub(crate) today: NaiveDate,
}

/// The answer in the language of the message.
pub(crate) fn compose(understood: &Understood, sources: Sources<'_>) -> Answer {
    let mut answer = Answer::default();
    let language = understood.language;
    if understood.may_be_urgent && understood.intent != Intent::Emergency {
        answer.say(phrase(language, "emergency"));
    }
    match understood.intent {
        Intent::Emergency => answer.say(phrase(language, emergency_name(understood))),
        Intent::Abuse => answer.say(phrase(language, abuse_name(understood))),
        Intent::Injection => answer.say(phrase(language, "injection")),
        Intent::Smalltalk => answer.say(phrase(language, smalltalk_name(understood))),
        Intent::OutOfScope => not_ours(understood, sources, &mut answer),
        Intent::Clarify => ask_back(understood, sources, &mut answer),
        Intent::Service => services(understood, sources, &mut answer),
        Intent::Action => {
            let action = understood.action.map_or("", |action| action.as_str());
            answer.say(phrase(language, &format!("action_{action}")));
            services(understood, sources, &mut answer);
        }
    }
    answer
}

fn emergency_name(understood: &Understood) -> &'static str {
    match &understood.alarm {
        Some(Alarm::Emergency(kind)) if kind == "crisis" => "emergency_crisis",
        Some(Alarm::Emergency(kind)) if kind == "violence" => "emergency_violence",
        Some(Alarm::Emergency(_) | Alarm::Abuse(_) | Alarm::Injection | Alarm::TooLong) | None => "emergency",
    }
}

fn abuse_name(understood: &Understood) -> &'static str {
    match &understood.alarm {
        Some(Alarm::Abuse(kind)) if kind == "crime" => "abuse_crime",
        Some(Alarm::Abuse(kind)) if kind == "threat" => "abuse_threat",
        Some(Alarm::Emergency(_) | Alarm::Abuse(_) | Alarm::Injection | Alarm::TooLong) | None => "abuse",
    }
}

fn smalltalk_name(understood: &Understood) -> &'static str {
    match understood.smalltalk.as_deref() {
        Some("thanks") => "smalltalk_thanks",
        Some("goodbye") => "smalltalk_goodbye",
        Some("who") => "smalltalk_who",
        Some(_) | None => "smalltalk_greeting",
    }
}

fn not_ours(understood: &Understood, sources: Sources<'_>, answer: &mut Answer) {
    let entry = understood.not_us.as_ref().and_then(|key| sources.content.not_us(understood.language, key));
    match entry {
        Some((_, entry)) => {
            answer.say(phrase(understood.language, "not_us"));
            for line in entry.text.lines().map(str::trim).filter(|line| !line.is_empty()) {
                answer.claim(line, written(entry, None));
            }
        }
        None => answer.say(phrase(understood.language, "out_of_scope")),
    }
}

fn ask_back(understood: &Understood, sources: Sources<'_>, answer: &mut Answer) {
    if understood.alarm == Some(Alarm::TooLong) {
        return answer.say(phrase(understood.language, "too_long"));
    }
    if understood.services.is_empty() {
        return answer.say(phrase(understood.language, "clarify_open"));
    }
    answer.say(phrase(understood.language, "clarify"));
    for choice in understood.services.iter().take(4) {
        answer.say(format!("- {}", name_of(&choice.service, understood.language, sources)));
    }
}

fn services(understood: &Understood, sources: Sources<'_>, answer: &mut Answer) {
    let matters = understood.matters.clamp(1, 3);
    for choice in understood.services.iter().take(matters) {
        if let Some(service) = sources.services.get(&choice.service) {
            one_service(service, understood, sources, answer);
        }
    }
    let others: Vec<&str> = understood
        .services
        .iter()
        .skip(matters)
        .take(2)
        .map(|choice| name_of(&choice.service, understood.language, sources))
        .collect();
    if !others.is_empty() {
        answer.say(phrase(understood.language, "or_meant").replace("{services}", &others.join("; ")));
    }
}

/// What was asked for first, then what everybody should know.
fn one_service(service: &Service, understood: &Understood, sources: Sources<'_>, answer: &mut Answer) {
    let language = understood.language;
    let facts = Facts { service, language, today: sources.today };
    answer.say(format!("{}:", name_of(&service.key, language, sources)));
    let mut told: Vec<Fact> = understood.facets.iter().flat_map(|facet| asked(&facts, facet)).collect();
    let entry = sources.content.service(language, &service.key).map(|(_, entry)| entry);
    let entry = entry.filter(|entry| holds(entry, sources.today));
    if let Some(entry) = entry {
        for part in parts(&entry.text) {
            told.extend(match part {
                Part::Line(line) => vec![(line.to_owned(), written(entry, Some(&service.key)))],
                Part::Fee => facts.fee(),
                Part::Minutes => facts.minutes(),
                Part::Deadline => facts.deadline(),
                Part::Documents => facts.documents(),
            });
        }
    } else {
        told.extend([facts.documents(), facts.fee(), facts.deadline()].concat());
    }
    told.extend(facts.ways());
    let mut said: Vec<&str> = Vec::new();
    for (text, citation) in &told {
        if !said.contains(&text.as_str()) {
            said.push(text);
            answer.claim(text.clone(), citation.clone());
        }
    }
}

fn asked(facts: &Facts<'_>, facet: &str) -> Vec<Fact> {
    match facet {
        "documents" => facts.documents(),
        "fee" => facts.fee(),
        "duration" => [facts.minutes(), facts.result()].concat(),
        "deadline" => facts.deadline(),
        "ways" => facts.ways(),
        _ => Vec::new(),
    }
}

fn holds(entry: &Entry, today: NaiveDate) -> bool {
    entry.valid_from <= today && entry.valid_until.is_none_or(|until| today <= until)
}

fn written(entry: &Entry, service: Option<&Key>) -> Citation {
    let (source, basis) = (entry.path.clone(), entry.source.clone());
    Citation { source, basis, date: entry.valid_from, service: service.cloned() }
}

fn name_of<'s>(key: &Key, language: ChatLanguage, sources: Sources<'s>) -> &'s str {
    let written = sources.content.services.get(&(language, key.clone())).map(|entry| entry.name.as_str());
    written.or_else(|| sources.services.get(key).map(|service| language.of(&service.name))).unwrap_or_default()
}
