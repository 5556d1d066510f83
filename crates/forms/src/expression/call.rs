//! Operators and functions of expressions: which there are and what they take.

use std::sync::Arc;

use cel::common::ast::{CallExpr, IdedExpr, operators};
use reading::{suggestion, visible};

use crate::expression::compile::{Compiler, Meaning};
use crate::expression::node::{Aggregate, Arithmetic, Comparison, Function, List, Node, Quantifier};
use crate::expression::schema::Kind;
use crate::value::Value;

/// Every function with its name, what it takes and what it gives.
const FUNCTIONS: &[(&str, Function, &[Kind], Kind)] = &[
    ("years_between", Function::YearsBetween, &[Kind::Date, Kind::Date], Kind::Number),
    ("days_between", Function::DaysBetween, &[Kind::Date, Kind::Date], Kind::Number),
    ("add_days", Function::AddDays, &[Kind::Date, Kind::Number], Kind::Date),
    ("add_months", Function::AddMonths, &[Kind::Date, Kind::Number], Kind::Date),
    ("add_working_days", Function::AddWorkingDays, &[Kind::Date, Kind::Number], Kind::Date),
    ("distance_m", Function::DistanceMetres, &[Kind::GeoPoint, Kind::GeoPoint], Kind::Number),
    ("zone", Function::Zone, &[Kind::Address], Kind::Text(None)),
    ("household_used", Function::HouseholdUsed, &[], Kind::Number),
    ("starts_with", Function::StartsWith, &[Kind::Text(None), Kind::Text(None)], Kind::Bool),
    ("contains", Function::Contains, &[Kind::Text(None), Kind::Text(None)], Kind::Bool),
];

const OTHER_NAMES: [&str; 14] = [
    "today",
    "missing",
    "has",
    "date",
    "size",
    "sum",
    "min",
    "max",
    "exists",
    "all",
    "exists_one",
    "filter",
    "map",
    "in",
];

pub(super) fn compile(compiler: &mut Compiler<'_>, call: &CallExpr) -> Result<Meaning, String> {
    let scalar = |node, kind| Ok(Meaning::Scalar(node, kind));
    let name = call.func_name.as_str();
    if let Some(target) = &call.target {
        return on_target(compiler, name, target, &call.args);
    }
    match (name, call.args.as_slice()) {
        (operators::LOGICAL_AND, [a, b]) => {
            scalar(Node::And(condition(compiler, a)?, condition(compiler, b)?), Kind::Bool)
        }
        (operators::LOGICAL_OR, [a, b]) => {
            scalar(Node::Or(condition(compiler, a)?, condition(compiler, b)?), Kind::Bool)
        }
        (operators::LOGICAL_NOT, [a]) => scalar(Node::Not(condition(compiler, a)?), Kind::Bool),
        (operators::NEGATE, [a]) => scalar(Node::Negative(number(compiler, a)?), Kind::Number),
        (operators::CONDITIONAL, [when, then, otherwise]) => {
            let when = condition(compiler, when)?;
            let ((then, kind), (otherwise, other)) = (compiler.scalar(then)?, compiler.scalar(otherwise)?);
            if !kind.is_like(&other) {
                return Err(format!(
                    "both ends of `? :` must be of one kind, not {} and {}",
                    kind.name(),
                    other.name()
                ));
            }
            let kind = if kind == other { kind } else { loose(kind) };
            scalar(Node::If(when, Box::new(then), Box::new(otherwise)), kind)
        }
        (operators::IN, [value, list]) => contained(compiler, value, list),
        ("today", []) => scalar(Node::Today, Kind::Date),
        ("missing", [a]) => {
            compiler.asks_missing = true;
            let (node, _) = compiler.scalar(a)?;
            scalar(Node::Missing(Box::new(node)), Kind::Bool)
        }
        ("has", [a]) => {
            compiler.asks_missing = true;
            let (node, _) = compiler.scalar(a)?;
            scalar(Node::Not(Box::new(Node::Missing(Box::new(node)))), Kind::Bool)
        }
        ("date", [a]) => match compiler.scalar(a)? {
            (Node::Literal(Value::Text(text)), _) => {
                let day = text.parse().map_err(|_| "date(…) takes a day such as \"2026-12-24\"")?;
                scalar(Node::Literal(Value::Date(day)), Kind::Date)
            }
            _ => Err("date(…) takes a day such as \"2026-12-24\"".to_owned()),
        },
        ("size", [a]) => size(compiler, a),
        ("sum", [a]) => figure(compiler, Aggregate::Sum, a),
        ("min", [a]) => figure(compiler, Aggregate::Least, a),
        ("max", [a]) => figure(compiler, Aggregate::Greatest, a),
        _ => match (comparison(name), arithmetic(name), call.args.as_slice()) {
            (Some(comparison), _, [a, b]) => compared(compiler, comparison, a, b),
            (_, Some(arithmetic), [a, b]) => {
                let (a, b) = (number(compiler, a)?, number(compiler, b)?);
                scalar(Node::Arithmetic(arithmetic, a, b), Kind::Number)
            }
            _ => function(compiler, name, &call.args),
        },
    }
}

fn condition(compiler: &mut Compiler<'_>, expression: &IdedExpr) -> Result<Box<Node>, String> {
    compiler.of_kind(expression, &Kind::Bool).map(Box::new)
}

fn number(compiler: &mut Compiler<'_>, expression: &IdedExpr) -> Result<Box<Node>, String> {
    compiler.of_kind(expression, &Kind::Number).map(Box::new)
}

/// A kind without the options of one side.
fn loose(kind: Kind) -> Kind {
    match kind {
        Kind::Text(_) => Kind::Text(None),
        other => other,
    }
}

fn function(compiler: &mut Compiler<'_>, name: &str, args: &[IdedExpr]) -> Result<Meaning, String> {
    let Some((_, function, takes, gives)) = FUNCTIONS.iter().find(|(known, ..)| *known == name) else {
        let near = suggestion(name, FUNCTIONS.iter().map(|(name, ..)| *name).chain(OTHER_NAMES));
        return Err(format!("there is no function \"{}\"{near}", visible(name, 60)));
    };
    if args.len() != takes.len() {
        return Err(format!("{name}(…) takes {} arguments, not {}", takes.len(), args.len()));
    }
    let nodes =
        args.iter().zip(*takes).map(|(arg, kind)| compiler.of_kind(arg, kind)).collect::<Result<Vec<_>, _>>()?;
    Ok(Meaning::Scalar(Node::Call(*function, nodes), gives.clone()))
}

fn size(compiler: &mut Compiler<'_>, argument: &IdedExpr) -> Result<Meaning, String> {
    let node = match compiler.meaning(argument)? {
        Meaning::Rows(rows) => Node::RowCount(rows),
        Meaning::List(list, _) => Node::Aggregated(Aggregate::Count, list),
        Meaning::Scalar(node, Kind::Text(_)) => Node::Call(Function::Length, vec![node]),
        Meaning::Scalar(node, Kind::Files) => Node::Call(Function::FileCount, vec![node]),
        Meaning::Scalar(node, Kind::Choices(_)) => Node::Aggregated(Aggregate::Count, List::Choices(Box::new(node))),
        Meaning::Scalar(_, kind) => return Err(format!("size(…) of {} is not known", kind.name())),
    };
    Ok(Meaning::Scalar(node, Kind::Number))
}

fn figure(compiler: &mut Compiler<'_>, aggregate: Aggregate, argument: &IdedExpr) -> Result<Meaning, String> {
    match compiler.meaning(argument)? {
        Meaning::List(list, kind @ Kind::Number) => Ok(Meaning::Scalar(Node::Aggregated(aggregate, list), kind)),
        Meaning::List(list, kind @ Kind::Date) if aggregate != Aggregate::Sum => {
            Ok(Meaning::Scalar(Node::Aggregated(aggregate, list), kind))
        }
        Meaning::List(_, kind) => Err(format!("a list of numbers is expected, not of {}", kind.name())),
        Meaning::Rows(_) => Err("name a field of the rows: sum(items.volume)".to_owned()),
        Meaning::Scalar(_, kind) => Err(format!("a list is expected, not {}", kind.name())),
    }
}

fn contained(compiler: &mut Compiler<'_>, value: &IdedExpr, list: &IdedExpr) -> Result<Meaning, String> {
    let (node, kind) = compiler.scalar(value)?;
    let (list, element) = match compiler.meaning(list)? {
        Meaning::List(list, element) => (list, element),
        Meaning::Scalar(choices, Kind::Choices(options)) => {
            (List::Choices(Box::new(choices)), Kind::Text(Some(options)))
        }
        Meaning::Scalar(_, kind) => return Err(format!("`in` looks into a list, not into {}", kind.name())),
        Meaning::Rows(_) => return Err("name a field of the rows: \"x\" in items.kind".to_owned()),
    };
    if let List::Written(elements) = &list {
        elements.iter().try_for_each(|element| known_option(&kind, element))?;
    }
    known_option(&element, &node)?;
    if !matches!(&list, List::Written(elements) if elements.is_empty()) && !kind.is_like(&element) {
        return Err(format!("{} is never in a list of {}", kind.name(), element.name()));
    }
    Ok(Meaning::Scalar(Node::In(Box::new(node), list), Kind::Bool))
}

fn compared(
    compiler: &mut Compiler<'_>,
    comparison: Comparison,
    a: &IdedExpr,
    b: &IdedExpr,
) -> Result<Meaning, String> {
    let ((left, left_kind), (right, right_kind)) = (compiler.scalar(a)?, compiler.scalar(b)?);
    let ordered = match comparison {
        Comparison::Equal | Comparison::NotEqual => false,
        Comparison::Less | Comparison::LessOrEqual | Comparison::Greater | Comparison::GreaterOrEqual => true,
    };
    let comparable = match &left_kind {
        Kind::Number | Kind::Date | Kind::Time | Kind::DateTime => true,
        Kind::Bool | Kind::Text(_) => !ordered,
        Kind::Choices(_) | Kind::Address | Kind::GeoPoint | Kind::Files | Kind::Opaque => false,
    };
    if !comparable || !left_kind.is_like(&right_kind) {
        return Err(format!("{} cannot be compared with {} this way", left_kind.name(), right_kind.name()));
    }
    known_option(&left_kind, &right)?;
    known_option(&right_kind, &left)?;
    Ok(Meaning::Scalar(Node::Compare(comparison, Box::new(left), Box::new(right)), Kind::Bool))
}

/// A written text that is compared with a choice must be one of its options.
fn known_option(kind: &Kind, node: &Node) -> Result<(), String> {
    let (Kind::Text(Some(options)), Node::Literal(Value::Text(text))) = (kind, node) else { return Ok(()) };
    if options.contains(text) {
        return Ok(());
    }
    let options: Arc<[String]> = options.clone();
    let near = suggestion(text, options.iter().map(String::as_str));
    Err(format!("\"{}\" is none of the options{near}; they are {}", visible(text, 60), options.join(", ")))
}

fn on_target(compiler: &mut Compiler<'_>, name: &str, target: &IdedExpr, args: &[IdedExpr]) -> Result<Meaning, String> {
    let function = match name {
        "startsWith" => Some("starts_with"),
        "contains" => Some("contains"),
        _ => None,
    };
    if let (Some(function_name), [argument]) = (function, args) {
        return function_of_two(compiler, function_name, target, argument);
    }
    let quantifier = match name {
        "exists" => Some(Quantifier::Exists),
        "all" => Some(Quantifier::All),
        "exists_one" => Some(Quantifier::ExistsOne),
        "filter" | "map" | "size" => None,
        _ => {
            let near = suggestion(name, OTHER_NAMES.into_iter());
            return Err(format!("there is no function \"{}\"{near}", visible(name, 60)));
        }
    };
    if name == "size" {
        return size(compiler, target);
    }
    let [variable, body] = args else {
        return Err(format!("{name} takes the name of a row and an expression: children.{name}(child, …)"));
    };
    let Meaning::Rows(mut rows) = compiler.meaning(target)? else {
        return Err(format!("{name} is asked of a repeated group"));
    };
    compiler.with_row(variable, rows.group, |compiler| {
        if name == "map" {
            let (node, kind) = compiler.scalar(body)?;
            return Ok(Meaning::List(List::Mapped(rows, Box::new(node)), kind));
        }
        let node = compiler.of_kind(body, &Kind::Bool)?;
        if let Some(quantifier) = quantifier {
            return Ok(Meaning::Scalar(Node::Quantified(quantifier, rows, Box::new(node)), Kind::Bool));
        }
        rows.filters.push(node);
        Ok(Meaning::Rows(rows))
    })
}

fn function_of_two(compiler: &mut Compiler<'_>, name: &str, a: &IdedExpr, b: &IdedExpr) -> Result<Meaning, String> {
    function(compiler, name, &[a.clone(), b.clone()])
}

fn comparison(name: &str) -> Option<Comparison> {
    Some(match name {
        operators::EQUALS => Comparison::Equal,
        operators::NOT_EQUALS => Comparison::NotEqual,
        operators::LESS => Comparison::Less,
        operators::LESS_EQUALS => Comparison::LessOrEqual,
        operators::GREATER => Comparison::Greater,
        operators::GREATER_EQUALS => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

fn arithmetic(name: &str) -> Option<Arithmetic> {
    Some(match name {
        operators::ADD => Arithmetic::Add,
        operators::SUBSTRACT => Arithmetic::Subtract,
        operators::MULTIPLY => Arithmetic::Multiply,
        operators::DIVIDE => Arithmetic::Divide,
        operators::MODULO => Arithmetic::Remainder,
        _ => return None,
    })
}
