//! Asks the questions of an evaluation set and prints the table: `evaluate CITY QUESTIONS [--wrong|--fit|--folds]`.

mod shared;

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use chrono::NaiveDate;

use chatbot::eval::{Case, Outcome, fit, folds, judge, read_cases, table};
use chatbot::{Asked, Engine, Reply, learn};

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
        eprintln!("usage: evaluate CITY QUESTIONS [--wrong|--fit|--folds]");
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
        let (mut outcomes, mut told) = (Vec::new(), Vec::new());
        let today = NaiveDate::from_ymd_opt(2026, 12, 1).unwrap_or_default();
        for fold in 0..chatbot::eval::FOLDS {
            let (rest, cases) = chatbot::eval::held_out(&texts, fold);
            let engine = Engine::build(services.clone(), rest);
            for case in cases {
                let outcome = judge(&case, &engine.ask(Asked { text: &case.text, page: case.page(), today }));
                outcomes.push(outcome);
                told.push(case);
            }
        }
        let all: Vec<(&Case, Outcome)> = told.iter().zip(outcomes).collect();
        return Ok(table(&all));
    }
    let began = Instant::now();
    let (services_kept, texts_kept) = (services.clone(), texts.clone());
    let engine = Engine::build(services, texts);
    let built = began.elapsed();
    let text = std::fs::read_to_string(questions).map_err(|error| format!("{}: {error}", questions.display()))?;
    let cases = read_cases(&text).map_err(|error| error.to_string())?;
    if wish == Wish::Fit {
        let mut all = chatbot::eval::candidates(engine.index(), &cases);
        for fold in 0..chatbot::eval::FOLDS {
            let (rest, cases) = chatbot::eval::held_out(&texts_kept, fold);
            let engine = Engine::build(services_kept.clone(), rest);
            all.extend(chatbot::eval::candidates(engine.index(), &cases));
        }
        return Ok(format!("{:?}", fit(&all)));
    }
    let today = NaiveDate::from_ymd_opt(2026, 12, 1).unwrap_or_default();
    let (mut times, mut outcomes, mut told) = (Vec::new(), Vec::new(), String::new());
    for case in &cases {
        let began = Instant::now();
        let reply = engine.ask(Asked { text: &case.text, page: case.page(), today });
        times.push(began.elapsed());
        let outcome = judge(case, &reply);
        if wish == Wish::Wrong && is_wrong(&outcome) {
            told += &complaint(case, &reply);
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

fn is_wrong(outcome: &Outcome) -> bool {
    [outcome.top_1, outcome.reaction, outcome.action].contains(&Some(false))
        || outcome.recall_5.is_some_and(|recall| recall < 1.0)
        || outcome.refused == Some(true)
        || outcome.spurious
}

fn complaint(case: &Case, reply: &Reply) -> String {
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
    told
}
