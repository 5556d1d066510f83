//! Which texts a definition needs, by key, and which it may have.

use std::collections::BTreeSet;

use crate::model::{FieldType, Model};
use crate::table::Cell;

/// A text that is shown somewhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TextKey {
    pub(crate) key: String,
    /// What it belongs to.
    pub(crate) place: String,
    /// Whether nothing can be published without it.
    pub(crate) needed: bool,
}

/// Every text that the definition shows, each once.
pub(crate) fn text_keys(model: &Model) -> BTreeSet<TextKey> {
    let mut keys = Keys::default();
    let service = &model.service;
    for key in ["title", "summary", "purpose"] {
        keys.needed(format!("service.{key}"), "service");
    }
    keys.may(["service.help".to_owned(), "service.haste".to_owned()], "service");
    for party in &service.parties {
        keys.needed(format!("party.{}", party.role), &format!("party.{}", party.role));
    }
    for status in &service.statuses {
        keys.needed(format!("status.{status}"), "service");
    }
    if service.report.is_some() {
        // What whoever reported the same reads, with the number of the other report behind it.
        keys.needed("reason.duplicate".to_owned(), "service.report");
    }
    for district in service.tour.iter().flat_map(|tour| &tour.districts) {
        keys.needed(format!("district.{}", district.key), "service.tour");
    }
    for deadline in &service.deadlines {
        keys.needed(format!("deadline.{}", deadline.key), &format!("deadline.{}", deadline.key));
    }
    for list in &model.form.lists {
        for option in &list.options {
            keys.needed(format!("list.{}.{option}", list.key), &format!("list.{}", list.key));
        }
    }
    for step in &model.form.steps {
        let place = format!("step.{}", step.key);
        keys.needed(format!("{place}.title"), &place);
        keys.may([format!("{place}.help")], &place);
        for group in &step.groups {
            keys.group(group);
        }
    }
    for rule in &model.form.rules {
        keys.needed(format!("rule.{}", rule.key), &format!("rule.{}", rule.key));
    }
    keys.tables(model);
    keys.0
}

/// The keys of options and labels of one group and its fields.
#[derive(Debug, Default)]
struct Keys(BTreeSet<TextKey>);

impl Keys {
    fn needed(&mut self, key: String, place: &str) {
        self.0.insert(TextKey { key, place: place.to_owned(), needed: true });
    }

    fn may(&mut self, keys: impl IntoIterator<Item = String>, place: &str) {
        self.0.extend(keys.into_iter().map(|key| TextKey { key, place: place.to_owned(), needed: false }));
    }

    fn group(&mut self, group: &crate::model::Group) {
        let place = format!("group.{}", group.key);
        self.needed(format!("{place}.title"), &place);
        self.may([format!("{place}.help")], &place);
        if group.repeat.is_some() {
            self.needed(format!("{place}.item"), &place);
        }
        for field in &group.fields {
            let place = format!("field.{}.{}", group.key, field.key);
            self.needed(format!("{place}.label"), &place);
            self.may([format!("{place}.help")], &place);
            for rule in &field.rules {
                self.needed(format!("rule.{}", rule.key), &format!("rule.{}", rule.key));
            }
            match &field.kind {
                FieldType::Declaration => self.needed(format!("{place}.text"), &place),
                FieldType::Choice { list: None, options } | FieldType::MultiChoice { list: None, options } => {
                    for option in options {
                        self.needed(format!("{place}.option.{option}"), &place);
                    }
                }
                _ => {}
            }
        }
    }

    /// Reasons of every table, and the names of documents.
    fn tables(&mut self, model: &Model) {
        let documents = model.service.documents.as_ref().map(|rule| rule.table.as_str());
        for table in model.tables.values() {
            let place = format!("table.{}", table.full_key());
            for row in &table.rows {
                if let Some(reason) = &row.reason_key {
                    self.needed(format!("reason.{reason}"), &place);
                }
                if documents != Some(table.key.as_str()) {
                    continue;
                }
                let document = table.outputs.iter().position(|output| output.name == "document");
                if let Some(Cell::Text(document)) = document.and_then(|at| row.outputs.get(at).cloned().flatten()) {
                    self.needed(format!("document.{document}"), &place);
                    self.may([format!("document.{document}.help")], &place);
                }
            }
        }
    }
}
