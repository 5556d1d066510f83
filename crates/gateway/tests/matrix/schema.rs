//! The schema against the table: every field of every object is decided once, and nothing else is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, Type, TypeKind, TypeSystemDefinition};
use gateway::graphql::{Reach, TYPES, rows, schema_text};

/// A field: its type, its name.
type Field = (String, String);

/// Every field of every object with the type it gives. An interface is decided by the objects that are it.
pub(super) static FIELDS: LazyLock<BTreeMap<Field, String>> = LazyLock::new(|| {
    let document = parse_schema(schema_text()).expect("the schema parses");
    let mut fields = BTreeMap::new();
    for definition in document.definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let kind = definition.node.name.node.to_string();
        let TypeKind::Object(object) = definition.node.kind else { continue };
        for field in object.fields {
            fields.insert((kind.clone(), field.node.name.node.to_string()), named(&field.node.ty.node));
        }
    }
    fields
});

fn named(given: &Type) -> String {
    match &given.base {
        BaseType::Named(name) => name.to_string(),
        BaseType::List(inner) => named(inner),
    }
}

/// What of the schema nobody has decided, what is decided twice, and what is decided without being there.
fn undecided(schema: &BTreeSet<Field>) -> Vec<String> {
    let mut problems = Vec::new();
    let field = |kind: &str, field: &str| (kind.to_owned(), field.to_owned());
    let mut decided: BTreeSet<Field> = rows().map(|row| field(row.kind, row.field)).collect();
    let mut ways = BTreeSet::new();
    for row in rows() {
        if !ways.insert((row.kind, row.field, row.way)) {
            problems.push(format!("{}.{} {} stands twice", row.kind, row.field, row.way));
        }
    }
    for row in TYPES {
        let whole: Vec<Field> = match row.reach {
            Reach::Public => schema.iter().filter(|(kind, _)| kind == row.kind).cloned().collect(),
            Reach::Carried(fields) => fields.iter().map(|name| field(row.kind, name)).collect(),
        };
        if whole.is_empty() {
            problems.push(format!("there is no type {}", row.kind));
        }
        for one in whole {
            if !decided.insert(one.clone()) {
                problems.push(format!("{}.{} is decided twice", one.0, one.1));
            }
        }
    }
    problems.extend(schema.difference(&decided).map(|one| format!("{}.{} has no row", one.0, one.1)));
    problems.extend(decided.difference(schema).map(|one| format!("there is no {}.{}", one.0, one.1)));
    problems
}

#[test]
fn every_field_of_the_schema_is_decided_once() {
    let schema: BTreeSet<Field> = FIELDS.keys().cloned().collect();
    println!("{} fields of the schema, {} rows, {} types as a whole", schema.len(), rows().count(), TYPES.len());
    assert_eq!(undecided(&schema), Vec::<String>::new());
}

#[test]
fn a_field_without_a_row_and_a_row_without_a_field_are_found() {
    let whole: BTreeSet<Field> = FIELDS.keys().cloned().collect();
    let field = |kind: &str, name: &str| (kind.to_owned(), name.to_owned());
    for forgotten in [field("Query", "forgotten"), field("Appointment", "birthDate"), field("Problem", "whose")] {
        let mut schema = whole.clone();
        schema.insert(forgotten.clone());
        assert_eq!(undecided(&schema), [format!("{}.{} has no row", forgotten.0, forgotten.1)]);
    }
    let mut schema = whole;
    schema.remove(&field("Contact", "mail"));
    assert_eq!(undecided(&schema), ["there is no Contact.mail"]);
}
