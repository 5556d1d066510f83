//! Reading TOML value by value, collecting every problem with its place instead of stopping at the first.

use std::cell::RefCell;
use std::ops::Range;

use toml::de::DeTable;

use crate::problem::{Code, Problem, visible};
use crate::table::Table;

/// No person puts right more than this in one go; a file of rubbish must not become a gigabyte of messages.
const MAX_PROBLEMS_PER_FILE: usize = 100;

/// A text file of a directory that somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextFile {
    /// Its path relative to the directory, with `/` on every system.
    pub path: String,
    /// Its whole text.
    pub text: String,
}

/// Where a value stands in a file, kept for problems that show only when other files have been read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The file, relative to the directory.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
    /// The dotted path to the value.
    pub key: String,
    /// The value as written, shortened.
    pub value: String,
}

impl Place {
    /// A problem with what stands here.
    pub fn problem(&self, code: Code, message: impl Into<String>) -> Problem {
        Problem {
            file: self.file.clone(),
            line: self.line.max(1),
            column: self.column.max(1),
            key: self.key.clone(),
            value: self.value.clone(),
            code,
            message: message.into(),
        }
    }
}

/// A file being read, with the problems found so far.
#[derive(Debug)]
pub struct Source<'a> {
    path: &'a str,
    text: &'a str,
    problems: RefCell<Vec<Problem>>,
}

impl<'a> Source<'a> {
    /// Reads the whole of `file` with `read`. Problems go to `problems`; a file that is not TOML has only those of
    /// its grammar, because guesses about a half-read file would mislead.
    pub fn read<T>(
        file: &'a TextFile,
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
    pub(crate) fn refuse(
        &self,
        place: &Range<usize>,
        key: &str,
        value: Option<&Range<usize>>,
        code: Code,
        message: String,
    ) {
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
        problems.push(self.place(place, key, value).problem(code, message));
    }

    /// Line and column of a span of this file.
    pub(crate) fn place(&self, place: &Range<usize>, key: &str, value: Option<&Range<usize>>) -> Place {
        let before = self.text.get(..place.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let shown = value.and_then(|span| self.text.get(span.clone())).unwrap_or_default();
        Place {
            file: self.path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            key: visible(key, 200),
            value: visible(shown, 60),
        }
    }
}
