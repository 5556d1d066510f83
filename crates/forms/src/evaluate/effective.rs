//! Effective answers: typed, pruned, and frozen as canonical text.

use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use crate::definition::Definition;
use crate::path::RowPaths;
use crate::row::RowId;
use crate::value::Value;

/// The answers that count. Rules, letters, exports and signatures see only these.
#[derive(Debug, Clone, PartialEq)]
pub struct Effective {
    /// Path and value in the order of the form.
    answers: Vec<(String, Value)>,
}

impl Effective {
    pub(super) fn of(definition: &Definition, cells: Vec<Vec<Option<Value>>>, rows: &[Vec<RowId>]) -> Self {
        let schema = &definition.compiled.schema;
        let mut columns: Vec<std::vec::IntoIter<Option<Value>>> = cells.into_iter().map(Vec::into_iter).collect();
        let mut answers = Vec::new();
        for (number, group) in schema.groups.iter().enumerate() {
            let count = if group.repeated { rows[number].len() } else { 1 };
            for row in 0..count {
                let paths = RowPaths::of(&group.key, rows[number].get(row).copied());
                for field in group.fields.clone() {
                    if let Some(Some(value)) = columns[field].next() {
                        answers.push((paths.path(&schema.fields[field].key), value));
                    }
                }
            }
        }
        Self { answers }
    }

    /// The answer at `path`.
    pub fn get(&self, path: &str) -> Option<&Value> {
        self.answers.iter().find(|(known, _)| known == path).map(|(_, value)| value)
    }

    /// Every answer by its path, in the order of the form and of the rows.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.answers.iter().map(|(path, value)| (path.as_str(), value))
    }

    /// The snapshot to freeze: the hash of the definition and every answer, in the order of the form. Equal answers give
    /// equal text.
    pub fn canonical_json(&self, definition: &Definition) -> String {
        let answers: Vec<Json> = self
            .answers
            .iter()
            .map(|(path, value)| Json::from(vec![Json::from(path.as_str()), value.to_json()]))
            .collect();
        // A list of pairs keeps the order of rows, which an object would lose.
        serde_json::json!({ "definition": definition.sha256(), "answers": answers }).to_string()
    }

    /// SHA-256 of [`Self::canonical_json`] in 64 lower-case hexadecimal digits.
    pub fn sha256(&self, definition: &Definition) -> String {
        hex::encode(Sha256::digest(self.canonical_json(definition).as_bytes()))
    }
}
