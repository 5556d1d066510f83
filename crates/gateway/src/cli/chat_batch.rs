//! `chat-batch`: the chatbot asked from files, without server and without database, so that it can be measured from outside.

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use chatbot::answer::Citation;
use chatbot::language::ChatLanguage;
use chatbot::understand::Action;
use chatbot::{Asked, Engine, Reply, content};
use domain::environment::Clock as _;
use domain::identifier::Key;

use crate::cli::city::{checked, listed};
use crate::cli::{CommandError, say};
use crate::environment::SystemClock;

/// The longest line that is read, in bytes.
const LONGEST_LINE: usize = 1 << 20;

/// What to ask and where to write the answers.
#[derive(Debug, clap::Args)]
pub(crate) struct ChatBatch {
    /// The city directory.
    #[arg(long, value_name = "DIR")]
    city: PathBuf,
    /// Questions, one JSON object a line: `{"id", "lang"?, "text"}`.
    #[arg(long, value_name = "FILE")]
    input: PathBuf,
    /// Answers, one JSON object a line, in the order of the questions.
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
}

#[derive(Deserialize)]
struct Question {
    id: serde_json::Value,
    lang: Option<String>,
    text: String,
}

#[derive(Serialize)]
struct AnswerLine<'a> {
    id: &'a serde_json::Value,
    services: Vec<&'a str>,
    intent: &'static str,
    action: Option<&'static str>,
    language: &'static str,
    citations: Vec<CitationLine<'a>>,
    text: String,
}

#[derive(Serialize)]
struct CitationLine<'a> {
    number: usize,
    source: &'a str,
    basis: &'a str,
    date: NaiveDate,
    service: Option<&'a str>,
}

impl<'a> CitationLine<'a> {
    fn of((index, citation): (usize, &'a Citation)) -> Self {
        let service = citation.service.as_ref().map(Key::as_str);
        Self { number: index + 1, source: &citation.source, basis: &citation.basis, date: citation.date, service }
    }
}

/// `chat-batch`
///
/// # Errors
/// The city has problems, a file cannot be read or written, or a line is no question.
pub(crate) fn run(wanted: &ChatBatch) -> Result<(), CommandError> {
    let (files, checked) = checked(&wanted.city)?;
    let texts = content::read(&files, &checked.city.services).map_err(listed)?;
    let today = SystemClock.now().local_date(checked.city.municipality.time_zone);
    let engine = Engine::build(checked.city.services, texts);
    let input = File::open(&wanted.input).map_err(|error| unusable(&wanted.input, &error))?;
    let output = File::create(&wanted.output).map_err(|error| unusable(&wanted.output, &error))?;
    let mut output = BufWriter::new(output);
    let mut count = 0;
    for (index, line) in BufReader::new(input).lines().enumerate() {
        let line = line.map_err(|error| unusable(&wanted.input, &error))?;
        if line.trim().is_empty() {
            continue;
        }
        let question = question(&line)
            .map_err(|reason| CommandError::Refused(format!("{}:{}: {reason}", wanted.input.display(), index + 1)))?;
        let page = question.lang.as_deref().and_then(ChatLanguage::of_tag);
        let reply = engine.ask(Asked { text: &question.text, page, today });
        write_line(&mut output, &question, &reply).map_err(|error| unusable(&wanted.output, &error))?;
        count += 1;
    }
    output.flush().map_err(|error| unusable(&wanted.output, &error))?;
    say(format_args!("{count} questions answered"));
    Ok(())
}

fn question(line: &str) -> Result<Question, String> {
    if line.len() > LONGEST_LINE {
        return Err(format!("the line is longer than {LONGEST_LINE} bytes"));
    }
    serde_json::from_str(line).map_err(|error| format!("no question: {error}"))
}

fn write_line(output: &mut impl std::io::Write, question: &Question, reply: &Reply) -> std::io::Result<()> {
    let understood = &reply.understood;
    let line = AnswerLine {
        id: &question.id,
        services: understood.services.iter().map(|choice| choice.service.as_str()).collect(),
        intent: understood.intent.as_str(),
        action: understood.action.map(Action::as_str),
        language: understood.language.as_str(),
        citations: reply.answer.citations.iter().enumerate().map(CitationLine::of).collect(),
        text: reply.answer.text(),
    };
    serde_json::to_writer(&mut *output, &line)?;
    output.write_all(b"\n")
}

fn unusable(path: &Path, error: &std::io::Error) -> CommandError {
    CommandError::Failed(format!("{}: {error}", path.display()))
}
