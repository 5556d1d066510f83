//! What is wrong with what is shown: missing, malformed, against a rule.

use std::collections::BTreeMap;

use crate::answers::{group_error, label_key, row_label};
use crate::compiled::CompiledField;
use crate::definition::Definition;
use crate::error::{ErrorCode, FieldError};
use crate::evaluate::run::Run;
use crate::expression::{Expression, Schema, fails};
use crate::path::Path;
use crate::row::RowId;
use crate::value::Value;

/// All errors in the order of the form: step by step, group by group, row by row, field by field.
#[expect(clippy::needless_range_loop, reason = "a row is a place in several columns at once")]
pub(super) fn errors(definition: &Definition, run: &Run<'_>, required: &[Vec<bool>]) -> Vec<FieldError> {
    let schema = &definition.compiled.schema;
    let mut errors = Vec::new();
    for (number, group) in schema.groups.iter().enumerate() {
        let count = run.scene.row_counts[number];
        let shown = run.step_visible[group.step] && (count > 0 || group_is_shown(definition, run, number));
        if let Some(repeat) = definition.repeat_of(&group.key).filter(|_| shown) {
            if count < usize::from(repeat.min) {
                errors.push(group_error(&group.key, ErrorCode::TooFew).with("min", repeat.min));
            }
            if count > usize::from(repeat.max) {
                errors.push(group_error(&group.key, ErrorCode::TooMany).with("max", repeat.max));
            }
        }
        for row in 0..count {
            for field in group.fields.clone().filter(|field| run.visible[*field][row]) {
                let place = Place { schema, field, row: run.rows[number].get(row).copied(), number: row + 1 };
                place.check(&definition.compiled.fields[field], run, required[field][row], &mut errors);
            }
        }
    }
    errors
}

/// Whether an empty repeated group is shown, so that it can be asked for rows.
fn group_is_shown(definition: &Definition, run: &Run<'_>, group: usize) -> bool {
    let visible = definition.compiled.groups[group].as_ref();
    visible.is_none_or(|expression| crate::expression::holds(&expression.root, &run.scene, &[]))
}

/// A field in its row.
struct Place<'a> {
    schema: &'a Schema,
    field: usize,
    row: Option<RowId>,
    number: usize,
}

impl Place<'_> {
    fn error(&self, code: ErrorCode, args: BTreeMap<String, String>) -> FieldError {
        let entry = &self.schema.fields[self.field];
        let group = &self.schema.groups[entry.group].key;
        FieldError {
            path: Path { group, row: self.row, field: &entry.key }.to_string(),
            row_label: self.row.map(|row| row_label(group, row, self.number)),
            label_key: label_key(group, &entry.key),
            code,
            args,
        }
    }

    fn check(&self, field: &CompiledField, run: &Run<'_>, required: bool, errors: &mut Vec<FieldError>) {
        let row = self.number - 1;
        if let Some(fault) = run.faults.get(&(self.field, row)) {
            errors.push(self.error(fault.code, fault.args.clone()));
            return;
        }
        let Some(value) = &run.scene.cells[self.field][row] else {
            if required {
                errors.push(self.error(ErrorCode::Required, BTreeMap::new()));
            }
            return;
        };
        match value {
            // Only a declaration that is agreed to is an answer; `false` is none.
            Value::Declaration(hash) if !field.declared.contains(hash) => {
                errors.push(self.error(ErrorCode::DeclarationChanged, BTreeMap::new()));
            }
            _ => {}
        }
        for (key, rule) in &field.rules {
            if self.can_ask(rule, run, row) && fails(&rule.root, &run.scene, &[row]) {
                errors.push(self.error(ErrorCode::RuleBroken, BTreeMap::from([("rule".to_owned(), key.clone())])));
            }
        }
    }

    /// A rule is asked when everything it reads is there; one that asks `missing(…)` itself always is.
    fn can_ask(&self, rule: &Expression, run: &Run<'_>, row: usize) -> bool {
        if rule.asks_missing {
            return true;
        }
        let own_group = self.schema.fields[self.field].group;
        rule.fields().all(|read| {
            let entry = &self.schema.fields[read];
            let repeated = self.schema.groups[entry.group].repeated;
            let at = if entry.group == own_group { row } else { 0 };
            // Rows of another group are gone through by the rule itself.
            (repeated && entry.group != own_group) || run.scene.cells[read].get(at).is_some_and(Option::is_some)
        })
    }
}
