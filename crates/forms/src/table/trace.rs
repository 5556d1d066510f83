//! What a table was asked and what it said, kept so that it can be shown again years later.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::definition::Definition;
use crate::table::{Cell, DecisionTable, decide};

/// How asking a table ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TraceResult {
    /// It answered.
    Decided,
    /// An answer it needs is missing.
    Incomplete,
    /// A value lies outside what the table declares.
    OutsideDomain,
    /// No row fits. Cannot happen to a published table that needs a row; its proof says so.
    NoRow,
}

/// The record of one question to a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionTrace {
    /// The definition it belongs to.
    pub definition_sha256: String,
    /// The table with its first day: `fee` or `fee@2027-01-01`.
    pub table: String,
    /// What was asked, by expression; `None` for what was missing.
    pub inputs: BTreeMap<String, Option<Cell>>,
    /// How it ended.
    pub result: TraceResult,
    /// Which rows count, from 1.
    pub rows_hit: Vec<usize>,
    /// What they say, by output.
    pub outputs: Vec<BTreeMap<String, Cell>>,
    /// Why, row by row.
    pub reasons: Vec<Reason>,
    /// The day of the evaluation.
    pub evaluated_on: NaiveDate,
    /// The day on which the table's figures had to hold.
    pub effective_on: NaiveDate,
}

/// The reason of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The row, from 1.
    pub row: usize,
    /// The key of the text.
    pub reason_key: Option<String>,
    /// The statute.
    pub legal_ref: Option<String>,
}

/// Why a replay does not agree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplayFault {
    /// The trace belongs to another definition.
    #[error("the trace belongs to another definition")]
    OtherDefinition,
    /// The definition has no such table.
    #[error("the definition has no table {0}")]
    NoTable(String),
    /// The table says something else today.
    #[error("the table {0} says something else")]
    Differs(String),
}

/// Asks the table of `trace` again with the same inputs.
///
/// # Errors
/// [`ReplayFault`] if anything differs.
pub fn replay(definition: &Definition, trace: &DecisionTrace) -> Result<(), ReplayFault> {
    if definition.sha256() != trace.definition_sha256 {
        return Err(ReplayFault::OtherDefinition);
    }
    let table = definition.tables().get(&trace.table).ok_or_else(|| ReplayFault::NoTable(trace.table.clone()))?;
    let values: Vec<Option<Cell>> =
        table.inputs.iter().map(|input| trace.inputs.get(&input.expression).cloned().flatten()).collect();
    let again = traced(table, &values, definition.sha256(), trace.evaluated_on, trace.effective_on);
    if again == *trace { Ok(()) } else { Err(ReplayFault::Differs(trace.table.clone())) }
}

/// Asks `table` and writes down what happened.
pub(crate) fn traced(
    table: &DecisionTable,
    values: &[Option<Cell>],
    sha256: &str,
    today: NaiveDate,
    effective_on: NaiveDate,
) -> DecisionTrace {
    let decided = decide(table, values);
    let named = |cells: &Vec<Option<Cell>>| {
        let cells = table.outputs.iter().zip(cells);
        cells.filter_map(|(output, cell)| Some((output.name.clone(), cell.clone()?))).collect()
    };
    let reason = |row: &usize| Reason {
        row: row + 1,
        reason_key: table.rows[*row].reason_key.clone(),
        legal_ref: table.rows[*row].legal_ref.clone(),
    };
    DecisionTrace {
        definition_sha256: sha256.to_owned(),
        table: table.full_key(),
        inputs: table
            .inputs
            .iter()
            .zip(values)
            .map(|(input, value)| (input.expression.clone(), value.clone()))
            .collect(),
        result: decided.result,
        rows_hit: decided.rows.iter().map(|row| row + 1).collect(),
        outputs: decided.outputs.iter().map(named).collect(),
        reasons: decided.rows.iter().map(reason).collect(),
        evaluated_on: today,
        effective_on,
    }
}

impl DecisionTable {
    /// The key with the first day: `fee@2027-01-01`.
    pub fn full_key(&self) -> String {
        self.effective_from.map_or_else(|| self.key.clone(), |day| format!("{}@{day}", self.key))
    }
}
