//! Evaluating a checked expression. Nothing here fails: what cannot be computed is missing.

use std::borrow::Cow;
use std::cmp::Ordering;

use rust_decimal::Decimal;

use crate::circumstances::Circumstances;
use crate::expression::functions;
use crate::expression::node::{AddressPart, Aggregate, Arithmetic, Comparison, List, Node, Quantifier, Rows};
use crate::value::Value;

/// What expressions look at: effective answers, and what tables gave.
#[derive(Debug)]
pub(crate) struct Scene<'a> {
    pub(crate) circumstances: &'a Circumstances<'a>,
    /// Effective answers by field, then by row.
    pub(crate) cells: Vec<Vec<Option<Value>>>,
    /// Rows by group: 1 for a group that is there once and shown, 0 if hidden.
    pub(crate) row_counts: Vec<usize>,
    /// What a table that gives one row gave, by table, then by output.
    pub(crate) outputs: Vec<Vec<Option<Value>>>,
}

type Found<'s> = Option<Cow<'s, Value>>;

/// The value of `node`; `rows` are the rows that are being looked at.
pub(crate) fn value_of(node: &Node, scene: &Scene<'_>, rows: &[usize]) -> Option<Value> {
    evaluate(node, scene, rows).map(Cow::into_owned)
}

/// Whether the condition `node` holds. What is missing does not.
pub(crate) fn holds(node: &Node, scene: &Scene<'_>, rows: &[usize]) -> bool {
    truth(node, scene, rows) == Some(true)
}

/// Whether the condition `node` is known not to hold.
pub(crate) fn fails(node: &Node, scene: &Scene<'_>, rows: &[usize]) -> bool {
    truth(node, scene, rows) == Some(false)
}

fn truth(node: &Node, scene: &Scene<'_>, rows: &[usize]) -> Option<bool> {
    match evaluate(node, scene, rows).as_deref() {
        Some(Value::Bool(value)) => Some(*value),
        _ => None,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it is one of the things that can be found")]
fn yes_or_no<'s>(value: bool) -> Found<'s> {
    Some(Cow::Owned(Value::Bool(value)))
}

fn cell<'s>(scene: &'s Scene<'_>, field: usize, row: usize) -> Found<'s> {
    scene.cells.get(field)?.get(row)?.as_ref().map(Cow::Borrowed)
}

pub(super) fn evaluate<'s>(node: &'s Node, scene: &'s Scene<'_>, rows: &[usize]) -> Found<'s> {
    match node {
        Node::Literal(value) => Some(Cow::Borrowed(value)),
        Node::Field(field) => known_day(cell(scene, *field, 0)?),
        Node::RowField { depth, field } => known_day(cell(scene, *field, *rows.get(*depth)?)?),
        Node::Output { table, output } => scene.outputs.get(*table)?.get(*output)?.as_ref().map(Cow::Borrowed),
        Node::Today => Some(Cow::Owned(Value::Date(scene.circumstances.today))),
        Node::Not(inner) => yes_or_no(!truth(inner, scene, rows)?),
        Node::And(a, b) => match truth(a, scene, rows) {
            Some(false) => yes_or_no(false),
            Some(true) => yes_or_no(truth(b, scene, rows)?),
            None if truth(b, scene, rows) == Some(false) => yes_or_no(false),
            None => None,
        },
        Node::Or(a, b) => match truth(a, scene, rows) {
            Some(true) => yes_or_no(true),
            Some(false) => yes_or_no(truth(b, scene, rows)?),
            None if truth(b, scene, rows) == Some(true) => yes_or_no(true),
            None => None,
        },
        Node::Negative(inner) => number(inner, scene, rows).map(|number| Cow::Owned(Value::Number(-number))),
        Node::Compare(comparison, a, b) => {
            let (a, b) = (evaluate(a, scene, rows), evaluate(b, scene, rows));
            yes_or_no(a.zip(b).is_some_and(|(a, b)| compare(*comparison, &a, &b)))
        }
        Node::Arithmetic(operation, a, b) => {
            let result = calculate(*operation, number(a, scene, rows)?, number(b, scene, rows)?)?;
            Some(Cow::Owned(Value::Number(result)))
        }
        Node::If(when, then, otherwise) => {
            evaluate(if holds(when, scene, rows) { then } else { otherwise }, scene, rows)
        }
        Node::In(value, list) => {
            let Some(value) = evaluate(value, scene, rows) else { return yes_or_no(false) };
            yes_or_no(any_of(list, scene, rows, &mut |element| compare(Comparison::Equal, &value, element)))
        }
        Node::Missing(inner) => yes_or_no(is_missing(inner, scene, rows)),
        Node::Part(part, inner) => {
            let found = evaluate(inner, scene, rows)?;
            let Value::Address(address) = &*found else { return None };
            let part = match part {
                AddressPart::Street => Some(&address.street),
                AddressPart::Number => Some(&address.number),
                AddressPart::Postcode => Some(&address.postcode),
                AddressPart::Town => Some(&address.town),
                AddressPart::Country => address.country.as_ref(),
            };
            part.map(|part| Cow::Owned(Value::Text(part.clone())))
        }
        Node::Call(function, args) => functions::call(*function, args, scene, rows).map(Cow::Owned),
        Node::Quantified(quantifier, over, body) => {
            let mut hits = 0_usize;
            let mut all = true;
            each_row(over, scene, rows, &mut |inside| {
                if holds(body, scene, inside) { hits += 1 } else { all = false }
            });
            yes_or_no(match quantifier {
                Quantifier::All => all,
                Quantifier::Exists => hits > 0,
                Quantifier::ExistsOne => hits == 1,
            })
        }
        Node::RowCount(over) => {
            let mut count = 0_u64;
            each_row(over, scene, rows, &mut |_| count += 1);
            Some(Cow::Owned(Value::Number(count.into())))
        }
        Node::Aggregated(aggregate, list) => aggregated(*aggregate, list, scene, rows).map(Cow::Owned),
    }
}

/// A day known in part is a day for expressions only if all of it is known.
fn known_day(found: Cow<'_, Value>) -> Found<'_> {
    match &*found {
        Value::PartialDate(day) => day.exact().map(|day| Cow::Owned(Value::Date(day))),
        _ => Some(found),
    }
}

fn is_missing(node: &Node, scene: &Scene<'_>, rows: &[usize]) -> bool {
    match node {
        Node::Field(field) => cell(scene, *field, 0).is_none(),
        Node::RowField { depth, field } => rows.get(*depth).is_none_or(|row| cell(scene, *field, *row).is_none()),
        _ => evaluate(node, scene, rows).is_none(),
    }
}

pub(super) fn number(node: &Node, scene: &Scene<'_>, rows: &[usize]) -> Option<Decimal> {
    match evaluate(node, scene, rows).as_deref() {
        Some(Value::Number(number)) => Some(*number),
        _ => None,
    }
}

fn calculate(operation: Arithmetic, a: Decimal, b: Decimal) -> Option<Decimal> {
    match operation {
        Arithmetic::Add => a.checked_add(b),
        Arithmetic::Subtract => a.checked_sub(b),
        Arithmetic::Multiply => a.checked_mul(b),
        Arithmetic::Divide => a.checked_div(b),
        Arithmetic::Remainder => a.checked_rem(b),
    }
}

fn compare(comparison: Comparison, a: &Value, b: &Value) -> bool {
    let ordering = match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Time(a), Value::Time(b)) => a.cmp(b),
        (Value::DateTime(a), Value::DateTime(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        _ => return false,
    };
    match comparison {
        Comparison::Equal => ordering == Ordering::Equal,
        Comparison::NotEqual => ordering != Ordering::Equal,
        Comparison::Less => ordering == Ordering::Less,
        Comparison::LessOrEqual => ordering != Ordering::Greater,
        Comparison::Greater => ordering == Ordering::Greater,
        Comparison::GreaterOrEqual => ordering != Ordering::Less,
    }
}

/// Calls `with` for each of the rows, which then stands last among those that are being looked at.
fn each_row(over: &Rows, scene: &Scene<'_>, rows: &[usize], with: &mut dyn FnMut(&[usize])) {
    let mut inside = rows.to_vec();
    inside.truncate(over.depth);
    inside.push(0);
    for row in 0..scene.row_counts.get(over.group).copied().unwrap_or(0) {
        inside[over.depth] = row;
        if over.filters.iter().all(|filter| holds(filter, scene, &inside)) {
            with(&inside);
        }
    }
}

fn any_of(list: &List, scene: &Scene<'_>, rows: &[usize], is_it: &mut dyn FnMut(&Value) -> bool) -> bool {
    match list {
        List::Written(nodes) => {
            nodes.iter().any(|node| evaluate(node, scene, rows).is_some_and(|element| is_it(&element)))
        }
        List::Choices(node) => match evaluate(node, scene, rows).as_deref() {
            Some(Value::Choices(keys)) => keys.iter().any(|key| is_it(&Value::Text(key.clone()))),
            _ => false,
        },
        List::Mapped(over, body) => {
            let mut found = false;
            each_row(over, scene, rows, &mut |inside| {
                found = found || evaluate(body, scene, inside).is_some_and(|element| is_it(&element));
            });
            found
        }
    }
}

fn aggregated(aggregate: Aggregate, list: &List, scene: &Scene<'_>, rows: &[usize]) -> Option<Value> {
    let mut count = 0_u64;
    let mut sum = Some(Decimal::ZERO);
    let mut ends: Option<(Value, Value)> = None;
    any_of(list, scene, rows, &mut |element| {
        count += 1;
        if let Value::Number(number) = element {
            sum = sum.and_then(|sum| sum.checked_add(*number));
        }
        ends = Some(match ends.take() {
            None => (element.clone(), element.clone()),
            Some((least, greatest)) => (
                if compare(Comparison::Less, element, &least) { element.clone() } else { least },
                if compare(Comparison::Greater, element, &greatest) { element.clone() } else { greatest },
            ),
        });
        false
    });
    match aggregate {
        Aggregate::Count => Some(Value::Number(count.into())),
        Aggregate::Sum => sum.map(Value::Number),
        Aggregate::Least => ends.map(|(least, _)| least),
        Aggregate::Greatest => ends.map(|(_, greatest)| greatest),
    }
}
