//! Reading TOML value by value, collecting every problem with its place instead of stopping at the first.

mod node;
mod table;
mod values;

use std::cell::RefCell;
use std::ops::Range;

use toml::de::DeTable;

use crate::layout::CityFile;
use crate::problem::{Code, Problem, visible};

pub(crate) use node::Node;
pub(crate) use table::Table;
pub(crate) use values::Unique;

/// No person puts right more than this in one go; a file of rubbish must not become a gigabyte of messages.
const MAX_PROBLEMS_PER_FILE: usize = 100;

/// A file being read, with the problems found so far.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    path: &'a str,
    text: &'a str,
    problems: RefCell<Vec<Problem>>,
}

impl<'a> Source<'a> {
    /// Reads the whole of `file` with `read`. Problems go to `problems`; a file that is not TOML has only those of
    /// its grammar, because guesses about a half-read file would mislead.
    pub(crate) fn read<T>(
        file: &'a CityFile,
        problems: &mut Vec<Problem>,
        read: impl FnOnce(&Table<'_>) -> Option<T>,
    ) -> Option<T> {
        let source = Source { path: &file.path, text: &file.text, problems: RefCell::default() };
        let (document, errors) = DeTable::parse_recoverable(source.text);
        for error in &errors {
            let place = error.span().unwrap_or(0..0);
            source.refuse(
                &place,
                "",
                None,
                Code::Syntax,
                format!("not readable as TOML: {}", visible(error.message(), 200)),
            );
        }
        let value = if errors.is_empty() { Table::root(&source, document.get_ref()).read(read) } else { None };
        problems.append(&mut source.problems.borrow_mut());
        value
    }

    /// Notes a problem at a place of this file. `value` is the span of the value to show.
    fn refuse(&self, place: &Range<usize>, key: &str, value: Option<&Range<usize>>, code: Code, message: String) {
        let mut problems = self.problems.borrow_mut();
        if problems.len() > MAX_PROBLEMS_PER_FILE {
            return;
        }
        if problems.len() == MAX_PROBLEMS_PER_FILE {
            problems.push(Problem::of_file(
                self.path,
                Code::More,
                "there are more problems in this file; put these right first",
            ));
            return;
        }
        // What is of the wrong kind is also too short, not ascending and so on: one complaint is enough.
        if problems.iter().any(|problem| problem.code == Code::WrongType && problem.key == key) {
            return;
        }
        let before = self.text.get(..place.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let shown = value.and_then(|span| self.text.get(span.clone())).unwrap_or_default();
        problems.push(Problem {
            file: self.path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            key: visible(key, 200),
            value: visible(shown, 60),
            code,
            message,
        });
    }
}
