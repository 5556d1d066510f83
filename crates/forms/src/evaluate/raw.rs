//! Raw answers by field and row: each read once, as what its field asks for.

use std::collections::HashMap;

use crate::answers::Answers;
use crate::definition::Definition;
use crate::path::group_and_row;
use crate::row::RowId;
use crate::value::{Fault, Value, read};

/// What was typed into one field: nothing, a value, or something that is none.
pub(super) type Typed = Result<Option<Value>, Fault>;

/// All raw answers of a form.
#[derive(Debug)]
pub(super) struct Raw {
    /// Rows by group; groups that are there once have none.
    pub(super) rows: Vec<Vec<RowId>>,
    /// By field, then by row.
    pub(super) cells: Vec<Vec<Typed>>,
}

impl Raw {
    /// Sorts `answers` into the form. What the form does not know is left out: it belongs to another version.
    pub(super) fn of(definition: &Definition, answers: &Answers) -> Self {
        let schema = &definition.compiled.schema;
        let mut rows = Vec::with_capacity(schema.groups.len());
        let mut places: Vec<HashMap<RowId, usize>> = Vec::with_capacity(schema.groups.len());
        for group in &schema.groups {
            let own: Vec<RowId> = if group.repeated { answers.rows(&group.key).to_vec() } else { Vec::new() };
            places.push(own.iter().enumerate().map(|(at, row)| (*row, at)).collect());
            rows.push(own);
        }
        let height = |field: &crate::expression::FieldEntry| {
            if schema.groups[field.group].repeated { rows[field.group].len() } else { 1 }
        };
        let mut cells: Vec<Vec<Typed>> =
            schema.fields.iter().map(|field| (0..height(field)).map(|_| Ok(None)).collect()).collect();
        let find = |place: &str| {
            let (group, row) = group_and_row(place)?;
            let group = schema.group(group)?;
            let row = match row {
                Some(row) => places[group].get(&row).copied(),
                None => (!schema.groups[group].repeated).then_some(0),
            };
            Some((group, row?))
        };
        // Answers stand in the order of their paths, so those of one row follow one another: each row is found once.
        let mut last = ("", None);
        for (path, answer) in answers.iter() {
            let Some((place, field)) = path.rsplit_once('.') else { continue };
            if place != last.0 {
                last = (place, find(place));
            }
            let Some((group, row)) = last.1 else { continue };
            if let Some(field) = schema.field_in(group, field) {
                cells[field][row] = read(&definition.compiled.fields[field].kind, &answer.value);
            }
        }
        Self { rows, cells }
    }
}
