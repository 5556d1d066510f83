//! The schema against the authorization table: no root field without a row, no row without a field.

use std::collections::BTreeSet;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use gateway::graphql::{ROOT_FIELDS, schema_text};

fn fields_of_schema() -> BTreeSet<(String, String)> {
    let document = parse_schema(schema_text()).expect("the schema parses");
    let mut fields = BTreeSet::new();
    for definition in document.definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let root = definition.node.name.node.to_string();
        if !["Query", "Mutation", "Subscription"].contains(&root.as_str()) {
            continue;
        }
        let TypeKind::Object(object) = definition.node.kind else { continue };
        fields.extend(object.fields.iter().map(|field| (root.clone(), field.node.name.node.to_string())));
    }
    fields
}

#[test]
fn every_root_field_stands_once_in_the_authorization_table() {
    let rows: Vec<(String, String)> =
        ROOT_FIELDS.iter().map(|row| (row.root.to_owned(), row.field.to_owned())).collect();
    let table: BTreeSet<(String, String)> = rows.iter().cloned().collect();
    assert_eq!(rows.len(), table.len(), "a field stands twice");
    assert_eq!(table, fields_of_schema());
}

#[test]
fn a_field_without_a_row_would_be_found() {
    let mut fields = fields_of_schema();
    fields.insert(("Query".into(), "forgotten".into()));
    let table: BTreeSet<(String, String)> =
        ROOT_FIELDS.iter().map(|row| (row.root.to_owned(), row.field.to_owned())).collect();
    assert_ne!(table, fields);
}
