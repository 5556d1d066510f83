//! S-FEEL unary tests: `-`, `<18`, `[1..5]`, `"a","b"`, `not(…)`, and our `missing`.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::table::{Cell, CellType};

/// The most tests in one cell.
const MAX_TESTS: usize = 200;

/// What stands in an input cell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnaryTests {
    /// `-`: everything fits, also what is missing.
    pub any: bool,
    /// `missing` stands among the tests: what is missing fits.
    pub or_missing: bool,
    /// `not(…)`: what is there fits if no interval holds it.
    pub negated: bool,
    /// What fits.
    pub intervals: Vec<Interval>,
}

/// A range of values with its ends; a single value is a range from itself to itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// The lower end and whether it belongs to the range.
    pub low: Option<(Cell, bool)>,
    /// The upper end and whether it belongs to the range.
    pub high: Option<(Cell, bool)>,
}

/// Why a cell is no test.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotATest(pub String);

impl UnaryTests {
    /// `-`.
    pub fn anything() -> Self {
        Self { any: true, ..Self::default() }
    }

    /// Reads what stands in a cell; an empty cell is `-`.
    ///
    /// # Errors
    /// What is wrong, for the one who wrote it.
    pub fn parse(text: &str, kind: CellType) -> Result<Self, NotATest> {
        let text = text.trim();
        if text.is_empty() || text == "-" {
            return Ok(Self::anything());
        }
        let inner = text.strip_prefix("not(").and_then(|rest| rest.strip_suffix(')'));
        let mut tests = Self { negated: inner.is_some(), ..Self::default() };
        for part in split(inner.unwrap_or(text)) {
            if matches!(part.trim(), "missing" | "null") {
                tests.or_missing = true;
            } else {
                tests.intervals.push(Interval::parse(part.trim(), kind)?);
            }
        }
        if tests.negated && tests.or_missing {
            // `not(missing)`: everything that is there.
            tests.or_missing = false;
        }
        if tests.intervals.len() > MAX_TESTS {
            return Err(NotATest(format!("a cell has at most {MAX_TESTS} tests")));
        }
        Ok(tests)
    }

    /// Whether `value` fits.
    pub fn hold(&self, value: Option<&Cell>) -> bool {
        match value {
            _ if self.any => true,
            None => self.or_missing,
            Some(cell) => self.intervals.iter().any(|interval| interval.holds(cell)) != self.negated,
        }
    }
}

impl Interval {
    fn only(cell: Cell) -> Self {
        Self { low: Some((cell.clone(), true)), high: Some((cell, true)) }
    }

    fn parse(text: &str, kind: CellType) -> Result<Self, NotATest> {
        let wrong = || {
            NotATest(format!(
                "\"{}\" is no test for {}; allowed are -, missing, a value, <, <=, >, >=, [a..b] and not(…)",
                reading::visible(text, 60),
                kind.as_str()
            ))
        };
        let cell = |text: &str| Cell::parse(text, kind).ok_or_else(wrong);
        let ordered = match kind {
            CellType::Number | CellType::Date => true,
            CellType::Bool | CellType::Text => false,
        };
        if !ordered {
            return cell(text).map(Self::only);
        }
        for (sign, inclusive) in [("<=", true), ("<", false)] {
            if let Some(rest) = text.strip_prefix(sign) {
                return Ok(Self { low: None, high: Some((cell(rest)?, inclusive)) });
            }
        }
        for (sign, inclusive) in [(">=", true), (">", false)] {
            if let Some(rest) = text.strip_prefix(sign) {
                return Ok(Self { low: Some((cell(rest)?, inclusive)), high: None });
            }
        }
        let Some((low, high)) = text.split_once("..") else { return cell(text).map(Self::only) };
        // DMN writes open ends both ways: ]1..5[ and (1..5).
        let opening = low.chars().next().filter(|sign| matches!(sign, '[' | ']' | '(')).ok_or_else(wrong)?;
        let closing = high.chars().last().filter(|sign| matches!(sign, '[' | ']' | ')')).ok_or_else(wrong)?;
        let (low, high) = (cell(&low[1..])?, cell(&high[..high.len() - 1])?);
        if low.order(&high) == Some(Ordering::Greater) {
            return Err(NotATest(format!("the range {low}..{high} ends before it begins")));
        }
        Ok(Self { low: Some((low, opening == '[')), high: Some((high, closing == ']')) })
    }

    fn holds(&self, cell: &Cell) -> bool {
        let above = self.low.as_ref().is_none_or(|(low, inclusive)| match cell.order(low) {
            Some(Ordering::Greater) => true,
            Some(Ordering::Equal) => *inclusive,
            Some(Ordering::Less) | None => false,
        });
        let below = self.high.as_ref().is_none_or(|(high, inclusive)| match cell.order(high) {
            Some(Ordering::Less) => true,
            Some(Ordering::Equal) => *inclusive,
            Some(Ordering::Greater) | None => false,
        });
        above && below
    }

    /// The values at the ends.
    pub(crate) fn ends(&self) -> impl Iterator<Item = &Cell> {
        self.low.iter().chain(&self.high).map(|(cell, _)| cell)
    }
}

/// Splits at commas outside quotes.
fn split(text: &str) -> Vec<&str> {
    let mut quoted = false;
    text.split(|c: char| {
        quoted ^= c == '"';
        c == ',' && !quoted
    })
    .collect()
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.low, &self.high) {
            (Some((low, true)), Some((high, true))) if low == high => write!(f, "{low}"),
            (Some((low, from)), Some((high, to))) => {
                write!(f, "{}{low}..{high}{}", if *from { '[' } else { '(' }, if *to { ']' } else { ')' })
            }
            (Some((low, inclusive)), None) => write!(f, "{}{low}", if *inclusive { ">=" } else { ">" }),
            (None, Some((high, inclusive))) => write!(f, "{}{high}", if *inclusive { "<=" } else { "<" }),
            (None, None) => f.write_str("-"),
        }
    }
}

impl fmt::Display for UnaryTests {
    /// Writes the tests as they are read.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.any {
            return f.write_str("-");
        }
        let mut parts: Vec<String> = self.intervals.iter().map(ToString::to_string).collect();
        // `not()` with no value says: anything that is there.
        if self.or_missing || (self.negated && parts.is_empty()) {
            parts.push("missing".to_owned());
        }
        let joined = parts.join(",");
        if self.negated { write!(f, "not({joined})") } else { f.write_str(&joined) }
    }
}
