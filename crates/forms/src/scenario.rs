//! Scenarios: answers and what must come of them, written as JSON beside the definition.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::calendar::FederalState;
use domain::time::Timestamp;
use reading::{Code, Problem, visible};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::answers::{Answer, AnswerSource, Answers};
use crate::circumstances::Circumstances;
use crate::definition::Definition;
use crate::error::FieldError;
use crate::evaluate::{DecidedBy, Evaluation, Outcome, evaluate};
use crate::locale::Locale;
use crate::path::Path;
use crate::row::RowId;

/// One scenario.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it shows, as a sentence.
    pub name: String,
    /// The day on which it plays.
    pub today: NaiveDate,
    /// Whose holidays count; Lower Saxony if absent.
    #[serde(default = "lower_saxony")]
    pub state: FederalState,
    /// Zones by address line.
    #[serde(default)]
    pub zones: BTreeMap<String, String>,
    /// How many of this year the household has had already.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub household_used: u32,
    /// Answers: by `group.field`, or for a repeated group by `group` a list of rows.
    pub answers: BTreeMap<String, Json>,
    /// What must come of them; what is not named is not looked at.
    pub expect: Expectation,
}

/// What must come of a scenario.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// The steps that are shown.
    pub steps: Option<Vec<String>>,
    /// All errors as `path CODE` or `path RULE_BROKEN rule`; rows are counted from 1: `children[2].name REQUIRED`.
    pub errors: Option<Vec<String>>,
    /// Paths of fields that are shown; rows are counted from 1.
    #[serde(default)]
    pub visible: Vec<String>,
    /// Paths of fields that are not shown; rows are counted from 1.
    #[serde(default)]
    pub hidden: Vec<String>,
    /// Effective answers by path.
    #[serde(default)]
    pub effective: BTreeMap<String, Json>,
    /// The fee in cents.
    pub fee_cents: Option<u32>,
    /// The documents.
    pub documents: Option<Vec<String>>,
    /// What the deciding table says: `grant`, `refuse`, `human`.
    pub outcome: Option<String>,
    /// Who decides: `machine` or `person`.
    pub decided_by: Option<String>,
    /// The reasons of the decision.
    pub reasons: Option<Vec<String>>,
    /// Last days of deadlines, by key.
    #[serde(default)]
    pub deadlines: BTreeMap<String, NaiveDate>,
    /// The parties that take part.
    pub parties: Option<Vec<String>>,
    /// Whether a tour must be chosen.
    pub tour: Option<bool>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes what it asks about by reference")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

fn lower_saxony() -> FederalState {
    FederalState::Ni
}

/// Reads a scenario.
pub(crate) fn read(path: &str, text: &str) -> Result<Scenario, Problem> {
    serde_json::from_str(text).map_err(|error| {
        let mut problem =
            Problem::of_file(path, Code::Syntax, format!("no scenario: {}", visible(&error.to_string(), 300)));
        problem.line = error.line().max(1);
        problem.column = error.column().max(1);
        problem
    })
}

/// How one scenario went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioResult {
    /// The file.
    pub file: String,
    /// What the scenario shows.
    pub name: String,
    /// Where it went otherwise than expected, one line each; empty if all is well.
    pub differences: Vec<String>,
}

/// Runs every scenario of a definition.
pub fn run_scenarios(definition: &Definition) -> Vec<ScenarioResult> {
    let run = |(file, scenario): (&String, &Scenario)| ScenarioResult {
        file: format!("tests/{file}"),
        name: scenario.name.clone(),
        differences: differences(definition, scenario),
    };
    definition.scenarios().iter().map(run).collect()
}

impl Scenario {
    /// The circumstances in which it plays.
    pub fn circumstances(&self) -> Circumstances<'_> {
        Circumstances {
            today: self.today,
            state: self.state,
            extra_holidays: &[],
            zones: &self.zones,
            dates: BTreeMap::from([("submission".to_owned(), self.today)]),
            household_used: Some(self.household_used),
        }
    }
}

impl Definition {
    /// The answers of a scenario, with made-up row ids that count from 1. A declaration is answered with `"@declared"`.
    pub fn answers_of(&self, scenario: &Scenario) -> Answers {
        let mut rows: BTreeMap<String, Vec<RowId>> = BTreeMap::new();
        let mut values = BTreeMap::new();
        let answer = |path: &str, value: &Json| Answer {
            value: match value.as_str() {
                Some("@declared") => self.declaration_hash(path, Locale::De).map_or(Json::Null, Json::from),
                _ => value.clone(),
            },
            source: AnswerSource::Applicant { party: "applicant".to_owned() },
            at: Timestamp::from_millis(0),
        };
        for (path, value) in &scenario.answers {
            let Some(list) = value.as_array().filter(|_| self.repeat_of(path).is_some()) else {
                values.insert(path.clone(), answer(path, value));
                continue;
            };
            for (number, entries) in (1_u128..).zip(list) {
                let row = RowId::new(number);
                rows.entry(path.clone()).or_default().push(row);
                for (field, value) in entries.as_object().into_iter().flatten() {
                    values.insert(format!("{path}[{row}].{field}"), answer(&format!("{path}.{field}"), value));
                }
            }
        }
        Answers::assembled(rows, values)
    }
}

fn differences(definition: &Definition, scenario: &Scenario) -> Vec<String> {
    let answers = definition.answers_of(scenario);
    let circumstances = scenario.circumstances();
    let evaluation = evaluate(definition, &answers, &circumstances);
    let expect = &scenario.expect;
    let mut report = Report(Vec::new());
    for path in scenario.answers.keys() {
        let known = definition.form().field(path).is_some() || definition.repeat_of(path).is_some();
        report.equal("answers", Some(&true), &known, || format!("`{path}` is neither a field nor a repeated group"));
    }
    let steps: Vec<String> = evaluation.steps.iter().map(|step| step.key.clone()).collect();
    report.equal("steps", expect.steps.as_ref(), &steps, || list(&steps));
    let errors: Vec<String> = evaluation.errors.iter().map(short).collect();
    report.equal("errors", expect.errors.as_ref(), &errors, || list(&errors));
    let rows = evaluation.steps.iter().flat_map(|step| &step.groups).flat_map(|group| &group.rows);
    let shown: Vec<&str> = rows.flat_map(|row| &row.fields).map(|field| field.path.as_str()).collect();
    for (what, paths) in [("visible", &expect.visible), ("hidden", &expect.hidden)] {
        for path in paths {
            let found = match full_path(definition, path) {
                None => "no such field",
                Some(full) if shown.contains(&full.as_str()) => "visible",
                Some(_) => "hidden",
            };
            report.equal(what, Some(&what), &found, || format!("`{path}`: {found}"));
        }
    }
    for (path, value) in &expect.effective {
        let found = evaluation.effective.get(path).map_or(Json::Null, crate::value::Value::to_json);
        report.equal(path, Some(value), &found, || found.to_string());
    }
    for (key, day) in &expect.deadlines {
        let deadline = definition.service().deadlines.iter().find(|deadline| deadline.key == *key);
        let found = deadline.and_then(|deadline| evaluation.end_of(deadline, &circumstances));
        report.equal(key, Some(&Some(*day)), &found, || format!("{found:?}"));
    }
    report.equal("tour", expect.tour.as_ref(), &evaluation.tour, || evaluation.tour.to_string());
    report.equal("parties", expect.parties.as_ref(), &evaluation.parties, || list(&evaluation.parties));
    report.tables(definition, &evaluation, expect);
    report.0
}

/// A path as answers write it, from one whose row may be counted from 1; `None` if the form has no such field.
fn full_path(definition: &Definition, path: &str) -> Option<String> {
    let (place, field) = path.rsplit_once('.')?;
    let (group, row) = match place.split_once('[') {
        Some((group, row)) => (group, Some(row.strip_suffix(']')?)),
        None => (place, None),
    };
    definition.field_type(group, field)?;
    if definition.repeat_of(group).is_some() != row.is_some() {
        return None;
    }
    let row = match row {
        Some(row) => Some(row.parse().or_else(|_| row.parse().map(RowId::new)).ok()?),
        None => None,
    };
    Some(Path { group, row, field }.to_string())
}

fn list(values: &[String]) -> String {
    if values.is_empty() { "none".to_owned() } else { values.join(", ") }
}

impl Report {
    /// What the fee, the documents and the decision are.
    fn tables(&mut self, definition: &Definition, evaluation: &Evaluation, expect: &Expectation) {
        let fee = evaluation.fee.as_ref().map(|fee| fee.cents);
        self.equal("fee_cents", expect.fee_cents.map(Some).as_ref(), &fee, || format!("{fee:?}"));
        let documents: Vec<String> = evaluation.documents.iter().map(|document| document.key.clone()).collect();
        self.equal("documents", expect.documents.as_ref(), &documents, || list(&documents));
        let decision = evaluation.decision(definition);
        let outcome = decision.as_ref().map(|decision| match decision.outcome {
            Outcome::Grant => "grant".to_owned(),
            Outcome::Refuse => "refuse".to_owned(),
            Outcome::Human => "human".to_owned(),
        });
        self.equal("outcome", expect.outcome.clone().map(Some).as_ref(), &outcome, || format!("{outcome:?}"));
        let decided_by = decision.as_ref().map(|decision| match decision.decided_by {
            DecidedBy::Machine => "machine".to_owned(),
            DecidedBy::Person(_) => "person".to_owned(),
        });
        self.equal("decided_by", expect.decided_by.clone().map(Some).as_ref(), &decided_by, || {
            format!("{decided_by:?}")
        });
        let reasons = decision.iter().flat_map(|decision| &decision.reasons);
        let reasons: Vec<String> = reasons.filter_map(|reason| reason.reason_key.clone()).collect();
        self.equal("reasons", expect.reasons.as_ref(), &reasons, || list(&reasons));
    }
}

/// What went otherwise.
struct Report(Vec<String>);

impl Report {
    fn equal<T: PartialEq>(&mut self, what: &str, wanted: Option<&T>, found: &T, words: impl Fn() -> String) {
        if wanted.is_some_and(|wanted| wanted != found) {
            self.0.push(format!("{what}: found {}", words()));
        }
    }
}

/// An error as scenarios write it.
fn short(error: &FieldError) -> String {
    let path = match &error.row_label {
        Some(label) => error.path.replace(&label.row.to_string(), &label.number.to_string()),
        None => error.path.clone(),
    };
    match error.args.get("rule") {
        Some(rule) => format!("{path} {} {rule}", error.code),
        None => format!("{path} {}", error.code),
    }
}
