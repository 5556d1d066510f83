//! Scenarios: answers and what must come of them, written as JSON beside the definition.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::calendar::FederalState;
use reading::{Code, Problem, visible};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

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
    /// Paths that are not shown.
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
    /// Last days of deadlines that run from `submission`, by key.
    #[serde(default)]
    pub deadlines: BTreeMap<String, NaiveDate>,
    /// The parties that take part.
    pub parties: Option<Vec<String>>,
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
