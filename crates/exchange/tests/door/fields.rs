//! Data fields: out and in again, and a schema that somebody else has written.

use exchange::{Element, XdfFault, export_form, export_step, import_form, read_xml};
use forms::{FieldType, Locale, Requirement, load};

use crate::support::{FACTS, definition_of, files_of, keys, loads};

#[test]
fn every_shipped_form_comes_back_whole() {
    for key in keys() {
        let original = definition_of(&key);
        let draft = import_form(&export_form(&original, FACTS)).expect("our own document");
        assert_eq!(draft.notices, Vec::<String>::new(), "{key}");
        // What a schema cannot carry stays; form and texts are what came back.
        let mut files = files_of(&key);
        files.insert("form.toml".into(), draft.files["form.toml"].clone());
        let german = &draft.files["texts/de.toml"];
        let back = load(&files).unwrap_or_else(|problems| panic!("{key}: {problems:#?}\n{}", files["form.toml"]));
        assert_eq!(back.definition.form(), original.form(), "{key}");
        let carried: toml::Table = german.parse().unwrap_or_else(|error| panic!("{key}: {error}\n{german}"));
        assert_eq!(lost_texts(&carried, &original), Vec::<String>::new(), "{key}");
    }
}

/// Texts of the form that the document should have carried and did not.
fn lost_texts(carried: &toml::Table, original: &forms::Definition) -> Vec<String> {
    let mut found = std::collections::BTreeMap::new();
    collect(String::new(), &toml::Value::Table(carried.clone()), &mut found);
    let mut wanted = vec!["service.title".to_owned(), "service.summary".to_owned(), "service.purpose".to_owned()];
    wanted.extend(original.form().steps.iter().map(|step| format!("step.{}.title", step.key)));
    for (group, field) in original.form().fields() {
        let place = format!("field.{}.{}", group.key, field.key);
        wanted.push(format!("group.{}.title", group.key));
        wanted.push(format!("{place}.label"));
        wanted.push(format!("{place}.help"));
        wanted.extend(field.rules.iter().map(|rule| format!("rule.{}", rule.key)));
        match &field.kind {
            FieldType::Declaration => wanted.push(format!("{place}.text")),
            FieldType::Choice { list: None, options } | FieldType::MultiChoice { list: None, options } => {
                wanted.extend(options.iter().map(|option| format!("{place}.option.{option}")));
            }
            _ => {}
        }
    }
    wanted.retain(|key| found.get(key).map(String::as_str) != original.text(key, Locale::De));
    wanted
}

fn collect(key: String, value: &toml::Value, found: &mut std::collections::BTreeMap<String, String>) {
    match value {
        toml::Value::Table(table) => {
            for (part, inner) in table {
                collect(if key.is_empty() { part.clone() } else { format!("{key}.{part}") }, inner, found);
            }
        }
        toml::Value::String(text) => drop(found.insert(key, text.clone())),
        _ => {}
    }
}

#[test]
fn a_lost_rule_would_be_seen() {
    // The control of the round trip: without its rules a form is another one.
    let original = definition_of("hundesteuer");
    let xml = export_form(&original, FACTS)
        .replace("<xdf:skript>", "<xdf:verloren>")
        .replace("</xdf:skript>", "</xdf:verloren>");
    let mut files = files_of("hundesteuer");
    files.insert("form.toml".into(), import_form(&xml).expect("still a document").files["form.toml"].clone());
    assert!(load(&files).is_err() || loads(&files).form() != original.form());
}

#[test]
fn numbers_are_the_same_in_every_version() {
    let original = definition_of("bewohnerparken");
    let ids = |xml: &str| ids_of(&read_xml(xml).expect("XML"));
    let (first, second) =
        (export_form(&original, FACTS), export_form(&original, exchange::XdfFacts { version: 9, ..FACTS }));
    assert_eq!(ids(&first), ids(&second));
    let mut distinct = ids(&first);
    let all = distinct.len();
    distinct.sort();
    distinct.dedup();
    assert!(all > 50 && distinct.len() == all, "each number stands once");
    assert!(first.contains("<xdf:version>3.0.0</xdf:version>") && second.contains("<xdf:version>9.0.0</xdf:version>"));
}

fn ids_of(element: &Element) -> Vec<String> {
    let own = element.child("identifikation").and_then(|id| id.text_of("id")).map(str::to_owned);
    own.into_iter().chain(element.children.iter().flat_map(ids_of)).collect()
}

#[test]
fn one_step_is_a_message_of_its_own() {
    let original = definition_of("hundesteuer");
    let xml = export_step(&original, "dog", FACTS).expect("the step is there");
    assert!(xml.contains("<xdf:xdatenfelder.datenfeldgruppe.0103 ") && xml.contains("<code>input</code>"));
    assert_eq!(export_step(&original, "no_such_step", FACTS), None);
}

/// A schema as other editors write it, shortened: groups in groups, a code list from outside, rules in words.
const FOREIGN: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<xdf:xdatenfelder.stammdatenschema.0102 xmlns:xdf="urn:xoev-de:fim:standard:xdatenfelder_3.0.0">
  <xdf:header><xdf:nachrichtID>n</xdf:nachrichtID><xdf:erstellungszeitpunkt>2026-01-01T00:00:00Z</xdf:erstellungszeitpunkt></xdf:header>
  <xdf:stammdatenschema>
    <xdf:identifikation><xdf:id>S00000000362</xdf:id><xdf:version>1.0.0</xdf:version></xdf:identifikation>
    <xdf:name>Antrag Bücher &amp; Medien</xdf:name>
    <xdf:bezug>§ 1 Büchereisatzung</xdf:bezug>
    <xdf:bezeichnung>Bücher ausleihen</xdf:bezeichnung>
    <xdf:struktur><xdf:anzahl>1:1</xdf:anzahl><xdf:enthaelt><xdf:datenfeldgruppe>
      <xdf:name>Person</xdf:name><xdf:bezeichnungEingabe>Zur Person</xdf:bezeichnungEingabe>
      <xdf:regel><xdf:name>R1</xdf:name><xdf:freitextRegel>Name oder Firma</xdf:freitextRegel></xdf:regel>
      <xdf:struktur><xdf:anzahl>1:1</xdf:anzahl><xdf:enthaelt><xdf:datenfeld>
        <xdf:name>Familienname</xdf:name><xdf:bezeichnungEingabe>Familienname</xdf:bezeichnungEingabe><xdf:hilfetextEingabe>Wie im Ausweis</xdf:hilfetextEingabe>
        <xdf:feldart><code>input</code></xdf:feldart><xdf:datentyp><code>text_latin</code></xdf:datentyp><xdf:praezisierung maxLength="80"/>
      </xdf:datenfeld></xdf:enthaelt></xdf:struktur>
      <xdf:struktur><xdf:anzahl>0:1</xdf:anzahl><xdf:enthaelt><xdf:datenfeld>
        <xdf:name>Geburtsdatum</xdf:name><xdf:feldart><code>input</code></xdf:feldart><xdf:datentyp><code>date</code></xdf:datentyp>
      </xdf:datenfeld></xdf:enthaelt></xdf:struktur>
      <xdf:struktur><xdf:anzahl>0:*</xdf:anzahl><xdf:enthaelt><xdf:datenfeldgruppe>
        <xdf:name>Kind</xdf:name>
        <xdf:struktur><xdf:anzahl>1:1</xdf:anzahl><xdf:enthaelt><xdf:datenfeld>
          <xdf:name>Vorname</xdf:name><xdf:feldart><code>input</code></xdf:feldart><xdf:datentyp><code>text</code></xdf:datentyp>
        </xdf:datenfeld></xdf:enthaelt></xdf:struktur>
      </xdf:datenfeldgruppe></xdf:enthaelt></xdf:struktur>
    </xdf:datenfeldgruppe></xdf:enthaelt></xdf:struktur>
    <xdf:struktur><xdf:anzahl>1:1</xdf:anzahl><xdf:enthaelt><xdf:datenfeld>
      <xdf:name>Staat</xdf:name><xdf:feldart><code>select</code></xdf:feldart><xdf:datentyp><code>text</code></xdf:datentyp>
      <xdf:codelisteReferenz><xdf:canonicalVersionUri>urn:de:bund:liste:staat_3</xdf:canonicalVersionUri></xdf:codelisteReferenz>
    </xdf:datenfeld></xdf:enthaelt></xdf:struktur>
    <xdf:struktur><xdf:anzahl>1:1</xdf:anzahl><xdf:enthaelt><xdf:datenfeld>
      <xdf:name>Abholung</xdf:name><xdf:feldart><code>select</code></xdf:feldart><xdf:datentyp><code>text</code></xdf:datentyp>
      <xdf:werte><xdf:wert><xdf:code>1</xdf:code><xdf:name>Am Schalter</xdf:name></xdf:wert><xdf:wert><xdf:code>2</xdf:code><xdf:name>Im Schließfach</xdf:name></xdf:wert></xdf:werte>
    </xdf:datenfeld></xdf:enthaelt></xdf:struktur>
    <xdf:struktur><xdf:anzahl>1:1</xdf:anzahl><xdf:enthaelt><xdf:datenfeld>
      <xdf:name>Hinweis</xdf:name><xdf:feldart><code>label</code></xdf:feldart><xdf:datentyp><code>text</code></xdf:datentyp>
    </xdf:datenfeld></xdf:enthaelt></xdf:struktur>
  </xdf:stammdatenschema>
</xdf:xdatenfelder.stammdatenschema.0102>"#;

#[test]
fn a_schema_of_others_becomes_a_draft_that_says_what_is_missing() {
    let draft = import_form(FOREIGN).expect("a schema");
    for words in ["Name oder Firma", "urn:de:bund:liste:staat_3", "beliebig oft", "„Hinweis“ ist nur ein Text"] {
        assert!(draft.notices.iter().any(|notice| notice.contains(words)), "{words}: {:#?}", draft.notices);
        assert!(draft.files["README.md"].contains(words), "{words}");
    }
    let problems = load(&draft.files).expect_err("nobody has decided about the law yet");
    let elsewhere: Vec<String> =
        problems.iter().filter(|problem| problem.file != "service.toml").map(ToString::to_string).collect();
    // Texts of the service are people's to write; the form itself is whole.
    assert!(elsewhere.iter().all(|problem| problem.contains("service.")), "{elsewhere:#?}");
    // Once they are there, it can be published.
    let mut files = draft.files;
    let service = files["service.toml"]
        .replace("# responsible_unit = \"…\"", "responsible_unit = \"Bücherei\"")
        .replace("# trust = \"none | low | substantial | high\"", "trust = \"none\"")
        + "[retention]\ndraft = \"P30D\"\nclosed = \"P1Y\"\nattachments = \"P1Y\"\n";
    files.insert("service.toml".into(), service);
    let texts = files["texts/de.toml"].clone() + "[service.more]\n";
    let texts = texts
        .replace("[service.more]\n", "")
        .replace("[service]\n", "[service]\nsummary = \"Bücher leihen.\"\npurpose = \"Wir leihen Ihnen Bücher.\"\n")
        + "\n[party]\napplicant = \"Sie\"\n";
    files.insert("texts/de.toml".into(), texts);
    let definition = loads(&files);
    let keys: Vec<String> =
        definition.form().fields().map(|(group, field)| format!("{}.{}", group.key, field.key)).collect();
    assert_eq!(
        keys,
        ["angaben.staat", "angaben.abholung", "zur_person.familienname", "zur_person.geburtsdatum", "kind.vorname"]
            .map(str::to_owned)
            .to_vec(),
        "{:?}",
        definition.form()
    );
    let field = |path| definition.form().field(path).expect("the field").1;
    assert_eq!(field("zur_person.geburtsdatum").required, Requirement::Never);
    assert!(
        matches!(field("angaben.abholung").kind, FieldType::Choice { ref options, .. } if options == &["am_schalter", "im_schliessfach"])
    );
}

#[test]
fn what_is_no_schema_is_refused() {
    for (xml, words) in [
        ("", "empty"),
        ("<a/>", "only XDatenfelder 3.0.0"),
        ("<!DOCTYPE a><a/>", "document type"),
        (
            "<xdf:xdatenfelder.stammdatenschema.0102 xmlns:xdf=\"urn:xoev-de:fim:standard:xdatenfelder_2\"/>",
            "only XDatenfelder 3.0.0",
        ),
        (
            "<xdf:xdatenfelder.stammdatenschema.0102 xmlns:xdf=\"urn:xoev-de:fim:standard:xdatenfelder_3.0.0\"><xdf:stammdatenschema/></xdf:xdatenfelder.stammdatenschema.0102>",
            "no field",
        ),
    ] {
        let fault: XdfFault = import_form(xml).expect_err(xml);
        assert!(fault.to_string().contains(words), "{xml}: {fault}");
    }
}
