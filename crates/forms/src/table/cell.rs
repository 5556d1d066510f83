//! What stands in a cell of a table.

use std::cmp::Ordering;
use std::fmt;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::value::{Value, number_text, parse_number};

/// The kinds of cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CellType {
    /// Yes or no.
    Bool,
    /// A number.
    Number,
    /// A text.
    Text,
    /// A day.
    Date,
}

impl CellType {
    /// The name in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Number => "number",
            Self::Text => "text",
            Self::Date => "date",
        }
    }
}

/// A value in a cell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cell {
    /// Yes or no.
    Bool(bool),
    /// A number.
    Number(Decimal),
    /// A text.
    Text(String),
    /// A day.
    Date(NaiveDate),
}

impl Cell {
    /// Reads one value: `true`, `12.5`, `"text"`, `date("2026-01-01")` or `2026-01-01`.
    pub fn parse(text: &str, kind: CellType) -> Option<Self> {
        let text = text.trim();
        match kind {
            CellType::Bool => match text {
                "true" => Some(Self::Bool(true)),
                "false" => Some(Self::Bool(false)),
                _ => None,
            },
            CellType::Number => parse_number(text).map(|number| Self::Number(number.normalize())),
            CellType::Text => {
                let inner = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'))?;
                let plain = !inner.contains('"') && !inner.chars().any(domain::text::is_invisible);
                plain.then(|| Self::Text(inner.to_owned()))
            }
            CellType::Date => {
                let inner = text.strip_prefix("date(\"").and_then(|rest| rest.strip_suffix("\")")).unwrap_or(text);
                let plain = inner.len() == 10;
                inner.parse().ok().filter(|_| plain).map(Self::Date)
            }
        }
    }

    /// The value of an expression as a cell, if tables know its kind.
    pub(crate) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(value) => Some(Self::Bool(*value)),
            Value::Number(number) => Some(Self::Number(number.normalize())),
            Value::Text(text) => Some(Self::Text(text.clone())),
            Value::Date(day) => Some(Self::Date(*day)),
            Value::PartialDate(_)
            | Value::Time(_)
            | Value::DateTime(_)
            | Value::Choices(_)
            | Value::Address(_)
            | Value::GeoPoint(_)
            | Value::Files(_)
            | Value::Slot(_)
            | Value::Signature(_)
            | Value::Declaration(_) => None,
        }
    }

    /// The cell as a value of expressions.
    pub(crate) fn into_value(self) -> Value {
        match self {
            Self::Bool(value) => Value::Bool(value),
            Self::Number(number) => Value::Number(number),
            Self::Text(text) => Value::Text(text),
            Self::Date(day) => Value::Date(day),
        }
    }

    /// The order of two cells of one kind.
    pub(crate) fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => Some(a.cmp(b)),
            (Self::Number(a), Self::Number(b)) => Some(a.cmp(b)),
            (Self::Text(a), Self::Text(b)) => Some(a.cmp(b)),
            (Self::Date(a), Self::Date(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }
}

impl fmt::Display for Cell {
    /// Writes the cell as it is read.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(number) => f.write_str(&number_text(*number)),
            Self::Text(text) => write!(f, "\"{text}\""),
            Self::Date(day) => write!(f, "date(\"{day}\")"),
        }
    }
}
