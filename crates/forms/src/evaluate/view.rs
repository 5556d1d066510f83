//! What is shown: steps, groups, rows, fields, in order.

use serde::Serialize;

use crate::definition::Definition;
use crate::evaluate::run::Run;
use crate::path::RowPaths;
use crate::row::RowId;

/// A step that is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VisibleStep {
    /// Its key; its title is the text `step.<key>.title`.
    pub key: String,
    /// Its groups.
    pub groups: Vec<VisibleGroup>,
}

/// A group that is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VisibleGroup {
    /// Its key; its title is the text `group.<key>.title`.
    pub key: String,
    /// Its rows; exactly one without a name if the group does not repeat.
    pub rows: Vec<VisibleRow>,
    /// How many rows can still be added.
    pub free_rows: usize,
}

/// A row of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VisibleRow {
    /// Its name, if the group repeats.
    pub row: Option<RowId>,
    /// Its fields that are shown.
    pub fields: Vec<VisibleField>,
}

/// A field that is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VisibleField {
    /// Its path.
    pub path: String,
    /// Whether it must be answered.
    pub required: bool,
    /// Whether it has an answer that counts.
    pub answered: bool,
}

/// Everything that is shown.
pub(super) fn steps(definition: &Definition, run: &Run<'_>, required: &[Vec<bool>]) -> Vec<VisibleStep> {
    let schema = &definition.compiled.schema;
    let mut group_number = 0;
    let mut steps = Vec::new();
    for (number, step) in definition.form().steps.iter().enumerate() {
        let mut groups = Vec::new();
        for group in &step.groups {
            let entry = &schema.groups[group_number];
            let count = run.scene.row_counts[group_number];
            let row = |at: usize| {
                let row = run.rows[group_number].get(at).copied();
                let paths = RowPaths::of(&group.key, row);
                let fields = entry.fields.clone().filter(|field| run.visible[*field][at]);
                let fields = fields.map(|field| VisibleField {
                    path: paths.path(&schema.fields[field].key),
                    required: required[field][at],
                    answered: run.scene.cells[field][at].is_some(),
                });
                VisibleRow { row, fields: fields.collect() }
            };
            let rows: Vec<VisibleRow> = (0..count).map(row).collect();
            let shown = definition.compiled.groups[group_number]
                .as_ref()
                .is_none_or(|expression| crate::expression::holds(&expression.root, &run.scene, &[]));
            let free_rows = group.repeat.map_or(0, |repeat| usize::from(repeat.max).saturating_sub(count));
            // A group without anything to see or to add is not there.
            if shown && (group.repeat.is_some() || rows.iter().any(|row| !row.fields.is_empty())) {
                groups.push(VisibleGroup { key: group.key.clone(), rows, free_rows });
            }
            group_number += 1;
        }
        if run.step_visible[number] && !groups.is_empty() {
            steps.push(VisibleStep { key: step.key.clone(), groups });
        }
    }
    steps
}
