//! An application as XML in the order of its form: what was frozen when it was handed in, for programs that read XML.
//!
//! Elements are named by the numbers that the exported data fields carry, as XFall does it. The namespace is our own:
//! a schema of XFall exists for registered schemas alone.

use std::collections::BTreeMap;

use domain::time::Timestamp;
use forms::{Definition, Field, FieldType};
use serde::Deserialize;
use serde_json::Value as Json;

use crate::xdf::{Ids, XdfFacts, parts};
use crate::xml::XmlWriter;

/// Why a snapshot is none of this definition. Holds no answers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum XfallFault {
    /// It is no frozen snapshot.
    #[error("the text is no snapshot")]
    NoSnapshot,
    /// It was filled in with another version.
    #[error("the snapshot belongs to another version of the service")]
    OtherVersion,
    /// It holds an answer that the form does not know.
    #[error("the snapshot has an answer that the form does not know")]
    UnknownAnswer,
}

/// What stands at the head of a document.
#[derive(Debug, Clone, Copy)]
pub struct XfallHead<'a> {
    /// The number that people quote.
    pub receipt: &'a str,
    /// What was decided, once it is.
    pub outcome: Option<&'a str>,
}

#[derive(Deserialize)]
struct Snapshot {
    definition: String,
    answers: Vec<(String, Json)>,
}

/// Values of one row by field, rows by name in their order.
type Rows<'a> = Vec<(&'a str, BTreeMap<&'a str, &'a Json>)>;

/// The snapshot (`forms::Effective::canonical_json`) of a definition as XML.
///
/// # Errors
/// [`XfallFault`]. Nothing is left out in silence.
pub fn xfall_instance(
    definition: &Definition,
    snapshot: &str,
    head: XfallHead<'_>,
    facts: XdfFacts<'_>,
) -> Result<String, XfallFault> {
    let Snapshot { definition: sha256, answers } =
        serde_json::from_str(snapshot).map_err(|_| XfallFault::NoSnapshot)?;
    if sha256 != definition.sha256() {
        return Err(XfallFault::OtherVersion);
    }
    let groups = sorted(definition, &answers)?;
    let namespace = format!("urn:servicepoint:xfall:{}:{sha256}", definition.key());
    let mut out = Out { ids: Ids::of(definition), xml: XmlWriter::begin("fall", &namespace, "antrag") };
    out.xml.open("kopf");
    out.xml.leaf("vorgang", head.receipt);
    out.xml.leaf("nachrichtID", facts.message_id);
    out.xml.leaf("erstellungszeitpunkt", &facts.moment());
    out.xml.leaf("datenschema", out.ids.get("schema").to_owned().as_str());
    out.xml.leaf("version", &facts.version_text());
    out.xml.may("ergebnis", head.outcome);
    out.xml.close();
    out.xml.open("daten");
    for step in &definition.form().steps {
        let has_answers = step.groups.iter().any(|group| groups.contains_key(group.key.as_str()));
        if !has_answers {
            continue;
        }
        out.open(&format!("step.{}", step.key));
        for group in &step.groups {
            for (_, row) in groups.get(group.key.as_str()).into_iter().flatten() {
                out.open(&format!("group.{}", group.key));
                for field in &group.fields {
                    if let Some(value) = row.get(field.key.as_str()) {
                        out.field(&group.key, field, value);
                    }
                }
                out.xml.close();
            }
        }
        out.xml.close();
    }
    Ok(out.xml.finish())
}

/// Every answer under its group and row.
fn sorted<'a>(
    definition: &Definition,
    answers: &'a [(String, Json)],
) -> Result<BTreeMap<&'a str, Rows<'a>>, XfallFault> {
    let mut groups: BTreeMap<&str, Rows<'a>> = BTreeMap::new();
    for (path, value) in answers {
        let (place, field) = path.rsplit_once('.').ok_or(XfallFault::UnknownAnswer)?;
        let (group, row) = place.split_once('[').unwrap_or((place, ""));
        if definition.form().field(&format!("{group}.{field}")).is_none() {
            return Err(XfallFault::UnknownAnswer);
        }
        let rows = groups.entry(group).or_default();
        // Answers stand in the order of the rows, so a row goes on or a new one begins.
        match rows.last_mut().filter(|(name, _)| *name == row) {
            Some((_, fields)) => drop(fields.insert(field, value)),
            None => rows.push((row, BTreeMap::from([(field, value)]))),
        }
    }
    Ok(groups)
}

struct Out {
    ids: Ids,
    xml: XmlWriter,
}

impl Out {
    fn open(&mut self, place: &str) {
        let name = self.ids.get(place).to_owned();
        self.xml.open(&name);
    }

    fn leaf(&mut self, place: &str, text: &str) {
        let name = self.ids.get(place).to_owned();
        self.xml.leaf(&name, text);
    }

    fn field(&mut self, group: &str, field: &Field, value: &Json) {
        let place = format!("field.{group}.{}", field.key);
        let inner = parts(&field.kind);
        if !inner.is_empty() {
            self.open(&place);
            for part in inner {
                if let Some(value) = value.get(part.key) {
                    let moment = value.as_i64().filter(|_| part.kind == "datetime").map(instant);
                    self.leaf(&format!("{place}.{}", part.key), &moment.unwrap_or_else(|| text(value)));
                }
            }
            self.xml.close();
            return;
        }
        match (&field.kind, value) {
            (FieldType::File { .. }, Json::Array(files)) => {
                for file in files {
                    self.open(&place);
                    for (name, key) in
                        [("kennung", "id"), ("dateiname", "name"), ("medientyp", "media_type"), ("sha256", "sha256")]
                    {
                        self.xml.leaf(name, &file.get(key).map(text).unwrap_or_default());
                    }
                    self.xml.close();
                }
            }
            // Making the declaration is the answer; which text was seen stands in the definition.
            (FieldType::Declaration, _) => self.leaf(&place, "true"),
            (_, Json::Array(values)) => {
                for value in values {
                    self.leaf(&place, &text(value));
                }
            }
            (_, value) => self.leaf(&place, &text(value)),
        }
    }
}

fn instant(millis: i64) -> String {
    Timestamp::from_millis(millis).to_utc().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

fn text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Null => String::new(),
        other => other.to_string(),
    }
}
