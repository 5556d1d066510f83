//! `doctor`: looks at everything this installation needs and says what is wrong, without changing anything.

mod checks;

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

/// How good a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    Warn,
    Fail,
}

/// What was found.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    state: State,
    message: String,
}

impl Finding {
    fn new(check: &'static str, state: State, message: impl Into<String>) -> Self {
        Self { check, state, message: message.into() }
    }
}

/// Looks at everything and tells.
///
/// # Errors
/// Something is broken.
pub(crate) async fn run(source: &Source, form: Form) -> Result<(), CommandError> {
    let findings = match source.problems_or_configuration() {
        Ok(configuration) => findings(&configuration).await,
        Err(Problems(problems)) => {
            problems.into_iter().map(|problem| Finding::new("configuration", State::Fail, problem)).collect()
        }
    };
    let broken = findings.iter().filter(|finding| finding.state == State::Fail).count();
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

async fn findings(configuration: &Configuration) -> Vec<Finding> {
    let mut findings = vec![checks::mode(configuration), checks::key_file(configuration)];
    findings.extend(checks::disk_space(configuration));
    if start::sqlite_file(configuration).is_some_and(|file| !file.exists()) {
        let message = format!("{} does not exist yet; `serve` makes it", start::place(configuration));
        findings.push(Finding::new("database", State::Warn, message));
        return findings;
    }
    match start::connect(configuration).await {
        Ok(database) => findings.extend(checks::database(configuration, database).await),
        Err(error) => findings.push(Finding::new("database", State::Fail, error.to_string())),
    }
    findings
}

fn tell(finding: &Finding) {
    let state = match finding.state {
        State::Ok => "ok",
        State::Warn => "warn",
        State::Fail => "fail",
    };
    say(format_args!("{state:<5} {:<14} {}", finding.check, finding.message));
}
