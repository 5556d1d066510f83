//! Taking answers along to another version: what fits stays, what does not is named, nothing is lost in silence.

use std::collections::BTreeMap;

use crate::answers::{Answer, Answers};
use crate::definition::Definition;
use crate::path::Path;
use crate::row::RowId;
use crate::value::read;

/// Answers in the new version.
#[derive(Debug, Clone, PartialEq)]
pub struct CarriedOver {
    /// What could be taken along, with its rows.
    pub answers: Answers,
    /// What could not, to be shown to the one who typed it.
    pub dropped: Vec<Dropped>,
}

/// An answer that has no place in the new version.
#[derive(Debug, Clone, PartialEq)]
pub struct Dropped {
    /// Where it stood.
    pub path: String,
    /// The key of the label in the old version.
    pub label_key: String,
    /// What it was.
    pub answer: Answer,
}

impl Answers {
    /// These answers of `old` in `new`: an answer stays if its field is there, has the same type and takes the value.
    pub fn carry_over(&self, old: &Definition, new: &Definition) -> CarriedOver {
        let mut rows: BTreeMap<String, Vec<RowId>> = BTreeMap::new();
        for (_, group) in old.form().groups() {
            if let Some(repeat) = new.repeat_of(&group.key) {
                let kept: Vec<RowId> = self.rows(&group.key).iter().copied().take(usize::from(repeat.max)).collect();
                if !kept.is_empty() {
                    rows.insert(group.key.clone(), kept);
                }
            }
        }
        let mut values = BTreeMap::new();
        let mut dropped = Vec::new();
        for (path, answer) in self.iter() {
            if fits(path, answer, (old, new), &rows) {
                values.insert(path.to_owned(), answer.clone());
            } else {
                let label_key = Path::parse(path)
                    .map_or_else(String::new, |path| crate::answers::label_key(path.group, path.field));
                dropped.push(Dropped { path: path.to_owned(), label_key, answer: answer.clone() });
            }
        }
        CarriedOver { answers: Answers::assembled(rows, values), dropped }
    }
}

fn fits(
    text: &str,
    answer: &Answer,
    (old, new): (&Definition, &Definition),
    rows: &BTreeMap<String, Vec<RowId>>,
) -> bool {
    let Some(path) = Path::parse(text) else { return false };
    let types = old.field_type(path.group, path.field).zip(new.field_type(path.group, path.field));
    let Some((before, after)) = types.filter(|(before, after)| before.name() == after.name()) else { return false };
    let placed = match path.row {
        Some(row) => rows.get(path.group).is_some_and(|rows| rows.contains(&row)),
        None => new.repeat_of(path.group).is_none(),
    };
    // What was wrong before may come along as it is; what was right must stay right.
    placed && (read(after, &answer.value).is_ok() || read(before, &answer.value).is_err())
}
