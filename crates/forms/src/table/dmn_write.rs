//! A decision table as DMN 1.3 XML, for the tools of others.

use std::fmt::Write as _;

use quick_xml::escape::escape;

use crate::table::{CellType, DecisionTable, HitPolicy, UnaryTests};

impl DecisionTable {
    /// The table as a DMN document with one decision. Our `missing` is written `null`.
    pub fn to_dmn(&self) -> String {
        let name = self.full_key();
        let (policy, aggregation) = names(self.hit_policy);
        let aggregation = aggregation.map_or_else(String::new, |word| format!(" aggregation=\"{word}\""));
        let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        let _ = writeln!(
            xml,
            "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" id=\"definitions\" name=\"{name}\" namespace=\"urn:servicepoint\">\n  <decision id=\"decision\" name=\"{name}\">\n    <decisionTable id=\"table\" hitPolicy=\"{policy}\"{aggregation}>"
        );
        for (at, input) in self.inputs.iter().enumerate() {
            let kind = if input.whole { "integer" } else { feel(input.kind) };
            let values = values("inputValues", &tests(&input.allowed), input.allowed.any);
            let text = escape(input.expression.as_str());
            let _ = writeln!(
                xml,
                "      <input id=\"in{at}\"><inputExpression id=\"in{at}e\" typeRef=\"{kind}\"><text>{text}</text></inputExpression>{values}</input>"
            );
        }
        for (at, output) in self.outputs.iter().enumerate() {
            let allowed: Vec<String> = output.allowed.iter().map(ToString::to_string).collect();
            let values = values("outputValues", &allowed.join(","), allowed.is_empty());
            let _ = writeln!(
                xml,
                "      <output id=\"out{at}\" name=\"{}\" typeRef=\"{}\">{values}</output>",
                escape(output.name.as_str()),
                feel(output.kind)
            );
        }
        xml.push_str("      <annotation name=\"reason_key\"/>\n      <annotation name=\"legal_ref\"/>\n");
        for (at, row) in self.rows.iter().enumerate() {
            let _ = write!(xml, "      <rule id=\"row{}\">", at + 1);
            for cell in &row.tests {
                let _ = write!(xml, "<inputEntry><text>{}</text></inputEntry>", escape(tests(cell)));
            }
            for cell in &row.outputs {
                let text = cell.as_ref().map_or_else(String::new, ToString::to_string);
                let _ = write!(xml, "<outputEntry><text>{}</text></outputEntry>", escape(text));
            }
            for note in [&row.reason_key, &row.legal_ref] {
                let _ = write!(
                    xml,
                    "<annotationEntry><text>{}</text></annotationEntry>",
                    escape(note.as_deref().unwrap_or_default())
                );
            }
            xml.push_str("</rule>\n");
        }
        xml.push_str("    </decisionTable>\n  </decision>\n</definitions>\n");
        xml
    }
}

fn values(element: &str, text: &str, any: bool) -> String {
    if any { String::new() } else { format!("<{element}><text>{}</text></{element}>", escape(text)) }
}

fn tests(tests: &UnaryTests) -> String {
    let only_there = tests.negated && tests.intervals.is_empty();
    if !(tests.or_missing || only_there) {
        return tests.to_string();
    }
    let mut parts: Vec<String> = tests.intervals.iter().map(ToString::to_string).collect();
    parts.push("null".to_owned());
    if tests.negated { format!("not({})", parts.join(",")) } else { parts.join(",") }
}

const fn feel(kind: CellType) -> &'static str {
    match kind {
        CellType::Bool => "boolean",
        CellType::Number => "number",
        CellType::Text => "string",
        CellType::Date => "date",
    }
}

/// The words of DMN for a hit policy and its aggregation.
pub(super) const fn names(policy: HitPolicy) -> (&'static str, Option<&'static str>) {
    match policy {
        HitPolicy::Unique => ("UNIQUE", None),
        HitPolicy::Any => ("ANY", None),
        HitPolicy::Priority => ("PRIORITY", None),
        HitPolicy::First => ("FIRST", None),
        HitPolicy::RuleOrder => ("RULE ORDER", None),
        HitPolicy::OutputOrder => ("OUTPUT ORDER", None),
        HitPolicy::Collect => ("COLLECT", None),
        HitPolicy::Sum => ("COLLECT", Some("SUM")),
        HitPolicy::Min => ("COLLECT", Some("MIN")),
        HitPolicy::Max => ("COLLECT", Some("MAX")),
        HitPolicy::Count => ("COLLECT", Some("COUNT")),
    }
}
