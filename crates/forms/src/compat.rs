//! What changes for people who are in the middle of filling in when a new version is published.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::definition::Definition;
use crate::model::{Field, FieldType, Form, Group, Requirement};

/// How deep a change goes, from nothing to rules. Drafts can be moved up to `AdditiveRequired`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CompatClass {
    /// Nothing changed.
    Same,
    /// Only words changed.
    TextOnly,
    /// New questions that need no answer, wider limits, new options.
    AdditiveOptional,
    /// New questions that need an answer.
    AdditiveRequired,
    /// Questions or options are gone: answers would be lost.
    Removed,
    /// A question asks for something else under its old name.
    Retyped,
    /// Rules, tables, fees, parties or the law around the form changed.
    RuleChanged,
}

impl CompatClass {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::TextOnly => "text_only",
            Self::AdditiveOptional => "additive_optional",
            Self::AdditiveRequired => "additive_required",
            Self::Removed => "removed",
            Self::Retyped => "retyped",
            Self::RuleChanged => "rule_changed",
        }
    }
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CompatChange {
    /// How deep it goes.
    pub class: CompatClass,
    /// What changed: `field.person.name`, `table.fee`, `texts.de`.
    pub what: String,
}

/// All changes from one version to the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompatReport {
    /// The deepest of the changes.
    pub class: CompatClass,
    /// The changes, the deepest first.
    pub changes: Vec<CompatChange>,
}

impl CompatReport {
    /// Whether drafts may be moved to the new version.
    pub fn may_migrate(&self) -> bool {
        self.class <= CompatClass::AdditiveRequired
    }
}

/// Compares two versions of a definition.
pub fn compat(old: &Definition, new: &Definition) -> CompatReport {
    let mut changes = Vec::new();
    let mut note = |class: CompatClass, what: String| changes.push(CompatChange { class, what });
    form(&old.model.form, &new.model.form, &mut note);
    if old.model.service != new.model.service {
        note(CompatClass::RuleChanged, "service".to_owned());
    }
    let keys = old.model.tables.keys().chain(new.model.tables.keys());
    for key in keys.filter(|key| old.model.tables.get(*key) != new.model.tables.get(*key)) {
        note(CompatClass::RuleChanged, format!("table.{key}"));
    }
    let locales = old.model.texts.keys().chain(new.model.texts.keys());
    for locale in locales.filter(|locale| old.model.texts.get(*locale) != new.model.texts.get(*locale)) {
        note(CompatClass::TextOnly, format!("texts.{locale}"));
    }
    let letters = old.model.letters.keys().chain(new.model.letters.keys());
    for letter in letters.filter(|letter| old.model.letters.get(*letter) != new.model.letters.get(*letter)) {
        note(CompatClass::TextOnly, format!("letters.{letter}"));
    }
    changes.sort_by(|a, b| b.class.cmp(&a.class).then_with(|| a.what.cmp(&b.what)));
    changes.dedup();
    let class = changes.first().map_or(CompatClass::Same, |change| change.class);
    CompatReport { class, changes }
}

fn form(old: &Form, new: &Form, note: &mut impl FnMut(CompatClass, String)) {
    let by_path = |form: &Form| -> BTreeMap<String, (Group, Field)> {
        let path =
            |(group, field): (&Group, &Field)| (format!("{}.{}", group.key, field.key), (group.clone(), field.clone()));
        form.fields().map(path).collect()
    };
    let (before, after) = (by_path(old), by_path(new));
    for (path, (_, field)) in &after {
        if !before.contains_key(path) {
            let class = match (&field.kind, &field.required) {
                (FieldType::Computed { .. }, _) | (_, Requirement::Never) => CompatClass::AdditiveOptional,
                (_, Requirement::Always | Requirement::When(_)) => CompatClass::AdditiveRequired,
            };
            note(class, format!("field.{path}"));
        }
    }
    for (path, (group, field)) in &before {
        match after.get(path) {
            None => note(CompatClass::Removed, format!("field.{path}")),
            Some((new_group, new_field)) => {
                if group.repeat.is_some() != new_group.repeat.is_some() {
                    note(CompatClass::Retyped, format!("group.{}", group.key));
                }
                one_field(path, field, new_field, note);
            }
        }
    }
    structure(old, new, note);
}

fn one_field(path: &str, old: &Field, new: &Field, note: &mut impl FnMut(CompatClass, String)) {
    if let Some(class) = kind(&old.kind, &new.kind) {
        note(class, format!("field.{path}"));
    }
    if old.required != new.required {
        let class = match new.required {
            Requirement::Never => CompatClass::AdditiveOptional,
            Requirement::Always | Requirement::When(_) => CompatClass::AdditiveRequired,
        };
        note(class, format!("field.{path}.required"));
    }
    if old.visible != new.visible
        || old.rules != new.rules
        || old.sensitivity != new.sensitivity
        || old.prefill != new.prefill
    {
        note(CompatClass::RuleChanged, format!("field.{path}"));
    }
}

/// Conditions of steps and groups, their order, and rules over several fields.
fn structure(old: &Form, new: &Form, note: &mut impl FnMut(CompatClass, String)) {
    if old.rules != new.rules {
        note(CompatClass::RuleChanged, "rules".to_owned());
    }
    for step in &old.steps {
        let after = new.steps.iter().find(|candidate| candidate.key == step.key);
        if after.is_some_and(|after| after.visible != step.visible) {
            note(CompatClass::RuleChanged, format!("step.{}", step.key));
        }
    }
    for (_, group) in old.groups() {
        let Some((_, after)) = new.groups().find(|(_, candidate)| candidate.key == group.key) else { continue };
        if after.visible != group.visible {
            note(CompatClass::RuleChanged, format!("group.{}", group.key));
        }
        if let (Some(before), Some(repeat)) = (group.repeat, after.repeat)
            && before != repeat
        {
            let wider = repeat.min <= before.min && repeat.max >= before.max;
            note(
                if wider { CompatClass::AdditiveOptional } else { CompatClass::RuleChanged },
                format!("group.{}.repeat", group.key),
            );
        }
    }
    let order =
        |form: &Form| form.groups().map(|(step, group)| (step.key.clone(), group.key.clone())).collect::<Vec<_>>();
    let (before, after) = (order(old), order(new));
    let kept: Vec<_> = after.iter().filter(|entry| before.contains(entry)).collect();
    if before.iter().filter(|entry| after.contains(entry)).collect::<Vec<_>>() != kept {
        note(CompatClass::TextOnly, "order".to_owned());
    }
}

/// How deep the change of a field's type goes; `None` if it did not change.
fn kind(old: &FieldType, new: &FieldType) -> Option<CompatClass> {
    if old == new {
        return None;
    }
    if old.name() != new.name() {
        return Some(CompatClass::Retyped);
    }
    let widened = match (old, new) {
        (FieldType::Choice { options: before, .. }, FieldType::Choice { options: after, .. })
        | (FieldType::MultiChoice { options: before, .. }, FieldType::MultiChoice { options: after, .. }) => {
            return Some(if before.iter().all(|option| after.contains(option)) {
                CompatClass::AdditiveOptional
            } else {
                CompatClass::Removed
            });
        }
        (FieldType::Text { class: a, max: before }, FieldType::Text { class: b, max: after }) => {
            a == b && after >= before
        }
        (FieldType::Int { min: a, max: b }, FieldType::Int { min: c, max: d }) => c <= a && d >= b,
        (FieldType::Decimal { scale: before }, FieldType::Decimal { scale: after }) => after >= before,
        (FieldType::Computed { gives: before, .. }, FieldType::Computed { gives: after, .. }) => {
            return Some(if before == after { CompatClass::RuleChanged } else { CompatClass::Retyped });
        }
        _ => false,
    };
    Some(if widened { CompatClass::AdditiveOptional } else { CompatClass::RuleChanged })
}
