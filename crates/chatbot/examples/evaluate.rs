//! Asks questions and prints the table: `evaluate CITY QUESTIONS [--wrong|--fit|--folds|--held-out]`.

mod shared;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use domain::catalogue::Service;
use domain::identifier::Key;

use chatbot::content::Content;
use chatbot::eval::{Case, FOLDS, Outcome, candidates, fit, folds, held_out, judge, read_cases, table};
use chatbot::learn::{self, Label};
use chatbot::{Asked, Engine, Reply};

/// What to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    /// The table.
    Table,
    /// The table, and before it each question that went wrong.
    Wrong,
    /// How the classifier judges texts it has not seen.
    Folds,
    /// Weights fitted on the questions.
    Fit,
    /// How well services are found for example questions that were taken out of the index.
    HeldOut,
}

#[expect(clippy::disallowed_methods, reason = "a program to measure with reads its command line")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (wish, paths) = match arguments.last().map(String::as_str) {
        Some("--wrong") => (Wish::Wrong, &arguments[..arguments.len() - 1]),
        Some("--folds") => (Wish::Folds, &arguments[..arguments.len() - 1]),
        Some("--held-out") => (Wish::HeldOut, &arguments[..arguments.len() - 1]),
        Some("--fit") => (Wish::Fit, &arguments[..arguments.len() - 1]),
        _ => (Wish::Table, &arguments[..]),
    };
    let [city, questions] = paths else {
        eprintln!("usage: evaluate CITY QUESTIONS [--wrong|--fit|--folds|--held-out]");
        return ExitCode::from(2);
    };
    match run(Path::new(city), Path::new(questions), wish) {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this program measures how long building and asking take")]
fn run(city: &Path, questions: &Path, wish: Wish) -> Result<String, String> {
    let (services, texts) = shared::read_city(city)?;
    if wish == Wish::Folds {
        return Ok(folds(&[learn::examples(), learn::of_city(&texts)].concat()));
    }
    if wish == Wish::HeldOut {
        return Ok(table_of_held_out(&services, &texts));
    }
    let began = Instant::now();
    let engine = Engine::build(services.clone(), texts.clone());
    let built = began.elapsed();
    let text = std::fs::read_to_string(questions).map_err(|error| format!("{}: {error}", questions.display()))?;
    let cases = read_cases(&text).map_err(|error| error.to_string())?;
    if wish == Wish::Fit {
        let held_out = held_out_of(&services, &texts).flat_map(|(engine, cases)| candidates(engine.index(), &cases));
        let all: Vec<_> = candidates(engine.index(), &cases).into_iter().chain(held_out).collect();
        return Ok(format!("{:?}", fit(&all)));
    }
    let (mut times, mut outcomes, mut told) = (Vec::new(), Vec::new(), String::new());
    for case in &cases {
        let began = Instant::now();
        let reply = engine.ask(Asked { text: &case.text, page: case.page(), today: today() });
        times.push(began.elapsed());
        let outcome = judge(case, &reply);
        if wish == Wish::Wrong && is_wrong(&outcome) {
            told += &complaint(&engine, case, &reply);
        }
        outcomes.push((case, outcome));
    }
    times.sort();
    let at = |share: f64| times.get((times.len() as f64 * share) as usize).copied().unwrap_or(Duration::ZERO);
    let cost = format!(
        "index: built in {built:?}, {:.1} MiB; question: p50 {:?}, p99 {:?}",
        engine.index().bytes() as f64 / 1_048_576.0,
        at(0.5),
        at(0.99)
    );
    Ok(format!("{told}\n{}\n{cost}", table(&outcomes)))
}

/// For each fifth of the example questions: an engine that does not know them, and they themselves.
fn held_out_of<'c>(
    services: &'c BTreeMap<Key, Service>,
    texts: &'c Content,
) -> impl Iterator<Item = (Engine, Vec<Case>)> + 'c {
    (0..FOLDS).map(move |fold| {
        let (rest, cases) = held_out(texts, fold);
        (Engine::build(services.clone(), rest), cases)
    })
}

fn table_of_held_out(services: &BTreeMap<Key, Service>, texts: &Content) -> String {
    let mut judged: Vec<(Case, Outcome)> = Vec::new();
    for (engine, cases) in held_out_of(services, texts) {
        for case in cases {
            let reply = engine.ask(Asked { text: &case.text, page: case.page(), today: today() });
            let outcome = judge(&case, &reply);
            judged.push((case, outcome));
        }
    }
    table(&judged.iter().map(|(case, outcome)| (case, *outcome)).collect::<Vec<_>>())
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 12, 1).unwrap_or_default()
}

fn is_wrong(outcome: &Outcome) -> bool {
    [outcome.top_1, outcome.reaction, outcome.action].contains(&Some(false))
        || outcome.recall_5.is_some_and(|recall| recall < 1.0)
        || outcome.refused == Some(true)
        || outcome.spurious
}

fn complaint(engine: &Engine, case: &Case, reply: &Reply) -> String {
    let understood = &reply.understood;
    let named = understood.services.iter().map(|choice| format!("{}:{:.2}", choice.service, choice.score));
    let mut told = String::new();
    let _ = writeln!(told, "{} {} {:?}", case.id, case.kind.as_str(), case.text);
    let _ = writeln!(told, "    wanted {:?}", case.expect);
    let _ = writeln!(
        told,
        "    got {} {:?} {} {:.2} {:?} {:?} {:?}",
        understood.language,
        understood.action,
        understood.intent.as_str(),
        understood.confidence,
        named.collect::<Vec<_>>(),
        understood.not_us,
        understood.alarm
    );
    let judged = engine.classifier().judge(&case.text);
    let (action, sure) = judged.action();
    let (ours, strange) = (judged.share(Label::Service), judged.share(Label::OutOfScope));
    let _ = writeln!(
        told,
        "    judged {} {sure:.2}, service {ours:.2}, out of scope {strange:.2}, alarms {:.2?}",
        action.as_str(),
        judged.alarms()
    );
    told
}
