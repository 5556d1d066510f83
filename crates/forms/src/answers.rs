//! Raw answers: what people typed, kept as it is, also where it is wrong or not shown at the moment.

use std::collections::BTreeMap;

use domain::law::TrustLevel;
use domain::time::Timestamp;
use reading::visible;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::definition::Definition;
use crate::error::{ErrorCode, FieldError, RowLabel};
use crate::model::FieldType;
use crate::path::Path;
use crate::row::RowId;
use crate::value::MAX_TEXT_CHARACTERS;

/// The most changes of one patch.
pub const MAX_CHANGES: usize = 5_000;
/// The most bytes of one answer: the longest text in four-byte characters, written as JSON.
const MAX_ANSWER_BYTES: usize = MAX_TEXT_CHARACTERS as usize * 4 + 1_000;

/// The answers of one application as they were given.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Answers {
    /// Rows by group, in the order in which they were added.
    rows: BTreeMap<String, Vec<RowId>>,
    /// Answers by path.
    values: BTreeMap<String, Answer>,
}

/// One answer with where it comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The value as typed.
    pub value: Json,
    /// Who gave it.
    pub source: AnswerSource,
    /// When.
    pub at: Timestamp,
}

/// Who gave an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerSource {
    /// A party, by its role.
    Applicant {
        /// The role in service.toml.
        party: String,
    },
    /// A register that was asked.
    Prefill {
        /// Which register.
        register: String,
        /// How sure it was whom the register was asked about.
        trust: TrustLevel,
    },
    /// The form.
    Computed,
    /// A clerk who corrected.
    Clerk {
        /// Why.
        reason: String,
    },
}

/// Changes that are made together or not at all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Patch {
    /// The changes in their order.
    pub changes: Vec<Change>,
    /// Who makes them.
    pub source: AnswerSource,
    /// When.
    pub at: Timestamp,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// An answer is given.
    Set {
        /// The field, in its row if the group repeats.
        path: String,
        /// The value.
        value: Json,
    },
    /// An answer is taken back.
    Clear {
        /// The field, in its row if the group repeats.
        path: String,
    },
    /// A row is added at the end.
    AddRow {
        /// The repeated group.
        group: String,
        /// The name of the new row.
        row: RowId,
    },
    /// A row is removed with its answers.
    RemoveRow {
        /// The repeated group.
        group: String,
        /// The row.
        row: RowId,
    },
}

impl Answers {
    /// Nothing answered yet.
    pub fn empty() -> Self {
        Self::default()
    }

    /// The answer at `path`, as given.
    pub fn get(&self, path: &str) -> Option<&Answer> {
        self.values.get(path)
    }

    /// The rows of a group in their order.
    pub fn rows(&self, group: &str) -> &[RowId] {
        self.rows.get(group).map_or(&[], Vec::as_slice)
    }

    /// Every answer by its path, in the order of the paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Answer)> {
        self.values.iter().map(|(path, answer)| (path.as_str(), answer))
    }

    /// These answers after `patch`. Wrong values are taken too, so that nobody loses what was typed; `evaluate` names them.
    ///
    /// # Errors
    /// Every change that cannot be made: unknown fields and rows, rows that are there already or too many, giants. Then
    /// nothing is changed.
    pub fn patched(&self, definition: &Definition, patch: &Patch) -> Result<Self, Vec<FieldError>> {
        if patch.changes.len() > MAX_CHANGES {
            return Err(vec![error("", ErrorCode::TooManyChanges).with("max", MAX_CHANGES)]);
        }
        let mut answers = self.clone();
        let refused = patch
            .changes
            .iter()
            .filter_map(|change| answers.change(definition, change, patch).err().map(|error| *error));
        let errors: Vec<FieldError> = refused.take(100).collect();
        if errors.is_empty() { Ok(answers) } else { Err(errors) }
    }

    fn change(&mut self, definition: &Definition, change: &Change, patch: &Patch) -> Result<(), Box<FieldError>> {
        match change {
            Change::Set { path, value } => {
                let field = self.writable(definition, path)?;
                if bytes(value, MAX_ANSWER_BYTES) > MAX_ANSWER_BYTES {
                    let max = match field {
                        FieldType::Text { max, .. } => *max,
                        _ => MAX_TEXT_CHARACTERS,
                    };
                    return Err(self.error_at(path, ErrorCode::TooLong).with("max", max).into());
                }
                let answer = Answer { value: value.clone(), source: patch.source.clone(), at: patch.at };
                self.values.insert(path.clone(), answer);
            }
            Change::Clear { path } => {
                self.writable(definition, path)?;
                self.values.remove(path);
            }
            Change::AddRow { group, row } => {
                let repeat = definition.repeat_of(group).ok_or_else(|| error(group, ErrorCode::UnknownPath))?;
                let rows = self.rows.entry(group.clone()).or_default();
                if rows.contains(row) {
                    return Err(group_error(group, ErrorCode::RowTwice).into());
                }
                if rows.len() >= usize::from(repeat.max) {
                    return Err(group_error(group, ErrorCode::TooMany).with("max", repeat.max).into());
                }
                rows.push(*row);
            }
            Change::RemoveRow { group, row } => {
                let rows = self.rows.get_mut(group).ok_or_else(|| error(group, ErrorCode::UnknownRow))?;
                let at = rows.iter().position(|known| known == row);
                rows.remove(at.ok_or_else(|| group_error(group, ErrorCode::UnknownRow))?);
                let prefix = format!("{group}[{row}].");
                self.values.retain(|path, _| !path.starts_with(&prefix));
            }
        }
        Ok(())
    }

    /// The type of the field at `path`, if it can be answered there.
    fn writable<'d>(&self, definition: &'d Definition, path: &str) -> Result<&'d FieldType, Box<FieldError>> {
        let unknown = || error(path, ErrorCode::UnknownPath);
        let parsed = Path::parse(path).ok_or_else(unknown)?;
        let field = definition.field_type(parsed.group, parsed.field).ok_or_else(unknown)?;
        // There is one way to write a path; a second one would be a second answer.
        if parsed.to_string() != path || definition.repeat_of(parsed.group).is_some() != parsed.row.is_some() {
            return Err(unknown().into());
        }
        if parsed.row.is_some_and(|row| !self.rows(parsed.group).contains(&row)) {
            return Err(error(path, ErrorCode::UnknownRow).into());
        }
        match field {
            FieldType::Computed { .. } => Err(self.error_at(path, ErrorCode::NotWritable).into()),
            _ => Ok(field),
        }
    }

    fn error_at(&self, path: &str, code: ErrorCode) -> FieldError {
        let mut error = error(path, code);
        if let Some(path) = Path::parse(path) {
            error.label_key = label_key(path.group, path.field);
            error.row_label = path.row.map(|row| {
                let number = self.rows(path.group).iter().position(|known| *known == row).map_or(0, |at| at + 1);
                row_label(path.group, row, number)
            });
        }
        error
    }

    /// Answers put together without checks, for carrying over and for scenarios.
    pub(crate) fn assembled(rows: BTreeMap<String, Vec<RowId>>, values: BTreeMap<String, Answer>) -> Self {
        Self { rows, values }
    }
}

/// The key of the label of a field.
pub(crate) fn label_key(group: &str, field: &str) -> String {
    format!("field.{group}.{field}.label")
}

/// The label of a row.
pub(crate) fn row_label(group: &str, row: RowId, number: usize) -> RowLabel {
    RowLabel { row, label_key: format!("group.{group}.item"), number }
}

fn error(path: &str, code: ErrorCode) -> FieldError {
    FieldError { path: visible(path, 200), row_label: None, label_key: String::new(), code, args: BTreeMap::new() }
}

pub(crate) fn group_error(group: &str, code: ErrorCode) -> FieldError {
    FieldError { label_key: format!("group.{group}.title"), ..error(group, code) }
}

impl FieldError {
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "numbers and texts read better without an ampersand")]
    pub(crate) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }
}

/// The size of a JSON value, counted until it is more than `limit`.
fn bytes(json: &Json, limit: usize) -> usize {
    match json {
        Json::Null | Json::Bool(_) | Json::Number(_) => 8,
        Json::String(text) => text.len() + 2,
        Json::Array(list) => sum(list.iter().map(|item| (0, item)), limit),
        Json::Object(entries) => sum(entries.iter().map(|(name, item)| (name.len(), item)), limit),
    }
}

fn sum<'a>(items: impl Iterator<Item = (usize, &'a Json)>, limit: usize) -> usize {
    let mut total = 2;
    for (name, item) in items {
        total += name + bytes(item, limit) + 1;
        if total > limit {
            break;
        }
    }
    total
}
