//! Asking a table: which rows fit, and what the hit policy makes of them.

use rust_decimal::Decimal;

use crate::table::{Cell, DecisionTable, HitPolicy, TraceResult};

/// What a table gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decided {
    pub(crate) result: TraceResult,
    /// Numbers of the rows that count, from 0, in the order of the answers.
    pub(crate) rows: Vec<usize>,
    /// The answers: one for each row, or one figure.
    pub(crate) outputs: Vec<Vec<Option<Cell>>>,
}

impl Decided {
    fn nothing(result: TraceResult) -> Self {
        Self { result, rows: Vec::new(), outputs: Vec::new() }
    }
}

/// Asks `table` with one value for each input.
pub(crate) fn decide(table: &DecisionTable, values: &[Option<Cell>]) -> Decided {
    if table.hit_policy.needs_a_row() {
        // One row for everything else must not answer for what nobody said yet.
        let unsaid = |(input, value): (&crate::table::Input, &Option<Cell>)| {
            value.is_none() && (input.allowed.any || !input.allowed.hold(None))
        };
        if table.inputs.iter().zip(values).any(unsaid) {
            return Decided::nothing(TraceResult::Incomplete);
        }
    }
    let strange =
        |(input, value): (&crate::table::Input, &Option<Cell>)| value.is_some() && !input.allowed.hold(value.as_ref());
    if table.inputs.iter().zip(values).any(strange) {
        return Decided::nothing(TraceResult::OutsideDomain);
    }
    let hits: Vec<usize> = (0..table.rows.len()).filter(|row| table.rows[*row].fits(values)).collect();
    let rows = match table.hit_policy {
        HitPolicy::Unique | HitPolicy::Any | HitPolicy::First => hits.into_iter().take(1).collect(),
        HitPolicy::Priority => by_priority(table, hits).into_iter().take(1).collect(),
        HitPolicy::OutputOrder => by_priority(table, hits),
        HitPolicy::RuleOrder | HitPolicy::Collect => hits,
        HitPolicy::Sum | HitPolicy::Min | HitPolicy::Max | HitPolicy::Count => return figure(table, hits),
    };
    let result =
        if rows.is_empty() && table.hit_policy.needs_a_row() { TraceResult::NoRow } else { TraceResult::Decided };
    let outputs = rows.iter().map(|row: &usize| table.rows[*row].outputs.clone()).collect();
    Decided { result, rows, outputs }
}

/// The rows by the place of their first output among the allowed values; equal ones keep the order of the table.
fn by_priority(table: &DecisionTable, mut hits: Vec<usize>) -> Vec<usize> {
    let allowed = table.outputs.first().map_or(&[][..], |output| output.allowed.as_slice());
    let place = |row: &usize| {
        let output = table.rows[*row].outputs.first().cloned().flatten();
        allowed.iter().position(|value| Some(value) == output.as_ref()).unwrap_or(usize::MAX)
    };
    hits.sort_by_key(place);
    hits
}

fn figure(table: &DecisionTable, rows: Vec<usize>) -> Decided {
    let numbers = || {
        rows.iter().filter_map(|row| match table.rows[*row].outputs.first() {
            Some(Some(Cell::Number(number))) => Some(*number),
            _ => None,
        })
    };
    let figure = match table.hit_policy {
        HitPolicy::Sum => numbers().try_fold(Decimal::ZERO, Decimal::checked_add),
        HitPolicy::Min => numbers().min(),
        HitPolicy::Max => numbers().max(),
        HitPolicy::Count => Some(Decimal::from(rows.len())),
        HitPolicy::Unique
        | HitPolicy::Any
        | HitPolicy::Priority
        | HitPolicy::First
        | HitPolicy::RuleOrder
        | HitPolicy::OutputOrder
        | HitPolicy::Collect => None,
    };
    let mut output = vec![None; table.outputs.len()];
    if let Some(first) = output.first_mut() {
        *first = figure.map(|number| Cell::Number(number.normalize()));
    }
    Decided { result: TraceResult::Decided, rows, outputs: vec![output] }
}
