//! Decision tables: rules of a statute as rows that a clerk can read, a spreadsheet can edit and a program can prove.

mod cell;
mod csv_read;
mod csv_write;
mod decide;
mod dmn_read;
mod dmn_write;
mod hit_policy;
mod proof;
mod trace;
mod unary;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use cell::{Cell, CellType};
pub use csv_read::read_csv;
pub use dmn_read::{DmnFault, from_dmn};

pub use hit_policy::HitPolicy;
pub use proof::{Overlap, Proof};
pub use trace::{DecisionTrace, Reason, ReplayFault, TraceResult, replay};
pub use unary::{Interval, NotATest, UnaryTests};

pub(crate) use decide::decide;
pub(crate) use trace::traced;

/// The most rows of a table.
pub const MAX_ROWS: usize = 2_000;
/// The most columns of a table.
pub const MAX_COLUMNS: usize = 40;

/// A decision table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionTable {
    /// Its name in expressions.
    pub key: String,
    /// What happens when several rows fit.
    pub hit_policy: HitPolicy,
    /// The first day on which its figures hold; always if absent.
    pub effective_from: Option<NaiveDate>,
    /// The questions it asks.
    pub inputs: Vec<Input>,
    /// What it answers.
    pub outputs: Vec<Output>,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// A question of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// The expression that is asked.
    pub expression: String,
    /// What it gives.
    pub kind: CellType,
    /// Whether numbers are whole.
    pub whole: bool,
    /// The values that can come: any if `UnaryTests::any`.
    pub allowed: UnaryTests,
}

/// An answer of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: CellType,
    /// The values it can have, for the hit policies P and O the first one first; any if empty.
    pub allowed: Vec<Cell>,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// What must hold, one for each input.
    pub tests: Vec<UnaryTests>,
    /// What it gives, one for each output; `None` for an empty cell.
    pub outputs: Vec<Option<Cell>>,
    /// The text that gives the reason in a notice, `reason.<key>`.
    pub reason_key: Option<String>,
    /// The statute behind it.
    pub legal_ref: Option<String>,
}

impl Row {
    /// Whether the row fits these values.
    pub(crate) fn fits(&self, values: &[Option<Cell>]) -> bool {
        self.tests.iter().zip(values).all(|(tests, value)| tests.hold(value.as_ref()))
    }
}
