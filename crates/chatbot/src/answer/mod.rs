//! Answers: lines taken from the catalogue and from editors' texts, each with its source and date. Nothing is made up, so
//! nothing can be wrong that is not wrong in the catalogue.

mod compose;
mod facts;
mod phrases;

use chrono::NaiveDate;
use domain::identifier::Key;
use serde::{Deserialize, Serialize};

pub(crate) use compose::{Sources, compose};
pub(crate) use phrases::phrase;

/// Where a line comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citation {
    /// File and field: `services/wohnsitz-anmelden.toml#fee`.
    pub source: String,
    /// What the source rests on itself: the statute, or who wrote it.
    pub basis: String,
    /// The day from which on it is known to hold.
    pub date: NaiveDate,
    /// The service it is about, if it is about one.
    pub service: Option<Key>,
}

/// A line of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The text, without white space at its ends.
    pub text: String,
    /// The number of its citation, counted from 0; absent for lines that claim nothing ("What do you mean?").
    pub citation: Option<usize>,
}

/// An answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// Its lines, in order.
    pub lines: Vec<Line>,
    /// What they rest on.
    pub citations: Vec<Citation>,
}

impl Answer {
    /// The lines as one text, with the numbers of the citations in brackets.
    pub fn text(&self) -> String {
        let line = |line: &Line| match line.citation {
            Some(number) => format!("{} [{}]", line.text, number + 1),
            None => line.text.clone(),
        };
        self.lines.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// A line that claims nothing.
    pub(crate) fn say(&mut self, text: impl Into<String>) {
        self.lines.push(Line { text: text.into(), citation: None });
    }

    /// A line with what it rests on.
    pub(crate) fn claim(&mut self, text: impl Into<String>, citation: Citation) {
        let number = self.citations.iter().position(|known| *known == citation).unwrap_or_else(|| {
            self.citations.push(citation);
            self.citations.len() - 1
        });
        self.lines.push(Line { text: text.into(), citation: Some(number) });
    }
}
