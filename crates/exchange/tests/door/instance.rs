//! Applications as XML: everything that counted, in the order of the form, under the numbers of the data fields.

use exchange::{Element, XfallFault, XfallHead, export_form, read_xml, xfall_instance};
use forms::{Definition, Scenario, evaluate};

use crate::support::{FACTS, definition_of, keys};

fn snapshot(definition: &Definition, scenario: &Scenario) -> (String, usize) {
    let evaluation = evaluate(definition, &definition.answers_of(scenario), &scenario.circumstances());
    (evaluation.effective.canonical_json(definition), evaluation.effective.iter().count())
}

fn leaves(element: &Element) -> usize {
    if element.children.is_empty() { 1 } else { element.children.iter().map(leaves).sum() }
}

#[test]
fn every_answer_of_every_scenario_is_in_the_document_in_order() {
    let mut documents = 0;
    for key in keys() {
        let definition = definition_of(&key);
        let fields = export_form(&definition, FACTS);
        for (file, scenario) in definition.scenarios() {
            let (snapshot, count) = snapshot(&definition, scenario);
            let xml = xfall_instance(&definition, &snapshot, head("AB12-CD34"), FACTS).expect("a snapshot");
            let root = read_xml(&xml).unwrap_or_else(|fault| panic!("{key} {file}: {fault}\n{xml}"));
            let data = root.child("daten").expect("data");
            assert!(leaves(data) >= count.max(1), "{key} {file}: {count} answers\n{xml}");
            assert_order(data, &fields, &format!("{key} {file}"));
            documents += 1;
        }
    }
    assert!(documents >= 150, "{documents} scenarios were looked at");
}

/// Every numbered element stands in the exported fields, and later ones stand later there.
fn assert_order(element: &Element, fields: &str, what: &str) {
    let mut last = 0;
    for child in &element.children {
        if child.name.starts_with(['F', 'G']) {
            let at = fields.find(&format!("<xdf:id>{}</xdf:id>", child.name));
            let at = at.unwrap_or_else(|| panic!("{what}: {} is no data field", child.name));
            assert!(at >= last, "{what}: {} stands too early", child.name);
            last = at;
        }
        assert_order(child, fields, what);
    }
}

#[test]
fn rows_keep_their_order_and_signs_are_escaped() {
    let definition = definition_of("sperrmuell");
    let scenario = definition.scenarios().values().max_by_key(|scenario| scenario.answers.len()).expect("scenarios");
    let (snapshot, _) = snapshot(&definition, scenario);
    let xml = xfall_instance(&definition, &snapshot, head("<AB&12>"), FACTS).expect("a snapshot");
    assert!(xml.contains("<fall:vorgang>&lt;AB&amp;12&gt;</fall:vorgang>"), "{xml}");
    assert_eq!(read_xml(&xml).unwrap().child("kopf").unwrap().text_of("vorgang"), Some("<AB&12>"));
}

#[test]
fn a_snapshot_of_something_else_is_refused() {
    let (one, other) = (definition_of("hundesteuer"), definition_of("sperrmuell"));
    let (snapshot, _) = snapshot(&one, one.scenarios().values().next().expect("a scenario"));
    assert_eq!(xfall_instance(&other, &snapshot, head(""), FACTS), Err(XfallFault::OtherVersion));
    assert_eq!(xfall_instance(&one, "{}", head(""), FACTS), Err(XfallFault::NoSnapshot));
    let strange = format!("{{\"definition\":\"{}\",\"answers\":[[\"dog.nothing\",\"x\"]]}}", one.sha256());
    assert_eq!(xfall_instance(&one, &strange, head(""), FACTS), Err(XfallFault::UnknownAnswer));
}

fn head(receipt: &str) -> XfallHead<'_> {
    XfallHead { receipt, outcome: None }
}
