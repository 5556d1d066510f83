//! Data fields and applications, read by programs that are not ours.

use std::path::Path;

use domain::time::Timestamp;
use exchange::{XdfFacts, XfallHead, export_form, export_step, read_xml, xfall_instance};
use forms::{Definition, evaluate, load};
use serde_json::{Value, json};

use crate::peer::ask;

const FACTS: XdfFacts<'static> =
    XdfFacts { message_id: "n-1", created_at: Timestamp::from_seconds(1_795_000_000), version: 1 };

fn definition_of(key: &str) -> Definition {
    let root = Path::new(env!("REPOSITORY_ROOT")).join("crates/applications/services").join(key);
    let mut files = std::collections::BTreeMap::new();
    for folder in ["", "tables", "texts", "letters", "tests"] {
        let Ok(entries) = std::fs::read_dir(root.join(folder)) else { continue };
        for entry in entries {
            let path = entry.expect("an entry").path();
            if path.is_file() {
                let name = path.strip_prefix(&root).expect("below").to_string_lossy().into_owned();
                files.insert(name, std::fs::read_to_string(&path).expect("a text"));
            }
        }
    }
    load(&files).unwrap_or_else(|problems| panic!("{key}: {problems:?}")).definition
}

#[test]
fn another_parser_finds_every_field_with_its_kind() {
    for key in ["hundesteuer", "bewohnerparken", "wohnsitz-anmelden"] {
        let definition = definition_of(key);
        for step in &definition.form().steps {
            let xml = export_step(&definition, &step.key, FACTS).expect("the step is there");
            let told =
                ask("fields", json!({ "xml": xml })).unwrap_or_else(|why| panic!("{key} {}: {why}\n{xml}", step.key));
            assert_eq!(told["id"], "n-1");
            let found: Vec<&str> =
                told["fields"].as_array().expect("fields").iter().filter_map(|field| field["name"].as_str()).collect();
            for field in step.groups.iter().flat_map(|group| group.fields.iter().map(move |field| (group, field))) {
                let label = definition.text(&format!("field.{}.{}.label", field.0.key, field.1.key), forms::Locale::De);
                let groups =
                    told["groups"].as_array().expect("groups").iter().filter_map(|group| group["name"].as_str());
                let label = label.expect("a label");
                assert!(found.contains(&label) || groups.into_iter().any(|name| name == label), "{key}: {label}");
            }
        }
    }
}

#[test]
fn the_parser_would_refuse_another_document() {
    let xml = export_step(&definition_of("hundesteuer"), "dog", FACTS).expect("the step is there");
    assert!(ask("fields", json!({ "xml": xml.replace("<code>input</code>", "<code>anything</code>") })).is_err());
    assert!(ask("fields", json!({ "xml": xml.replace("xdf:feldart", "xdf:other") })).is_err());
}

#[test]
fn another_reader_of_xml_sees_the_same_tree() {
    for key in ["sperrmuell", "eheschliessung-anmelden"] {
        let definition = definition_of(key);
        let mut documents = vec![export_form(&definition, FACTS)];
        for scenario in definition.scenarios().values().take(3) {
            let evaluation = evaluate(&definition, &definition.answers_of(scenario), &scenario.circumstances());
            let snapshot = evaluation.effective.canonical_json(&definition);
            documents.push(xfall_instance(&definition, &snapshot, head("A&<\"'>\r\n"), FACTS).expect("a snapshot"));
        }
        for xml in documents {
            let theirs = ask("tree", json!({ "xml": xml })).unwrap_or_else(|why| panic!("{key}: {why}"));
            assert_same(&theirs, &read_xml(&xml).expect("XML"));
        }
    }
}

fn assert_same(theirs: &Value, ours: &exchange::Element) {
    assert_eq!(theirs["name"], ours.name.as_str());
    assert_eq!(theirs["text"], ours.text.as_str(), "{}", ours.name);
    let children = theirs["children"].as_array().expect("children");
    assert_eq!(children.len(), ours.children.len(), "{}", ours.name);
    for (theirs, ours) in children.iter().zip(&ours.children) {
        assert_same(theirs, ours);
    }
}

fn head(receipt: &str) -> XfallHead<'_> {
    XfallHead { receipt, outcome: None }
}
