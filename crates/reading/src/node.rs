//! A value of a TOML file with its place, and the plain kinds it can be read as.

use std::ops::{Range, RangeInclusive};

use chrono::{Datelike as _, NaiveDate};
use toml::Spanned;
use toml::de::DeValue;

use crate::problem::{Code, suggestion, visible};
use crate::source::{Place, Source};
use crate::table::Table;

/// A value with its place.
#[derive(Debug)]
pub struct Node<'a> {
    source: &'a Source<'a>,
    key: String,
    place: Range<usize>,
    value: &'a DeValue<'a>,
}

impl<'a> Node<'a> {
    pub(crate) fn new(source: &'a Source<'a>, key: String, value: &'a Spanned<DeValue<'a>>) -> Self {
        Self { source, key, place: value.span(), value: value.get_ref() }
    }

    /// Notes a problem with this value.
    pub fn refuse(&self, code: Code, message: impl Into<String>) {
        self.source.refuse(&self.place, &self.key, Some(&self.place), code, message.into());
    }

    /// Where this value stands.
    pub fn place(&self) -> Place {
        self.source.place(&self.place, &self.key, Some(&self.place))
    }

    /// Notes a problem with this value if `result` is one, and goes on without it.
    pub fn accept<T, E: std::fmt::Display>(&self, code: Code, result: Result<T, E>) -> Option<T> {
        result.map_err(|refusal| self.refuse(code, refusal.to_string())).ok()
    }

    fn wrong_type<T>(&self, wanted: &str) -> Option<T> {
        self.refuse(Code::WrongType, format!("{wanted} is expected here, not {}", named(self.value)));
        None
    }

    /// Whether the value is a text (some fields take a text or a table).
    pub fn is_text(&self) -> bool {
        matches!(self.value, DeValue::String(_))
    }

    /// Any text, unchecked.
    pub fn raw_text(&self) -> Option<&'a str> {
        match self.value {
            DeValue::String(text) => Some(text.as_ref()),
            _ => self.wrong_type("a text in quotes"),
        }
    }

    /// A text of one line without invisible signs, in its stored form, of 1 to `max` characters.
    pub fn line(&self, max: usize) -> Option<String> {
        let text = self.raw_text()?;
        self.accept(Code::BadForm, domain::text::line(text, max))
    }

    /// A whole number within `range`.
    pub fn integer<N: TryFrom<i64> + TryInto<i64>>(&self, range: RangeInclusive<N>) -> Option<N> {
        let DeValue::Integer(written) = self.value else { return self.wrong_type("a whole number") };
        let (low, high) = range.into_inner();
        let (low, high) = (low.try_into().unwrap_or(0), high.try_into().unwrap_or(i64::MAX));
        let number =
            i64::from_str_radix(written.as_str(), written.radix()).ok().filter(|number| (low..=high).contains(number));
        let number = number.and_then(|number| N::try_from(number).ok());
        if number.is_none() {
            self.refuse(Code::OutOfRange, format!("the number must be from {low} to {high}"));
        }
        number
    }

    /// A finite number within `range`.
    pub fn decimal(&self, range: RangeInclusive<f64>) -> Option<f64> {
        let written = match self.value {
            DeValue::Float(number) => number.as_str().parse::<f64>(),
            DeValue::Integer(number) => number.as_str().parse::<f64>(),
            _ => return self.wrong_type("a number"),
        };
        let number = written.ok().filter(|number| range.contains(number));
        if number.is_none() {
            self.refuse(Code::OutOfRange, format!("the number must be from {} to {}", range.start(), range.end()));
        }
        number
    }

    /// True or false.
    pub fn boolean(&self) -> Option<bool> {
        match self.value {
            DeValue::Boolean(value) => Some(*value),
            _ => self.wrong_type("true or false"),
        }
    }

    /// A local day of the years 1900 to 2200, written `2026-12-24` without quotes.
    pub fn date(&self) -> Option<NaiveDate> {
        let DeValue::Datetime(written) = self.value else {
            return self.wrong_type("a day such as 2026-12-24 without quotes");
        };
        let (Some(date), None) = (written.date, written.time) else {
            return self.wrong_type("a day such as 2026-12-24 without a time");
        };
        let day = NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day));
        let day = day.filter(|day| (1900..=2200).contains(&day.year()));
        if day.is_none() {
            self.refuse(Code::OutOfRange, "the day must exist and lie in the years 1900 to 2200");
        }
        day
    }

    /// One of the allowed words.
    pub fn word<T: Clone>(&self, allowed: &[(&str, T)]) -> Option<T> {
        let written = self.raw_text()?;
        if let Some((_, meaning)) = allowed.iter().find(|(word, _)| *word == written) {
            return Some(meaning.clone());
        }
        let words: Vec<&str> = allowed.iter().map(|(word, _)| *word).collect();
        let near = suggestion(written, words.iter().copied());
        self.refuse(
            Code::UnknownWord,
            format!("\"{}\" is not allowed here{near}; allowed are {}", visible(written, 60), words.join(", ")),
        );
        None
    }

    /// The elements of a list of at most `max`.
    pub fn elements(&self, max: usize) -> Vec<Node<'a>> {
        let DeValue::Array(list) = self.value else {
            return self.wrong_type("a list in square brackets").unwrap_or_default();
        };
        if list.len() > max {
            self.refuse(Code::OutOfRange, format!("the list has {} elements; at most {max} are allowed", list.len()));
        }
        let element = |(at, value): (usize, &'a Spanned<DeValue<'a>>)| {
            Node::new(self.source, format!("{}[{at}]", self.key), value)
        };
        list.iter().enumerate().take(max).map(element).collect()
    }

    /// A table, read with `read`; fields that `read` does not ask for are named as unknown.
    pub fn table<T>(&self, read: impl FnOnce(&Table<'a>) -> Option<T>) -> Option<T> {
        match self.value {
            DeValue::Table(entries) => Table::at(self.source, self.key.clone(), self.place.clone(), entries).read(read),
            _ => self.wrong_type("a table in curly brackets or under a heading"),
        }
    }

    /// The entries of a table whose keys are free, at most `max`.
    pub fn free_entries(&self, max: usize) -> Vec<(&'a str, Node<'a>)> {
        let DeValue::Table(entries) = self.value else {
            return self.wrong_type("a table in curly brackets").unwrap_or_default();
        };
        if entries.len() > max {
            self.refuse(
                Code::OutOfRange,
                format!("the table has {} entries; at most {max} are allowed", entries.len()),
            );
        }
        let mut all = Table::at(self.source, self.key.clone(), self.place.clone(), entries).entries();
        all.truncate(max);
        all
    }
}

fn named(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a decimal number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
