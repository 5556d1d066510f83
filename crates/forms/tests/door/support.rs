//! The definition of the tests, and small ways to change it and to answer it.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;
use domain::calendar::FederalState;
use domain::time::Timestamp;
use forms::{
    AnswerSource, Answers, Change, Circumstances, Definition, Evaluation, Loaded, Patch, Problem, RowId, evaluate, load,
};
use serde_json::Value as Json;

pub(crate) type Files = BTreeMap<String, String>;

/// The files of the residents' parking permit.
pub(crate) fn files() -> Files {
    let root = Path::new(env!("REPOSITORY_ROOT")).join("crates/forms/tests/services/bewohnerparken");
    let mut files = BTreeMap::new();
    for folder in ["", "tables", "texts", "letters", "tests"] {
        for entry in std::fs::read_dir(root.join(folder)).expect("the folder is there") {
            let path = entry.expect("an entry").path();
            if path.is_file() {
                let name = path.strip_prefix(&root).expect("below the root").to_string_lossy().replace('\\', "/");
                files.insert(name, std::fs::read_to_string(&path).expect("a text"));
            }
        }
    }
    files
}

/// Changes one place of one file.
pub(crate) fn changed(file: &str, from: &str, to: &str) -> Files {
    let mut files = files();
    let text = files.get_mut(file).expect("the file is there");
    assert!(text.contains(from), "{file} has {from}");
    *text = text.replacen(from, to, 1);
    files
}

/// The problems of `files`, one line each.
pub(crate) fn problems(files: &Files) -> Vec<Problem> {
    match load(files) {
        Ok(loaded) => panic!("nothing is wrong with {}", loaded.definition.key()),
        Err(problems) => problems,
    }
}

/// Loads files in which nothing is wrong.
pub(crate) fn loads(files: &Files) -> Loaded {
    load(files).unwrap_or_else(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("the definition has problems:\n{}", lines.join("\n"));
    })
}

/// The definition of the tests.
pub(crate) fn definition() -> Definition {
    loads(&files()).definition
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

pub(crate) fn patch(changes: Vec<Change>) -> Patch {
    Patch { changes, source: AnswerSource::Applicant { party: "applicant".into() }, at: Timestamp::from_seconds(1) }
}

pub(crate) fn set(path: &str, value: impl Into<Json>) -> Change {
    Change::Set { path: path.to_owned(), value: value.into() }
}

pub(crate) fn add_row(row: u128) -> Change {
    Change::AddRow { group: "permits".to_owned(), row: RowId::new(row) }
}

/// The answers of the scenario of that file.
pub(crate) fn answers_of(definition: &Definition, file: &str) -> Answers {
    definition.answers_of(&definition.scenarios()[file])
}

/// Evaluates on 23 November 2026 with the zones of the scenarios.
pub(crate) fn evaluated(definition: &Definition, answers: &Answers) -> Evaluation {
    let zones = BTreeMap::from([("Lister Meile 5, 30161 Hannover".to_owned(), "List-1".to_owned())]);
    evaluate(definition, answers, &circumstances(&zones))
}

pub(crate) fn circumstances(zones: &BTreeMap<String, String>) -> Circumstances<'_> {
    Circumstances {
        today: day("2026-11-23"),
        state: FederalState::Ni,
        extra_holidays: &[],
        zones,
        dates: BTreeMap::new(),
        household_used: None,
    }
}

/// Errors as `path CODE`.
pub(crate) fn codes(evaluation: &Evaluation) -> Vec<String> {
    evaluation.errors.iter().map(|error| format!("{} {}", error.path, error.code)).collect()
}
