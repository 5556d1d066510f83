//! The table that `cargo xtask chat-eval` prints.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::eval::{Case, Kind, Outcome, Share};

type Pick = fn(&Outcome) -> Option<f64>;

const COLUMNS: [(&str, Pick); 6] = [
    ("top-1", |outcome| outcome.top_1.map(of)),
    ("top-3", |outcome| outcome.top_3.map(of)),
    ("recall@5", |outcome| outcome.recall_5),
    ("reaction", |outcome| outcome.reaction.map(of)),
    ("refused", |outcome| outcome.refused.map(of)),
    ("action", |outcome| outcome.action.map(of)),
];

fn of(right: bool) -> f64 {
    if right { 1.0 } else { 0.0 }
}

/// The figures as a table in Markdown: a row for each language and kind, one for each kind over all languages.
pub fn table(outcomes: &[(&Case, Outcome)]) -> String {
    let mut rows: BTreeMap<(String, Kind), Vec<Outcome>> = BTreeMap::new();
    for (case, outcome) in outcomes {
        let language = case.lang.clone().unwrap_or_else(|| "?".to_owned());
        rows.entry((language, case.kind)).or_default().push(*outcome);
        rows.entry(("~all".to_owned(), case.kind)).or_default().push(*outcome);
    }
    let heads: Vec<&str> = COLUMNS.iter().map(|(head, _)| *head).collect();
    let mut text =
        format!("| language | kind | n | {} | spurious |\n|---|---|---|{}---|\n", heads.join(" | "), "---|".repeat(6));
    for ((language, kind), outcomes) in &rows {
        let cells: Vec<String> = COLUMNS.iter().map(|(_, pick)| cell(outcomes, *pick)).collect();
        let spurious = outcomes.iter().filter(|outcome| outcome.spurious).count();
        let language = language.trim_start_matches('~');
        let count = outcomes.len();
        let _ = writeln!(text, "| {language} | {} | {count} | {} | {spurious} |", kind.as_str(), cells.join(" | "));
    }
    let uncited = outcomes.iter().filter(|(_, outcome)| !outcome.cited).count();
    let _ = writeln!(text, "\n{} questions; answers with a claim that has no source: {uncited}", outcomes.len());
    text
}

fn cell(outcomes: &[Outcome], pick: Pick) -> String {
    let mut share = Share::default();
    for value in outcomes.iter().filter_map(pick) {
        share.count(value);
    }
    match (share.value(), share.interval()) {
        (Some(value), Some((low, high))) => format!("{value:.2} ({low:.2}-{high:.2})"),
        _ => "-".to_owned(),
    }
}
