//! form.toml: lists, steps, groups, fields, rules.

use std::collections::BTreeSet;

use reading::{Code, Node, Table, Unique};

use crate::model::{ChoiceList, Field, Form, Group, Repeat, Requirement, Rule, Sensitivity, Step};
use crate::read::Places;
use crate::read::kind::kind;
use crate::read::words::{expression, name, path};

/// The most steps of a form.
const MAX_STEPS: usize = 50;
/// The most groups of a step.
const MAX_GROUPS: usize = 50;
/// The most fields of a group.
const MAX_FIELDS: usize = 200;
/// The most rows of a group.
const MAX_ROWS: u16 = 1_000;

/// Reads the form; where things stand goes to `places`.
pub(crate) fn form(table: &Table<'_>, places: &mut Places) -> Form {
    let lists = lists(table, places);
    let mut names = Names::default();
    let mut steps = Vec::new();
    if let Some(node) = table.field("steps") {
        for element in node.elements(MAX_STEPS) {
            steps.extend(element.table(|table| step(table, places, &lists, &mut names)));
        }
    }
    if steps.is_empty() {
        table.refuse_at("steps", Code::MissingKey, "a form has at least one step".to_owned());
    }
    let mut rules = Vec::new();
    if let Some(node) = table.field("rules") {
        for element in node.elements(500) {
            rules.extend(element.table(|table| rule(table, places, &mut names, None)));
        }
    }
    Form { lists, steps, rules }
}

/// Names that may stand only once.
#[derive(Debug, Default)]
struct Names {
    steps: Unique,
    groups: Unique,
    rules: Unique,
}

fn lists(table: &Table<'_>, places: &mut Places) -> Vec<ChoiceList> {
    let mut unique = Unique::default();
    let mut lists = Vec::new();
    let Some(node) = table.field("lists") else { return lists };
    for element in node.elements(100) {
        lists.extend(element.table(|table| {
            let key = table.required("key", |node| {
                let key = name(node)?;
                unique.note(node, &key);
                places.note(format!("list.{key}"), node.place());
                Some(key)
            });
            let version = table.optional("version", |node| node.integer(1..=10_000_u32)).unwrap_or(1);
            let options = table.required("options", |node| Some(options(node)));
            Some(ChoiceList { key: key?, version, options: options? })
        }));
    }
    lists
}

/// The options of a choice: names, each once.
pub(super) fn options(node: &Node<'_>) -> Vec<String> {
    let mut unique = Unique::default();
    let option = |node: &Node<'_>| {
        let option = name(node)?;
        unique.note(node, &option);
        Some(option)
    };
    let options: Vec<String> = node.elements(1_000).iter().filter_map(option).collect();
    if options.is_empty() {
        node.refuse(Code::OutOfRange, "a choice has at least one option");
    }
    options
}

fn step(table: &Table<'_>, places: &mut Places, lists: &[ChoiceList], names: &mut Names) -> Option<Step> {
    let key = table.required("key", |node| {
        let key = name(node)?;
        names.steps.note(node, &key);
        places.note(format!("step.{key}"), node.place());
        Some(key)
    });
    let at = key.clone().unwrap_or_default();
    let visible = noted(table, "visible", places, &format!("step.{at}.visible"));
    let mut groups = Vec::new();
    if let Some(node) = table.field("groups") {
        for element in node.elements(MAX_GROUPS) {
            groups.extend(element.table(|table| group(table, places, lists, names)));
        }
    }
    if groups.is_empty() {
        table.refuse_at("groups", Code::MissingKey, "a step has at least one group with a field".to_owned());
    }
    Some(Step { key: key?, visible, groups })
}

fn noted(table: &Table<'_>, field: &'static str, places: &mut Places, place: &str) -> Option<String> {
    table.optional(field, |node| {
        places.note(place, node.place());
        expression(node)
    })
}

fn group(table: &Table<'_>, places: &mut Places, lists: &[ChoiceList], names: &mut Names) -> Option<Group> {
    let key = table.required("key", |node| {
        let key = name(node)?;
        names.groups.note(node, &key);
        places.note(format!("group.{key}"), node.place());
        Some(key)
    });
    let at = key.clone().unwrap_or_default();
    let visible = noted(table, "visible", places, &format!("group.{at}.visible"));
    let repeat = table.optional("repeat", |node| {
        node.table(|table| {
            let min = table.optional("min", |node| node.integer(0..=MAX_ROWS)).unwrap_or(0);
            let max = table.required("max", |node| node.integer(1..=MAX_ROWS))?;
            if min > max {
                table.refuse_at("min", Code::Contradiction, "`min` is greater than `max`".to_owned());
            }
            Some(Repeat { min, max })
        })
    });
    let mut fields = Vec::new();
    let mut seen = BTreeSet::new();
    if let Some(node) = table.field("fields") {
        for element in node.elements(MAX_FIELDS) {
            fields.extend(element.table(|table| field(table, places, lists, names, (&at, &mut seen))));
        }
    }
    if fields.is_empty() {
        table.refuse_at("fields", Code::MissingKey, "a group has at least one field".to_owned());
    }
    Some(Group { key: key?, visible, repeat, fields })
}

fn field(
    table: &Table<'_>,
    places: &mut Places,
    lists: &[ChoiceList],
    names: &mut Names,
    (group, seen): (&str, &mut BTreeSet<String>),
) -> Option<Field> {
    let key = table.required("key", |node| {
        let key = name(node)?;
        if !seen.insert(key.clone()) {
            node.refuse(Code::Duplicate, format!("\"{key}\" stands twice in this group"));
        }
        places.note(format!("field.{group}.{key}"), node.place());
        Some(key)
    });
    let at = format!("{group}.{}", key.clone().unwrap_or_default());
    let kind = kind(table, lists, places, &at);
    let visible = noted(table, "visible", places, &format!("field.{at}.visible"));
    let required = table.optional("required", |node| {
        places.note(format!("field.{at}.required"), node.place());
        if node.is_text() {
            expression(node).map(Requirement::When)
        } else {
            node.boolean().map(|always| if always { Requirement::Always } else { Requirement::Never })
        }
    });
    let sensitivity = table.optional("sensitivity", |node| {
        node.word(&[
            ("personal", Sensitivity::Personal),
            ("plain", Sensitivity::Plain),
            ("special", Sensitivity::Special),
        ])
    });
    let prefill = table.optional("prefill", name);
    let mut rules = Vec::new();
    if let Some(node) = table.field("rules") {
        for element in node.elements(50) {
            rules.extend(element.table(|table| rule(table, places, names, Some(&at))));
        }
    }
    Some(Field {
        key: key?,
        kind: kind?,
        visible,
        required: required.unwrap_or(Requirement::Always),
        rules,
        sensitivity: sensitivity.unwrap_or_default(),
        prefill,
    })
}

/// A rule; one of a field stands at that field.
fn rule(table: &Table<'_>, places: &mut Places, names: &mut Names, field: Option<&str>) -> Option<Rule> {
    let key = table.required("key", |node| {
        let key = name(node)?;
        names.rules.note(node, &key);
        places.note(format!("rule.{key}"), node.place());
        Some(key)
    });
    let key_text = key.clone().unwrap_or_default();
    let valid = table.required("valid", |node| {
        places.note(format!("rule.{key_text}.valid"), node.place());
        expression(node)
    });
    let at = match field {
        Some(field) => Some(field.to_owned()),
        None => table.required("at", |node| {
            places.note(format!("rule.{key_text}.at"), node.place());
            path(node)
        }),
    };
    Some(Rule { key: key?, valid: valid?, at: at? })
}
