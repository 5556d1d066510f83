//! What depends on what, and an order in which everything is known before it is read. Circles are refused.

use std::collections::{BTreeMap, BTreeSet};

use reading::{Code, Problem};

use crate::compiled::Compiled;
use crate::expression::{Expression, Read, Schema};
use crate::read::Places;

/// Something that is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Part {
    Step(usize),
    Group(usize),
    Field(usize),
    Table(usize),
}

type Readers = BTreeMap<Part, BTreeSet<Part>>;

/// The order of evaluation, and who reads whom. `None` if there is a circle.
pub(super) fn ordered(
    schema: &Schema,
    compiled: &Compiled,
    places: &Places,
    problems: &mut Vec<Problem>,
) -> Option<(Vec<Part>, Readers)> {
    let needs = needs(schema, compiled);
    let mut readers: Readers = BTreeMap::new();
    let mut open: BTreeMap<Part, usize> = BTreeMap::new();
    for (part, parts) in &needs {
        open.insert(*part, parts.len());
        for needed in parts {
            readers.entry(*needed).or_default().insert(*part);
        }
    }
    let mut ready: BTreeSet<Part> = open.iter().filter(|(_, count)| **count == 0).map(|(part, _)| *part).collect();
    let mut order = Vec::new();
    while let Some(part) = ready.pop_first() {
        order.push(part);
        for reader in readers.get(&part).into_iter().flatten() {
            let left = open.entry(*reader).and_modify(|left| *left -= 1).or_insert(0);
            if *left == 0 {
                ready.insert(*reader);
            }
        }
    }
    if order.len() == needs.len() {
        return Some((order, readers));
    }
    let done: BTreeSet<Part> = order.into_iter().collect();
    let circle = circle(&needs, &done);
    let names: Vec<String> = circle.iter().map(|part| name(schema, *part)).collect();
    let at = circle.first().map_or_else(String::new, |part| place_of(schema, *part));
    let message = format!("these depend on each other in a circle: {}", names.join(" -> "));
    problems.push(places.of(&at).problem(Code::Contradiction, message));
    None
}

fn needs(schema: &Schema, compiled: &Compiled) -> BTreeMap<Part, BTreeSet<Part>> {
    let mut needs: BTreeMap<Part, BTreeSet<Part>> = BTreeMap::new();
    for (number, visible) in compiled.steps.iter().enumerate() {
        needs.insert(Part::Step(number), read(visible.iter()));
    }
    for (number, visible) in compiled.groups.iter().enumerate() {
        let mut parts = read(visible.iter());
        parts.insert(Part::Step(schema.groups[number].step));
        needs.insert(Part::Group(number), parts);
    }
    for (number, field) in compiled.fields.iter().enumerate() {
        let mut parts = read(field.visible.iter().chain(&field.value));
        parts.insert(Part::Group(schema.fields[number].group));
        needs.insert(Part::Field(number), parts);
    }
    for (number, table) in compiled.tables.iter().enumerate() {
        let mut parts = read(table.inputs.iter());
        parts.extend(table.effective_on.map(Part::Field));
        needs.insert(Part::Table(number), parts);
    }
    needs
}

fn read<'a>(expressions: impl Iterator<Item = &'a Expression>) -> BTreeSet<Part> {
    let part = |read: &Read| match read {
        Read::Field(field) => Part::Field(*field),
        Read::Group(group) => Part::Group(*group),
        Read::Table(table) => Part::Table(*table),
    };
    expressions.flat_map(|expression| expression.reads.iter().map(part)).collect()
}

/// One circle among the parts that are not done.
fn circle(needs: &BTreeMap<Part, BTreeSet<Part>>, done: &BTreeSet<Part>) -> Vec<Part> {
    let Some(mut part) = needs.keys().find(|part| !done.contains(part)).copied() else { return Vec::new() };
    let mut way: Vec<Part> = Vec::new();
    // Every part that is not done needs another one that is not; so the way must come back to itself.
    loop {
        if let Some(at) = way.iter().position(|seen| *seen == part) {
            let mut circle = way.split_off(at);
            circle.push(part);
            return circle;
        }
        way.push(part);
        match needs.get(&part).into_iter().flatten().find(|next| !done.contains(next)) {
            Some(next) => part = *next,
            None => return way,
        }
    }
}

fn name(schema: &Schema, part: Part) -> String {
    match part {
        Part::Step(number) => format!("step {number}"),
        Part::Group(number) => format!("group {}", schema.groups[number].key),
        Part::Field(number) => schema.path(number),
        Part::Table(number) => format!("table {}", schema.tables[number].key),
    }
}

fn place_of(schema: &Schema, part: Part) -> String {
    match part {
        Part::Step(_) => "service".to_owned(),
        Part::Group(number) => format!("group.{}.visible", schema.groups[number].key),
        Part::Field(number) => format!("field.{}.visible", schema.path(number)),
        Part::Table(number) => format!("table.{}", schema.tables[number].key),
    }
}
