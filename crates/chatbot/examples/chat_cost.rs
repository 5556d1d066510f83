//! Measures what the chatbot costs: building its index, the memory of it, and one question, understood, looked up and answered.
//!
//! `cargo run --release -p chatbot --example chat_cost -- CITY QUESTIONS` prints one JSON line for each figure, for the
//! catalogue of the city and for one of a thousand services. These are the city's own over and again, each time with half of
//! the longer words turned into other ones, so that the vocabulary grows with the catalogue as it would in earnest.

mod shared;

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use domain::catalogue::Service;
use domain::identifier::Key;
use serde_json::json;

use chatbot::content::{Content, Entry};
use chatbot::eval::{Case, read_cases};
use chatbot::{Asked, Engine};

/// The size that the promise speaks of.
const MANY: usize = 1_000;
/// How often each question is asked; the best counts, so that what else runs on the machine does not.
const ROUNDS: usize = 3;
/// Words shorter than this are left as they are.
const LONG: usize = 5;

#[expect(clippy::disallowed_methods, reason = "a program to measure with reads its command line")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [city, questions] = &arguments[..] else {
        eprintln!("usage: chat_cost CITY QUESTIONS");
        return ExitCode::from(2);
    };
    match run(Path::new(city), Path::new(questions)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

fn run(city: &Path, questions: &Path) -> Result<(), String> {
    let (services, content) = shared::read_city(city)?;
    let text = std::fs::read_to_string(questions).map_err(|error| format!("{}: {error}", questions.display()))?;
    let cases = read_cases(&text).map_err(|error| error.to_string())?;
    let (many, many_texts) = multiplied(&services, &content)?;
    measure("shipped", services, content, &cases);
    measure("1000", many, many_texts, &cases);
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "this program measures how long building and asking take")]
fn measure(size: &str, services: BTreeMap<Key, Service>, content: Content, cases: &[Case]) {
    let began = Instant::now();
    let engine = Engine::build(services, content);
    let built = began.elapsed().as_secs_f64();
    let today = NaiveDate::from_ymd_opt(2026, 12, 1).unwrap_or_default();
    let asked = |case: &Case| {
        let once = |_| {
            let began = Instant::now();
            let reply = engine.ask(Asked { text: &case.text, page: case.page(), today });
            let took = began.elapsed();
            drop(reply);
            took
        };
        (0..ROUNDS).map(once).min().unwrap_or_default()
    };
    let mut times: Vec<Duration> = cases.iter().map(asked).collect();
    times.sort();
    let at = |share: f64| {
        let place = (times.len() as f64 * share) as usize;
        times.get(place).map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
    };
    tell(&format!("{size}.index.build"), built, "s", Some(1.0));
    tell(&format!("{size}.index.memory"), engine.index().bytes() as f64 / 1_048_576.0, "MiB", Some(64.0));
    tell(&format!("{size}.question.p50"), at(0.5), "ms", None);
    tell(&format!("{size}.question.p99"), at(0.99), "ms", Some(5.0));
}

fn tell(what: &str, value: f64, unit: &str, at_most: Option<f64>) {
    println!("{}", json!({ "what": what, "value": value, "unit": unit, "at_most": at_most }));
}

/// The services and texts as often as needed for [`MANY`] services.
fn multiplied(
    services: &BTreeMap<Key, Service>,
    content: &Content,
) -> Result<(BTreeMap<Key, Service>, Content), String> {
    let (mut all, mut texts) = (BTreeMap::new(), content.clone());
    for round in 0..=MANY / services.len().max(1) {
        for service in services.values().take(MANY - all.len()) {
            let key = key(&service.key, round)?;
            for ((language, _), entry) in content.services.iter().filter(|((_, key), _)| *key == service.key) {
                texts.services.insert((*language, key.clone()), varied_entry(entry, &key, round));
            }
            let mut varied = service.clone();
            varied.key = key.clone();
            varied.name.de = turned(&service.name.de, round);
            varied.name.en = service.name.en.as_deref().map(|name| turned(name, round));
            varied.synonyms = service.synonyms.iter().map(|text| turned(text, round)).collect();
            all.insert(key, varied);
        }
    }
    Ok((all, texts))
}

fn key(key: &Key, round: usize) -> Result<Key, String> {
    if round == 0 {
        return Ok(key.clone());
    }
    Key::new(&format!("{key}-{round}")).map_err(|error| error.to_string())
}

fn varied_entry(entry: &Entry, key: &Key, round: usize) -> Entry {
    let all = |texts: &[String]| texts.iter().map(|text| turned(text, round)).collect();
    Entry {
        key: key.clone(),
        name: turned(&entry.name, round),
        synonyms: all(&entry.synonyms),
        questions: all(&entry.questions),
        text: turned(&entry.text, round),
        ..entry.clone()
    }
}

/// The text with half of its longer words turned into words of the same letters, other ones in every round but the first.
fn turned(text: &str, round: usize) -> String {
    let turned = |word: &str| {
        let mut hasher = DefaultHasher::new();
        (word, round).hash(&mut hasher);
        let number = hasher.finish();
        let mut letters: Vec<char> = word.chars().collect();
        if round == 0 || letters.len() < LONG || word.contains('{') || number.is_multiple_of(2) {
            return word.to_owned();
        }
        let by = 1 + (number as usize / 2) % (letters.len() - 1);
        letters.rotate_left(by);
        letters.into_iter().collect()
    };
    text.split(' ').map(turned).collect::<Vec<_>>().join(" ")
}
