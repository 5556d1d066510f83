//! Tables ready to be asked: their questions compiled, their versions in order, their proofs done.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use reading::{Code, Place, Problem};

use crate::compiled::Compiler;
use crate::expression::{Expression, Kind};
use crate::model::Model;
use crate::table::{CellType, DecisionTable};

/// A table with its versions.
#[derive(Debug)]
pub(crate) struct CompiledTable {
    /// First days and full keys, the earliest first.
    pub(crate) versions: Vec<(Option<NaiveDate>, String)>,
    pub(crate) inputs: Vec<Expression>,
    /// The field with the day on which the figures must hold; the day of submission if absent.
    pub(crate) effective_on: Option<usize>,
}

impl CompiledTable {
    /// The version that holds on `day`.
    pub(crate) fn on(&self, day: NaiveDate) -> Option<&str> {
        let holds = |(from, _): &&(Option<NaiveDate>, String)| from.is_none_or(|from| from <= day);
        self.versions.iter().rev().find(holds).map(|(_, key)| key.as_str())
    }
}

/// The earliest version of each table, by its plain key.
pub(super) fn base_tables(tables: &BTreeMap<String, DecisionTable>) -> BTreeMap<&String, &DecisionTable> {
    let mut base: BTreeMap<&String, &DecisionTable> = BTreeMap::new();
    for table in tables.values() {
        let earliest = base.entry(&table.key).or_insert(table);
        if table.effective_from < earliest.effective_from {
            *earliest = table;
        }
    }
    base
}

pub(super) fn compile(compiler: &mut Compiler<'_>, model: &Model) -> Vec<CompiledTable> {
    let base = base_tables(&model.tables);
    base.into_iter().map(|(key, table)| one(compiler, model, key, table)).collect()
}

fn one(compiler: &mut Compiler<'_>, model: &Model, key: &str, base: &DecisionTable) -> CompiledTable {
    let mut inputs = Vec::new();
    let mut options = Vec::new();
    for (column, input) in base.inputs.iter().enumerate() {
        let wanted = match input.kind {
            CellType::Bool => Kind::Bool,
            CellType::Number => Kind::Number,
            CellType::Text => Kind::Text(None),
            CellType::Date => Kind::Date,
        };
        let place = format!("table.{}.in{column}", base.full_key());
        let question = compiler.expression(&input.expression, &place, None, Some(&wanted));
        options.push(match question.as_ref().map(|expression| &expression.kind) {
            Some(Kind::Text(Some(options))) => Some(options.to_vec()),
            _ => None,
        });
        inputs.extend(question);
    }
    let mut versions = Vec::new();
    for table in model.tables.values().filter(|table| table.key == key) {
        versions.push((table.effective_from, table.full_key()));
        if !same_columns(table, base) {
            refuse(
                compiler,
                table,
                1,
                Code::Contradiction,
                &format!("the versions of the table \"{key}\" must have the same columns and hit policy"),
            );
        } else if inputs.len() == base.inputs.len() {
            prove(compiler, table, &options);
        }
        unknown_options(compiler, table, &options);
    }
    versions.sort();
    let rules = [&model.service.fee, &model.service.documents].into_iter().flatten();
    let dates = rules
        .map(|rule| (&rule.table, &rule.effective_on))
        .chain(model.service.decision.iter().map(|rule| (&rule.table, &rule.effective_on)));
    let named = dates.filter(|(table, _)| *table == key).find_map(|(_, on)| on.split_once('.'));
    let effective_on = named.and_then(|(group, field)| compiler.schema.field(group, field));
    CompiledTable { versions, inputs, effective_on }
}

fn same_columns(a: &DecisionTable, b: &DecisionTable) -> bool {
    let inputs = |table: &DecisionTable| {
        table.inputs.iter().map(|input| (input.expression.clone(), input.kind)).collect::<Vec<_>>()
    };
    let outputs = |table: &DecisionTable| {
        table.outputs.iter().map(|output| (output.name.clone(), output.kind)).collect::<Vec<_>>()
    };
    a.hit_policy == b.hit_policy && inputs(a) == inputs(b) && outputs(a) == outputs(b)
}

fn refuse(compiler: &mut Compiler<'_>, table: &DecisionTable, line: usize, code: Code, message: &str) {
    let place = Place { file: table.file_name(), line, column: 1, key: String::new(), value: String::new() };
    compiler.problems.push(place.problem(code, message));
}

/// The line of a row in the file, from 1, after the three lines of the head.
fn line_of(compiler: &Compiler<'_>, table: &DecisionTable, row: usize) -> usize {
    compiler.places.of(&format!("table.{}.row{row}", table.full_key())).line.max(row + 3)
}

fn prove(compiler: &mut Compiler<'_>, table: &DecisionTable, options: &[Option<Vec<String>>]) {
    let proof = table.proof_within(options);
    for gap in &proof.gaps {
        refuse(compiler, table, 1, Code::Gap, &format!("no row answers: {gap}"));
    }
    for overlap in &proof.overlaps {
        let line = line_of(compiler, table, overlap.second);
        let message = format!("rows {} and {} both fit: {}", overlap.first, overlap.second, overlap.example);
        refuse(compiler, table, line, Code::Overlap, &message);
    }
    for row in &proof.unreachable {
        let line = line_of(compiler, table, *row);
        refuse(compiler, table, line, Code::Unreachable, &format!("row {row} can never count"));
    }
    if proof.too_large {
        refuse(compiler, table, 1, Code::OutOfRange, "the table is too large to be proven; split it in two");
    }
}

/// A text in a table that the field behind it can never give.
fn unknown_options(compiler: &mut Compiler<'_>, table: &DecisionTable, options: &[Option<Vec<String>>]) {
    let mut found: Vec<Problem> = Vec::new();
    for (column, options) in options.iter().enumerate() {
        let Some(options) = options else { continue };
        for (row, tests) in table.rows.iter().enumerate().filter_map(|(row, rule)| Some((row, rule.tests.get(column)?)))
        {
            for cell in tests.intervals.iter().flat_map(crate::table::Interval::ends) {
                let known = matches!(cell, crate::table::Cell::Text(text) if options.contains(text));
                if !known {
                    let near = match cell {
                        crate::table::Cell::Text(text) => reading::suggestion(text, options.iter().map(String::as_str)),
                        _ => String::new(),
                    };
                    let line = line_of(compiler, table, row + 1);
                    let place = Place {
                        file: table.file_name(),
                        line,
                        column: column + 1,
                        key: format!("column {}", column + 1),
                        value: String::new(),
                    };
                    found.push(place.problem(
                        Code::UnknownWord,
                        format!("{cell} is none of the options{near}; they are {}", options.join(", ")),
                    ));
                }
            }
        }
    }
    // The same text is written with both of its ends.
    found.dedup();
    compiler.problems.extend(found.into_iter().take(100));
}
