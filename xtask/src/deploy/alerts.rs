//! The rules that wake somebody: right by Prometheus' own tests, made of metrics that exist, each with its runbook.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::house::sources;
use crate::process;
use crate::provision;

/// Where they stand in the repository.
pub const FOLDER: &str = "deploy/prometheus";

/// Metrics of other programs: Prometheus itself and its blackbox exporter.
const OF_OTHERS: [&str; 2] = ["up", "probe_ssl_earliest_cert_expiry"];

/// What a runbook has to say, whatever its alert.
const CHAPTERS: [&str; 5] = ["## What it means", "## First look", "## Causes", "## Steps", "## When to call whom"];

/// The names of all alerts in a text of rules.
pub fn alerts(rules: &str) -> BTreeSet<&str> {
    rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect()
}

/// The runbooks that a text of rules names.
pub fn runbooks(rules: &str) -> BTreeSet<&str> {
    rules.lines().filter_map(|line| line.trim().strip_prefix("runbook: ")).collect()
}

/// The metrics that a text of rules is made of: names with an underscore that stand before `{`, `[` or alone in an
/// expression, without what the rules record themselves.
pub fn metrics(rules: &str) -> BTreeSet<String> {
    let is_sign = |sign: char| sign.is_ascii_alphanumeric() || sign == '_' || sign == ':';
    let mut found = BTreeSet::new();
    for line in expressions(rules) {
        // Labels and texts are no metrics.
        let mut bare = String::new();
        let (mut in_text, mut in_labels) = (false, false);
        for sign in line.chars() {
            match sign {
                '"' => in_text = !in_text,
                '{' if !in_text => in_labels = true,
                '}' if !in_text => in_labels = false,
                _ if in_text || in_labels => {}
                _ => bare.push(sign),
            }
        }
        let bare = without_grouping(&bare);
        for word in bare.split(|sign: char| !is_sign(sign)) {
            let is_metric = word.starts_with(|sign: char| sign.is_ascii_lowercase())
                && !word.contains(':')
                && (word.contains('_') || word == "up" || word == "ready")
                && !FUNCTIONS.contains(&word);
            if is_metric {
                found.insert(word.to_owned());
            }
        }
    }
    found
}

/// Functions of PromQL whose names look like metrics.
const FUNCTIONS: [&str; 1] = ["predict_linear"];

/// The lines below each `expr: |`.
fn expressions(rules: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut depth = None;
    for line in rules.lines() {
        let indent = line.len() - line.trim_start().len();
        if let Some(expected) = depth {
            if indent > expected {
                found.push(line);
                continue;
            }
            depth = None;
        }
        if line.trim() == "expr: |" {
            depth = Some(indent);
        }
    }
    found
}

/// `by (municipality)` names labels.
fn without_grouping(text: &str) -> String {
    let mut rest = text;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once(" by (") {
        kept.push_str(before);
        rest = after.split_once(')').map_or("", |(_, after)| after);
    }
    kept + rest
}

/// What is wrong between rules and runbooks, one sentence each. `read` gives a file of the repository.
pub fn problems(rules: &str, read: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut problems = Vec::new();
    for alert in alerts(rules) {
        let path = format!("docs/operations/{}.md", file_name(alert));
        if !runbooks(rules).contains(path.as_str()) {
            problems.push(format!("{alert} does not name {path}"));
        }
        let Some(text) = read(&path) else {
            problems.push(format!("{alert} has no runbook {path}"));
            continue;
        };
        let absent = CHAPTERS.iter().filter(|chapter| !text.contains(*chapter));
        problems.extend(absent.map(|chapter| format!("{path} lacks `{chapter}`")));
    }
    problems
}

/// `BookingErrors` -> `booking-errors`.
fn file_name(alert: &str) -> String {
    let mut name = String::new();
    for sign in alert.chars() {
        if sign.is_ascii_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.push(sign.to_ascii_lowercase());
    }
    name
}

/// The metrics of the rules that a program is to emit.
pub fn wanted(rules: &str) -> BTreeSet<String> {
    metrics(rules).into_iter().filter(|metric| !OF_OTHERS.contains(&metric.as_str())).collect()
}

/// The rules as text.
///
/// # Errors
///
/// If they cannot be read.
pub fn rules() -> Result<String> {
    Ok(fs::read_to_string(sources::repository().join(FOLDER).join("rules.yml"))?)
}

/// Reads rules and runbooks, and lets Prometheus check and test them.
///
/// # Errors
///
/// Everything that is wrong.
pub fn check() -> Result<()> {
    let repository = sources::repository();
    let found = problems(&rules()?, |path| fs::read_to_string(repository.join(path)).ok());
    if !found.is_empty() {
        return Err(Failure::new(found.join("\n")));
    }
    let promtool = provision::unpacked("prometheus", "usr/bin/promtool")?;
    let folder = repository.join(FOLDER);
    process::run(tool(&promtool, &folder).args(["check", "config", "prometheus.yml"]))?;
    process::run(tool(&promtool, &folder).args(["test", "rules", "rules_test.yml", "rules_days_test.yml"]))?;
    Ok(())
}

fn tool(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    command
}
