//! The form ready to be evaluated: every expression checked, everything in an order in which nothing reads the future.

mod graph;
mod tables;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use reading::{Code, Problem};
use sha2::{Digest as _, Sha256};

use crate::expression::{Context, Expression, Kind, Read, Schema, compile};
use crate::model::{FieldType, Model, Requirement};
use crate::read::Places;

pub(crate) use graph::Part;
pub(crate) use tables::CompiledTable;

/// A checked definition.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) schema: Schema,
    /// When each step is shown.
    pub(crate) steps: Vec<Option<Expression>>,
    /// When each group is shown.
    pub(crate) groups: Vec<Option<Expression>>,
    pub(crate) fields: Vec<CompiledField>,
    pub(crate) tables: Vec<CompiledTable>,
    /// When a party takes part, in the order of service.toml; and when a sink is used.
    pub(crate) parties: Vec<Option<Expression>>,
    pub(crate) sinks: Vec<Option<Expression>>,
    /// When a tour must be chosen.
    pub(crate) tour: Option<Expression>,
    /// What is evaluated one after the other.
    pub(crate) order: Vec<Part>,
    /// What reads a part directly.
    pub(crate) readers: BTreeMap<Part, BTreeSet<Part>>,
}

/// A field ready to be evaluated.
#[derive(Debug)]
pub(crate) struct CompiledField {
    pub(crate) kind: FieldType,
    pub(crate) visible: Option<Expression>,
    pub(crate) required: CompiledRequirement,
    /// What a computed field gives.
    pub(crate) value: Option<Expression>,
    pub(crate) rules: Vec<(String, Expression)>,
    /// The hashes of a declaration's text in every language.
    pub(crate) declared: HashSet<String>,
}

/// Whether a field must be answered.
#[derive(Debug)]
pub(crate) enum CompiledRequirement {
    Always,
    Never,
    When(Expression),
}

/// Checks every expression, table and reference of `model`.
pub(crate) fn compiled(model: &Model, places: &Places, problems: &mut Vec<Problem>) -> Option<Compiled> {
    let before = problems.len();
    let schema = Schema::of(&model.form, tables::base_tables(&model.tables).into_iter());
    let mut compiler = Compiler { schema: &schema, places, problems };
    let mut steps = Vec::new();
    let mut groups = Vec::new();
    let mut fields = Vec::new();
    for step in &model.form.steps {
        steps.push(compiler.condition(step.visible.as_ref(), &format!("step.{}.visible", step.key), None));
        for group in &step.groups {
            groups.push(compiler.condition(group.visible.as_ref(), &format!("group.{}.visible", group.key), None));
            let row_of = group.repeat.and_then(|_| schema.group(&group.key));
            for field in &group.fields {
                fields.push(compiler.field(model, &group.key, field, row_of));
            }
        }
    }
    for rule in &model.form.rules {
        compiler.form_rule(rule, &mut fields);
    }
    let compiled_tables = tables::compile(&mut compiler, model);
    let parties = model.service.parties.iter();
    let parties = parties
        .map(|party| compiler.condition(party.when.as_ref(), &format!("party.{}.when", party.role), None))
        .collect();
    let sinks = model.service.sinks.iter();
    let sinks =
        sinks.map(|sink| compiler.condition(sink.when.as_ref(), &format!("sink.{}.when", sink.key), None)).collect();
    let tour = model.service.tour.as_ref().and_then(|tour| tour.when.as_ref());
    let tour = compiler.condition(tour, "service.tour.when", None);
    let mut ready = Compiled {
        steps,
        groups,
        fields,
        tables: compiled_tables,
        parties,
        sinks,
        tour,
        order: Vec::new(),
        readers: BTreeMap::new(),
        schema: Schema::default(),
    };
    let (order, readers) = graph::ordered(&schema, &ready, places, problems)?;
    ready.order = order;
    ready.readers = readers;
    ready.schema = schema;
    (problems.len() == before).then_some(ready)
}

/// The state of one compilation.
pub(crate) struct Compiler<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) places: &'a Places,
    pub(crate) problems: &'a mut Vec<Problem>,
}

impl Compiler<'_> {
    /// Compiles `source` and notes what is wrong with it at `place`.
    pub(crate) fn expression(
        &mut self,
        source: &str,
        place: &str,
        row_of: Option<usize>,
        wanted: Option<&Kind>,
    ) -> Option<Expression> {
        let compiled = compile(source, Context { schema: self.schema, row_of }).and_then(|expression| match wanted {
            Some(wanted) if !expression.kind.is_like(wanted) => {
                Err(format!("{} is expected, but the expression gives {}", wanted.name(), expression.kind.name()))
            }
            _ => Ok(expression),
        });
        compiled.map_err(|message| self.problems.push(self.places.of(place).problem(Code::BadExpression, message))).ok()
    }

    fn condition(&mut self, source: Option<&String>, place: &str, row_of: Option<usize>) -> Option<Expression> {
        self.expression(source?, place, row_of, Some(&Kind::Bool))
    }

    fn field(
        &mut self,
        model: &Model,
        group: &str,
        field: &crate::model::Field,
        row_of: Option<usize>,
    ) -> CompiledField {
        let at = format!("field.{group}.{}", field.key);
        let visible = self.condition(field.visible.as_ref(), &format!("{at}.visible"), row_of);
        let required = match &field.required {
            Requirement::Always => CompiledRequirement::Always,
            Requirement::Never => CompiledRequirement::Never,
            Requirement::When(source) => self
                .condition(Some(source), &format!("{at}.required"), row_of)
                .map_or(CompiledRequirement::Always, CompiledRequirement::When),
        };
        let value = match &field.kind {
            FieldType::Computed { value, .. } => {
                let wanted = crate::expression::kind_of(&field.kind);
                self.expression(value, &format!("{at}.value"), row_of, Some(&wanted))
            }
            _ => None,
        };
        let mut rules = Vec::new();
        for rule in &field.rules {
            let compiled = self.condition(Some(&rule.valid), &format!("rule.{}.valid", rule.key), row_of);
            rules.extend(compiled.map(|expression| (rule.key.clone(), expression)));
        }
        let declared = match field.kind {
            FieldType::Declaration => declared(model, &format!("{at}.text")),
            _ => HashSet::new(),
        };
        CompiledField { kind: field.kind.clone(), visible, required, value, rules, declared }
    }

    fn form_rule(&mut self, rule: &crate::model::Rule, fields: &mut [CompiledField]) {
        let found = rule.at.split_once('.').and_then(|(group, field)| self.schema.field(group, field));
        let Some(number) = found else {
            let message = format!("there is no field \"{}\"", rule.at);
            let place = self.places.of(&format!("rule.{}.at", rule.key));
            self.problems.push(place.problem(Code::UnknownReference, message));
            return;
        };
        let group = self.schema.fields[number].group;
        let row_of = self.schema.groups[group].repeated.then_some(group);
        let compiled = self.condition(Some(&rule.valid), &format!("rule.{}.valid", rule.key), row_of);
        fields[number].rules.extend(compiled.map(|expression| (rule.key.clone(), expression)));
    }
}

/// SHA-256 of a text in every language.
fn declared(model: &Model, key: &str) -> HashSet<String> {
    model.texts.values().filter_map(|texts| texts.get(key)).map(|text| text_hash(text)).collect()
}

/// SHA-256 of a text in 64 lower-case hexadecimal digits.
pub(crate) fn text_hash(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

impl Expression {
    /// The fields it reads.
    pub(crate) fn fields(&self) -> impl Iterator<Item = usize> {
        self.reads.iter().filter_map(|read| match read {
            Read::Field(field) => Some(*field),
            Read::Group(_) | Read::Table(_) => None,
        })
    }
}
