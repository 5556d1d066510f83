//! Asks the questions of an evaluation set and prints the table: `evaluate CITY QUESTIONS [--wrong] [--fit] [--features]`.

use std::path::Path;
use std::process::ExitCode;

use chatbot::eval::{Case, Outcome, fit, judge, read_cases, table};
use chatbot::{Asked, Engine, content};
use chrono::NaiveDate;
use reading::TextFile;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let told = |option: &str| arguments.iter().any(|argument| argument == option);
    let paths: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with("--")).collect();
    let [city, questions] = paths[..] else {
        eprintln!("usage: evaluate CITY QUESTIONS [--wrong] [--fit] [--features]");
        return ExitCode::from(2);
    };
    match run(Path::new(city), Path::new(questions), told("--wrong"), told("--fit"), told("--features")) {
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

fn run(city: &Path, questions: &Path, wrong: bool, fitting: bool, features: bool) -> Result<String, String> {
    let mut files = Vec::new();
    read_folder(city, city, &mut files).map_err(|error| format!("{}: {error}", city.display()))?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let lines =
        |problems: Vec<reading::Problem>| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    let services = city::check(&files).map_err(lines)?.city.services;
    let content = match content::read(&files, &services) {
        Ok(content) => content,
        Err(problems) => return Err(lines(problems)),
    };
    let began = std::time::Instant::now();
    let engine = Engine::build(services, content);
    let built = began.elapsed();
    let text = std::fs::read_to_string(questions).map_err(|error| format!("{}: {error}", questions.display()))?;
    let cases = read_cases(&text).map_err(|error| error.to_string())?;
    if features {
        return Ok(cases.iter().map(|case| feature_line(&engine, case)).collect());
    }
    if fitting {
        return Ok(format!("{:?}", fit(engine.index(), &cases)));
    }
    let today = NaiveDate::from_ymd_opt(2026, 12, 1).unwrap_or_default();
    let mut times = Vec::new();
    let mut outcomes: Vec<(&Case, Outcome)> = Vec::new();
    let mut told = String::new();
    for case in &cases {
        let began = std::time::Instant::now();
        let reply = engine.ask(Asked { text: &case.text, page: case.page(), today });
        times.push(began.elapsed());
        let outcome = judge(case, &reply);
        let fails = outcome.top_1 == Some(false)
            || outcome.recall_5.is_some_and(|recall| recall < 1.0)
            || outcome.reaction == Some(false)
            || outcome.action == Some(false)
            || outcome.refused == Some(true)
            || outcome.spurious;
        if wrong && fails {
            let understood = &reply.understood;
            let named: Vec<String> =
                understood.services.iter().map(|choice| format!("{}:{:.2}", choice.service, choice.score)).collect();
            let (expected, action) = (&case.expect, understood.action.map(|action| action.as_str()));
            let (intent, confidence) = (understood.intent.as_str(), understood.confidence);
            told += &format!(
                "{} {} {:?}\n    wanted {:?} {:?} {:?}\n    got {} {action:?} {intent} {confidence:.2} {named:?} {:?} {:?}\n",
                case.id,
                case.kind.as_str(),
                case.text,
                expected.services,
                expected.intent,
                expected.action,
                understood.language,
                understood.not_us,
                understood.alarm
            );
        }
        outcomes.push((case, outcome));
    }
    times.sort();
    let at = |share: f64| times.get((times.len() as f64 * share) as usize).copied().unwrap_or_default();
    let cost = format!(
        "index: built in {built:?}, {:.1} MiB; question: p50 {:?}, p99 {:?}",
        engine.index().bytes() as f64 / 1_048_576.0,
        at(0.5),
        at(0.99)
    );
    Ok(format!("{told}\n{}\n{cost}", table(&outcomes)))
}

/// Kind, language, whether the best target is right, and what the confidence is computed from.
fn feature_line(engine: &Engine, case: &Case) -> String {
    let text = chatbot::text::normalise(&case.text);
    let language =
        engine.ask(Asked { text: &case.text, page: case.page(), today: NaiveDate::default() }).understood.language;
    let ranking = engine.index().rank(&text, language);
    let top = ranking.best.first();
    let target = top.map(|top| format!("{:?}", engine.index().target(top.target))).unwrap_or_default();
    let is_right = case.expect.services.iter().any(|key| target == format!("Service(\"{key}\")"));
    let score = |place: usize| ranking.best.get(place).map_or(0.0, |scored| scored.score);
    let (kind, known, meaningful) = (case.kind.as_str(), ranking.known, ranking.meaningful);
    format!(
        "{kind}\t{language}\t{is_right}\t{}\t{}\t{known}\t{meaningful}\t{target}\t{}\n",
        score(0),
        score(1),
        case.id
    )
}

fn read_folder(root: &Path, folder: &Path, files: &mut Vec<TextFile>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read_folder(root, &path, files)?;
        } else if let (Ok(text), Ok(below)) = (std::fs::read_to_string(&path), path.strip_prefix(root)) {
            let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
            files.push(TextFile { path: parts.join("/"), text });
        }
    }
    Ok(())
}
