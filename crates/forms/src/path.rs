//! Names of answers: `group.field`, and in a repeated group `group[01ARZ3NDEKTSV4RRFFQ69G5FAV].field`.

use std::fmt;

use crate::row::RowId;

/// A path taken apart. Whether group and field exist is for the definition to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Path<'a> {
    pub(crate) group: &'a str,
    pub(crate) row: Option<RowId>,
    pub(crate) field: &'a str,
}

impl<'a> Path<'a> {
    /// Takes `text` apart; `None` if it has not the form of a path.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        if text.len() > 200 {
            return None;
        }
        let (place, field) = text.rsplit_once('.')?;
        let (group, row) = group_and_row(place)?;
        Some(Self { group, row, field })
    }
}

/// Takes apart what stands before the field: `group` or `group[row]`.
pub(crate) fn group_and_row(place: &str) -> Option<(&str, Option<RowId>)> {
    match place.split_once('[') {
        Some((group, row)) => Some((group, Some(row.strip_suffix(']')?.parse().ok()?))),
        None => Some((place, None)),
    }
}

/// Writes the paths of one row; what they have in common is written once.
#[derive(Debug)]
pub(crate) struct RowPaths(String);

impl RowPaths {
    pub(crate) fn of(group: &str, row: Option<RowId>) -> Self {
        Self(Path { group, row, field: "" }.to_string())
    }

    pub(crate) fn path(&self, field: &str) -> String {
        [self.0.as_str(), field].concat()
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.row {
            Some(row) => write!(f, "{}[{row}].{}", self.group, self.field),
            None => write!(f, "{}.{}", self.group, self.field),
        }
    }
}

/// Words that expressions use for themselves.
const RESERVED: [&str; 26] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "false",
    "for",
    "function",
    "if",
    "import",
    "in",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "true",
    "var",
    "void",
    "while",
    "null",
    "row",
    "tables",
    "size",
    "missing",
    "has",
];

/// Whether `text` can name a step, group, field, table, rule or option that expressions use: lower-case letters, digits
/// and single underscores, beginning with a letter, at most 60 signs.
pub(crate) fn is_name(text: &str) -> bool {
    let sign = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=60).contains(&text.len())
        && text.bytes().all(sign)
        && text.as_bytes()[0].is_ascii_lowercase()
        && !text.ends_with('_')
        && !text.contains("__")
        && !RESERVED.contains(&text)
}
