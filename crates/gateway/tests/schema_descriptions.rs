//! The schema explains itself: everything in it has a description.

use async_graphql::Positioned;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    FieldDefinition, InputValueDefinition, TypeDefinition, TypeKind, TypeSystemDefinition,
};

#[test]
fn every_type_field_argument_and_value_has_a_description() {
    let silent = silent(&gateway::graphql::schema_text());
    assert!(silent.is_empty(), "without description:\n{}", silent.join("\n"));
}

#[test]
fn what_lacks_a_description_is_named() {
    let schema = r#"
        "A type." type Query { "A field." told(untold: Int): Word  untold: Kind }
        enum Word { "A value." TOLD UNTOLD }
        "An input." input Wish { untold: Int }
        interface Kind { "A field." told: Int }
        scalar Untold
    "#;
    let expected = ["Query.told(untold)", "Query.untold", "Word", "Word.UNTOLD", "Wish(untold)", "Kind", "Untold"];
    assert_eq!(silent(schema), expected);
}

/// Everything in a schema that has no description.
fn silent(schema: &str) -> Vec<String> {
    let document = parse_schema(schema).expect("the schema can be read");
    let mut silent = Vec::new();
    for definition in &document.definitions {
        if let TypeSystemDefinition::Type(definition) = definition {
            of_type(&definition.node, &mut silent);
        }
    }
    silent
}

fn of_type(definition: &TypeDefinition, silent: &mut Vec<String>) {
    let name = definition.name.node.as_str();
    check(definition.description.as_ref(), name, silent);
    match &definition.kind {
        TypeKind::Scalar | TypeKind::Union(_) => {}
        TypeKind::Object(object) => of_fields(name, &object.fields, silent),
        TypeKind::Interface(interface) => of_fields(name, &interface.fields, silent),
        TypeKind::Enum(values) => {
            for value in &values.values {
                check(value.node.description.as_ref(), &format!("{name}.{}", value.node.value.node), silent);
            }
        }
        TypeKind::InputObject(input) => of_inputs(name, &input.fields, silent),
    }
}

fn of_fields(owner: &str, fields: &[Positioned<FieldDefinition>], silent: &mut Vec<String>) {
    for field in fields {
        let path = format!("{owner}.{}", field.node.name.node);
        check(field.node.description.as_ref(), &path, silent);
        of_inputs(&path, &field.node.arguments, silent);
    }
}

fn of_inputs(owner: &str, inputs: &[Positioned<InputValueDefinition>], silent: &mut Vec<String>) {
    for input in inputs {
        check(input.node.description.as_ref(), &format!("{owner}({})", input.node.name.node), silent);
    }
}

fn check(description: Option<&Positioned<String>>, path: &str, silent: &mut Vec<String>) {
    if description.is_none_or(|text| text.node.trim().is_empty()) {
        silent.push(path.to_owned());
    }
}
