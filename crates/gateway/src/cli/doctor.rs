//! `doctor`: looks at everything this installation needs and says what is wrong, without changing anything.

mod checks;
mod storage;
mod working;

use database::Database;
use serde::Serialize;
use serde_json::json;

use crate::cli::settings::Source;
use crate::cli::{CommandError, say};
use crate::configuration::{Configuration, Problems};
use crate::start;

/// How the findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A line each.
    Lines,
    /// One JSON object.
    Json,
}

impl Form {
    pub(crate) const fn of(json: bool) -> Self {
        if json { Self::Json } else { Self::Lines }
    }
}

/// How closely is looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// What takes a moment.
    Quick,
    /// Every row is read.
    Deep,
}

impl Depth {
    pub(crate) const fn of(deep: bool) -> Self {
        if deep { Self::Deep } else { Self::Quick }
    }
}

/// How good a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    Ok,
    Warn,
    Fail,
}

/// What was found. Names of checks are stable; messages are for people and hold nothing about citizens.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Finding {
    pub(crate) check: &'static str,
    pub(crate) state: State,
    pub(crate) message: String,
}

impl Finding {
    pub(crate) fn is_failed(&self) -> bool {
        self.state == State::Fail
    }

    pub(crate) fn new(check: &'static str, state: State, message: impl Into<String>) -> Self {
        Self { check, state, message: message.into() }
    }
}

/// Looks at everything and tells.
///
/// # Errors
/// Something is broken.
pub(crate) async fn run(source: &Source, form: Form, depth: Depth) -> Result<(), CommandError> {
    let findings = match source.problems_or_configuration() {
        Ok(configuration) => findings(&configuration, depth).await,
        Err(Problems(problems)) => {
            problems.into_iter().map(|problem| Finding::new("configuration", State::Fail, problem)).collect()
        }
    };
    let broken = findings.iter().filter(|finding| finding.is_failed()).count();
    match form {
        Form::Json => say(json!({ "healthy": broken == 0, "checks": findings })),
        Form::Lines => findings.iter().for_each(tell),
    }
    if broken == 0 {
        Ok(())
    } else {
        Err(CommandError::Failed(format!("{broken} of {} checks failed", findings.len())))
    }
}

/// Looks at everything.
pub(crate) async fn findings(configuration: &Configuration, depth: Depth) -> Vec<Finding> {
    let mut findings = vec![checks::program(), checks::mode(configuration), checks::key_file(configuration)];
    findings.extend([
        storage::certificate(configuration),
        working::mail(configuration),
        storage::backup(configuration),
    ]);
    findings.extend(storage::disk_space(configuration));
    if start::sqlite_file(configuration).is_some_and(|file| !file.exists()) {
        let message = format!("{} does not exist yet; `serve` makes it", start::place(configuration));
        findings.push(Finding::new("database", State::Warn, message));
        return findings;
    }
    match start::connect(configuration).await {
        Ok(database) => {
            findings.extend(checks::database(configuration, &database, depth).await);
            // Nothing was written; whatever closing says changes no finding.
            let _ = database.close().await;
        }
        Err(error) => findings.push(Finding::new("database", State::Fail, error.to_string())),
    }
    findings
}

/// The checks that read every row: whether the file is whole, and whether every count is what the appointments take.
pub(crate) async fn deep(database: &Database) -> Vec<Finding> {
    vec![storage::integrity(database).await, working::counts(database).await]
}

pub(crate) fn tell(finding: &Finding) {
    let state = match finding.state {
        State::Ok => "ok",
        State::Warn => "warn",
        State::Fail => "fail",
    };
    say(format_args!("{state:<5} {:<14} {}", finding.check, finding.message));
}
