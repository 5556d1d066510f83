//! The evaluation itself: parts in their order, each seeing only what is shown and known before it.

use std::collections::BTreeMap;

use crate::answers::Answers;
use crate::circumstances::Circumstances;
use crate::compiled::{CompiledRequirement, Part};
use crate::definition::Definition;
use crate::evaluate::raw::Raw;
use crate::expression::{Expression, Scene, holds, value_of};
use crate::row::RowId;
use crate::table::{Cell, DecisionTrace, TraceResult, traced};
use crate::value::Fault;

/// What an evaluation found out.
#[derive(Debug)]
pub(super) struct Run<'a> {
    pub(super) scene: Scene<'a>,
    pub(super) rows: Vec<Vec<RowId>>,
    pub(super) step_visible: Vec<bool>,
    /// By field, then by row.
    pub(super) visible: Vec<Vec<bool>>,
    /// What was typed and is no answer, by field and row; of what is shown.
    pub(super) faults: BTreeMap<(usize, usize), Fault>,
    pub(super) traces: BTreeMap<String, DecisionTrace>,
}

/// Evaluates every part in its order.
pub(super) fn run<'a>(definition: &Definition, answers: &Answers, circumstances: &'a Circumstances<'a>) -> Run<'a> {
    let compiled = &definition.compiled;
    let mut raw = Raw::of(definition, answers);
    let mut run = Run {
        scene: Scene {
            circumstances,
            cells: raw.cells.iter().map(|column| vec![None; column.len()]).collect(),
            row_counts: vec![0; compiled.schema.groups.len()],
            outputs: compiled.schema.tables.iter().map(|table| vec![None; table.outputs.len()]).collect(),
        },
        step_visible: vec![false; compiled.steps.len()],
        visible: raw.cells.iter().map(|column| vec![false; column.len()]).collect(),
        faults: BTreeMap::new(),
        traces: BTreeMap::new(),
        rows: std::mem::take(&mut raw.rows),
    };
    for part in &compiled.order {
        match *part {
            Part::Step(step) => run.step_visible[step] = shown(compiled.steps[step].as_ref(), &run.scene, &[]),
            Part::Group(group) => {
                let entry = &compiled.schema.groups[group];
                let visible = run.step_visible[entry.step] && shown(compiled.groups[group].as_ref(), &run.scene, &[]);
                let rows = if entry.repeated { run.rows[group].len() } else { 1 };
                run.scene.row_counts[group] = if visible { rows } else { 0 };
            }
            Part::Field(field) => run.field(definition, &mut raw, field),
            Part::Table(table) => run.table(definition, table),
        }
    }
    run
}

fn shown(visible: Option<&Expression>, scene: &Scene<'_>, rows: &[usize]) -> bool {
    visible.is_none_or(|expression| holds(&expression.root, scene, rows))
}

impl Run<'_> {
    fn field(&mut self, definition: &Definition, raw: &mut Raw, field: usize) {
        let compiled = &definition.compiled.fields[field];
        let group = definition.compiled.schema.fields[field].group;
        let typed = std::mem::take(&mut raw.cells[field]);
        for (row, typed) in typed.into_iter().enumerate().take(self.scene.row_counts[group]) {
            if !shown(compiled.visible.as_ref(), &self.scene, &[row]) {
                continue;
            }
            self.visible[field][row] = true;
            if let Some(value) = &compiled.value {
                self.scene.cells[field][row] = value_of(&value.root, &self.scene, &[row]);
                continue;
            }
            match typed {
                Ok(value) => self.scene.cells[field][row] = value,
                Err(fault) => {
                    self.faults.insert((field, row), fault);
                }
            }
        }
    }

    fn table(&mut self, definition: &Definition, number: usize) {
        let compiled = &definition.compiled.tables[number];
        let entry = &definition.compiled.schema.tables[number];
        let circumstances = self.scene.circumstances;
        let submitted = circumstances.dates.get("submission").copied().unwrap_or(circumstances.today);
        let day = match compiled.effective_on {
            None => Some(submitted),
            Some(field) => match self.scene.cells[field].first() {
                Some(Some(crate::value::Value::Date(day))) => Some(*day),
                _ => None,
            },
        };
        let Some(table) = day.and_then(|day| compiled.on(day)).and_then(|key| definition.tables().get(key)) else {
            return;
        };
        let values: Vec<Option<Cell>> = compiled
            .inputs
            .iter()
            .map(|input| value_of(&input.root, &self.scene, &[]).as_ref().and_then(Cell::of))
            .collect();
        let trace = traced(table, &values, definition.sha256(), circumstances.today, day.unwrap_or(submitted));
        if entry.gives_one && trace.result == TraceResult::Decided {
            let first = trace.outputs.first();
            for (at, (name, _)) in entry.outputs.iter().enumerate() {
                self.scene.outputs[number][at] = first.and_then(|cells| cells.get(name)).cloned().map(Cell::into_value);
            }
        }
        self.traces.insert(entry.key.clone(), trace);
    }

    /// Whether each shown field must be answered, by field and row.
    pub(super) fn required(&self, definition: &Definition) -> Vec<Vec<bool>> {
        let mut required: Vec<Vec<bool>> = self.visible.clone();
        for (field, rows) in required.iter_mut().enumerate() {
            let compiled = &definition.compiled.fields[field];
            for (row, needed) in rows.iter_mut().enumerate().filter(|(_, visible)| **visible) {
                *needed = compiled.value.is_none()
                    && match &compiled.required {
                        CompiledRequirement::Always => true,
                        CompiledRequirement::Never => false,
                        CompiledRequirement::When(when) => holds(&when.root, &self.scene, &[row]),
                    };
            }
        }
        required
    }
}
